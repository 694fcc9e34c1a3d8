"""The pages of the API reference: what mkdocstrings is to fill in."""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from documentation.api import resources

_ROOT: Final = Path(__file__).resolve().parents[2]
_PACKAGES: Final = ("overlay", "generated")
_DEFINED: Final = re.compile(r"^(?:class |def |async def |type )?([A-Za-z]\w*)(?=\(|\[|:|\s*=)", re.MULTILINE)
_OPTIONS: Final = """\
    options:
      show_root_heading: {heading}
      show_root_full_path: false
      heading_level: {level}
"""


def _client(chinese: bool) -> str:
    title = "客户端" if chinese else "The client"
    parts = [f"# {title}\n", _item(_definition("jsms_client", "JSMS")), _item(_definition("jsms_client", "AsyncJSMS"))]
    for name, kind in resources().items():
        parts.append(f"## `jsms.{name}`\n")
        parts.append(_item(f"{kind.__module__}.{kind.__qualname__}", heading=False, level=3))
    parts += [
        _item(_definition("jsms_client", name)) for name in ("Timeouts", "RetryPolicy", "CallEvent", "RawResponse")
    ]
    return "\n".join(parts)


def _results(chinese: bool) -> str:
    title = "结果类型" if chinese else "Results"
    return _module("jsms_client.results", title)


def _exceptions(chinese: bool) -> str:
    title = "异常" if chinese else "Exceptions"
    return _module("jsms_client.errors", title)


def _campaigns(chinese: bool) -> str:
    title = "群发" if chinese else "Campaigns"
    return _module("jsms_client.campaigns", title)


def _callbacks(chinese: bool) -> str:
    title = "回调" if chinese else "Callbacks"
    return _module("jsms_client.callbacks", title)


def _store(chinese: bool) -> str:
    title = "共享存储" if chinese else "The store"
    return _module("jsms_client.store", title)


def _pytest_plugin(chinese: bool) -> str:
    title = "pytest 插件" if chinese else "The pytest plugin"
    names = ("Sandbox", "SandboxServer")
    return "\n".join([f"# {title}\n", *(_item(f"jsms_sandbox.pytest_plugin.{name}") for name in names)])


PAGES: Final[Mapping[str, Callable[[bool], str]]] = {
    "reference/client": _client,
    "reference/results": _results,
    "reference/exceptions": _exceptions,
    "reference/campaigns": _campaigns,
    "reference/callbacks": _callbacks,
    "reference/store": _store,
    "reference/pytest-plugin": _pytest_plugin,
}
"""Each page, by its name; called with whether it is to be Chinese."""


def _module(name: str, title: str) -> str:
    """A page of every public name of a module."""
    names: Sequence[str] = sorted(set(importlib.import_module(name).__all__))
    return "\n".join([f"# {title}\n", *(_item(_definition(name, each)) for each in names)])


def _definition(module: str, name: str) -> str:
    """Where a public name is defined: mkdocstrings reads source code, and follows no lazy import."""
    value: object = getattr(importlib.import_module(module), name)
    found = _definitions().get(name, [])
    preferred = [each for each in (module, getattr(value, "__module__", None)) if each in found]
    if not found:
        raise LookupError(f"{module}.{name} is defined nowhere in {', '.join(_PACKAGES)}.")
    return f"{(preferred or found)[0]}.{name}"


@functools.cache
def _definitions() -> Mapping[str, Sequence[str]]:
    """The modules that define each name at their top."""
    found: dict[str, list[str]] = {}
    for folder in _PACKAGES:
        for path in sorted((_ROOT / folder).rglob("*.py")):
            module = ".".join(path.relative_to(_ROOT / folder).with_suffix("").parts).removesuffix(".__init__")
            for name in _DEFINED.findall(path.read_text(encoding="utf-8")):
                found.setdefault(name, []).append(module)
    return found


def _item(path: str, *, heading: bool = True, level: int = 2) -> str:
    return f"::: {path}\n{_OPTIONS.format(heading=str(heading).lower(), level=level)}"
