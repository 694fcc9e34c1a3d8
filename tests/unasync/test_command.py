"""The command makes the folder, and finds whatever is not as it should be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from unasync_tool import MARK, Rules, main

RULES = Rules(names={"aclose": "close"}, prefix="Async", phrases={})
SOURCE = '''"""A file."""


class AsyncThing:
    async def aclose(self) -> None: ...
'''
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "_async" / "inner"
    folder.mkdir(parents=True)
    (tmp_path / "_async" / "__init__.py").write_text('"""AsyncThing."""\n', encoding="utf-8")
    (folder / "thing.py").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def check(package: Path, rules: Rules = RULES) -> int:
    return main(["--check"], package=package, rules=rules)


def test_it_makes_every_file_and_finds_them_in_step(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], package=package, rules=RULES) == 0
    made = (package / "_sync" / "inner" / "thing.py").read_text(encoding="utf-8")
    assert made.startswith(f"{MARK}_async/inner/thing.py.")
    assert "class Thing:\n    def close(self) -> None: ..." in made
    assert check(package) == 0
    assert "in step" in capsys.readouterr().out
    before = {path: path.stat().st_mtime_ns for path in package.rglob("*.py")}
    assert main([], package=package, rules=RULES) == 0
    assert {path: path.stat().st_mtime_ns for path in package.rglob("*.py")} == before


def test_checking_changes_nothing(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(package) == 1
    assert not (package / "_sync").exists()
    assert "_sync/inner/thing.py is missing" in capsys.readouterr().out


def test_an_edited_file_is_found_and_made_again(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([], package=package, rules=RULES)
    path = package / "_sync" / "inner" / "thing.py"
    for change in (b"\n", b"# more\n"):
        path.write_bytes(path.read_bytes() + change)
        assert check(package) == 1
        assert "_sync/inner/thing.py differs" in capsys.readouterr().out
        assert main([], package=package, rules=RULES) == 0
        assert check(package) == 0


def test_a_file_without_a_source_is_found_and_removed(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([], package=package, rules=RULES)
    (package / "_async" / "inner" / "thing.py").write_text("AsyncThing.aclose()\n", encoding="utf-8")
    (package / "_sync" / "orphan.py").write_text(f"{MARK}_async/orphan.py.\n", encoding="utf-8")
    assert check(package) == 1
    assert "_sync/orphan.py comes from no source" in capsys.readouterr().out
    assert main([], package=package, rules=RULES) == 0
    assert not (package / "_sync" / "orphan.py").exists()


@pytest.mark.parametrize("name", ["mine.py", "notes.txt"])
def test_a_file_that_was_not_made_here_is_named_and_left_alone(
    package: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main([], package=package, rules=RULES)
    (package / "_sync" / name).write_text("mine\n", encoding="utf-8")
    assert main([], package=package, rules=RULES) == 1
    assert f"_sync/{name} comes from no source" in capsys.readouterr().out
    assert (package / "_sync" / name).exists()


def test_what_python_leaves_behind_is_not_unexpected(package: Path) -> None:
    main([], package=package, rules=RULES)
    (package / "_sync" / "__pycache__").mkdir()
    (package / "_sync" / "__pycache__" / "thing.pyc").touch()
    assert check(package) == 0


def test_a_rule_that_nothing_needs_is_found(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = Rules(names={"aclose": "close", "aread": "read"}, prefix="Async", phrases={})
    assert main([], package=package, rules=rules) == 1
    assert check(package, rules) == 1
    assert "the rule for 'aread' applies to nothing" in capsys.readouterr().out


def test_the_committed_files_are_in_step() -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "scripts" / "unasync", "--check"], capture_output=True, encoding="utf-8", check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
