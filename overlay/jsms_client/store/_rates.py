"""The limits of the service, and rates of the caller's own, held by all processes that share a store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from jsms_client.errors import StoreError
from jsms_client.store._backend import Entry
from jsms_client.store._store import Store, entry_id, new_owner
from jsms_contract.errors import ERRORS, FAMILY_BY_STATUS, error_class
from jsms_contract.fields import ARGUMENTS

if TYPE_CHECKING:
    from jsms_runtime.operation import Operation

_log = logging.getLogger("jsms_client")


class MobileSpacing:
    """One call of an operation that the service takes once in some seconds for a number."""

    __slots__ = ("_code", "_id", "_operation", "_owner", "_seconds", "_store")

    def __init__(self, store: Store, app: tuple[str, str], operation: Operation, mobile: str, seconds: float) -> None:
        self._store = store
        self._operation = operation.id
        self._code = _too_often(operation)
        self._id = entry_id("spacing", operation.id, *app, mobile)
        self._owner = new_owner()
        self._seconds = seconds

    def take(self) -> None:
        """Begin the call, unless any process made one too shortly before."""
        try:
            found = self._store.backend.put(self._id, Entry(self._owner), self._seconds)
        except StoreError as error:
            error.operation = self._operation
            error.message += "; nothing was sent"
            raise
        if found is not None and found.owner != self._owner:
            kind = error_class(self._code, HTTPStatus.TOO_MANY_REQUESTS)
            raise kind(
                f"the service takes one call for a number in {self._seconds:g} seconds, and the store has an earlier "
                "one; nothing was sent now",
                operation=self._operation,
                code=self._code,
                name=None if kind.info is None else kind.info.name,
            )

    def renew(self) -> None:
        """Note that the call was accepted: the next one is the whole time after it."""
        self._try(lambda: self._store.backend.put(self._id, Entry(self._owner), self._seconds))

    def release(self) -> None:
        """Note that nothing was sent: the next one may be made at once."""
        self._try(lambda: self._store.backend.remove(self._id, self._owner))

    def _try(self, write: Callable[[], object]) -> None:
        try:
            write()
        except StoreError as error:
            _log.warning("%s: the time of the next call to this number may be wrong, as %s", self._operation, error)


def spacing_of(store: Store, app: tuple[str, str], operation: Operation, body: object) -> MobileSpacing | None:
    """Return what must be asked before a call; None where the service has no such limit."""
    if operation.mobile_seconds is None:
        return None
    number = next(each.field for each in ARGUMENTS[operation.id] if each.kind == "mobile")
    mobile = str(cast("Mapping[str, object]", body).get(number))
    return MobileSpacing(store, app, operation, mobile, operation.mobile_seconds)


def _too_often(operation: Operation) -> int | None:
    """Return the code by which the service says that a call came too soon; None where the operation has none."""
    family = FAMILY_BY_STATUS.get(HTTPStatus.TOO_MANY_REQUESTS, ())
    return next((code for code in sorted(operation.error_codes) if issubclass(ERRORS[code], family)), None)


class SharedRate:
    """The rate of all campaigns of an app."""

    __slots__ = ("_name", "_store")

    def __init__(self, store: Store, app: tuple[str, str]) -> None:
        self._store = store
        self._name = entry_id("rate", *app)

    def reserve(self, recipients: int, rate: float) -> float:
        """Reserve the time that so many recipients take at a rate; gives the seconds until it begins."""
        return self._store.backend.reserve(self._name, recipients / rate)
