"""The number of files on the route of one call, as in ARCHITECTURE.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from benchmarks.routes import ROUTES, Route

REPOSITORY = Path(__file__).parents[2]
# Not higher without a reason: a reader has to follow them.
MOST = {"codes.send": (12, 22), "campaigns.send": (28, 100), "POST /v1/messages in the sandbox": (19, 60)}


@pytest.fixture(scope="module", params=ROUTES)
def counted(request: pytest.FixtureRequest) -> tuple[str, Route]:
    name: str = request.param
    return name, ROUTES[name]()


def test_a_call_runs_through_few_files(counted: tuple[str, Route]) -> None:
    name, route = counted
    files, changes = MOST[name]
    assert len(route.files) <= files, route.files
    assert route.changes <= changes


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "ARCHITECTURE.zh-CN.md"])
def test_the_page_has_the_figures_of_now(counted: tuple[str, Route], page: str) -> None:
    name, route = counted
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    said = re.search(rf"^### `{re.escape(name)}`\W+(\d+)\D+(\d+)", text, re.MULTILINE)
    assert said is not None
    assert int(said[1]) == len(route.files), route.files
    # Where threads meet may differ a little.
    assert int(said[2]) == pytest.approx(route.changes, abs=5)
