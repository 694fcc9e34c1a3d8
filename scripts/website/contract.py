"""The contract as a page of its own: Redoc, with its script and the document beside it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any, Final

from ruamel.yaml import YAML

from provisioning import node

from .pages import CHINESE, ENGLISH

PAGE: Final = "openapi.html"
_DOCUMENTS: Final[Mapping[str, str]] = {ENGLISH: "openapi.yaml", CHINESE: "generated/openapi.zh-CN.yaml"}
_TITLES: Final[Mapping[str, str]] = {ENGLISH: "The contract of JSMS", CHINESE: "JSMS 契约"}
_BACK: Final[Mapping[str, str]] = {ENGLISH: "Back to the documentation", CHINESE: "返回文档"}
# Redoc's own picture is the one thing that it would fetch from elsewhere.
_FETCHED: Final = "https://cdn.redoc.ly/redoc/logo-mini.svg"


def render(site: Path, language: str, root: Path) -> None:
    """Write the page of one language.

    Args:
        site: The folder of this language.
        language: One of `LANGUAGES`.
        root: The project.
    """
    text = (root / _DOCUMENTS[language]).read_text(encoding="utf-8")
    reader: Any = YAML(typ="safe", pure=True)
    document = json.dumps(reader.load(text), ensure_ascii=False, default=str)
    page = Template((Path(__file__).parent / "openapi.html").read_text(encoding="utf-8"))
    content = page.substitute(
        language=language,
        title=_TITLES[language],
        back=_BACK[language],
        document=document.replace("</", "<\\/"),
    )
    (site / PAGE).write_text(content, encoding="utf-8", newline="\n")
    (site / "openapi.yaml").write_text(text, encoding="utf-8", newline="\n")
    package = node.unpack(node.REDOC)
    script = (package / "bundles" / "redoc.standalone.js").read_text(encoding="utf-8")
    (site / "assets" / "redoc.js").write_text(script.replace(_FETCHED, "data:,"), encoding="utf-8", newline="\n")
    shutil.copy(package / "LICENSE", site / "assets" / "redoc.LICENSE")
