"""Every request and its answer, accepted or refused, with the check that failed. Secrets are left out."""

from __future__ import annotations

from jsms_sandbox.contract import FORM_TYPE
from jsms_sandbox.service.access import claimed_app
from jsms_sandbox.service.refusal import Refusal
from jsms_sandbox.service.request import Request
from jsms_sandbox.service.response import Answer
from jsms_sandbox.state.entities import JournalEntry
from jsms_sandbox.state.state import State

TEXT_KEPT = 16 * 1024
"""How many characters of a body are kept."""
SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
REDACTED = "(redacted)"


def record(state: State, request: Request, answer: Answer, refusal: Refusal | None, seconds: float) -> JournalEntry:
    """Note a request and its answer, and tell those who watch."""
    # Refused before it was let in, it still belongs to the app that it names: whose tests look for it there.
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
        status=answer.status,
        code=refusal.code if refusal else None,
        check=refusal.check if refusal else None,
        hint=refusal.said.english() if refusal else None,
        hint_zh=refusal.said.chinese() if refusal else None,
        warnings=[warning.english() for warning in request.warnings],
        warnings_zh=[warning.chinese() for warning in request.warnings],
        answer_headers=list(answer.headers),
        answer=_text(answer.body or b""),
        msg_ids=request.msg_ids,
        fault=request.fault,
        modelled=request.modelled,
        milliseconds=round(seconds * 1000, 3),
    )
    state.add_journal_entry(entry)
    kind = "refused" if refusal else "request"
    state.events.publish(kind, {"request": entry.number, "app_key": entry.app_key, "code": entry.code})
    return entry


def _body(request: Request) -> str:
    if request.too_large:
        return "(larger than the sandbox reads)"
    takes_form = request.operation is not None and request.operation.media_type == FORM_TYPE
    if takes_form or (request.header("content-type") or "").lower().startswith("multipart/"):
        return _form(request)
    return _text(request.body)


def _form(request: Request) -> str:
    """What may be kept of a signature's form: identity papers and numbers are left out."""
    lines = [f"{name}: {request.fields[name]}" for name in ("sign", "type", "remark") if name in request.fields]
    lines += [f"{file.field}: {file.media_type}, {file.size} bytes, SHA-256 {file.sha256}" for file in request.files]
    return "\n".join(lines) or f"({len(request.body)} bytes that are not kept)"


def _text(content: bytes) -> str:
    text = content[: TEXT_KEPT * 4].decode("utf-8", "replace")
    return text if len(text) <= TEXT_KEPT else text[:TEXT_KEPT] + "…"
