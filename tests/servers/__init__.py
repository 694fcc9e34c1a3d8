"""Servers for tests, over real sockets."""
