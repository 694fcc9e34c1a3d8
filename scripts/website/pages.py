"""Which pages there are, in which order, and their text as the site's builder takes it."""

from __future__ import annotations

import functools
import importlib
import os
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from documentation.api import resources

ROOT: Final = Path(__file__).resolve().parents[2]
ENGLISH, CHINESE = "en", "zh-CN"
LANGUAGES: Final = (ENGLISH, CHINESE)
OTHER_SECTION: Final[Mapping[str, str]] = {ENGLISH: "More", CHINESE: "其他"}
"""What pages stand under that no section names."""
_ELSEWHERE: Final[Mapping[str, str]] = {
    "index": "README",
    "architecture": "ARCHITECTURE",
    "changelog": "CHANGELOG",
    "contributing": "CONTRIBUTING",
    "security": "SECURITY",
}
"""Pages that stand at the top of the project, where people and tools look for them."""
ENGLISH_ONLY: Final = frozenset({"changelog"})
"""Pages without a Chinese text: the Chinese site has the English one."""


@dataclass(frozen=True, slots=True)
class Section:
    """Pages under one title."""

    title: str
    pages: Sequence[str]


def source(name: str, language: str, root: Path = ROOT) -> Path:
    """Name the file that holds a page's text in a language, whether it exists or not."""
    suffix = "" if language == ENGLISH or name in ENGLISH_ONLY else f".{language}"
    if name in _ELSEWHERE:
        return root / f"{_ELSEWHERE[name]}{suffix}.md"
    return root / "docs" / f"{name}{suffix}.md"


def sections(language: str, root: Path = ROOT) -> list[Section]:
    """Read every section with its pages; those of docs/ that no section names get one of their own."""
    known = [Section(titles[language], pages) for titles, pages in _read(root)]
    named = {page for section in known for page in section.pages}
    rest = [name for name in written(root) if name not in named]
    return [*known, *([Section(OTHER_SECTION[language], rest)] if rest else [])]


def written(root: Path = ROOT) -> list[str]:
    """List every page that is written by hand or by scripts/document."""
    inside = [path.stem for path in sorted((root / "docs").glob("*.md")) if not path.stem.endswith(f".{CHINESE}")]
    return [*inside, *(name for name in _ELSEWHERE if source(name, ENGLISH, root).exists())]


def by_source(root: Path = ROOT) -> dict[Path, str]:
    """Map each file to its page, in both languages."""
    names = written(root)
    return {source(name, language, root): name for name in names for language in reversed(LANGUAGES)}


def missing(root: Path = ROOT) -> Iterator[str]:
    """List what is not complete, as sentences."""
    named = [page for _, pages in _read(root) for page in pages]
    names = written(root)
    yield from (f"docs/site.toml names {page} twice." for page in sorted(set(named)) if named.count(page) > 1)
    yield from (f"docs/site.toml does not name {name}." for name in names if name not in named)
    yield from (
        f"docs/site.toml names {page}, which is not there."
        for page in named
        if page not in names and page not in REFERENCE
    )
    for name in names:
        if not source(name, CHINESE, root).exists():
            yield f"{source(name, CHINESE, root).relative_to(root)} is missing."


def _read(root: Path) -> list[tuple[Mapping[str, str], list[str]]]:
    content = tomllib.loads((root / "docs" / "site.toml").read_text(encoding="utf-8"))
    return [
        (cast("Mapping[str, str]", section["title"]), cast("list[str]", section["pages"]))
        for section in content["sections"]
    ]


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


def stage(folder: Path, language: str, repository: str, root: Path = ROOT) -> list[str]:
    """Write the pages of a language into a folder.

    Args:
        folder: Where to; made if need be.
        language: One of `LANGUAGES`.
        repository: Address of the source repository; empty where there is none, and links to its files become text.
        root: The project.

    Returns:
        The name of each page.
    """
    names = [*written(root), *REFERENCE]
    for name in written(root):
        text = source(name, language, root)
        if not text.exists():
            text = source(name, "en", root)
        content = _LANGUAGE_LINK.sub("", _MADE_BY.sub("", text.read_text(encoding="utf-8")))
        content = relink(content, text, repository, root)
        if language == CHINESE and name in ENGLISH_ONLY:
            content = _noted(content, _IN_ENGLISH)
        _write(folder / f"{name}.md", joined(content) if language == CHINESE else content)
    for name, make in REFERENCE.items():
        _write(folder / f"{name}.md", make(language == CHINESE))
    shutil.copytree(root / "docs" / "images", folder / "images", dirs_exist_ok=True)
    return names


def relink(content: str, page: Path, repository: str, root: Path = ROOT) -> str:
    """Rewrite the links of a page as the site needs them.

    Args:
        content: The text.
        page: The file that it is from.
        repository: Address of the source repository, or nothing.
        root: The project.
    """
    pages = by_source(root)

    def one(found: re.Match[str]) -> str:
        image, text, target = found["image"], found["text"], found["target"]
        if target is None:
            return found[0]
        path, mark, anchor = target.partition("#")
        if not path or re.match(r"[a-z]+:", target):
            return found[0]
        file = Path(os.path.normpath(page.parent / path))
        if file in pages:
            return f"{image}[{text}]({pages[file]}.md{mark}{anchor})"
        if file.is_relative_to(root / "docs" / "images"):
            return f"{image}[{text}]({file.relative_to(root / 'docs').as_posix()})"
        if not repository:
            return text
        return f"{image}[{text}]({repository.rstrip('/')}/blob/main/{file.relative_to(root).as_posix()}{mark}{anchor})"

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


def _noted(content: str, note: str) -> str:
    """Put a note below the title of a page."""
    title, _, rest = content.partition("\n")
    return f'{title}\n\n!!! note "{note}"\n{rest}'


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8", newline="\n")


_PACKAGES: Final = ("overlay", "generated")
_DEFINED: Final = re.compile(r"^(?:class |def |async def |type )?([A-Za-z]\w*)(?=\(|\[|:|\s*=)", re.MULTILINE)
_MKDOCSTRINGS: Final = """\
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
    """Make a page of every public name of a module."""
    module, english_title, chinese_title = _MODULES[page]
    names: Sequence[str] = sorted(set(importlib.import_module(module).__all__))
    title = chinese_title if chinese else english_title
    return "\n".join([f"# {title}\n", *(_item(_definition(module, each)) for each in names)])


REFERENCE: Final[Mapping[str, Callable[[bool], str]]] = {
    "reference/client": _client,
    **{f"reference/{page}": functools.partial(_module, page) for page in _MODULES},
    "reference/pytest-plugin": _pytest_plugin,
}
"""Each page, by its name; called with whether it is to be Chinese."""


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
    return f"::: {path}\n{_MKDOCSTRINGS.format(heading=str(heading).lower(), level=level)}"
