"""Every public name in both languages: the list in docs/api.md, and the reference pages of the site.

The site's builder has its mkdocstrings read the source with Griffe; `Translated` is an extension of that.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import griffe

from contract_tools.openapi import mapping, operations, schemas, sequence, text
from contract_tools.python_source import class_name, family_class_name, python_name
from documentation import between, chinese_of, require_translations, table, texts
from jsms_client import JSMS
from jsms_client.contract import openapi
from jsms_client.errors import ErrorInfo
from jsms_contract.errors import ERRORS
from jsms_contract.operations import OPERATIONS
from jsms_runtime.resource import lazy_property

PAGES: Final = (Path("docs/api.md"), Path("docs/api.zh-CN.md"))
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
_SUMMARIES: Final = "api"  # translations of the summaries that the contract does not have
_OTHER_TEXTS: Final = "reference"  # translations of the other texts on the reference pages


def api_page() -> str:
    """Make the page of every method, type and exception with its import path."""
    public = _public()
    called = [(f"`jsms.{call}`", f"`{returns}`", public[call.partition("(")[0]][1]) for call, returns, _ in _calls()]
    parts = [
        "# Every public name",
        "What is not listed here is private and may change at any time.",
        "## Calls",
        "Each is a method of `JSMS` and, with `await`, of `AsyncJSMS`.",
        table(("call", "returns", "what it does"), called),
    ]
    for module in _MODULES:
        rows = [(f"`{name}`", f"`from {module} import {name}`", public[name][1]) for name in _names(module)]
        parts += [f"## {module}", table(("name", "import", "what it is"), rows)]
    return "\n\n".join(parts) + "\n"


def chinese_api_page(root: Path) -> str:
    """Make the page in Chinese; end the command where the project's translations are out of step with the names."""
    contract = contract_summaries()
    more = {english: contract[name] for name, (_, english) in _public().items() if name in contract}
    return chinese_of(api_page(), root, _SUMMARIES, {**more, **{module: module for module in _MODULES}})


def with_calls(source: str) -> str:
    """Replace the list of calls in the docstring of the package's source."""
    calls = "".join(f"    jsms.{call} -> {returns}\n" for call, returns, _ in _calls())
    return between(source, _BEGIN, _END, calls, PACKAGE)


def _public() -> dict[str, tuple[object, str]]:
    """Map each call and each public name to its value, and to the first paragraph that describes it."""
    calls = {call.partition("(")[0]: method for call, _, method in _calls()}
    found = {name: (method, inspect.getdoc(method)) for name, method in calls.items()}
    for module in _MODULES:
        for name in _names(module):
            value: object = getattr(importlib.import_module(module), name)
            found[name] = value, _description(module, name, value)
    return {
        name: (value, " ".join((words or "").partition("\n\n")[0].replace("|", "or").split()))
        for name, (value, words) in found.items()
    }


def _names(module: str) -> list[str]:
    return sorted(set(importlib.import_module(module).__all__))


def _path(value: object) -> str:
    """Name where a class or a function is defined; empty for anything else."""
    return f"{value.__module__}.{value.__qualname__}" if inspect.isclass(value) or inspect.isfunction(value) else ""


def _description(module: str, name: str, value: object) -> str | None:
    path = _path(value)
    if path.startswith("jsms_api."):  # an enum, whose docstring is Python's
        return text(mapping(schemas(_document()).get(name)).get("description"))
    if path:
        return inspect.getdoc(value)
    docstring = _defined(_sources(), f"{module}.{name}").docstring  # only the source of a constant has it
    return docstring.value if docstring else None


@functools.cache
def _document() -> Mapping[str, object]:
    return mapping(json.loads(openapi("json")))


def _load() -> griffe.ModulesCollection:
    """Read the source of every public name."""
    folders = [_ROOT / name for name in ("overlay", "generated", "sandbox")]
    loader = griffe.GriffeLoader(search_paths=folders, docstring_parser="google")
    for package in ("jsms_client", "jsms_sandbox", "jsms_surface", "jsms_api", "jsms_contract", "jsms_runtime"):
        loader.load(package)
    loader.resolve_aliases(external=False)
    return loader.modules_collection


_sources = functools.cache(_load)


def _defined(sources: griffe.ModulesCollection, path: str) -> griffe.Object:
    """Find a name where it is defined, not where it is imported."""
    found = sources[path]
    return found.final_target if isinstance(found, griffe.Alias) else found


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


@functools.cache
def contract_summaries() -> Mapping[str, str]:
    """Collect the contract's Chinese for resources, their methods, exceptions, results and enums."""
    document = _document()
    by_id = {text(each.get("operationId")): each for _, _, each, _ in operations(document)}
    found = {f"{each.resource}.{each.method_name}": _chinese(by_id[each.id]) for each in OPERATIONS.values()}
    for family, entry in mapping(document.get("x-error-families")).items():
        found[family_class_name(family)] = text(mapping(entry).get("summary_zh"))
    for tag in map(mapping, sequence(document.get("tags"))):
        name = python_name(text(tag.get("name")))
        found |= dict.fromkeys((class_name(name), f"resources.{name}"), _chinese(tag))
    for name, (value, _) in _public().items():
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


# The reference pages, by name: the module with the names that the page shows, empty for a choice, and both titles.
_REFERENCE: Final[Mapping[str, tuple[str, str, str]]] = {
    "client": ("", "The client", "客户端"),
    "results": ("jsms_client.results", "Results", "结果类型"),
    "exceptions": ("jsms_client.errors", "Exceptions", "异常"),
    "campaigns": ("jsms_client.campaigns", "Campaigns", "群发"),
    "callbacks": ("jsms_client.callbacks", "Callbacks", "回调"),
    "store": ("jsms_client.store", "The store", "共享存储"),
    "pytest-plugin": ("", "The pytest plugin", "pytest 插件"),
}


def reference_pages(*, chinese: bool) -> dict[str, str]:
    """Write each page of the reference, by its path, as mkdocstrings takes it."""
    client = [*_items("jsms_client", ("JSMS", "AsyncJSMS"))]
    for name, kind in resources().items():
        client += [f"## `jsms.{name}`\n", _item(_path(kind), heading=False, level=3)]
    client += _items("jsms_client", ("Timeouts", "RetryPolicy", "CallEvent", "RawResponse"))
    plugin = [_item(f"jsms_sandbox.pytest_plugin.{name}") for name in ("Sandbox", "SandboxServer")]
    chosen = {"client": client, "pytest-plugin": plugin}
    return {
        f"reference/{page}": "\n".join(
            [f"# {titles[chinese]}\n", *(chosen.get(page) or _items(module, _names(module)))]
        )
        for page, (module, *titles) in _REFERENCE.items()
    }


def _items(module: str, names: Sequence[str]) -> list[str]:
    values = {name: getattr(importlib.import_module(module), name) for name in names}
    # mkdocstrings follows no lazy import.
    return [_item(_defined(_sources(), _path(value) or f"{module}.{name}").path) for name, value in values.items()]


def _item(path: str, *, heading: bool = True, level: int = 2) -> str:
    """Ask mkdocstrings for the documentation of a name."""
    options = {"show_root_heading": str(heading).lower(), "show_root_full_path": "false", "heading_level": level}
    lines = (f"      {name}: {value}\n" for name, value in options.items())
    return f"::: {path}\n    options:\n{''.join(lines)}"


_CODE: Final = re.compile(r"Code (\d{5}) \((\w+)\), HTTP (\d{3})\. .*")
_OPERATION: Final = "JSMS operation: "


class Translated(griffe.Extension):
    """Puts Chinese texts in place of the English ones, and keeps those without a translation."""

    def __init__(self, translations: Translations | None = None) -> None:
        self.missing: list[str] = []
        self._translations = translations or known_translations()

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Translate the docstring of a module, class, function or attribute."""
        if obj.docstring is None:
            return
        for section in obj.docstring.parsed:
            if isinstance(section, griffe.DocstringSectionText):
                first, *rest = section.value.split("\n\n")
                own = " ".join(first.split()) in self._translations.texts
                chinese = (not own and self._translations.summary(obj)) or self._chinese(first)
                # The errors of the contract say it in both languages.
                section.value = "\n\n".join([chinese, *(self._chinese(part) for part in rest if part != chinese)])
            else:
                for item in _elements(section):
                    item.description = self._chinese(item.description)

    def _chinese(self, english: str) -> str:
        if not english.strip() or english.startswith("```"):
            return english
        found = self._translations.paragraph(english)
        if found is None:
            self.missing.append(" ".join(english.split()))
        return found or english


def require_reference(translations: Translations | None = None) -> None:
    """End the command when a text on the reference's pages has no translation; the message has each and the file."""
    extension, sources, seen = Translated(translations), _load(), set[str]()
    for page in reference_pages(chinese=True).values():
        for name in re.findall("^::: ([^ \n]+)", page, re.MULTILINE):
            for each in _with_members(_defined(sources, name)):
                if each.path not in seen:
                    seen.add(each.path)
                    extension.on_object(obj=each)
    require_translations(_OTHER_TEXTS, extension.missing)


def _with_members(found: griffe.Object) -> Iterator[griffe.Object]:
    yield found
    for name, member in (found.all_members if found.is_class else found.members).items():
        target = member.final_target if isinstance(member, griffe.Alias) and found.is_class else member
        if not name.startswith("_") and isinstance(target, griffe.Object):
            yield from _with_members(target)


@dataclass(frozen=True, slots=True)
class Translations:
    """What is known in Chinese."""

    names: Mapping[str, str]  # the contract's summary of a class, a resource and of resource.method
    texts: Mapping[str, str]  # a summary, a paragraph, or sentences of one, by its English
    templates: Mapping[str, str]  # regular expressions of sentences that name a field, a model or a limit

    def paragraph(self, english: str) -> str | None:
        """Translate a paragraph into Chinese; None where part of it is not known."""
        words = " ".join(english.split())
        if code := _CODE.fullmatch(words):
            return _remedy(int(code[1]), code[2], code[3])
        if words.startswith(_OPERATION):
            return f"JSMS 接口：{words.removeprefix(_OPERATION)}"
        if (found := self._sentence(words)) is not None:
            return found
        for end in re.finditer(r"\. (?=[A-Z])", words):
            begin, rest = words[: end.start() + 1], words[end.end() :]
            if (first := self._sentence(begin)) is not None and (following := self.paragraph(rest)):
                return first + following
        return None

    def _sentence(self, english: str) -> str | None:
        # The docstring of what the contract describes without a full stop has one.
        for sentence, end in ((english, ""), (english.removesuffix("."), "。")):
            if sentence in self.texts:
                return self.texts[sentence].removesuffix(end) + end
        for template, chinese in self.templates.items():
            if found := re.fullmatch(template, english):
                return found.expand(chinese)
        return None

    def summary(self, obj: griffe.Object) -> str | None:
        """Find the contract's summary of a class or a call."""
        owner = obj.parent.name.removeprefix("Async") if obj.parent is not None and obj.parent.is_class else ""
        return self.names.get(f"{owner.lower()}.{obj.name}" if owner else obj.name.removeprefix("Async"))


def _elements(section: griffe.DocstringSection) -> Sequence[griffe.DocstringElement]:
    """List the arguments, attributes, exceptions … of a section that has them."""
    match section:
        case griffe.DocstringSectionParameters() | griffe.DocstringSectionAttributes():
            return section.value
        case griffe.DocstringSectionRaises() | griffe.DocstringSectionReturns() | griffe.DocstringSectionYields():
            return section.value
        case _:
            return ()


@functools.cache
def known_translations() -> Translations:
    """Read the translations of the project."""
    other, models = texts(_ROOT, _OTHER_TEXTS), [mapping(found) for found in schemas(_document()).values()]
    return Translations(
        contract_summaries(),
        {
            **{text(model.get("description")): words for model in models if (words := _chinese(model))},
            **texts(_ROOT, "openapi"),
            **texts(_ROOT, _SUMMARIES)["prose"],
            **other["texts"],
        },
        other["templates"],
    )


def _remedy(code: int, name: str, status: str) -> str | None:
    info = ERRORS[code].info if code in ERRORS else None
    return f"错误码 {code}（{name}），HTTP {status}。{info.remedy_zh}" if info else None
