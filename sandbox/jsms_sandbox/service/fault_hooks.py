"""Where injected faults take hold of a request: before every check, and after the answer is made."""

from __future__ import annotations

from typing import Protocol

from jsms_sandbox.service.request import Request
from jsms_sandbox.service.response import Answer


class Faults(Protocol):
    """What is asked on each request."""

    def before(self, request: Request) -> Answer | None:
        """Answer in place of the service; None to go on. Sets ``request.fault`` where one takes hold."""
        ...

    def after(self, request: Request, answer: Answer) -> Answer:
        """Change the answer, or how it leaves, after the request took effect."""
        ...


class NoFaults:
    """Nothing is injected."""

    def before(self, request: Request) -> Answer | None:  # noqa: ARG002 - the protocol's
        """Go on."""
        return None

    def after(self, request: Request, answer: Answer) -> Answer:  # noqa: ARG002 - the protocol's
        """Leave the answer as it is."""
        return answer
