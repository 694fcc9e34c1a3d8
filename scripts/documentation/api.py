"""The page of every public name, and the list of calls in the package's docstring."""

from __future__ import annotations

import functools
import importlib
import inspect
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import griffe

from contract_tools.emit.model import class_name, python_name
from contract_tools.openapi import mapping, operations, schemas, sequence, text
from contract_tools.python_source import family_class_name
from documentation import between, require_translations, table, texts
from jsms_client import JSMS
from jsms_client.contract import openapi
from jsms_client.errors import ErrorInfo
from jsms_contract.operations import OPERATIONS
from jsms_runtime.resource import lazy_property

PAGE: Final = Path("docs/api.md")
CHINESE_PAGE: Final = Path("docs/api.zh-CN.md")
PACKAGE: Final = Path("overlay/jsms_client/__init__.py")
_BEGIN, _END = (
    "Every call, of `JSMS` and, with ``await``, of `AsyncJSMS`:\n\n",
    "\nEvery name with its import path: docs/api.md.\n",
)
_ROOT: Final = Path(__file__).resolve().parents[2]
_MOST_SHOWN: Final = 4
_MODULES: Final = (
    "jsms_client",
    *(
        f"jsms_client.{each}"
        for each in ("results", "errors", "campaigns", "callbacks", "store", "contract", "masking")
    ),
)
TRANSLATIONS: Final = "api"
"""The name of the Chinese summaries that the contract does not have, each by its English."""
_ENGLISH: Final = (
    "Every public name",
    "What is not listed here is private and may change at any time.",
    "Calls",
    "Each is a method of `JSMS` and, with `await`, of `AsyncJSMS`.",
    ("call", "returns", "what it does"),
    ("name", "import", "what it is"),
)
_CHINESE: Final = (
    "全部公开名称",
    "没有列在这里的都是私有的，随时可能改变。",
    "调用",
    "每个都是 `JSMS` 的方法；加上 `await` 也是 `AsyncJSMS` 的方法。",
    ("调用", "返回", "作用"),
    ("名称", "导入", "说明"),
)


def page() -> str:
    """Make the page of every method, type and exception with its import path."""
    return _page(_ENGLISH, {}, {})


def chinese_page(root: Path) -> str:
    """Make the page in Chinese; end the command where the project's translations are out of step with the names."""
    known, contract = texts(root, TRANSLATIONS), contract_summaries()
    english = {_english(name, value): name for name, value in _described().items()}
    missing = [text for text, name in english.items() if text not in known and name not in contract]
    require_translations(TRANSLATIONS, missing, [text for text in known if text not in english])
    return _page(_CHINESE, known, contract)


def chinese_models() -> dict[str, str]:
    """Map the description of each model of the contract to its Chinese summary."""
    models = (mapping(found) for found in schemas(mapping(json.loads(openapi("json")))).values())
    return {text(found.get("description")): words for found in models if (words := _chinese(found))}


def _page(
    words: tuple[str, str, str, str, tuple[str, ...], tuple[str, ...]],
    known: Mapping[str, str],
    contract: Mapping[str, str],
) -> str:
    title, introduction, calls, about, call_head, name_head = words

    def summary(name: str, value: object) -> str:
        english = _english(name, value)
        shown = english.replace("|", "or") if english != name else "A type or a constant."
        return known.get(english) or contract.get(name) or shown

    called = [
        (f"`jsms.{call}`", f"`{returns}`", summary(call.partition("(")[0], method))
        for call, returns, method in _calls()
    ]
    parts = [f"# {title}", introduction, f"## {calls}", about, table(call_head, called)]
    for module in _MODULES:
        found = importlib.import_module(module)
        rows = [
            (f"`{name}`", f"`from {module} import {name}`", summary(name, getattr(found, name)))
            for name in sorted(set(found.__all__))
        ]
        parts += [f"## {module}", table(name_head, rows)]
    return "\n\n".join(parts) + "\n"


def _described() -> dict[str, object]:
    """Map the name of each call, and each public name, to what it is."""
    calls = {call.partition("(")[0]: method for call, _, method in _calls()}
    modules = [importlib.import_module(name) for name in _MODULES]
    return calls | {name: getattr(module, name) for module in modules for name in module.__all__}


@functools.cache
def contract_summaries() -> Mapping[str, str]:
    """Collect the contract's Chinese for resources, their methods, exceptions, results and enums."""
    document = mapping(json.loads(openapi("json")))
    by_id = {text(each.get("operationId")): each for _, _, each, _ in operations(document)}
    found = {f"{each.resource}.{each.method_name}": _chinese(by_id[each.id]) for each in OPERATIONS.values()}
    for family, entry in mapping(document.get("x-error-families")).items():
        found[family_class_name(family)] = text(mapping(entry).get("summary_zh"))
    for tag in map(mapping, sequence(document.get("tags"))):
        name = python_name(text(tag.get("name")))
        found |= dict.fromkeys((class_name(name), f"resources.{name}"), _chinese(tag))
    for name, value in _described().items():
        if inspect.isclass(value):
            info = getattr(value, "info", None) if issubclass(value, Exception) else None
            if isinstance(info, ErrorInfo):
                found[name] = info.meaning_zh
            elif value.__module__.startswith(("jsms_surface.", "jsms_api.")):
                found[name] = _chinese(mapping(schemas(document).get(value.__name__)))
    return {name: words for name, words in found.items() if words}


def _chinese(found: Mapping[str, object]) -> str:
    words = text(found.get("x-summary-zh"))
    return f"{words.removesuffix('。')}。" if words else ""


def resources() -> dict[str, type]:
    """Find each attribute of a client that has calls, with the class of its value."""
    names = [
        name for name in dir(JSMS) if isinstance(inspect.getattr_static(JSMS, name), lazy_property) and name != "api"
    ]
    with JSMS("0" * 24, "0" * 24) as jsms:
        return {name: type(getattr(jsms, name)) for name in names}


def _calls() -> Iterator[tuple[str, str, object]]:
    """Find every call as it is shown, what it returns, and its method."""
    for name in ("with_options", "with_raw_response", "close"):
        method = getattr(JSMS, name)
        yield f"{name}({'…' if name != 'close' else ''})", _returns(method), method
    for name, kind in resources().items():
        for method in (each for each in dir(kind) if not each.startswith("_")):
            value = inspect.getattr_static(kind, method)
            if inspect.isfunction(value):
                yield f"{name}.{method}({_parameters(value)})", _returns(value), value


def _parameters(method: Any) -> str:
    """Show the arguments that must be given, and a mark for the others."""
    given = [each for each in inspect.signature(method).parameters.values() if each.name != "self"]
    needed = [each for each in given if each.default is each.empty and each.kind is not each.VAR_KEYWORD]
    shown = [f"{each.name}=…" if each.kind is each.KEYWORD_ONLY else each.name for each in needed]
    most = shown[:_MOST_SHOWN]
    return ", ".join([*most, *(["…"] if len(most) < len(given) else [])])


def _returns(method: Any) -> str:
    return str(inspect.get_annotations(method).get("return", "None")).replace("|", "or")


def _english(name: str, value: object) -> str:
    """Return the first paragraph of a docstring; the name of a constant that has none."""
    words = inspect.getdoc(value) or "" if _has_docstring(value) else _docstrings_of_constants().get(name, name)
    return " ".join(words.partition("\n\n")[0].split())


@functools.cache
def _docstrings_of_constants() -> Mapping[str, str]:
    """Find the docstrings of constants, which only their source has."""
    loader = griffe.GriffeLoader(search_paths=[_ROOT / name for name in ("overlay", "generated")])
    for package in ("jsms_client", "jsms_contract", "jsms_runtime", "jsms_surface"):
        loader.load(package)
    loader.resolve_aliases(external=False)
    found: dict[str, str] = {}
    for module in map(importlib.import_module, _MODULES):
        for name in (each for each in module.__all__ if not _has_docstring(getattr(module, each))):
            member = loader.modules_collection[f"{module.__name__}.{name}"]
            docstring = (member.final_target if isinstance(member, griffe.Alias) else member).docstring
            if docstring is not None:
                found[name] = docstring.value
    return found


def _has_docstring(value: object) -> bool:
    return inspect.isclass(value) or inspect.isfunction(value)


def with_calls(source: str) -> str:
    """Replace the list of calls in the docstring of the package's source."""
    calls = "".join(f"    jsms.{call} -> {returns}\n" for call, returns, _ in _calls())
    return between(source, _BEGIN, _END, calls, PACKAGE)
