"""Which pages there are, in which order, and their text as the site's builder takes it."""

from __future__ import annotations

import functools
import importlib
import os
import re
import shutil
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from documentation.api import resources

ROOT: Final = Path(__file__).resolve().parents[2]
ENGLISH, CHINESE = "en", "zh-CN"
LANGUAGES: Final = (ENGLISH, CHINESE)
# What pages stand under that no section names.
OTHER_SECTION: Final[Mapping[str, str]] = {ENGLISH: "More", CHINESE: "其他"}
# Pages that stand at the top of the project, where people and tools look for them.
_ELSEWHERE: Final[Mapping[str, str]] = {
    "index": "README",
    **{name: name.upper() for name in ("architecture", "changelog", "contributing", "security")},
}
# Pages without a Chinese text: the Chinese site has the English one.
ENGLISH_ONLY: Final = frozenset({"changelog"})


def source(name: str, language: str, root: Path = ROOT) -> Path:
    """Name the file that holds a page's text in a language, whether it exists or not."""
    suffix = "" if language == ENGLISH or name in ENGLISH_ONLY else f".{language}"
    folder, stem = (root, _ELSEWHERE[name]) if name in _ELSEWHERE else (root / "docs", name)
    return folder / f"{stem}{suffix}.md"


def sections(language: str, root: Path = ROOT) -> dict[str, list[str]]:
    """Map the title of each section to its pages; those of docs/ that no section names get one of their own."""
    content = tomllib.loads((root / "docs" / "site.toml").read_text(encoding="utf-8"))
    known: dict[str, list[str]] = {each["title"][language]: each["pages"] for each in content["sections"]}
    named = {page for pages in known.values() for page in pages}
    rest = [name for name in written(root) if name not in named]
    return {**known, **({OTHER_SECTION[language]: rest} if rest else {})}


def written(root: Path = ROOT) -> list[str]:
    """List every page that is written by hand or by scripts/document."""
    inside = [path.stem for path in sorted((root / "docs").glob("*.md")) if not path.stem.endswith(f".{CHINESE}")]
    return [*inside, *(name for name in _ELSEWHERE if source(name, ENGLISH, root).exists())]


_TOKEN: Final = re.compile(
    r"^(?P<fence>```+).*?^(?P=fence)[ \t]*$"  # a block of code
    r"|(?P<ticks>`+)[^`]+?(?P=ticks)"  # code in a line
    r"|(?P<image>!?)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<target>[^)\s]+)\)",  # a link
    re.DOTALL | re.MULTILINE,
)
# The site has a switch for that.
_LANGUAGE_LINK: Final = re.compile(
    r"\s(?:中文说明：|English: )\[[^\]]*\]\([^)]*\)\.|^\[(?:简体中文|English)\]\([^)]*\)\n", re.MULTILINE
)
_WIDE: Final = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
_GOES_ON: Final = re.compile(rf"^(?!#).*{_WIDE}\Z", re.DOTALL)
_FOLLOWS: Final = re.compile(rf" *{_WIDE}")
_IN_ENGLISH: Final = "本页只有英文版。"
_MADE_BY: Final = re.compile(r"\A<!--.*?-->\n", re.DOTALL)


def stage(folder: Path, language: str, repository: str) -> None:
    """Write the pages of a language into a folder; ``repository`` is as in `relink`."""
    for name in written():
        path = source(name, language)
        if not path.exists():
            path = source(name, ENGLISH)
        content = relink(_LANGUAGE_LINK.sub("", _MADE_BY.sub("", path.read_text(encoding="utf-8"))), path, repository)
        if language == CHINESE:
            if name in ENGLISH_ONLY:
                content = content.replace("\n", f'\n\n!!! note "{_IN_ENGLISH}"\n', 1)
            content = joined(content)
        _write(folder / f"{name}.md", content)
    for name, make in REFERENCE.items():
        _write(folder / f"{name}.md", make(language == CHINESE))
    shutil.copytree(ROOT / "docs" / "images", folder / "images", dirs_exist_ok=True)


def relink(content: str, page: Path, repository: str) -> str:
    """Rewrite the links of a file's text as the site needs them.

    Links to other files lead to the address of the source repository; where that is empty, they become text.
    """
    pages = {source(name, language): name for name in written() for language in reversed(LANGUAGES)}

    def one(found: re.Match[str]) -> str:
        image, text, target = found["image"], found["text"], found["target"]
        if target is None or re.match(r"#|[a-z]+:", target):
            return found[0]
        path, mark, anchor = target.partition("#")
        file = Path(os.path.normpath(page.parent / path))
        if file in pages:
            return f"{image}[{text}]({pages[file]}.md{mark}{anchor})"
        if file.is_relative_to(ROOT / "docs" / "images"):
            return f"{image}[{text}]({file.relative_to(ROOT / 'docs').as_posix()})"
        if not repository:
            return text
        return f"{image}[{text}]({repository.rstrip('/')}/blob/main/{file.relative_to(ROOT).as_posix()}{mark}{anchor})"

    return _TOKEN.sub(one, content)


def joined(content: str) -> str:
    """Join the lines of Chinese text: a browser would make spaces of their ends."""
    lines: list[str] = []
    for line in content.split("\n"):
        if lines and _GOES_ON.match(lines[-1]) and _FOLLOWS.match(line):
            lines[-1] += line.lstrip()
        else:
            lines.append(line)
    return "\n".join(lines)


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8", newline="\n")


# The modules with a page of their own: name of the page, module, and both titles.
_MODULES: Final[Mapping[str, tuple[str, str, str]]] = {
    "results": ("jsms_client.results", "Results", "结果类型"),
    "exceptions": ("jsms_client.errors", "Exceptions", "异常"),
    "campaigns": ("jsms_client.campaigns", "Campaigns", "群发"),
    "callbacks": ("jsms_client.callbacks", "Callbacks", "回调"),
    "store": ("jsms_client.store", "The store", "共享存储"),
}


def _client(chinese: bool) -> str:
    items = [_item(_definition("jsms_client", name)) for name in ("JSMS", "AsyncJSMS")]
    for name, kind in resources().items():
        items += [f"## `jsms.{name}`\n", _item(f"{kind.__module__}.{kind.__qualname__}", heading=False, level=3)]
    items += [
        _item(_definition("jsms_client", name)) for name in ("Timeouts", "RetryPolicy", "CallEvent", "RawResponse")
    ]
    return "\n".join([f"# {'客户端' if chinese else 'The client'}\n", *items])


def _pytest_plugin(chinese: bool) -> str:
    items = [_item(f"jsms_sandbox.pytest_plugin.{name}") for name in ("Sandbox", "SandboxServer")]
    return "\n".join([f"# {'pytest 插件' if chinese else 'The pytest plugin'}\n", *items])


def _module(page: str, chinese: bool) -> str:
    """Make a page of every public name of a module."""
    module, *titles = _MODULES[page]
    names: Sequence[str] = sorted(set(importlib.import_module(module).__all__))
    return "\n".join([f"# {titles[chinese]}\n", *(_item(_definition(module, each)) for each in names)])


# Each page of the reference, by its name; called with whether it is to be Chinese.
REFERENCE: Final[Mapping[str, Callable[[bool], str]]] = {
    "reference/client": _client,
    **{f"reference/{page}": functools.partial(_module, page) for page in _MODULES},
    "reference/pytest-plugin": _pytest_plugin,
}

_PACKAGES: Final = ("overlay", "generated")
_DEFINED: Final = re.compile(r"^(?:class |def |async def |type )?([A-Za-z]\w*)(?=\(|\[|:|\s*=)", re.MULTILINE)


def _definition(module: str, name: str) -> str:
    """Find where a public name is defined: mkdocstrings reads source code, and follows no lazy import."""
    value: object = getattr(importlib.import_module(module), name)
    found = _definitions().get(name, [])
    preferred = [each for each in (module, getattr(value, "__module__", None)) if each in found]
    if not found:
        raise LookupError(f"{module}.{name} is defined nowhere in {', '.join(_PACKAGES)}.")
    return f"{(preferred or found)[0]}.{name}"


@functools.cache
def _definitions() -> Mapping[str, Sequence[str]]:
    """Find the modules that define each name at their top."""
    found: dict[str, list[str]] = {}
    for folder in _PACKAGES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT / folder).with_suffix("").parts).removesuffix(".__init__")
            for name in _DEFINED.findall(path.read_text(encoding="utf-8")):
                found.setdefault(name, []).append(module)
    return found


def _item(path: str, *, heading: bool = True, level: int = 2) -> str:
    """Ask mkdocstrings for the documentation of a name."""
    options = {"show_root_heading": str(heading).lower(), "show_root_full_path": "false", "heading_level": level}
    lines = (f"      {name}: {value}\n" for name, value in options.items())
    return f"::: {path}\n    options:\n{''.join(lines)}"
