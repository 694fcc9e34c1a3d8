"""How an argument is refused, before anything is sent."""

from __future__ import annotations

from jsms_runtime.errors import ArgumentError


def refusal(argument: str, problem: str, advice: str) -> ArgumentError:
    """The error for an argument that cannot be sent.

    Args:
        argument: Where it is, as the caller wrote it: ``mobile``, ``recipients[17].temp_para``.
        problem: What is wrong with it, without the value itself: it may be a number, a code or a name.
        advice: What to do instead.
    """
    return ArgumentError(f"{argument} {problem}; {advice}.")


def kind(value: object) -> str:
    """What a message may say of any value: its type."""
    return "None" if value is None else f"of type {type(value).__name__}"


__all__ = ["kind", "refusal"]
