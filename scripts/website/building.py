"""Make the site of both languages from the staged pages."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import tomlkit

from provisioning import node

from . import contract
from .pages import CHINESE, ENGLISH, LANGUAGES, ROOT, Section, sections
from .staging import stage

HERE: Final = Path(__file__).resolve().parent
THEME: Final = HERE / "theme"
NOWHERE: Final = "https://jsms-client.invalid/"
"""Stands in for the site's address, which the builder wants to have, and which nothing in the site uses."""
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
_CANONICAL: Final = re.compile(rf'<link rel="?canonical"? href="?{re.escape(NOWHERE)}[^>]*>')
_NAMES: Final[Mapping[str, str]] = {ENGLISH: "English", CHINESE: "简体中文"}
_DESCRIPTIONS: Final[Mapping[str, str]] = {
    ENGLISH: "A typed Python client for Jiguang SMS (JSMS), its contract, a sandbox and a command.",
    CHINESE: "极光短信（JSMS）的类型化 Python 客户端，附契约、沙箱与命令行。",
}
_TOGGLES: Final[Mapping[str, Sequence[str]]] = {
    ENGLISH: ("Switch to light mode", "Switch to dark mode", "Follow the system"),
    CHINESE: ("切换到浅色", "切换到深色", "跟随系统"),
}


class BuildError(Exception):
    """The site cannot be built; the message says why."""


def build(target: Path, *, repository: str = "", with_contract: bool = True, root: Path = ROOT) -> None:
    """Build the site.

    Args:
        target: The folder to make; what it held before is removed.
        repository: Address of the source repository; nothing for none.
        with_contract: Render the contract too, which takes a package of npm.
        root: The project.

    Raises:
        BuildError: The builder warns or fails; the message has its words.
    """
    with tempfile.TemporaryDirectory(prefix="jsms-site-") as scratch:
        made = Path(scratch) / "site"
        for language in LANGUAGES:
            work = Path(scratch) / language
            _build(work, language, repository, with_contract=with_contract, root=root)
            shutil.copytree(work / "site", made if language == ENGLISH else made / language)
        if target.exists():
            shutil.rmtree(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, target)


def _build(work: Path, language: str, repository: str, *, with_contract: bool, root: Path) -> None:
    docs = work / "docs"
    stage(docs, language, repository, root)
    (docs / "assets").mkdir(exist_ok=True)
    shutil.copy(HERE / "site.css", docs / "assets")
    shutil.copy(node.unpack(node.IFRAME_WORKER) / "shim" / "index.js", docs / "assets" / "iframe-worker.js")
    settings = configuration(sections(language, root), language, repository, root)
    (work / "zensical.toml").write_text(tomlkit.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict", "--config-file", "zensical.toml"]
    done = subprocess.run(
        command, cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False
    )
    if done.returncode:
        said = _COLOURS.sub("", done.stdout).partition("Traceback")[0].rstrip()
        raise BuildError(f"zensical could not build the {language} pages:\n{said}")
    for left in ("404.html", "sitemap.xml", "search.json", "objects.inv"):  # of use on a server alone
        (work / "site" / left).unlink(missing_ok=True)
    for page in (work / "site").rglob("*.html"):
        page.write_text(_CANONICAL.sub("", page.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    if with_contract:
        contract.render(work / "site", language, root)


def configuration(parts: Sequence[Section], language: str, repository: str, root: Path) -> dict[str, Any]:
    """The settings of one language."""
    settings: dict[str, Any] = tomllib.loads((HERE / "zensical.toml").read_text(encoding="utf-8"))
    project = settings["project"]
    project["site_url"] = NOWHERE
    project["site_description"] = _DESCRIPTIONS[language]
    if repository:
        project["repo_url"] = repository
    project["extra_css"] = ["assets/site.css"]
    project["nav"] = [{part.title: [f"{name}.md" for name in part.pages]} for part in parts]
    project["theme"]["language"] = "zh" if language == CHINESE else "en"
    project["theme"]["custom_dir"] = str(THEME)
    for scheme, name in zip(project["theme"]["palette"], _TOGGLES[language], strict=True):
        scheme["toggle"]["name"] = name
    up = "" if language == ENGLISH else "../"
    # Not a list: of a list the theme makes links in the head, and its script then fetches a file, which no disk allows.
    project["extra"]["alternate"] = True
    project["extra"]["languages"] = [
        {"name": _NAMES[each], "link": up if each == ENGLISH else f"{up}{each}/", "lang": each} for each in LANGUAGES
    ]
    project["plugins"]["llmstxt"]["sections"] = {part.title: [f"{name}.md" for name in part.pages] for part in parts}
    handler = project["plugins"]["mkdocstrings"]["handlers"]["python"]
    handler["paths"] = [str(root / folder) for folder in ("overlay", "generated", "sandbox")]
    project["plugins"]["mkdocstrings"]["locale"] = "zh" if language == CHINESE else "en"
    return settings
