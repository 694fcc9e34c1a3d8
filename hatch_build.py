"""The description for a package index, made from README.md when the package is built.

An index shows the description alone, so no relative link may be left in it. Links lead to the ``repository`` of
pyproject.toml; until it is set, they are text, and pictures are left out.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

from hatchling.metadata.plugin.interface import MetadataHookInterface

_TOKEN = re.compile(
    r"^(?P<fence>```+).*?^(?P=fence)[ \t]*$"  # a block of code
    r"|(?P<picture>^!\[(?P<alt>[^\]]*)\]\((?P<file>[^)\s]+)\)\n\n)"
    r"|\[(?P<text>(?:[^\[\]]|`[^`]*`)*)\]\((?P<target>[^)\s]+)\)",
    re.DOTALL | re.MULTILINE,
)


class CustomMetadataHook(MetadataHookInterface):
    """Sets the description, and the links beside it."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add what depends on the repository's address."""
        settings = cast("dict[str, Any]", self.config)  # pyright: ignore[reportUnknownMemberType] - hatchling gives none
        repository = str(settings.get("repository", "")).rstrip("/")
        readme = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": describe(readme, repository)}
        if repository:
            metadata["urls"] = {
                "Repository": repository,
                "Changelog": f"{repository}/blob/main/CHANGELOG.md",
                "Issues": f"{repository}/issues",
            }


def describe(readme: str, repository: str) -> str:
    """Take the relative links out of the README.

    Args:
        readme: Its text.
        repository: Address of the source repository; nothing for none.
    """

    def one(found: re.Match[str]) -> str:
        if found["picture"]:
            picture = f"![{found['alt']}]({repository}/raw/main/{found['file']})\n\n"
            return picture if repository else ""
        target = found["target"]
        if target is None or re.match(r"[a-z]+:", target):
            return found[0]
        return f"[{found['text']}]({repository}/blob/main/{target})" if repository else found["text"]

    return _TOKEN.sub(one, readme)
