"""A local JSMS that responds with the contract's own examples and checks each request against it."""

from __future__ import annotations

from .requests import RecordedRequest
from .responses import ExampleResponse
from .routes import Route, read_routes
from .server import EXAMPLE_CREDENTIALS, ExampleServer, Hook

__all__ = [
    "EXAMPLE_CREDENTIALS",
    "ExampleResponse",
    "ExampleServer",
    "Hook",
    "RecordedRequest",
    "Route",
    "read_routes",
]
