"""What the client returns: frozen, typed, and safe to log.

Names are the service's in snake_case. What is absent is None; what the contract does not know is in ``extra``.
Everything in here is generated from the contract.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsms_surface import results as _results

if TYPE_CHECKING:
    from jsms_surface.results import *  # noqa: F403 - every result, by its own __all__
else:  # pragma: no branch
    # Each is found when it is first asked for: a program loads the results of what it calls.
    __getattr__ = _results.__getattr__
    __dir__ = _results.__dir__


__all__: list[str] = []
__all__ += _results.__all__
