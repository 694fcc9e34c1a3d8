"""Every block of code of the documentation runs, or is checked as far as it can be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engines.fixtures import Started
from jsms_client import JSMS
from jsms_sandbox.pytest_plugin import SandboxServer

from .code_blocks import PageRun
from .markdown import READMES, ROOT, blocks

ELSEWHERE = {
    "docs/portability.md": "scripts/portability compiles and runs each client",
    "docs/sandbox.md": "tests/sandbox_api/test_documentation.py runs its commands as they stand",
    "docs/sandbox-errors.md": "tests/sandbox provokes each code",
}
PAGES = [
    page
    for page in (READMES[0], ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md")))
    if not page.stem.endswith("zh-CN") and str(page.relative_to(ROOT)) not in ELSEWHERE and blocks(page)
]


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer(strict=True) as server:
        yield server


@pytest.mark.timeout(180)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_of_a_page_runs(
    page: Path, server: SandboxServer, started_engines: Started, tmp_path: Path
) -> None:
    def database(address: str) -> str:
        """Return a local address in place of a made-up one."""
        _, _, query = address.partition("?")
        return f"{started_engines.address('PostgreSQL', tmp_path)}?{query}" if query else str(tmp_path / "store.db")

    with server.new_app(page.stem) as sandbox:
        with JSMS(**sandbox.settings) as jsms:
            jsms.messages.send("13700137000", temp_id=1250, temp_para={"number": "1"})  # what a poll has a report of
        sandbox.clock.advance(60)
        run = PageRun(page, tmp_path, sandbox, database)
        run.run()
    assert run.wrong == []
