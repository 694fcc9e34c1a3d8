"""The steps of the image, by hand: what Docker would run is run in a folder."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from distribution.conftest import build
from jsms_sandbox.options import command
from jsms_sandbox.settings import DEFAULT_PORT

from .image import copy_context, environment, instructions

HOME = "/opt/jsms-sandbox"


def test_it_exposes_the_port_of_the_sandbox() -> None:
    assert [each.text for each in instructions() if each.name == "EXPOSE"] == [str(DEFAULT_PORT)]


def test_its_variables_are_options_of_the_sandbox() -> None:
    options = {str(getattr(each, "envvar", None)) for each in command("jsms-sandbox").params}
    assert {name for name in environment() if name.startswith("JSMS_")} <= options


def test_it_does_not_run_as_root() -> None:
    users = [each.text for each in instructions() if each.name == "USER"]
    assert len(users) == 1
    assert int(users[0]) > 0


def test_what_the_build_gets_is_enough_for_it(tmp_path: Path) -> None:
    copy_context(tmp_path / "context")
    build(tmp_path / "context", tmp_path / "dist", "--wheel")
    assert len(list((tmp_path / "dist").glob("*.whl"))) == 1
    assert (tmp_path / "context" / "requirements" / "dev.txt").exists()


@pytest.mark.skipif("JSMS_COMPLETE" not in os.environ, reason="left to --complete: pip takes half a minute")
@pytest.mark.timeout(300)
def test_its_steps_make_a_sandbox_that_is_healthy(tmp_path: Path) -> None:
    context, home = tmp_path / "context", tmp_path / "home"
    copy_context(context)
    steps = [each.text for each in instructions() if each.name == "RUN" and HOME in each.text]
    assert len(steps) == 1
    step = steps[0].replace(HOME, shlex.quote(str(home))).replace("python -m venv", f"{sys.executable} -m venv")
    done = subprocess.run(["bash", "-euc", step], cwd=context, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (entry,) = (each.words() for each in instructions() if each.name == "ENTRYPOINT")
    (health,) = (each.words() for each in instructions() if each.name == "HEALTHCHECK")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    path = environment()["PATH"].replace(HOME, str(home)).replace("$PATH", os.defpath)
    # On this machine alone, and on a free port.
    variables = environment() | {"PATH": path, "JSMS_SANDBOX_HOST": "127.0.0.1", "JSMS_SANDBOX_PORT": port}
    with subprocess.Popen([home / "bin" / entry[0], *entry[1:]], env=variables, cwd=tmp_path) as running:
        try:
            waiting = subprocess.run(
                [home / "bin" / health[0], *health[1:], "--wait", "60"], env=variables, check=False, timeout=90
            )
            assert waiting.returncode == 0
            assert httpx.get(f"http://127.0.0.1:{port}/_sandbox/api/info", trust_env=False).status_code == 200
        finally:
            running.terminate()
        assert running.wait(30) == 0
    assert subprocess.run([home / "bin" / health[0], *health[1:]], env=variables, check=False).returncode == 1
