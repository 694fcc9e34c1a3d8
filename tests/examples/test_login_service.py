"""The login service in examples/, by its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SERVICE = Path(__file__).parents[2] / "examples" / "login_service"


def test_the_login_service_passes_its_own_tests() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("JSMS_", "COV", "PYTEST"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"],
        cwd=SERVICE,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
