"""The errors of a store, in one form: what failed, and that nothing was sent."""

from __future__ import annotations

from jsms_client.errors import StoreError
from jsms_runtime.redaction import mask_line


def lost(store: str, error: Exception, *secrets: str) -> StoreError:
    """Return the error for a database that failed.

    Args:
        store: Which one, without its password.
        error: What its driver raised.
        secrets: What must not be shown.
    """
    lines = str(error).strip().splitlines() or [""]
    words = mask_line(lines[0], [secret for secret in secrets if secret])
    return StoreError(f"the store {store} failed ({type(error).__name__}: {words})")
