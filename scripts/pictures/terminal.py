"""The picture of the command: what it prints at the sandbox, as a terminal shows it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from html import escape
from typing import Final

from rich.console import Console
from rich.text import Text

COMMANDS: Final = (
    ("doctor",),
    ("code", "send", "13800138000"),
    ("error", "50014"),
)
_COLUMNS: Final = 160
_CREDENTIALS: Final = ("app_key", "master_secret", "dev_key", "dev_secret")
_PAGE: Final = """\
<!doctype html><meta charset="utf-8">
<style>
  body {{ margin: 0; padding: 18px 22px; background: #1e2430; display: inline-block; }}
  pre {{ margin: 0; color: #e6e9ef; font: 15px/1.45 "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace; }}
  b {{ color: #8fd18a; font-weight: 600; }}
</style>
<pre>{content}</pre>
"""


def page(root: str, credentials: Mapping[str, str]) -> str:
    """What the commands print, as a page.

    Args:
        root: The sandbox's base URL, without ``/v1``.
        credentials: Those of an app of it, and of its account.
    """
    settings = {"JSMS_BASE_URL": f"{root}/v1", **{f"JSMS_{name.upper()}": credentials[name] for name in _CREDENTIALS}}
    parts = [f"<b>$</b> jsms {escape(' '.join(arguments))}\n{_shown(arguments, settings)}\n" for arguments in COMMANDS]
    return _PAGE.format(content="\n".join(parts).rstrip())


def _shown(arguments: tuple[str, ...], settings: Mapping[str, str]) -> str:
    """The output of a command, with its colours, as HTML."""
    terminal = {"FORCE_COLOR": "1", "COLUMNS": str(_COLUMNS), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("JSMS_") and name != "NO_COLOR"
    }
    path = os.pathsep.join(each for each in sys.path if each)
    with tempfile.TemporaryDirectory() as empty:  # without a .env or a profile of somebody's
        done = subprocess.run(
            [sys.executable, "-m", "jsms_cli", *arguments],
            cwd=empty,
            env={**inherited, **terminal, **settings, "PYTHONPATH": path, "XDG_CONFIG_HOME": empty},
            capture_output=True,
            text=True,
            check=True,
        )
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(done.stdout.rstrip()))
    return console.export_html(inline_styles=True, code_format="{code}").rstrip() + "\n"
