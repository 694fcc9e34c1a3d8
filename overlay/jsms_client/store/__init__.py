"""What several processes and machines share: send-once keys, nonces of callbacks, fetched receipts, and rates.

`Store` names a file, a database or Redis; ``JSMS(store=…)`` takes one, or its address. See docs/store.md.
"""

from __future__ import annotations

from jsms_client.store._store import SharedNonceStore, Store, StoreLike

__all__ = ["SharedNonceStore", "Store", "StoreLike"]
