"""scripts/test: selects checks, passes arguments on, and shields checks from the caller's environment."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOXFILE = """\
import os
import nox
nox.options.default_venv_backend = "none"

@nox.session
def good(session):
    "Passes."
    session.run("python", "-c", "import os, sys; print('saw', *sys.argv[1:], *sorted(os.environ))", *session.posargs)
    session.run("python", "-c", "import signal; print('SIGINT:', signal.getsignal(signal.SIGINT))")

@nox.session
def bad(session):
    "Fails."
    session.error("as it was asked to")

@nox.session
def missing(session):
    "Needs a tool."
    session.skip("not installed") if "JSMS_COMPLETE" not in os.environ else session.error("not installed")
"""


@pytest.fixture
def launcher(tmp_path: Path) -> Path:
    """Run the command on checks with known outcomes."""
    (tmp_path / "noxfile.py").write_text(NOXFILE, encoding="utf-8")
    path = tmp_path / "run.py"
    path.write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        f"from pathlib import Path\nimport noxfile\n"
        f"noxfile.ROOT = Path({str(tmp_path)!r})\nsys.exit(noxfile.main())\n",
        encoding="utf-8",
    )
    return path


def run(launcher: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(launcher), *arguments],
        env=os.environ | {"NO_COLOR": "1"} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_every_check_runs_though_one_fails_and_the_end_lists_them(launcher: Path) -> None:
    done = run(launcher)
    assert done.returncode == 1
    assert re.findall(r"\* (\w+): (\w+)", done.stdout) == [
        ("good", "success"),
        ("bad", "aborted"),
        ("missing", "skipped"),
    ]


def test_a_tool_that_is_missing_fails_only_a_complete_run(launcher: Path) -> None:
    assert run(launcher, "good", "missing").returncode == 0
    assert run(launcher, "--complete", "good", "missing").returncode == 1


def test_what_follows_two_dashes_is_handed_on(launcher: Path) -> None:
    assert "saw -k one thing" in run(launcher, "good", "--", "-k", "one thing").stdout


def test_an_unknown_check_is_refused_before_anything_runs(launcher: Path) -> None:
    done = run(launcher, "good", "god")
    assert done.returncode != 0
    assert "god" in done.stdout
    assert "saw" not in done.stdout


def test_the_list_says_what_each_holds(launcher: Path) -> None:
    assert "good -> Passes." in run(launcher, "--list").stdout


def test_credentials_and_paths_of_the_caller_stay_outside(launcher: Path) -> None:
    done = run(
        launcher, "good", JSMS_APP_KEY="theirs", JSMS_COMPLETE="1", PYTHONPATH="/theirs", PYTHONDONTWRITEBYTECODE="1"
    )
    (seen,) = re.findall("^saw .*$", done.stdout, re.MULTILINE)
    assert not {"JSMS_APP_KEY", "JSMS_COMPLETE", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"} & set(seen.split())
    assert "PYTHONUTF8" in seen.split()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are ignored in another way there")
def test_ctrl_c_reaches_what_the_checks_start_in_the_background_too(launcher: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, str(launcher), "good"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    assert "SIGINT: <built-in function default_int_handler>" in done.stdout
