"""One small document, generated once, for every test of the command."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from .command import SMALL, run
from .maintainer import copy_contract, edit


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generate the small document into an empty folder; tests must not change it."""
    output = tmp_path_factory.mktemp("built") / "out"
    output.mkdir()
    assert run(SMALL, "--output", output) == 0
    return output


@pytest.fixture(scope="session")
def fork(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generate the changed contract into a folder."""
    folder = tmp_path_factory.mktemp("fork")
    copy_contract(folder)
    edit(folder)
    assert run(folder / "openapi.yaml", "--output", folder / "made") == 0
    return folder / "made"


@pytest.fixture
def output(built: Path, tmp_path: Path) -> Iterator[Path]:
    """Provide a copy of what was generated, to be changed."""
    copy = tmp_path / "out"
    shutil.copytree(built, copy)
    yield copy
    assert not list(tmp_path.glob(".out.*")), "something was left beside the folder"
