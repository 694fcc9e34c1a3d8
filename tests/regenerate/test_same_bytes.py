"""The same document gives the same bytes, wherever and however it is generated."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .command import ROOT, SMALL, command, tree


def test_nothing_around_a_run_shows_in_what_it_makes(built: Path, tmp_path: Path) -> None:
    """Settings of the user's own, in every place where a tool looks for them."""
    shouting = "line-length = 40\nindent-width = 2\n[format]\nquote-style = 'single'\n"
    home = tmp_path / "home"
    for place in (tmp_path / "ruff.toml", home / ".config" / "ruff" / "ruff.toml"):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(shouting, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        "[tool.black]\nline-length = 40\nskip-string-normalization = true\n"
        "[tool.datamodel-codegen]\nsnake-case-field = false\nstrict-nullable = true\n",
        encoding="utf-8",
    )
    work = tmp_path / "work"
    work.mkdir()
    environment = os.environ | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "RUFF_CONFIG": str(tmp_path / "ruff.toml"),
        "TMPDIR": str(work),
        "PYTHONHASHSEED": "4242",
        "LC_ALL": "C",
        "LANG": "C",
        "PYTHONUTF8": "0",
        "TZ": "Pacific/Kiritimati",
        "COLUMNS": "40",
        "FORCE_COLOR": "1",
    }
    finished = subprocess.run(
        command(SMALL, "--output", work / "out"), cwd=work, env=environment, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    assert tree(work / "out") == tree(built)


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_every_supported_python_makes_the_same(
    version: str, built: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    python = _python_with_the_tools(version, tmp_path_factory)
    finished = subprocess.run(
        command(SMALL, "--output", tmp_path / "out", python=python), capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    assert tree(tmp_path / "out") == tree(built)


def _python_with_the_tools(version: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return Path(sys.executable)
    found = _interpreter(version)
    if found is None:
        pytest.skip(f"left out: Python {version} is not on this machine")
    environment = tmp_path_factory.mktemp("python") / version
    uv = [sys.executable, "-m", "uv", "--quiet"]
    subprocess.run([*uv, "venv", "--python", str(found), str(environment)], check=True)
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pins = ROOT / "requirements" / "dev.txt"
    installed = subprocess.run(
        [*uv, "pip", "install", "--python", str(python), "--requirement", str(pins)],
        capture_output=True,
        text=True,
        check=False,
    )
    if installed.returncode:
        pytest.skip(f"left out: the tools cannot be installed for Python {version}: {installed.stderr.strip()}")
    return python


def _interpreter(version: str) -> Path | None:
    """Find a Python of this version: on the path, or installed by pyenv."""
    installed = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    for candidate in [shutil.which(f"python{version}"), *sorted(installed.glob(f"{version}.*/bin/python"))]:
        if candidate is not None:
            asked = subprocess.run(
                [str(candidate), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
                capture_output=True,
                text=True,
                check=False,
            )
            # What pyenv puts on the path can stand for a version that it has not installed.
            if asked.stdout.strip() == version:
                return Path(candidate)
    return None
