"""What the client returns: frozen, typed, and safe to log.

Names are the service's in snake_case. What is absent is None; what the contract does not know is in ``extra``.
Everything in here is generated from the contract.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsms_surface.results import __all__ as _names

if TYPE_CHECKING:
    from jsms_surface.results import *  # noqa: F403 - every result, by its own __all__
else:  # pragma: no branch
    # Each is found when it is first asked for: a program loads the results of what it calls.
    def __getattr__(name: str) -> object:
        if name not in _names:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from jsms_surface import results  # noqa: PLC0415 - nothing at import time

        value: object = getattr(results, name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_names})


__all__ = list(_names)
