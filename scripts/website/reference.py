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


def _pytest_plugin(chinese: bool) -> str:
    title = "pytest 插件" if chinese else "The pytest plugin"
    names = ("Sandbox", "SandboxServer")
    return "\n".join([f"# {title}\n", *(_item(f"jsms_sandbox.pytest_plugin.{name}") for name in names)])


_MODULES: Final[Mapping[str, tuple[str, str, str]]] = {
    "results": ("jsms_client.results", "Results", "结果类型"),
    "exceptions": ("jsms_client.errors", "Exceptions", "异常"),
    "campaigns": ("jsms_client.campaigns", "Campaigns", "群发"),
    "callbacks": ("jsms_client.callbacks", "Callbacks", "回调"),
    "store": ("jsms_client.store", "The store", "共享存储"),
}
"""The modules with a page of their own: name of the page, module, and both titles."""


def _module(page: str, chinese: bool) -> str:
    """A page of every public name of a module."""
    module, english_title, chinese_title = _MODULES[page]
    names: Sequence[str] = sorted(set(importlib.import_module(module).__all__))
    title = chinese_title if chinese else english_title
    return "\n".join([f"# {title}\n", *(_item(_definition(module, each)) for each in names)])


PAGES: Final[Mapping[str, Callable[[bool], str]]] = {
    "reference/client": _client,
    **{f"reference/{page}": functools.partial(_module, page) for page in _MODULES},
    "reference/pytest-plugin": _pytest_plugin,
}
"""Each page, by its name; called with whether it is to be Chinese."""


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
