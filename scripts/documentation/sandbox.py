"""The pages of the sandbox: its options, leniencies and assumptions, and how it is made to return each error code."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import click

from documentation import chinese_of, table
from jsms_contract.errors import ERRORS
from jsms_sandbox.assumptions import assumptions
from jsms_sandbox.options import command
from jsms_sandbox.service.request import Hint, Leniency

if TYPE_CHECKING:
    from sandbox.error_recipes import Call, ErrorRecipe, Switch, Wait

PAGE: Final = Path("docs/sandbox.md")
CHINESE_PAGE: Final = Path("docs/sandbox.zh-CN.md")
RECIPES_PAGE: Final = Path("docs/sandbox-errors.md")
_RECIPES: Final = """\
# Provoking every error code

The sandbox can return each of the documented error codes. The table is made from the one that the tests run, so each
row works as it is: send what is under "before" in this order, then the request. Replace a name in braces by the value
of an earlier response. The first app of every sandbox has the templates and the signature that are named here.

Three shorter ways need nothing before, and no test API, so they work from any language:

- a number `130000` and the code: sending to `13000050024` returns 50024, in every operation that can return it;
- an app key `sandboxapp`, nine digits and the code, which is its own secret: `sandboxapp00000000050008` returns 50008;
- `[sandbox:reject reason]` or `[sandbox:hold]` in the remark of a template or a signature.

"""
_LONGEST: Final = 60
_AUTH: Final = {
    "app": "",
    "none": " without Authorization",
    "wrong": " with a wrong secret",
    "magic": " with the app key that ends in the code",
}
_EARLIER: Final = '"{temp_id}"'


def options() -> str:
    """Make the table of each option with its environment variable."""
    sandbox = command("jsms-sandbox")
    context = click.Context(sandbox)
    rows: list[tuple[str, str, str]] = []
    for option in sandbox.params:
        if isinstance(option, click.Option):
            name = option.opts[0] if option.is_flag else f"{option.opts[0]} {option.make_metavar(context)}"
            default = f" ({option.default})" if option.show_default else ""
            rows.append((f"`{name}`", f"`{option.envvar}`", f"{option.help}{default}"))
    return table(("option", "environment variable", ""), rows)


def leniencies() -> dict[Path, str]:
    """List what existing clients may send though no source documents it, in both languages."""
    hints = [Hint(leniency.value) for leniency in Leniency]
    return {
        PAGE: "\n".join(f"- {hint.english()}" for hint in hints),
        CHINESE_PAGE: "\n".join(f"- {hint.chinese()}" for hint in hints),
    }


def assumed(root: Path) -> dict[Path, str]:
    """List what no source documents and the sandbox had to choose, in both languages."""
    english = table(("about", "chosen"), assumptions())
    return {PAGE: english, CHINESE_PAGE: chinese_of(english, root, "assumptions").rstrip("\n")}


def recipes_page(root: Path) -> str:
    """Make the page of error codes from the table of the project's tests."""
    tests = str(root / "tests")
    if tests not in sys.path:
        sys.path.append(tests)
    from sandbox.error_recipes import ERROR_RECIPES

    rows = [[cell.replace("|", "&#124;") for cell in _row(each)] for each in ERROR_RECIPES]
    return f"{_RECIPES}{table(('code', 'exception', 'before', 'request'), rows)}\n"


def _row(recipe: ErrorRecipe) -> tuple[str, str, str, str]:
    where = "; it is at the recipient; the batch itself gets 200" if recipe.recipient else ""
    before = "<br>".join(map(_step, recipe.given))
    return str(recipe.code), f"`{ERRORS[recipe.code].__name__}`", before, _shown(recipe.call) + where


def _step(step: Call | Switch | Wait) -> str:
    from sandbox.error_recipes import Switch, Wait

    match step:
        case Switch():
            return f"switch: {step.says}"
        case Wait():
            return f"{step.seconds:g} seconds later"
        case _:
            return _shown(step)


def _shown(call: Call) -> str:
    parts = [f"`{call.method} /v1{call.path}`"]
    if call.raw is not None:
        parts.append(f"`{call.raw.decode()}`" if call.raw else "with an empty body")
    elif call.form is not None:
        parts.append(f"as multipart with {', '.join(_fields(call.form))}")
    elif call.body is not None:
        text = json.dumps(_shortened(call.body), ensure_ascii=False)
        parts.append(f"`{text.replace(_EARLIER, '{temp_id}')}`")
    kind = call.headers.get("Content-Type", "application/json")
    if kind != "application/json":
        parts.append(f"as `{kind}`")
    return " ".join(parts) + _AUTH[call.auth]


def _fields(form: Mapping[str, object]) -> list[str]:
    """Show texts first, then files."""
    shown = [f"`{name}={value}`" for name, value in form.items() if isinstance(value, str)]
    for name, value in form.items():
        if isinstance(value, tuple):
            content = cast("tuple[str, bytes, str]", value)[1]
            shown.append(f"`{name}={'a GIF' if content.startswith(b'GIF') else 'an image'}`")
    return shown


def _shortened(value: object) -> object:
    """Shorten what is long in a body."""
    match value:
        case dict():
            return {name: _shortened(item) for name, item in cast("dict[str, object]", value).items()}
        case list():
            items = cast("list[object]", value)
            many = len(items) > _LONGEST
            return [items[0], f"… {len(items)} of them"] if many else [_shortened(item) for item in items]
        case str() if len(value) > _LONGEST:
            return f"{value[:3]}… ({len(value)} characters)"
        case _:
            return value
