"""The sandbox's state: entities, their storage, events and rate limits."""
