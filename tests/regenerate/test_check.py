"""What --check finds; it changes nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from contract_tools.output import differences
from git_repository import git

from .command import SMALL, run, tree


def found(built: Path, output: Path) -> list[str]:
    """List the differences between a folder and what was generated."""
    return [str(difference) for difference in differences(tree(built), output)]


def test_what_was_just_made_is_in_step(built: Path, output: Path) -> None:
    assert found(built, output) == []


def test_bytecode_beside_the_modules_is_no_difference(built: Path, output: Path) -> None:
    (output / "jsms_api" / "__pycache__").mkdir()
    (output / "jsms_api" / "__pycache__" / "types.cpython-311.pyc").write_bytes(b"x")
    assert found(built, output) == []


def test_a_missing_file_is_named(built: Path, output: Path) -> None:
    (output / "jsms_contract" / "limits.py").unlink()
    assert found(built, output) == ["missing         jsms_contract/limits.py: regenerating makes it"]


def test_a_stray_file_is_named(built: Path, output: Path) -> None:
    (output / "jsms_api" / "mine.py").write_text("x = 1\n", encoding="utf-8")
    assert found(built, output) == [
        "unexpected      jsms_api/mine.py: not made by this command; nothing else belongs here"
    ]


def test_a_stray_link_to_a_folder_is_named(built: Path, output: Path, tmp_path: Path) -> None:
    (output / "jsms_api" / "elsewhere").symlink_to(tmp_path, target_is_directory=True)
    assert found(built, output) == [
        "unexpected      jsms_api/elsewhere: not made by this command; nothing else belongs here"
    ]


def test_a_file_of_an_earlier_document_is_left_over(built: Path, output: Path) -> None:
    shutil.copy(output / "jsms_api" / "models" / "sent_message.py", output / "jsms_api" / "models" / "old.py")
    assert found(built, output) == [
        "left over       jsms_api/models/old.py: generated before, and the document no longer makes it"
    ]


def test_an_edited_file_is_named_with_the_line(built: Path, output: Path) -> None:
    limits = output / "jsms_contract" / "limits.py"
    limits.write_text(limits.read_text(encoding="utf-8").replace("= 8\n", "= 9\n"), encoding="utf-8")
    (line,) = found(built, output)
    assert line.startswith("edited by hand  jsms_contract/limits.py: line ")
    assert line.endswith(
        "`SIGN_FORM_SIGN_MAX_LENGTH: Final[int] = 9`, should be `SIGN_FORM_SIGN_MAX_LENGTH: Final[int] = 8`"
    )


def test_a_file_cut_short_is_named(built: Path, output: Path) -> None:
    operations = output / "jsms_contract" / "operations.py"
    operations.write_text(operations.read_text(encoding="utf-8").partition("OPERATIONS:")[0], encoding="utf-8")
    (line,) = found(built, output)
    assert line.startswith("edited by hand  jsms_contract/operations.py: line ")


def test_a_link_in_the_place_of_a_file_is_an_edit(built: Path, output: Path) -> None:
    limits = output / "jsms_contract" / "limits.py"
    limits.rename(output.parent / "limits.py")
    limits.symlink_to(output.parent / "limits.py")
    assert found(built, output) == ["edited by hand  jsms_contract/limits.py: a link is in place of a file"]


def test_a_folder_in_the_place_of_a_file_is_missing_the_file(built: Path, output: Path) -> None:
    (output / "jsms_contract" / "limits.py").unlink()
    (output / "jsms_contract" / "limits.py").mkdir()
    assert found(built, output) == ["missing         jsms_contract/limits.py: regenerating makes it"]


def test_another_version_of_a_tool_is_named(built: Path, output: Path) -> None:
    path = output / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["tools"]["ruff"] = "0.0.1"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    (line,) = found(built, output)
    assert line.startswith("out of step     manifest.json: made with ruff 0.0.1, here is ")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"@generated": "x"}'])
def test_a_broken_manifest_is_one_difference(built: Path, output: Path, content: str) -> None:
    (output / "manifest.json").write_text(content, encoding="utf-8")
    assert found(built, output) == ["edited by hand  manifest.json: not a manifest any more"]


def test_checking_changes_nothing_and_says_what_differs_and_how_to_repair_it(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = tmp_path / "changed.yaml"
    changed.write_text(SMALL.read_text(encoding="utf-8").replace("maxLength: 40", "maxLength: 39"), encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in output.rglob("*")}
    assert run(changed, "--output", output, "--check") == 1
    assert {path: path.stat().st_mtime_ns for path in output.rglob("*")} == before
    said = capsys.readouterr().out
    assert "BREAKS  Field SignForm.legalPersonName" in said
    assert "out of step     jsms_contract/limits.py" in said
    assert "out of step     manifest.json: made from another state of the document" in said
    assert "jsms_api/client.py" not in said
    assert "Run scripts/regenerate " in said


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "deep" / "out"
    assert run("--check", SMALL, "--output", missing) == 1
    assert not missing.parent.exists()
    assert "There is no" in capsys.readouterr().out


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Provide a repository that holds the small document, and a later state of it in the work tree."""
    git(tmp_path, "init", "-q")
    document = tmp_path / "openapi.yaml"
    shutil.copy(SMALL, document)
    git(tmp_path, "add", "openapi.yaml")
    git(tmp_path, "commit", "-q", "-m", "First")
    git(tmp_path, "tag", "v1")
    source = document.read_text(encoding="utf-8")
    document.write_text(source.replace("maxLength: 40", "maxLength: 39"), encoding="utf-8")
    return document


def test_a_revision_is_compared_in_words(repository: Path, output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(repository, "--output", output) == 0
    capsys.readouterr()
    assert run(repository, "--output", output, "--check", "v1") == 1
    said = capsys.readouterr().out
    assert "What changes for callers since v1:openapi.yaml" in said
    assert "BREAKS  Field SignForm.legalPersonName" in said
    assert (
        "The contract: breaking changes, but info.version of openapi.yaml is 1.2.0, as at v1. Fix: make it 2.0.0"
        in said
    )


def test_a_change_that_its_version_announces_passes_unless_it_may_not_break(
    repository: Path, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = repository.read_text(encoding="utf-8")
    repository.write_text(source.replace("version: 1.2.0", "version: 2.0.0"), encoding="utf-8")
    assert run(repository, "--output", output) == 0
    assert run(repository, "--output", output, "--check", "--against", "v1") == 0
    capsys.readouterr()
    assert run(repository, "--output", output, "--check", "--against", "v1", "--fail-on", "breaking") == 1
    assert "The contract: breaking changes, and --fail-on is breaking." in capsys.readouterr().out


def test_what_to_fail_on_needs_a_revision(repository: Path, output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(repository, "--output", output, "--check", "--fail-on", "breaking")
    assert "--check --against REVISION" in capsys.readouterr().err


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "HEAD:openapi.yaml"])
def test_a_revision_that_is_none_is_refused(
    repository: Path, output: Path, revision: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(repository, "--output", output, f"--check={revision}") == 1
    assert f"{revision} is no git revision here" in capsys.readouterr().err


def test_a_revision_before_the_document_is_refused(
    repository: Path, output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.yaml"
    shutil.copy(repository, other)
    assert run(other, "--output", output, "--check", "--against", "v1") == 1
    assert "v1:other.yaml" in capsys.readouterr().err
