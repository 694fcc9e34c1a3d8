"""One built site for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from website import build

from .built_site import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("docs") / "site"
    build(folder)
    return Site(folder)


@pytest.fixture(scope="session")
def folder(site: Site) -> Path:
    return site.folder
