"""The environment of the scripts: made once, kept up to date, never left half made."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from workspace.environment import SetUpError, prepare, python_in, up_to_date

from .project import BASE, installs, small_project

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return small_project(tmp_path / "project")


@pytest.fixture
def home(project: Path) -> Path:
    return project / ".venv"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = small_project(tmp_path_factory.mktemp("made") / "project")
    ready(project, project / ".venv")
    return project


@pytest.fixture
def made(made_once: Path, tmp_path: Path) -> Path:
    """Provide a project with an up-to-date environment: a copy, because making one takes seconds."""
    project = shutil.copytree(made_once, tmp_path / "made", symlinks=True)
    stamp = project / ".venv" / "jsms-workspace.txt"
    old, new = (hashlib.sha256(str(each.resolve()).encode()).hexdigest() for each in (made_once, project))
    stamp.write_text(stamp.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert up_to_date(project, project / ".venv")
    return project


def ready(project: Path, home: Path) -> list[str]:
    said: list[str] = []
    prepare(project, home, BASE, said.append)
    return said


@pytest.mark.parametrize("how", ["copied", "moved"])
def test_a_checkout_that_was_copied_or_moved_gets_an_environment_of_its_own(
    made_once: Path, tmp_path: Path, how: str
) -> None:
    project = shutil.copytree(made_once, tmp_path / "first", symlinks=True)
    if how == "moved":
        project = project.rename(tmp_path / "second")
    home = project / ".venv"
    assert not up_to_date(project, home)
    ready(project, home)
    assert up_to_date(project, home)
    (link,) = home.glob("lib/python*/site-packages/small.pth")
    assert link.read_text(encoding="utf-8") == str(project)


def test_it_is_made_once_and_made_again_in_step_when_the_project_changes(project: Path, home: Path) -> None:
    assert not up_to_date(project, home)
    said = ready(project, home)
    assert (up_to_date(project, home), installs(project), len(said)) == (True, 1, 2)

    assert ready(project, home) == []
    assert installs(project) == 1

    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert not up_to_date(project, home)
    ready(project, home)
    assert (up_to_date(project, home), installs(project)) == (True, 2)


def test_looking_whether_it_is_in_step_takes_no_time(made: Path) -> None:
    project, home = made, made / ".venv"
    assert ready(project, home) == []
    took: list[float] = []
    for _ in range(5):
        started = time.perf_counter()
        assert up_to_date(project, home)
        took.append(time.perf_counter() - started)
    assert min(took) < 0.05


def test_two_at_once_do_the_work_once(project: Path, home: Path) -> None:
    said: list[list[str]] = []
    both = [threading.Thread(target=lambda: said.append(ready(project, home))) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert installs(project) == 1
    assert sorted(map(len, said)) == [1, 2]  # one waited and says so


def test_one_that_was_left_half_made_is_made_anew(made: Path) -> None:
    project, home = made, made / ".venv"
    assert ready(project, home) == []
    (home / "jsms-workspace-unfinished").touch()
    (home / "left-over").touch()
    assert not up_to_date(project, home)
    ready(project, home)
    assert up_to_date(project, home)
    assert not (home / "left-over").exists()


def test_one_whose_python_went_away_is_made_anew(made: Path) -> None:
    project, home = made, made / ".venv"
    assert ready(project, home) == []
    for name in ("python", "python3", f"python3.{sys.version_info.minor}"):
        python_in(home).with_name(name).unlink(missing_ok=True)
    ready(project, home)
    assert up_to_date(project, home)


def test_what_pip_says_is_passed_on_and_the_environment_stays_as_it_was(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, home = made, made / ".venv"
    monkeypatch.setenv("SMALL_PROJECT_FAILS", "1")
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    with pytest.raises(SetUpError) as caught:
        ready(project, home)
    assert "the small project cannot be built" in str(caught.value)
    assert str(caught.value).startswith("pip could not install")
    (home / "kept").touch()

    monkeypatch.delenv("SMALL_PROJECT_FAILS")
    ready(project, home)
    assert (home / "kept").exists()


def test_a_package_that_cannot_be_found_is_named(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project, home = made, made / ".venv"
    (project / "requirements" / "dev.txt").write_text("no-such-package-anywhere==1\n", encoding="utf-8")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(SetUpError, match=r"no-such-package-anywhere(.|\n)*needs a network"):
        ready(project, home)
    assert not up_to_date(project, home)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_killed_in_the_middle_the_next_run_puts_it_right(project: Path, home: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(SCRIPTS)!r})\n"
        "from pathlib import Path\n"
        "from workspace.environment import prepare\n"
        f"prepare(Path({str(project)!r}), Path({str(home)!r}), {BASE!r})\n"
    )
    running = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 30
    while not (home / "jsms-workspace-unfinished").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert not up_to_date(project, home)
    ready(project, home)
    assert up_to_date(project, home)
