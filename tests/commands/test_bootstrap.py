"""The scripts' behaviour under any Python that starts them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .project import BASE, small_project

SCRIPTS = Path(__file__).parents[2] / "scripts"
# A launcher like those in scripts/, which says where it runs instead of doing anything.
LAUNCHER = """\
import sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parent))
from workspace import ensure_venv
ensure_venv()
print(sys.prefix, *sys.argv[1:])
"""
OLD = [
    path
    for version in ("3.6", "3.10")
    for path in sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python3"))
]


@pytest.fixture
def launcher(tmp_path: Path) -> Path:
    project = small_project(tmp_path / "project")
    shutil.copytree(
        SCRIPTS / "workspace", project / "scripts" / "workspace", ignore=shutil.ignore_patterns("__pycache__")
    )
    path = project / "scripts" / "say"
    path.write_text(LAUNCHER, encoding="utf-8")
    return path


def run(python: str | Path, launcher: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    return subprocess.run(
        [str(python), str(launcher), *arguments],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_script_goes_on_in_the_environment_with_its_arguments(launcher: Path) -> None:
    home = launcher.parents[1] / ".venv"
    first = run(BASE, launcher, "one", "two words")
    assert (first.returncode, first.stdout) == (0, f"{home} one two words\n")
    assert first.stderr.startswith("Setting up .venv")

    again = run(BASE, launcher, "--help")
    assert (again.returncode, again.stdout, again.stderr) == (0, f"{home} --help\n", "")


def test_without_a_suitable_python_it_says_what_to_install(launcher: Path) -> None:
    bootstrap = launcher.parent / "workspace" / "__init__.py"
    text = bootstrap.read_text(encoding="utf-8")
    bootstrap.write_text(text.replace("OLDEST = (3, 11)", "OLDEST = (99, 0)"), encoding="utf-8")
    done = run(BASE, launcher, PATH="/nowhere")
    assert done.returncode == 1
    assert done.stderr.startswith("This needs Python 3.11 or newer, and ")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not OLD, reason="no older Python on this machine")
@pytest.mark.parametrize("old", OLD, ids=lambda path: path.parents[1].name)
def test_an_old_python_can_read_it_and_hands_over_to_a_newer_one(old: Path, launcher: Path, tmp_path: Path) -> None:
    refused = run(old, launcher, PATH="/nowhere")
    assert refused.returncode == 1
    assert "This needs Python 3.11 or newer" in refused.stderr
    assert "Traceback" not in refused.stderr

    newer = tmp_path / "bin"
    newer.mkdir()
    (newer / f"python3.{sys.version_info.minor}").symlink_to(BASE)
    done = run(old, launcher, "on", PATH=f"{newer}{os.pathsep}/usr/bin{os.pathsep}/bin")
    assert (done.returncode, done.stdout) == (0, f"{launcher.parents[1] / '.venv'} on\n"), done.stderr
