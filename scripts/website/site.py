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

from provisioning import IFRAME_WORKER, REDOC, NotInstalledError, unpack_npm
from website import CHINESE, ENGLISH, LANGUAGES, ROOT, sections, stage
from website.translated import require_reference

HERE: Final = Path(__file__).resolve().parent
THEME: Final = HERE / "theme"
# A placeholder for the site's address: the builder requires one, and nothing in the site uses it.
NOWHERE: Final = "https://jsms-client.invalid/"
# What website.translated imports, which the builder loads.
_IMPORTED: Final = ("scripts", "generated", "overlay")
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
_CANONICAL: Final = re.compile(rf'<link rel="?canonical"? href="?{re.escape(NOWHERE)}[^>]*>')
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
    project["site_url"] = NOWHERE
    project["site_description"] = _DESCRIPTIONS[language]
    if repository:
        project["repo_url"] = repository
    project["extra_css"] = ["assets/site.css"]
    project["nav"] = [{title: [f"{name}.md" for name in names]} for title, names in parts.items()]
    project["theme"]["language"] = theme_language
    project["theme"]["custom_dir"] = str(THEME)
    for scheme, name in zip(project["theme"]["palette"], _TOGGLES[language], strict=True):
        scheme["toggle"]["name"] = name
    up = "" if language == ENGLISH else "../"
    # Not a list: of a list the theme makes links in the head, and its script then fetches a file, which no disk allows.
    project["extra"]["alternate"] = True
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
        handler["options"]["extensions"] = ["website.translated"]
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
