"""The sync and the async client have the same members, signatures and docstrings."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator

import pytest

import jsms_client._async
import jsms_client._sync
from jsms_client import JSMS, AsyncJSMS
from jsms_client.errors import ConfigurationError

from .calls import CALLS
from .drivers import async_client, sync_client

RESOURCES = ("accounts", "campaigns", "codes", "messages", "receipts", "schedules", "signs", "templates")


# What a text says of one client, as the other one says it.
_SPELLINGS: tuple[tuple[str, str], ...] = (
    (r"\basync (for|with|def)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bAsyncByteStream\b", "SyncByteStream"),
    (r"\bAsync(?=[A-Z])", ""),
    (r"\basyncio_detailed\b", "sync_detailed"),
    (r"\b(Iterator|Generator|ContextManager)\b", r"\1"),
    (r"\ba(close|iter|next|enter|exit)\b", r"\1"),
    (r"__a(iter|next|enter|exit)__", r"__\1__"),
    (r"\bhandle_async_request\b", "handle_request"),
    (r"\bStopAsyncIteration\b", "StopIteration"),
    (r"\ban? (?=[A-Za-z`])", "a "),
    (r"\s+", " "),
)
# Each client has one of them that works; see the test of their own below.
ONE_OF_TWO = ("get_httpx_client", "get_async_httpx_client")
MODULES = sorted(each.name for each in pkgutil.iter_modules(jsms_client._async.__path__))


def _as_sync(text: str) -> str:
    for pattern, replacement in _SPELLINGS:
        text = re.sub(pattern, replacement, text)
    return text.strip()


def _members(kind: type[object]) -> Iterator[tuple[str, object]]:
    for name, member in inspect.getmembers_static(kind):
        spoken = name.startswith("__a") or name in ("__iter__", "__next__", "__enter__", "__exit__", "__init__")
        if not name.startswith("_") or spoken:
            yield _as_sync(name), member


def _classes(package: str, module: str) -> dict[str, type[object]]:
    found = importlib.import_module(f"{package}.{module}")
    return {
        _as_sync(name): kind
        for name, kind in inspect.getmembers(found, inspect.isclass)
        if kind.__module__ == found.__name__ and not name.startswith("_")
    }


def test_both_clients_have_the_same_modules() -> None:
    assert sorted(each.name for each in pkgutil.iter_modules(jsms_client._sync.__path__)) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_the_same_classes_members_signatures_and_texts(module: str) -> None:
    asynchronous = _classes("jsms_client._async", module)
    sync = _classes("jsms_client._sync", module)
    assert asynchronous.keys() == sync.keys()
    for name, kind in asynchronous.items():
        theirs, ours = dict(_members(kind)), dict(_members(sync[name]))
        assert theirs.keys() == ours.keys()
        for member, value in theirs.items():
            # What a class of httpx brings is httpx's own.
            if member in ONE_OF_TWO or not getattr(value, "__module__", "jsms_client").startswith("jsms_client"):
                continue
            where = f"{name}.{member}"
            assert _as_sync(inspect.getdoc(value) or "") == _as_sync(inspect.getdoc(ours[member]) or ""), where
            if inspect.isfunction(value):
                own = ours[member]
                assert inspect.isfunction(own)
                assert _as_sync(str(inspect.signature(value))) == _as_sync(str(inspect.signature(own))), where


def test_only_the_async_client_has_coroutines() -> None:
    for call in CALLS.values():
        with sync_client("http://127.0.0.1:1/v1") as client:
            method = getattr(getattr(client, call.resource), call.method)
            async_method = getattr(getattr(async_client("http://127.0.0.1:1/v1"), call.resource), call.method)
        assert inspect.iscoroutinefunction(async_method), call.operation
        assert not inspect.iscoroutinefunction(method), call.operation


def test_every_public_method_of_a_resource_is_in_the_table_of_calls() -> None:
    known = {(call.resource, call.method) for call in CALLS.values()}
    known |= {("receipts", "iter_reports"), ("receipts", "iter_replies")}
    with sync_client("http://127.0.0.1:1/v1") as client:
        found = {
            (resource, name)
            for resource in {call.resource for call in CALLS.values()}
            for name, _ in inspect.getmembers(getattr(client, resource), inspect.ismethod)
            if not name.startswith("_")
        }
    assert found == known


def test_the_generated_functions_of_the_other_kind_are_refused() -> None:
    with sync_client("http://127.0.0.1:1/v1") as client, pytest.raises(ConfigurationError):
        client.api.get_async_httpx_client()
    with pytest.raises(ConfigurationError):
        async_client("http://127.0.0.1:1/v1").api.get_httpx_client()


@pytest.mark.parametrize("kind", [JSMS, AsyncJSMS])
def test_the_client_has_one_attribute_for_each_tag(kind: type[object]) -> None:
    assert {call.resource for call in CALLS.values()} <= set(dir(kind))


@pytest.mark.parametrize("name", RESOURCES)
def test_a_resource_shows_its_kind_and_nothing_of_the_client(name: str) -> None:
    for client in (sync_client("http://127.0.0.1:1/v1"), async_client("http://127.0.0.1:1/v1")):
        assert re.fullmatch("<[A-Za-z]+>", repr(getattr(client, name)))
