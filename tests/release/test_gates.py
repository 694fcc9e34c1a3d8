"""The gates of a release fail where they should."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from contract_tools.changes.revisions import package_version
from releasing import IN_SDIST, ROOT, SANDBOX_FILE, GateError, launch, run, sandbox, try_sandbox_file


def test_a_tool_that_fails_is_quoted() -> None:
    with pytest.raises(GateError, match="(?s)failed:.*no such thing"):
        run([sys.executable, "-c", "raise SystemExit('no such thing')"])


def test_a_tool_that_is_missing_is_named() -> None:
    with pytest.raises(GateError, match="no-such-tool is not installed: start this with scripts/release"):
        run(["no-such-tool"])


def test_a_tool_that_hangs_is_ended() -> None:
    with pytest.raises(GateError, match="did not end within"):
        run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.2)


def test_tools_do_not_get_the_callers_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSMS_APP_KEY", "theirs")
    monkeypatch.setenv("PYTHONPATH", "/theirs")
    seen = json.loads(run([sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"]))
    assert not {"JSMS_APP_KEY", "PYTHONPATH"} & set(seen)


def test_a_sandbox_that_does_not_start_is_a_failure(tmp_path: Path) -> None:
    program = [sys.executable, "-c", "raise SystemExit('broken')"]
    with pytest.raises(GateError, match="(?s)did not start:.*broken"), sandbox(program, tmp_path):
        pass


def test_a_sandbox_that_does_not_stop_cleanly_is_a_failure(tmp_path: Path) -> None:
    program = "import sys; from jsms_sandbox.cli import main; main(); sys.exit(3)"
    with (
        pytest.raises(GateError, match="ended with 3"),
        sandbox([sys.executable, "-c", program], tmp_path) as facts,
    ):
        assert facts["base_url"].startswith("http://127.0.0.1:")


def test_a_single_file_that_is_broken_is_a_failure(tmp_path: Path) -> None:
    broken = tmp_path / SANDBOX_FILE
    broken.write_text("raise SystemExit('broken')")
    with pytest.raises(GateError, match="(?s)did not start:.*broken"):
        try_sandbox_file(broken, tmp_path)


def test_the_source_archive_names_folders_that_are_there() -> None:
    assert [name for name in IN_SDIST if not (ROOT / name).is_dir()] == []


def test_the_version_is_the_packages_own() -> None:
    import jsms_client

    assert package_version(ROOT) == jsms_client.__version__


def test_help_says_that_nothing_is_uploaded(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        launch(["--help"])
    assert "Nothing is uploaded." in " ".join(capsys.readouterr().out.split())
