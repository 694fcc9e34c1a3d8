"""The ``/v1`` API: checks, operations, responses, and the journal of requests."""
