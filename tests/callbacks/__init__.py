"""Callbacks: what is believed, what is refused, and what is answered."""
