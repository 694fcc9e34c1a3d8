"""The page of every public name, and the list of calls in the package's docstring."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from jsms_client import JSMS
from jsms_runtime.resource import lazy_property

from .tables import table

PAGE: Final = Path("docs/api.md")
PACKAGE: Final = Path("overlay/jsms_client/__init__.py")
BEGIN, END = (
    "Every call, of `JSMS` and, with ``await``, of `AsyncJSMS`:\n\n",
    "\nEvery name with its import path: docs/api.md.\n",
)
_MOST_SHOWN: Final = 4
_MODULES: Final = ("results", "errors", "campaigns", "callbacks", "store", "contract", "masking")


def page() -> str:
    """Every method, type and exception with its import path."""
    parts = [
        "# Every public name",
        "What is not listed here is private and may change at any time.",
        "## Calls",
        "Each is a method of `JSMS` and, with `await`, of `AsyncJSMS`.",
        table(
            ("call", "returns", "what it does"),
            [(f"`jsms.{call}`", f"`{returns}`", _summary(method)) for call, returns, method in _calls()],
        ),
        "## jsms_client",
        _names("jsms_client"),
    ]
    for module in _MODULES:
        parts += [f"## jsms_client.{module}", _names(f"jsms_client.{module}")]
    return "\n\n".join(parts) + "\n"


def docstring_list() -> str:
    """The calls as lines of a docstring."""
    return "".join(f"    jsms.{call} -> {returns}\n" for call, returns, _ in _calls())


def resources() -> dict[str, type]:
    """Each attribute of a client that has calls, with the class of its value."""
    names = [
        name for name in dir(JSMS) if isinstance(inspect.getattr_static(JSMS, name), lazy_property) and name != "api"
    ]
    with JSMS("0" * 24, "0" * 24) as jsms:
        return {name: type(getattr(jsms, name)) for name in names}


def _calls() -> Iterator[tuple[str, str, object]]:
    for name in ("with_options", "with_raw_response", "close"):
        method = getattr(JSMS, name)
        yield f"{name}({'…' if name != 'close' else ''})", _returns(method), method
    for name, kind in resources().items():
        for method in (each for each in dir(kind) if not each.startswith("_")):
            value = inspect.getattr_static(kind, method)
            if inspect.isfunction(value):
                yield f"{name}.{method}({_parameters(value)})", _returns(value), value


def _parameters(method: object) -> str:
    """The arguments that must be given, and a mark for the others."""
    given = [each for each in inspect.signature(method).parameters.values() if each.name != "self"]  # type: ignore[arg-type] # a function
    needed = [each for each in given if each.default is each.empty and each.kind is not each.VAR_KEYWORD]
    shown = [f"{each.name}=…" if each.kind is each.KEYWORD_ONLY else each.name for each in needed]
    most = shown[:_MOST_SHOWN]
    return ", ".join([*most, *(["…"] if len(most) < len(given) else [])])


def _returns(method: object) -> str:
    return str(inspect.get_annotations(method).get("return", "None")).replace("|", "or")  # type: ignore[arg-type] # a function


def _names(module: str) -> str:
    found = importlib.import_module(module)
    names: list[str] = sorted(found.__all__)
    rows = [(f"`{name}`", f"`from {module} import {name}`", _summary(getattr(found, name))) for name in names]
    return table(("name", "import", "what it is"), rows)


def _summary(value: object) -> str:
    if not (inspect.isclass(value) or inspect.isfunction(value)):
        return "A type or a constant."
    return (inspect.getdoc(value) or "").partition("\n\n")[0].replace("\n", " ").replace("|", "or")


def with_calls(source: str) -> str:
    """The package's source with a new list of calls in its docstring."""
    before, begin, rest = source.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{PACKAGE} has lost the lines around its list of calls.")
    return f"{before}{begin}{docstring_list()}{end}{after}"
