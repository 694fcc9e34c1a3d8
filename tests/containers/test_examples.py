"""The examples that start the image: their ports, keys and variables are the sandbox's, and they compile."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from jsms_sandbox.options import command
from jsms_sandbox.settings import DEFAULT_PORT, Credentials

from .image import ROOT

EXAMPLES = ROOT / "examples" / "containers"
FILES = [
    ROOT / ".devcontainer" / "devcontainer.json",
    ROOT / "sandbox" / "compose.yaml",
    *(path for path in sorted(EXAMPLES.rglob("*")) if path.name in ("github-actions.yml", "gitlab-ci.yml")),
    *(path for path in sorted(EXAMPLES.rglob("*")) if path.name in ("SandboxTest.java", "sandbox_test.go")),
    EXAMPLES / "node" / "sandbox.test.ts",
]
BUILDS = {
    "java": ["mvn", "-q", "-B", "test-compile"],
    "go": ["go", "vet", "-mod=mod", "./..."],
    "node": ["bash", "-euc", "npm install --no-audit --no-fund --ignore-scripts --no-package-lock && npm run check"],
}


def test_there_is_an_example_of_each_kind() -> None:
    assert len(FILES) == 7


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_names_the_sandbox_s_port_keys_and_variables(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert str(DEFAULT_PORT) in text
    assert set(re.findall(r"\b[0-9a-f]{24}\b", text)) <= {
        Credentials().app_key,
        Credentials().master_secret,
    }
    options = {str(getattr(each, "envvar", None)) for each in command("jsms-sandbox").params}
    assert set(re.findall(r"JSMS_SANDBOX_[A-Z_]+", text)) <= options


@pytest.mark.skipif("JSMS_COMPLETE" not in os.environ, reason="left to --complete: it downloads Testcontainers")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", BUILDS)
def test_it_compiles(language: str, tmp_path: Path) -> None:
    build = BUILDS[language]
    if shutil.which({"node": "npm"}.get(language, build[0])) is None:
        pytest.skip(f"{language} is not installed")
    shutil.copytree(EXAMPLES / language, tmp_path / language)
    done = subprocess.run(build, cwd=tmp_path / language, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
