"""A command loads only what it needs: --help is fast."""

from __future__ import annotations

import subprocess
import sys

from .runner import environment

HEAVY = {
    "httpx",
    "jsms_client.errors",
    "attr",
    "rich",
    "pydantic",
    "jsms_api",
    "jsms_sandbox",
    "jsms_callbacks",
    "asyncio",
    "starlette",
}


def loaded_by(*arguments: str) -> set[str]:
    code = "import sys; from jsms_cli.main import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment(), capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


def test_help_loads_nothing_that_takes_long() -> None:
    assert HEAVY & loaded_by("--help") == set()


def test_the_contract_is_printed_without_a_client() -> None:
    assert HEAVY & loaded_by("spec", "--json") == set()
