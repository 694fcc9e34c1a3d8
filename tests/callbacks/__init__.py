"""Callbacks: what is accepted, what is refused, and the response to each."""
