"""Parts of the sandbox's page, made from its options, leniencies and assumptions."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from documentation import chinese_of, table
from jsms_sandbox.assumptions import assumptions
from jsms_sandbox.options import command
from jsms_sandbox.service.request import Hint, Leniency

PAGE: Final = Path("docs/sandbox.md")
CHINESE_PAGE: Final = Path("docs/sandbox.zh-CN.md")


def options() -> str:
    """Make the table of each option with its environment variable."""
    sandbox = command("jsms-sandbox")
    context = click.Context(sandbox)
    rows: list[tuple[str, str, str]] = []
    for option in sandbox.params:
        if isinstance(option, click.Option):
            name = option.opts[0] if option.is_flag else f"{option.opts[0]} {option.make_metavar(context)}"
            default = f" ({option.default})" if option.show_default else ""
            rows.append((f"`{name}`", f"`{option.envvar}`", f"{option.help}{default}"))
    return table(("option", "environment variable", ""), rows)


def leniencies() -> dict[Path, str]:
    """List what existing clients may send though no source documents it, in both languages."""
    hints = [Hint(leniency.value) for leniency in Leniency]
    return {
        PAGE: "\n".join(f"- {hint.english()}" for hint in hints),
        CHINESE_PAGE: "\n".join(f"- {hint.chinese()}" for hint in hints),
    }


def assumed(root: Path) -> dict[Path, str]:
    """List what no source documents and the sandbox had to choose, in both languages."""
    english = table(("about", "chosen"), assumptions())
    return {PAGE: english, CHINESE_PAGE: chinese_of(english, root, "assumptions").rstrip("\n")}
