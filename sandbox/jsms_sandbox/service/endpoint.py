"""The ``/v1`` endpoint: one request in, one answer out, the same order of checks for every operation."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Mapping
from time import perf_counter
from typing import Any, cast

from jsms_contract.codes import REQUEST_METHOD_NOT_SUPPORT, SERVER_ERROR
from jsms_runtime.operation import Items, Record, Shape
from jsms_sandbox.contract import FORM_TYPE, info
from jsms_sandbox.service.access import authenticate, check_access, route
from jsms_sandbox.service.body import read_body
from jsms_sandbox.service.examples import answer_with_example
from jsms_sandbox.service.journal import record
from jsms_sandbox.service.leniency import Leniency, tolerate
from jsms_sandbox.service.operations import OPERATIONS
from jsms_sandbox.service.refusal import Refusal
from jsms_sandbox.service.request import AuthorizedRequest, Request, RoutedRequest, refusal_body
from jsms_sandbox.service.response import EMPTY, Answer, Receive, Scope, Send, json_answer, json_bytes, send_answer
from jsms_sandbox.simulation.faults import FaultList
from jsms_sandbox.state.state import State
from jsms_sandbox.state.storage import StorageError

log = logging.getLogger("jsms_sandbox")

JSON_LIMIT = 4 * 2**20
FORM_LIMIT = 32 * 2**20
"""How large a body the sandbox reads, in bytes; larger ones are refused."""


class Service:
    """The ASGI app for everything that is not the sandbox's own.

    Args:
        state: Whose rules and state to answer with.

    Attributes:
        faults: What tests injected.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.faults = FaultList(state)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the whole request, answer it in one go, send the answer."""
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        raw_path = scope.get("raw_path") or scope["path"].encode()
        client = scope["client"][0] if scope.get("client") else ""
        request = Request(scope["method"], raw_path.decode("latin-1"), headers, b"", client)
        request.query = scope.get("query_string", b"").decode("latin-1")
        await _read(request, receive)
        await send_answer(send, self.answer(request))

    def answer(self, request: Request) -> Answer:
        """Answer a request: check it, let it take effect, note it in the journal and commit it."""
        started = perf_counter()
        state = self.state
        state.clock.run_due()
        request.strict = state.settings.strict
        refusal: Refusal | None = None
        try:
            answer = self._answer(request)
        except Refusal as refused:
            refusal, answer = refused, refused_answer(refused, request)
        except Exception:
            log.exception("The sandbox itself failed at %s %s", request.method, request.path)
            refusal = Refusal(SERVER_ERROR, "sandbox", "This is a bug of the sandbox; its log has the details.")
            answer = refused_answer(refusal, request)
        answer = self.faults.after(request, answer)
        record(state, request, answer, refusal, perf_counter() - started)
        try:
            state.commit()
        except StorageError as error:
            log.error("%s", error)  # noqa: TRY400 - the sentence says all
            return refused_answer(Refusal(SERVER_ERROR, "storage", str(error)), request)
        return answer

    def _answer(self, request: Request) -> Answer:
        state = self.state
        try:
            if request.method == "HEAD" and request.path == "/":
                tolerate(request, Leniency.HEAD_ROOT, REQUEST_METHOD_NOT_SUPPORT, "method", allow=())
                return EMPTY
            routed: RoutedRequest | Refusal = route(request)
        except Refusal as refused:
            routed = refused  # an injected fault goes first
        request.modelled = request.operation is None or request.operation.id in OPERATIONS
        injected = self.faults.before(request)
        if injected is not None:
            return injected
        if isinstance(routed, Refusal):
            raise routed
        authorized = authenticate(state, routed)
        check_access(authorized)
        read_body(authorized)
        behaviour = OPERATIONS.get(authorized.operation.id, answer_with_example)
        return _with_required_fields(authorized, behaviour(state, authorized))


def refused_answer(refusal: Refusal, request: Request) -> Answer:
    """The error response of a refusal, in the contract's words."""
    error = info(refusal.code)
    body = refusal_body(request, error.code, error.message)
    return json_answer(body, error.http_status, () if refusal.allow is None else (("allow", ", ".join(refusal.allow)),))


def _with_required_fields(request: AuthorizedRequest, answer: Answer) -> Answer:
    """Add what the contract requires of a response and the sandbox does not know, from the contract's example."""
    operation = request.operation
    if answer.value is None or operation.answer is None:
        return answer
    added: list[str] = []
    _add(operation.answer, answer.value, _example(operation.rules.success or "null"), "", added)
    if not added:
        return answer
    for name in dict.fromkeys(added):
        request.warn(
            "The sandbox does not model the field %s of the response: its value is the contract's example.", name
        )
    return Answer(answer.status, json_bytes(answer.value), answer.headers)


@functools.lru_cache(maxsize=256)
def _example(success: str) -> object:
    return json.loads(success)


def _add(shape: Shape, value: object, example: object, place: str, added: list[str]) -> None:
    if isinstance(shape, Record) and isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        shown: Mapping[str, object] = cast("Any", example) if isinstance(example, dict) else {}
        for field in shape.fields:
            if field.name in fields:
                _add(field.shape, fields[field.name], shown.get(field.name), f"{place}{field.name}.", added)
            elif field.required and field.name in shown:
                fields[field.name] = shown[field.name]
                added.append(f"{place}{field.name}")
    elif isinstance(shape, Items) and isinstance(value, list):
        shown_items: list[object] = cast("Any", example) if isinstance(example, list) else []
        for item in cast("list[object]", value):
            _add(shape.of, item, shown_items[0] if shown_items else None, place, added)


async def _read(request: Request, receive: Receive) -> None:
    content_type = request.header("content-type") or ""
    most = FORM_LIMIT if content_type.lower().startswith(FORM_TYPE) else JSON_LIMIT
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > most:
            request.too_large = True
            return
        if chunk:
            chunks.append(chunk)
        if not message.get("more_body"):
            break
    request.body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
