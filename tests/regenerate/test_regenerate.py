"""What a run keeps, refuses, repairs and prints."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from contract_tools.output import locked

from .command import SMALL, command, run, tree


def test_a_run_in_step_writes_nothing(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in output.rglob("*")}
    assert run(SMALL, "--output", output) == 0
    assert {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in output.rglob("*")} == before
    said = capsys.readouterr().out
    assert "nothing was written" in said
    assert "Nothing changes for callers" in said


def test_a_run_repairs_and_says_what_in_steps_and_not_in_the_words_of_its_tools(
    output: Path, built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (output / "jsms_contract" / "limits.py").unlink()
    (output / "jsms_contract" / "errors.py").write_text("", encoding="utf-8")
    shutil.copy(output / "jsms_api" / "errors.py", output / "jsms_api" / "old.py")
    assert run(SMALL, "--output", output) == 0
    assert tree(output) == tree(built)
    said = capsys.readouterr()
    assert "jsms_contract/errors.py was edited by hand, and is made again" in said.out
    assert "before: 1 edited by hand, 1 left over, 1 missing" in said.out
    assert "replace the folder" in said.out
    assert len(said.out.splitlines()) < 15
    assert said.err == ""


def test_a_run_repairs_a_lost_manifest(output: Path, built: Path) -> None:
    (output / "manifest.json").unlink()
    assert run(SMALL, "--output", output) == 0
    assert tree(output) == tree(built)


def test_a_stray_file_leaves_the_folder_and_is_not_lost(
    output: Path, built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (output / "jsms_api" / "notes.txt").write_text("mine", encoding="utf-8")
    assert run(SMALL, "--output", output) == 0
    assert tree(output) == tree(built)
    assert tree(tmp_path / "out.unexpected") == {"jsms_api/notes.txt": b"mine"}
    assert "jsms_api/notes.txt was not made by this command: kept in" in capsys.readouterr().out


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "thesis.txt").write_text("years", encoding="utf-8")
    (theirs / "manifest.json").write_text('{"files": {"thesis.txt": ""}}', encoding="utf-8")
    before = tree(tmp_path)
    assert run(SMALL, "--output", theirs) == 1
    assert "holds thesis.txt" in capsys.readouterr().err
    assert tree(tmp_path) == before


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("x", encoding="utf-8")
    assert run(SMALL, "--output", tmp_path / "out") == 1
    assert "is a file" in capsys.readouterr().err
    assert (tmp_path / "out").read_text(encoding="utf-8") == "x"


def test_a_folder_that_holds_the_document_is_refused(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(SMALL, output / "openapi.yaml")
    before = tree(output)
    assert run(output / "openapi.yaml", "--output", output) == 1
    assert "holds the document itself" in capsys.readouterr().err
    assert tree(output) == before


def test_a_repository_is_refused(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (output / ".git").mkdir()
    assert run(SMALL, "--output", output) == 1
    assert "is a repository" in capsys.readouterr().err
    assert (output / ".git").is_dir()


def test_another_document_needs_another_folder(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(SMALL)
    assert stopped.value.code == 2
    assert "--output DIR" in capsys.readouterr().err


@pytest.mark.parametrize("mode", [[], ["--check"]])
def test_a_broken_document_is_explained_and_changes_nothing(
    output: Path, tmp_path: Path, mode: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.yaml"
    source = SMALL.read_text(encoding="utf-8").replace("operationId: deleteSign", "operationId: updateSign")
    broken.write_text(source, encoding="utf-8")
    number = source.splitlines().index("  /sign/{sign_id}:") + 1
    before = tree(output)
    assert run(broken, "--output", output, *mode) == 1
    said = capsys.readouterr().err
    line = next(line for line in said.splitlines() if "updateSign" in line)
    assert line.partition(": ")[0].rpartition(":")[0].endswith("broken.yaml")
    assert int(line.partition(": ")[0].rpartition(":")[2]) > number
    assert "#/paths/~1sign~1{sign_id}/" in line
    assert "Fix: " in line
    assert "nothing was generated" in said
    assert tree(output) == before


@pytest.mark.parametrize("content", ["a: [", "openapi: 3.1.0\n\tinfo: x", "", "- 1"])
def test_what_is_no_document_is_explained(
    output: Path, tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.yaml").write_text(content, encoding="utf-8")
    before = tree(output)
    assert run(tmp_path / "broken.yaml", "--output", output) == 1
    assert "broken.yaml:" in capsys.readouterr().err
    assert tree(output) == before


def test_a_missing_document_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "none.yaml", "--output", tmp_path / "out") == 1
    assert "none.yaml" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_what_a_generator_cannot_take_is_its_own_words(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contract_tools.cli.lint", _clean)
    broken = tmp_path / "broken.yaml"
    broken.write_text(SMALL.read_text(encoding="utf-8").replace("in: path", "in: nowhere"), encoding="utf-8")
    before = tree(output)
    assert run(broken, "--output", output) == 1
    assert "openapi_python_client failed" in capsys.readouterr().err
    assert tree(output) == before


def test_a_run_says_in_words_what_changes_for_callers(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = tmp_path / "changed.yaml"
    changed.write_text(SMALL.read_text(encoding="utf-8").replace("maxLength: 40", "maxLength: 39"), encoding="utf-8")
    assert run(changed, "--output", output) == 0
    said = capsys.readouterr().out
    assert "What changes for callers since" in said
    assert "BREAKS  Field SignForm.legalPersonName" in said
    assert "can break an app that was right before" in said


def test_a_second_run_waits_for_the_first(output: Path) -> None:
    (output / "jsms_api" / "errors.py").unlink()
    release = threading.Event()
    held = threading.Event()

    def first() -> None:
        with locked(output, lambda: None):
            held.set()
            release.wait(10)

    holder = threading.Thread(target=first)
    holder.start()
    held.wait(5)
    with subprocess.Popen(command(SMALL, "--output", output), stdout=subprocess.PIPE, text=True) as second:
        assert second.stdout is not None
        said = ""
        while "waiting for another run to end" not in said:
            said += second.stdout.readline()
        assert not (output / "jsms_api" / "errors.py").exists()
        release.set()
        holder.join()
        rest = second.communicate(timeout=30)[0]
        assert second.returncode == 0, rest
    assert (output / "jsms_api" / "errors.py").exists()


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.parametrize("moment", [0.2, 1.0])
def test_ctrl_c_leaves_everything_as_it_was(output: Path, moment: float) -> None:
    (output / "jsms_api" / "errors.py").unlink()
    before = tree(output)
    started = subprocess.Popen(
        command(SMALL, "--output", output),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert started.stdout is not None
    started.stdout.readline()
    time.sleep(moment)
    os.killpg(started.pid, signal.SIGINT)
    said = started.communicate(timeout=30)[1]
    # Killed by the signal itself: it had done its work, and Python was about to end.
    assert started.returncode in (0, 130, -signal.SIGINT), said
    assert "Traceback" not in said
    if started.returncode == 130:
        assert "Interrupted" in said
        assert tree(output) == before
    else:
        assert (output / "jsms_api" / "errors.py").exists()


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_killed_at_any_moment_the_old_or_the_new_folder_stands(built: Path, output: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.yaml"
    changed.write_text(SMALL.read_text(encoding="utf-8").replace("maxLength: 40", "maxLength: 41"), encoding="utf-8")
    assert run(changed, "--output", tmp_path / "expected") == 0
    old, new = tree(built), tree(tmp_path / "expected")
    for moment in (0.4, 0.9, 1.2):
        with subprocess.Popen(
            command(changed, "--output", output), stdout=subprocess.DEVNULL, start_new_session=True
        ) as started:
            time.sleep(moment)
            os.killpg(started.pid, signal.SIGKILL)
        assert tree(output) in (old, new)
    assert run(changed, "--output", output) == 0
    assert tree(output) == new


def test_a_fork_without_our_extensions_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fork = tmp_path / "fork.json"
    fork.write_text(json.dumps(_fork()), encoding="utf-8")
    assert run(fork, "--output", tmp_path / "out") == 0, capsys.readouterr().err
    assert "No earlier document to compare with" in capsys.readouterr().out
    operations = (tmp_path / "out" / "jsms_contract" / "operations.py").read_text(encoding="utf-8")
    assert 'retry="safe"' in operations
    assert 'retry="never"' in operations


def _fork() -> dict[str, object]:
    node = {
        "type": "object",
        "description": "A node.",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "description": "Its name.", "maxLength": 9},
            "weight": {"type": "number", "description": "In kilograms."},
            "children": {
                "type": "array",
                "description": "Below it.",
                "items": {"$ref": "#/components/schemas/Node"},
            },
        },
    }
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}, "examples": {"one": _NODE}}}
    responses = {"200": {"description": "A node.", "content": body}, "default": {"description": "Anything else."}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "A fork", "version": "1", "description": "Without any extension."},
        "servers": [{"url": "https://fork.example.test"}],
        "tags": [{"name": "nodes", "description": "Nodes."}],
        "paths": {
            "/nodes": {
                "get": {"operationId": "getNode", "tags": ["nodes"], "security": [{"key": []}], "responses": responses},
                "post": {
                    "operationId": "addNode",
                    "tags": ["nodes"],
                    "security": [{"key": []}],
                    "requestBody": {"required": True, "content": body},
                    "responses": responses,
                },
            }
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "basic"}},
            "schemas": {"Node": node},
        },
    }


_NODE: dict[str, object] = {"value": {"name": "root", "weight": 1.5, "children": []}}


def _clean(_document: object) -> list[object]:
    return []
