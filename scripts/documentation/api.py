"""The page of every public name, and the list of calls in the package's docstring."""

from __future__ import annotations

import functools
import importlib
import inspect
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files as resources_of
from pathlib import Path
from types import ModuleType
from typing import Final

from contract_tools.openapi import mapping, operations, schemas, text
from documentation import require_translations, table, texts
from jsms_client import JSMS
from jsms_client.errors import ErrorInfo
from jsms_contract.operations import OPERATIONS
from jsms_runtime.resource import lazy_property

PAGE: Final = Path("docs/api.md")
CHINESE_PAGE: Final = Path("docs/api.zh-CN.md")
PACKAGE: Final = Path("overlay/jsms_client/__init__.py")
BEGIN, END = (
    "Every call, of `JSMS` and, with ``await``, of `AsyncJSMS`:\n\n",
    "\nEvery name with its import path: docs/api.md.\n",
)
_MOST_SHOWN: Final = 4
_MODULES: Final = ("results", "errors", "campaigns", "callbacks", "store", "contract", "masking")


_WORDS: Final = {
    "en": (
        "Every public name",
        "What is not listed here is private and may change at any time.",
        "Calls",
        "Each is a method of `JSMS` and, with `await`, of `AsyncJSMS`.",
        ("call", "returns", "what it does"),
        ("name", "import", "what it is"),
    ),
    "zh-CN": (
        "全部公开名称",
        "没有列在这里的都是私有的，随时可能改变。",
        "调用",
        "每个都是 `JSMS` 的方法；加上 `await` 也是 `AsyncJSMS` 的方法。",
        ("调用", "返回", "作用"),
        ("名称", "导入", "说明"),
    ),
}
_CHINESE: Final = "zh-CN"
_TRANSLATIONS: Final = "api"


def page() -> str:
    """Make the page of every method, type and exception with its import path."""
    return _page("en", {})


def chinese_page(root: Path) -> str:
    """Make the page in Chinese.

    Args:
        root: The project, which has the translations.

    Raises:
        SystemExit: A name has no Chinese summary, or a summary has no name.
    """
    known = texts(root, _TRANSLATIONS)
    names = {call.partition("(")[0] for call, _, _ in _calls()}.union(*(module.__all__ for module in _modules()))
    missing = [name for name in names_to_translate() if name not in known]
    require_translations(_TRANSLATIONS, missing, [name for name in known if name not in names])
    return _page(_CHINESE, known)


def names_to_translate() -> list[str]:
    """List the names whose Chinese summary is not in the contract."""
    calls = [name for name in (call.partition("(")[0] for call, _, _ in _calls()) if _summary_of_call(name) is None]
    found = [(module, name) for module in _modules() for name in module.__all__]
    others = [name for module, name in found if _of_contract(getattr(module, name)) is None]
    return [*calls, *dict.fromkeys(others)]


def chinese_summaries(root: Path) -> dict[str, str]:
    """Collect the Chinese summary of each call and name, from the contract and the translations."""
    calls = {name: _summary_of_call(name) for name in (call.partition("(")[0] for call, _, _ in _calls())}
    names = {name: _of_contract(getattr(module, name)) for module in _modules() for name in module.__all__}
    return {name: text for name, text in {**calls, **names}.items() if text} | dict(texts(root, _TRANSLATIONS))


def _modules() -> list[ModuleType]:
    """Import the public modules."""
    return [importlib.import_module(name) for name in ("jsms_client", *(f"jsms_client.{each}" for each in _MODULES))]


def _page(language: str, known: Mapping[str, str]) -> str:
    title, introduction, calls, about, call_head, name_head = _WORDS[language]
    rows = [
        (f"`jsms.{call}`", f"`{returns}`", _call_words(call.partition("(")[0], method, language, known))
        for call, returns, method in _calls()
    ]
    parts = [f"# {title}", introduction, f"## {calls}", about, table(call_head, rows)]
    for module in ("jsms_client", *(f"jsms_client.{each}" for each in _MODULES)):
        parts += [f"## {module}", _names(module, name_head, language, known)]
    return "\n\n".join(parts) + "\n"


def _call_words(name: str, method: object, language: str, known: Mapping[str, str]) -> str:
    chinese = known.get(name) or _summary_of_call(name) if language == _CHINESE else None
    return chinese or _summary(method)


def _summary_of_call(name: str) -> str | None:
    """Find the contract's Chinese for the method of an operation."""
    ids = [each.id for each in OPERATIONS.values() if f"{each.resource}.{each.method_name}" == name]
    found = (operation for _, _, operation, _ in operations(_document()) if operation.get("operationId") in ids)
    none: Mapping[str, object] = {}
    return _chinese(next(found, none))


def _of_contract(value: object) -> str | None:
    """Find the contract's Chinese for an exception of one code, a result, or an enum."""
    if not inspect.isclass(value):
        return None
    info = getattr(value, "info", None) if issubclass(value, Exception) else None
    if isinstance(info, ErrorInfo):
        return info.meaning_zh
    is_generated = value.__module__.startswith(("jsms_surface.", "jsms_api."))
    return _chinese(mapping(schemas(_document()).get(value.__name__))) if is_generated else None


def _chinese(found: Mapping[str, object]) -> str | None:
    words = text(found.get("x-summary-zh"))
    return f"{words.removesuffix('。')}。" if words else None


@functools.cache
def _document() -> Mapping[str, object]:
    return mapping(json.loads(resources_of("jsms_contract").joinpath("openapi.json").read_bytes()))


def docstring_list() -> str:
    """Write the calls as lines of a docstring."""
    return "".join(f"    jsms.{call} -> {returns}\n" for call, returns, _ in _calls())


def resources() -> dict[str, type]:
    """Find each attribute of a client that has calls, with the class of its value."""
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
    """Show the arguments that must be given, and a mark for the others."""
    given = [each for each in inspect.signature(method).parameters.values() if each.name != "self"]  # type: ignore[arg-type] # a function
    needed = [each for each in given if each.default is each.empty and each.kind is not each.VAR_KEYWORD]
    shown = [f"{each.name}=…" if each.kind is each.KEYWORD_ONLY else each.name for each in needed]
    most = shown[:_MOST_SHOWN]
    return ", ".join([*most, *(["…"] if len(most) < len(given) else [])])


def _returns(method: object) -> str:
    return str(inspect.get_annotations(method).get("return", "None")).replace("|", "or")  # type: ignore[arg-type] # a function


def _names(module: str, head: tuple[str, str, str], language: str, known: Mapping[str, str]) -> str:
    found = importlib.import_module(module)
    rows: list[tuple[str, str, str]] = []
    for name in sorted(set(found.__all__)):
        value = getattr(found, name)
        chinese = (known.get(name) or _of_contract(value)) if language == _CHINESE else None
        rows.append((f"`{name}`", f"`from {module} import {name}`", chinese or _summary(value)))
    return table(head, rows)


def _summary(value: object) -> str:
    if not (inspect.isclass(value) or inspect.isfunction(value)):
        return "A type or a constant."
    return (inspect.getdoc(value) or "").partition("\n\n")[0].replace("\n", " ").replace("|", "or")


def with_calls(source: str) -> str:
    """Replace the list of calls in the docstring of the package's source."""
    before, begin, rest = source.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{PACKAGE} has lost the lines around its list of calls.")
    return f"{before}{begin}{docstring_list()}{end}{after}"
