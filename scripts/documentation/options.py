"""The table of the sandbox's options, made from the options themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from jsms_sandbox.options import command

from .tables import table

PAGE: Final = Path("docs/sandbox.md")


def options() -> str:
    """Each option with its environment variable."""
    sandbox = command("jsms-sandbox")
    context = click.Context(sandbox)
    rows: list[tuple[str, str, str]] = []
    for option in sandbox.params:
        if isinstance(option, click.Option):
            name = option.opts[0] if option.is_flag else f"{option.opts[0]} {option.make_metavar(context)}"
            default = f" ({option.default})" if option.show_default else ""
            rows.append((f"`{name}`", f"`{option.envvar}`", f"{option.help}{default}"))
    return table(("option", "environment variable", ""), rows)
