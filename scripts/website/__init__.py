"""The command ``scripts/site``: the documentation of both languages as a static site, with the contract as a page."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any, Final

import tomlkit
from ruamel.yaml import YAML

from documentation.reference import reference_pages, require_reference
from provisioning import IFRAME_WORKER, REDOC, NotInstalledError, unpack_npm

ROOT: Final = Path(__file__).resolve().parents[2]
ENGLISH, CHINESE = "en", "zh-CN"
LANGUAGES: Final = (ENGLISH, CHINESE)
# The title of the section for pages that docs/site.toml does not name.
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
    for name, content in reference_pages(chinese=language == CHINESE).items():
        _write(folder / f"{name}.md", content)
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


HERE: Final = Path(__file__).resolve().parent
# What documentation.reference imports, which the builder loads.
_IMPORTED: Final = ("scripts", "generated", "overlay")
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
_CANONICAL: Final = re.compile(r'<link rel="?canonical"?[^>]*>')
_NAMES: Final[Mapping[str, str]] = {ENGLISH: "English", CHINESE: "简体中文"}
_DESCRIPTIONS: Final[Mapping[str, str]] = {
    ENGLISH: "A typed Python client for Jiguang SMS (JSMS), its contract, a sandbox and a command.",
    CHINESE: "极光短信（JSMS）的类型化 Python 客户端，附契约、沙箱与命令行。",
}
_LINK_TO_PAGE: Final = re.compile(r"\]\(<(?![a-z]+:)([^>#]+)\.html(?:#[^>]*)?>\)")
_MORE_FILES: Final[Mapping[str, str]] = {
    ENGLISH: "\n## Files\n\n- [openapi.yaml](<openapi.yaml>): the contract, OpenAPI 3.1\n"
    "- [llms-full.txt](<llms-full.txt>): every page in one file\n",
    CHINESE: "\n## 文件\n\n- [openapi.yaml](<openapi.yaml>): 契约，OpenAPI 3.1\n"
    "- [llms-full.txt](<llms-full.txt>): 全部页面合为一个文件\n",
}
_BLOCK: Final = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_TOGGLES: Final[Mapping[str, Sequence[str]]] = {
    ENGLISH: ("Switch to light mode", "Switch to dark mode", "Follow the system"),
    CHINESE: ("切换到浅色", "切换到深色", "跟随系统"),
}


class BuildError(Exception):
    """The site cannot be built; the message says why."""


def build(target: Path, *, repository: str = "", with_contract: bool = True) -> None:
    """Build the site into a folder, in place of what it held; rendering the contract takes a package of npm.

    Raises:
        BuildError: The builder warns or fails; the message has its words.
        SystemExit: A text of the reference has no Chinese translation.
    """
    with tempfile.TemporaryDirectory(prefix="jsms-site-") as scratch:
        made = Path(scratch) / "site"
        for language in LANGUAGES:
            work = Path(scratch) / language
            _build(work, language, repository)
            if with_contract:
                _render_contract(work / "site", language)
            shutil.copytree(work / "site", made if language == ENGLISH else made / language)
        if target.exists():
            shutil.rmtree(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, target)


def _build(work: Path, language: str, repository: str) -> None:
    docs = work / "docs"
    if language == CHINESE:
        require_reference()
    stage(docs, language, repository)
    (docs / "assets").mkdir(exist_ok=True)
    shutil.copy(HERE / "site.css", docs / "assets")
    shutil.copy(unpack_npm(IFRAME_WORKER) / "shim" / "index.js", docs / "assets" / "iframe-worker.js")
    settings = _configuration(language, repository, docs)
    (work / "zensical.toml").write_text(tomlkit.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict", "--config-file", "zensical.toml"]
    done = subprocess.run(
        command,
        cwd=work,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(str(ROOT / each) for each in _IMPORTED)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        said, failed, trace = _COLOURS.sub("", done.stdout).partition("Traceback")
        reason = trace.rstrip().rpartition("\n")[2] if failed else ""
        raise BuildError(f"zensical could not build the {language} pages:\n{said.rstrip()}\n{reason}".rstrip())
    for left in ("404.html", "sitemap.xml", "search.json", "objects.inv"):  # of use on a server alone
        (work / "site" / left).unlink(missing_ok=True)
    for page in (work / "site").rglob("*.html"):
        page.write_text(_CANONICAL.sub("", page.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    _link_markdown(work / "site", language)


def _about(page: Path) -> str:
    """Find the first sentence of a page, for a list of pages; empty where its first heading comes before."""
    opening = _BLOCK.sub("", page.read_text(encoding="utf-8").partition("\n")[2].partition("\n## ")[0])
    paragraphs = (" ".join(each.split()) for each in opening.split("\n\n"))
    first = next((each for each in paragraphs if each and each[0] not in "!<|:-"), "")
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", first)
    return re.split(r"(?<=\.) (?=[A-Z`])|(?<=。)", plain)[0]


def _to_text(link: re.Match[str]) -> str:
    return f"](<{link[1]}{'.yaml' if Path(link[1]).name == Path(CONTRACT_PAGE).stem else '.md'}>)"


def _link_markdown(site: Path, language: str) -> None:
    """Let Markdown pages link to Markdown pages, and list what else a program may read."""
    for page in site.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        page.write_text(_LINK_TO_PAGE.sub(_to_text, text), encoding="utf-8", newline="\n")
    with (site / "llms.txt").open("a", encoding="utf-8", newline="\n") as file:
        file.write(_MORE_FILES[language])


def _configuration(language: str, repository: str, docs: Path) -> dict[str, Any]:
    """Make the settings of one language, whose pages are staged in ``docs``."""
    settings: dict[str, Any] = tomllib.loads((HERE / "zensical.toml").read_text(encoding="utf-8"))
    project, parts = settings["project"], sections(language)
    theme_language = "zh" if language == CHINESE else "en"
    project["site_description"] = _DESCRIPTIONS[language]
    if repository:
        project["repo_url"] = repository
    project["nav"] = [{title: [f"{name}.md" for name in names]} for title, names in parts.items()]
    project["theme"]["language"] = theme_language
    project["theme"]["custom_dir"] = str(HERE / "theme")
    for scheme, name in zip(project["theme"]["palette"], _TOGGLES[language], strict=True):
        scheme["toggle"]["name"] = name
    up = "" if language == ENGLISH else "../"
    project["extra"]["languages"] = [
        {"name": _NAMES[each], "link": up if each == ENGLISH else f"{up}{each}/", "lang": each} for each in LANGUAGES
    ]
    project["plugins"]["llmstxt"]["sections"] = {
        title: [{f"{name}.md": _about(docs / f"{name}.md")} for name in names] for title, names in parts.items()
    }
    handler = project["plugins"]["mkdocstrings"]["handlers"]["python"]
    handler["paths"] = [str(ROOT / folder) for folder in ("overlay", "generated", "sandbox")]
    project["plugins"]["mkdocstrings"]["locale"] = theme_language
    if language == CHINESE:
        handler["options"]["extensions"] = ["documentation.reference.Translated"]
    return settings


TARGET = ROOT / "build" / "site"


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the site; the exit code is 1 where it could not be built."""
    parser = argparse.ArgumentParser(
        prog="scripts/site",
        description="Build the documentation as a static site, in English and Chinese, that needs no server.",
    )
    parser.add_argument("folder", nargs="?", type=Path, default=TARGET, help="the folder to make (build/site)")
    parser.add_argument("--without-contract", action="store_true", help="leave out the rendered contract")
    given = parser.parse_args(arguments)
    folder: Path = given.folder
    without_contract: bool = given.without_contract
    if folder.exists() and not _is_site(folder):
        print(f"{folder} is there already and is no site. Name another folder.")
        return 1
    try:
        build(folder.resolve(), repository=_repository(), with_contract=not without_contract)
    except (BuildError, NotInstalledError) as error:
        print(error)
        return 1
    print(f"wrote {folder}; open {folder / 'index.html'}")
    return 0


def _is_site(folder: Path) -> bool:
    return folder.is_dir() and (not any(folder.iterdir()) or (folder / "llms.txt").exists())


CONTRACT_PAGE: Final = "openapi.html"
_DOCUMENTS: Final[Mapping[str, str]] = {ENGLISH: "openapi.yaml", CHINESE: "generated/openapi.zh-CN.yaml"}
_TITLES: Final[Mapping[str, str]] = {ENGLISH: "The contract of JSMS", CHINESE: "JSMS 契约"}
_BACK: Final[Mapping[str, str]] = {ENGLISH: "Back to the documentation", CHINESE: "返回文档"}
# Redoc's own picture is the one thing that it would fetch from elsewhere.
_FETCHED: Final = "https://cdn.redoc.ly/redoc/logo-mini.svg"


def _render_contract(site: Path, language: str) -> None:
    """Write the page of one language into its folder."""
    text = (ROOT / _DOCUMENTS[language]).read_text(encoding="utf-8")
    reader: Any = YAML(typ="safe", pure=True)
    document = json.dumps(reader.load(text), ensure_ascii=False, default=str)
    page = Template((HERE / "openapi.html").read_text(encoding="utf-8"))
    content = page.substitute(
        language=language,
        title=_TITLES[language],
        back=_BACK[language],
        document=document.replace("</", "<\\/"),
    )
    (site / CONTRACT_PAGE).write_text(content, encoding="utf-8", newline="\n")
    (site / "openapi.yaml").write_text(text, encoding="utf-8", newline="\n")
    package = unpack_npm(REDOC)
    script = (package / "bundles" / "redoc.standalone.js").read_text(encoding="utf-8")
    (site / "assets" / "redoc.js").write_text(script.replace(_FETCHED, "data:,"), encoding="utf-8", newline="\n")
    shutil.copy(package / "LICENSE", site / "assets" / "redoc.LICENSE")


def _repository() -> str:
    """Read the address of the source repository from pyproject.toml; empty until it is set there."""
    settings: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(settings["tool"]["hatch"]["metadata"]["hooks"]["custom"]["repository"]).rstrip("/")
