"""Lists of recipients, and which of them the sandbox accepted."""

from __future__ import annotations

from jsms_sandbox.pytest_plugin import Sandbox


def numbers(count: int, first: int = 0) -> list[str]:
    """So many different numbers."""
    return [f"138{number:08}" for number in range(first, first + count)]


def people(count: int, first: int = 0) -> list[tuple[str, dict[str, str]]]:
    """Return the same recipients, each with the template's parameters."""
    return [(mobile, {"number": mobile[-4:]}) for mobile in numbers(count, first)]


def reached(app: Sandbox) -> list[str]:
    """Return the number of each accepted message, in order."""
    return sorted(message.mobile for message in app.messages)


def requests(app: Sandbox) -> int:
    """Count the batches that reached the sandbox."""
    return sum(request.operation in {"sendMessageBatch", "createScheduleBatch"} for request in app.requests)
