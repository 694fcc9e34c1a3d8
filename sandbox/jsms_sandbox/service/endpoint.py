"""The ``/v1`` endpoint: the same order of checks for every operation, then the response and the journal."""

from __future__ import annotations

import logging
from time import perf_counter

from jsms_contract.codes import REQUEST_METHOD_NOT_SUPPORT, SERVER_ERROR
from jsms_sandbox.contract import FORM_TYPE, info
from jsms_sandbox.service.access import authenticate, check_access, claimed_app, route
from jsms_sandbox.service.body import read_body
from jsms_sandbox.service.examples import respond_with_example, with_required_fields
from jsms_sandbox.service.operations import OPERATIONS
from jsms_sandbox.service.request import Leniency, Refusal, Request, RoutedRequest, refusal_body
from jsms_sandbox.service.response import EMPTY, Receive, Response, Scope, Send, json_response, send_response
from jsms_sandbox.simulation.faults import FaultList
from jsms_sandbox.state.entities import JournalEntry
from jsms_sandbox.state.state import State
from jsms_sandbox.state.storage import StorageError

log = logging.getLogger("jsms_sandbox")

JSON_LIMIT = 4 * 2**20
FORM_LIMIT = 32 * 2**20
"""How large a body the sandbox reads, in bytes; larger ones are refused."""
TEXT_KEPT = 16 * 1024
"""How many characters of a body are kept."""
SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
REDACTED = "(redacted)"


class Service:
    """The ASGI app of the service.

    Args:
        state: The state that requests read and change.

    Attributes:
        faults: What tests injected.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.faults = FaultList(state)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the whole request, handle it without waiting, send the response."""
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        raw_path = scope.get("raw_path") or scope["path"].encode()
        client = scope["client"][0] if scope.get("client") else ""
        request = Request(scope["method"], raw_path.decode("latin-1"), headers, b"", client)
        request.query = scope.get("query_string", b"").decode("latin-1")
        await _read(request, receive)
        await send_response(send, self.respond(request))

    def respond(self, request: Request) -> Response:
        """Handle a request: check it, carry it out, record it in the journal and commit."""
        started = perf_counter()
        state = self.state
        state.clock.run_due()
        request.strict = state.settings.strict
        refusal: Refusal | None = None
        try:
            response = self._respond(request)
        except Refusal as refused:
            refusal, response = refused, refusal_response(refused, request)
        except Exception:
            log.exception("The sandbox itself failed at %s %s", request.method, request.path)
            refusal = Refusal(SERVER_ERROR, "sandbox", "This is a bug of the sandbox; its log has the details.")
            response = refusal_response(refusal, request)
        response = self.faults.after(request, response)
        _record(state, request, response, refusal, perf_counter() - started)
        try:
            state.commit()
        except StorageError as error:
            log.error("%s", error)  # noqa: TRY400 - the message says all
            return refusal_response(Refusal(SERVER_ERROR, "storage", str(error)), request)
        return response

    def _respond(self, request: Request) -> Response:
        state = self.state
        try:
            if request.method == "HEAD" and request.path == "/":
                request.tolerate(Leniency.HEAD_ROOT, REQUEST_METHOD_NOT_SUPPORT, "method", allow=())
                return EMPTY
            routed: RoutedRequest | Refusal = route(request)
        except Refusal as refused:
            routed = refused  # an injected fault comes first
        request.modelled = request.operation is None or request.operation.id in OPERATIONS
        injected = self.faults.before(request)
        if injected is not None:
            return injected
        if isinstance(routed, Refusal):
            raise routed
        authorized = authenticate(state, routed)
        check_access(authorized)
        checked = read_body(authorized)
        behaviour = OPERATIONS.get(checked.operation.id, respond_with_example)
        return with_required_fields(checked, behaviour(state, checked))


def refusal_response(refusal: Refusal, request: Request) -> Response:
    """Make the error response of a refusal, in the contract's words."""
    error = info(refusal.code)
    body = refusal_body(request, error.code, error.message)
    return json_response(
        body, error.http_status, () if refusal.allow is None else (("allow", ", ".join(refusal.allow)),)
    )


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


def _record(state: State, request: Request, response: Response, refusal: Refusal | None, seconds: float) -> None:
    """Record a request and its response in the journal, without secrets, and publish it."""
    # A request that was refused early still belongs to the app that it names: its tests look for it there.
    app = request.app or claimed_app(state, request)
    entry = JournalEntry(
        state.next_number("journal"),
        state.clock.now(),
        request.method,
        f"{request.path}?{request.query}" if request.query else request.path,
        request.client,
        [(name, REDACTED if name in SECRET else value) for name, value in request.headers],
        _body(request),
        operation=request.operation.id if request.operation else None,
        app_key=app.app_key if app else None,
        status=response.status,
        code=refusal.code if refusal else None,
        check=refusal.check if refusal else None,
        hint=refusal.said.english() if refusal else None,
        hint_zh=refusal.said.chinese() if refusal else None,
        warnings=[warning.english() for warning in request.warnings],
        warnings_zh=[warning.chinese() for warning in request.warnings],
        answer_headers=list(response.headers),
        answer=_text(response.body or b""),
        msg_ids=request.msg_ids,
        fault=request.fault,
        modelled=request.modelled,
        milliseconds=round(seconds * 1000, 3),
    )
    state.add_journal_entry(entry)
    kind = "refused" if refusal else "request"
    state.events.publish(kind, {"request": entry.number, "app_key": entry.app_key, "code": entry.code})


def _body(request: Request) -> str:
    if request.too_large:
        return "(larger than the sandbox reads)"
    takes_form = request.operation is not None and request.operation.media_type == FORM_TYPE
    if takes_form or (request.header("content-type") or "").lower().startswith("multipart/"):
        return _form(request)
    return _text(request.body)


def _form(request: Request) -> str:
    """Describe a signature's form without identity papers and numbers."""
    lines = [f"{name}: {request.form[name]}" for name in ("sign", "type", "remark") if name in request.form]
    lines += [f"{file.field}: {file.media_type}, {file.size} bytes, SHA-256 {file.sha256}" for file in request.files]
    return "\n".join(lines) or f"({len(request.body)} bytes that are not kept)"


def _text(content: bytes) -> str:
    text = content[: TEXT_KEPT * 4].decode("utf-8", "replace")
    return text if len(text) <= TEXT_KEPT else text[:TEXT_KEPT] + "…"
