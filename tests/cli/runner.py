"""Run the command: in this process for most tests, as a process where it makes a difference."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from jsms_cli.main import main

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Done:
    """A command that came to its end."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, object]:
        """The one object on standard output, of a command that went well."""
        assert (self.code, self.err) == (0, ""), self
        (only,) = self.lines
        return only

    @property
    def lines(self) -> list[dict[str, object]]:
        """The objects on standard output, one a line."""
        return [cast("dict[str, object]", json.loads(line)) for line in self.out.splitlines()]


class Command:
    """The command in this process, with no terminal."""

    def __call__(self, *arguments: str) -> Done:
        with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
            code = main(arguments)
        return Done(code, out.getvalue(), err.getvalue())


def environment(**variables: str) -> dict[str, str]:
    """Return the environment in which a process finds the packages, installed or not."""
    paths = [str(ROOT / name) for name in ("cli", "overlay", "generated", "sandbox")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "COLUMNS": "100"} | variables


def start(*arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start ``python -m jsms_cli``."""
    return subprocess.Popen(
        [sys.executable, "-m", "jsms_cli", *arguments],
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def run(*arguments: str, variables: Mapping[str, str] | None = None) -> Done:
    """Run ``python -m jsms_cli`` to its end."""
    with start(*arguments, **(variables or {})) as process:
        out, err = process.communicate(timeout=45)
    return Done(process.returncode, out, err)
