"""A local JSMS that answers every operation with the contract's own examples and checks each request against it."""

from __future__ import annotations

from .answers import Answer
from .requests import RecordedRequest
from .routes import Route, read_routes
from .server import EXAMPLE_CREDENTIALS, ExampleServer, Hook

__all__ = [
    "EXAMPLE_CREDENTIALS",
    "Answer",
    "ExampleServer",
    "Hook",
    "RecordedRequest",
    "Route",
    "read_routes",
]
