"""Import rules that import-linter cannot express."""

from __future__ import annotations

import tomllib
from pathlib import Path

import grimp
import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("jsms_cli", "jsms_client", "jsms_contract", "jsms_runtime", "jsms_sandbox", "jsms_surface")
# A client makes its resources, and a campaign uses the client's other resources.
CLIENT_AND_RESOURCES = ({"jsms_client._async.campaigns", "jsms_client._async.client"},)
DOCUMENTED = {"callbacks", "campaigns", "contract", "errors", "masking", "results", "store"}
USED_BY_CAMPAIGNS = {"_concurrency", "_decode", "errors", "results", "store"}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    # With imports in functions, and those for type checkers alone.
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def test_no_modules_import_each_other_but_the_client_and_its_resources(graph: grimp.ImportGraph) -> None:
    found = [cycle for cycle in cycles(graph) if not any("_sync" in module for module in cycle)]
    assert found == list(CLIENT_AND_RESOURCES)


def test_what_is_not_documented_is_private(graph: grimp.ImportGraph) -> None:
    modules = graph.find_descendants("jsms_client")
    assert {module for module in modules if "._" not in module} <= {f"jsms_client.{name}" for name in DOCUMENTED}


def test_the_contract_for_campaigns_names_every_other_module(graph: grimp.ImportGraph) -> None:
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (room,) = (each for each in contracts if each.get("source_modules") == ["jsms_client.campaigns"])
    siblings = {module.removeprefix("jsms_client.") for module in graph.find_children("jsms_client")}
    forbidden = {module.removeprefix("jsms_client.") for module in room["forbidden_modules"]}
    assert forbidden == siblings - USED_BY_CAMPAIGNS - {"campaigns"}


def cycles(graph: grimp.ImportGraph) -> list[set[str]]:
    """Find groups of modules that import each other, directly or through others."""
    reached = {module: graph.find_upstream_modules(module) for module in graph.modules}
    groups = {frozenset(other for other in up if module in reached[other]) | {module} for module, up in reached.items()}
    return [set(group) for group in groups if len(group) > 1]
