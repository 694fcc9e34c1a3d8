"""The page that says how each error code is provoked in the sandbox, made from the table that the tests run."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from jsms_contract.errors import ERRORS

PAGE = Path("docs/sandbox-errors.md")
TITLE = "Provoking every error code"
INTRODUCTION = """\
The sandbox answers each of the documented error codes. The table is made from the one that the tests run, so each row
works as it stands: send what stands under "before" in this order, then the request. Paths in braces stand for what an
earlier answer held. The first app of every sandbox has the templates and the signature that are named here.

Three shorter ways need nothing before, and no test API, so they work from any language:

- a number `130000` and the code: sending to `13000050024` answers 50024, in every operation that can answer it;
- an app key `sandboxapp`, nine digits and the code, which is its own secret: `sandboxapp00000000050008` answers 50008;
- `[sandbox:reject reason]` or `[sandbox:hold]` in the remark of a template or a signature."""
HEAD = ("code", "exception", "before", "request")
LONGEST = 60
_AUTH = {
    "app": "",
    "none": " without Authorization",
    "wrong": " with a wrong secret",
    "magic": " with the app key that ends in the code",
}
_EARLIER = '"{temp_id}"'


class _Call(Protocol):
    method: str
    path: str
    body: Any
    raw: bytes | None
    form: Mapping[str, object] | None
    headers: Mapping[str, str]
    auth: Literal["app", "none", "wrong", "magic"]


class _Switch(Protocol):
    says: str


class _Wait(Protocol):
    seconds: float


class _Provocation(Protocol):
    code: int
    call: _Call
    given: Sequence[object]
    recipient: bool


def page(root: Path) -> str:
    """The page.

    Args:
        root: The project, whose tests hold the table.
    """
    rows = [_row(each) for each in _table(root)]
    lines = [HEAD, ["---"] * len(HEAD), *rows]
    table = "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)
    return f"# {TITLE}\n\n{INTRODUCTION}\n\n{table}\n"


def _table(root: Path) -> Sequence[_Provocation]:
    tests = str(root / "tests")
    if tests not in sys.path:
        sys.path.append(tests)
    return cast("Sequence[_Provocation]", importlib.import_module("sandbox.provocations").PROVOCATIONS)


def _row(provocation: _Provocation) -> tuple[str, str, str, str]:
    where = "; it stands at the recipient, the batch itself is answered 200" if provocation.recipient else ""
    return (
        str(provocation.code),
        f"`{ERRORS[provocation.code].__name__}`",
        "<br>".join(_step(step) for step in provocation.given),
        _call(provocation.call) + where,
    )


def _step(step: object) -> str:
    if hasattr(step, "says"):
        return f"switch: {cast('_Switch', step).says}"
    if hasattr(step, "seconds"):
        return f"{cast('_Wait', step).seconds:g} seconds later"
    return _call(cast("_Call", step))


def _call(call: _Call) -> str:
    parts = [f"`{call.method} /v1{call.path}`"]
    if call.raw is not None:
        text = call.raw.decode()
        parts.append(f"`{text}`" if text else "with an empty body")
    elif call.form is not None:
        parts.append(_form(call.form))
    elif call.body is not None:
        text = json.dumps(_short(call.body), ensure_ascii=False)
        parts.append(f"`{text.replace(_EARLIER, '{temp_id}')}`")
    kind = call.headers.get("Content-Type", "application/json")
    if kind != "application/json":
        parts.append(f"as `{kind}`")
    return " ".join(parts) + _AUTH[call.auth]


def _form(form: Mapping[str, object]) -> str:
    fields = [f"`{name}={value}`" for name, value in form.items() if isinstance(value, str)]
    for name, value in form.items():
        if isinstance(value, tuple):
            content = cast("tuple[str, bytes, str]", value)[1]
            fields.append(f"`{name}={'a GIF' if content.startswith(b'GIF') else 'an image'}`")
    return f"as multipart with {', '.join(fields)}"


def _short(value: object) -> object:
    """The body with what is long cut short."""
    if isinstance(value, dict):
        return {name: _short(item) for name, item in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        items = cast("list[object]", value)
        return [_short(item) for item in items] if len(items) <= LONGEST else [items[0], f"… {len(items)} of them"]
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:3]}… ({len(value)} characters)"
    return value
