"""Send-once keys: what is written before a request leaves, and what the same key gives afterwards."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from jsms_client._decode import InvalidResponse, conform_recipients
from jsms_client.errors import ArgumentError, IdempotencyError, JSMSError, StoreError, UnknownOutcomeError
from jsms_client.store._backend import Entry
from jsms_client.store._store import Store, entry_id, new_owner
from jsms_contract.operations import OPERATIONS
from jsms_runtime.redaction import mask_line

if TYPE_CHECKING:
    from jsms_runtime.operation import Shape

_log = logging.getLogger("jsms_client")
_LONGEST = 200
# How often the result of a request that was accepted is tried to be written.
_ATTEMPTS = 3


class Claim:
    """One request under one key: at most one process may send it."""

    __slots__ = ("_id", "_key", "_operation", "_owner", "_request", "_store")

    def __init__(self, store: Store, key: object, app: tuple[str, str, str], operation: str, body: object) -> None:
        self._key = _checked(key, operation)
        self._operation = operation
        self._store = store
        service, key_hash, secret = app
        self._id = entry_id("once", service, key_hash, self._key)
        text = json.dumps([operation, body], sort_keys=True)
        # With the secret, as a code of four digits could be found by trying all of them.
        self._request = hmac.digest(secret.encode(), text.encode(), "sha256").hex()
        self._owner = new_owner()

    def take(self) -> tuple[int, object] | None:
        """Write the key before the request leaves.

        None where this call may send; else the HTTP status and the checked value that an earlier call got.
        """
        try:
            found = self._store.backend.put(self._id, self._entry(None), self._store.keep)
        except StoreError as error:
            error.operation = self._operation
            error.message += "; nothing was sent"
            raise
        if found is None or found.owner == self._owner:
            return None
        response = self._read(found.value)
        if isinstance(response, JSMSError):
            # No frame of the error holds the entry, which has the numbers of its request.
            del found
            raise response
        return response

    def accept(self, status: int, value: object) -> None:
        """Keep the response: the same key gives it from now on.

        A store that fails here does not fail the call, whose request was carried out: the key stays in doubt.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            if self._try(lambda: self._settle(self._entry((status, value)))):
                return
            _log.debug("%s: once was not settled, attempt %d of %d", self._operation, attempt, _ATTEMPTS)

    def give_back(self) -> None:
        """Give the key back: nothing was sent."""
        self._try(lambda: self._store.backend.remove(self._id, self._owner))

    def _settle(self, entry: Entry) -> None:
        before = self._store.backend.put(self._id, entry, self._store.keep)
        if before is None or before.owner != self._owner:
            _log.warning(
                "%s: the store lost once=%s while its request was on its way%s: see docs/store.md for how to keep keys",
                self._operation,
                self._shown,
                "" if before is None else ", and another call has sent under it",
            )

    def _try(self, write: Callable[[], object]) -> bool:
        try:
            write()
        except StoreError as failure:
            _log.warning("%s: once=%s stays in doubt, as %s", self._operation, self._shown, failure)
            return False
        return True

    def _entry(self, response: tuple[int, object] | None) -> Entry:
        kept = {"request": self._request, "response": response}
        return Entry(self._owner, json.dumps(kept, separators=(",", ":")))

    def _read(self, text: str) -> tuple[int, object] | JSMSError:
        """Return the response in an entry, which this version must be able to read, or the error to raise."""
        try:
            kept = cast("dict[str, object]", json.loads(text))
            response = cast("tuple[int, object] | None", kept["response"])
            # First of all: a response to another operation has another shape.
            if kept["request"] != self._request:
                return IdempotencyError(
                    f"once={self._shown} was used for another request: another operation or other arguments; nothing "
                    "was sent now. Use a key of its own for each message",
                    operation=self._operation,
                )
            if response is None:
                return self._unknown(
                    f"the request under once={self._shown} left earlier, or is on its way in another call, and its "
                    "outcome is not known"
                )
            status, value = response
            return int(status), conform_recipients(value, cast("Shape", OPERATIONS[self._operation].response))
        except (ValueError, TypeError, LookupError, RecursionError, InvalidResponse):
            return self._unknown(
                f"the entry of once={self._shown} was written by another version or another program, and cannot be read"
            )

    def _unknown(self, problem: str) -> UnknownOutcomeError:
        return UnknownOutcomeError(
            f"{problem}; nothing was sent now. Find out first, then send under another key if need be",
            operation=self._operation,
        )

    @property
    def _shown(self) -> str:
        return mask_line(repr(self._key), ())


def _checked(key: object, operation: str) -> str:
    if not isinstance(key, str):
        problem = f"is of type {type(key).__name__}"
    elif not key.strip() or len(key) > _LONGEST:
        problem = "is empty" if not key.strip() else f"has {len(key)} characters"
    elif any("\ud800" <= character <= "\udfff" for character in key):
        problem = "has a lone surrogate in it"
    else:
        return key
    raise ArgumentError(f"once {problem}: give a text of 1 to {_LONGEST} characters", operation=operation)
