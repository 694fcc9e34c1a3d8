"""What GitHub reads: workflows, issue forms, Dependabot. Schemas and linters check the rest in scripts/release."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from ruamel.yaml import YAML

from releasing import ROOT

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml"))


def read(path: Path) -> Mapping[str, Any]:
    reader: Any = YAML(typ="safe", pure=True)
    return cast("Mapping[str, Any]", reader.load(path))


def jobs() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in WORKFLOWS:
        for name, job in read(path)["jobs"].items():
            yield f"{path.name}: {name}", job


def steps() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, job in jobs():
        for step in job["steps"]:
            yield name, step


def test_each_purpose_has_its_workflow() -> None:
    assert [path.stem for path in WORKFLOWS] == ["docs", "release", "tests"]


def test_every_action_is_pinned_by_commit_with_its_version_beside_it() -> None:
    lines = [line.strip() for path in WORKFLOWS for line in path.read_text(encoding="utf-8").splitlines()]
    used = [line for line in lines if re.match(r"(- )?uses:", line)]
    assert len(used) >= 10
    assert [line for line in used if not re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)] == []


def test_one_action_has_one_version() -> None:
    pins: dict[str, set[str]] = {}
    for _, step in steps():
        if "uses" in step:
            name, _, commit = step["uses"].partition("@")
            pins.setdefault(name, set()).add(commit)
    assert {name for name, commits in pins.items() if len(commits) > 1} == set()


def test_every_job_has_a_time_limit_and_reads_alone_unless_it_says_so() -> None:
    assert [name for name, job in jobs() if "timeout-minutes" not in job] == []
    assert [path.name for path in WORKFLOWS if read(path)["permissions"] != {"contents": "read"}] == []


def test_no_checkout_keeps_its_credentials() -> None:
    checkouts = [step for _, step in steps() if str(step.get("uses", "")).startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_every_script_that_a_step_runs_is_there() -> None:
    run = [word for _, step in steps() for word in re.findall(r"(?:\./scripts/\w+|\.ci/\w+)", str(step.get("run", "")))]
    assert {".ci/run", "./scripts/test", "./scripts/site", "./scripts/release"} <= set(run)
    assert [name for name in run if not (ROOT / name).exists()] == []


def test_the_supported_pythons_are_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [word.rpartition(" ")[2] for word in project["classifiers"] if re.search(r":: 3\.\d+$", word)]
    assert read(GITHUB / "workflows" / "tests.yml")["jobs"]["quick"]["strategy"]["matrix"]["python"] == named


def test_only_the_job_that_uploads_can_publish() -> None:
    release = read(GITHUB / "workflows" / "release.yml")["jobs"]
    publishing = [
        name for name, job in release.items() if any("pypi-publish" in str(step.get("uses")) for step in job["steps"])
    ]
    assert publishing == ["publish"]
    assert release["publish"]["permissions"] == {"id-token": "write"}
    assert release["publish"]["environment"] == "release"
    assert [name for name, job in release.items() if name != "build" and "needs" not in job] == []


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_an_issue_form_has_a_chinese_edition_that_asks_the_same(path: Path) -> None:
    if path.name == "config.yml":
        pytest.skip("no form")
    english = path.name.replace(".zh-CN", "")
    forms = [read(path.with_name(name)) for name in (english, english.replace(".yml", ".zh-CN.yml"))]
    asked = [[(part["type"], part.get("id"), part.get("validations")) for part in form["body"]] for form in forms]
    assert asked[0] == asked[1]


def test_dependabot_looks_at_actions_requirements_and_the_image() -> None:
    updates = read(GITHUB / "dependabot.yml")["updates"]
    assert [each["package-ecosystem"] for each in updates] == ["github-actions", "pip", "docker"]
    assert [each["directory"] for each in updates if not (ROOT / each["directory"].strip("/")).is_dir()] == []


def test_hooks_run_what_the_project_has() -> None:
    hooks = [hook for repo in read(ROOT / ".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]]
    assert {repo["repo"] for repo in read(ROOT / ".pre-commit-config.yaml")["repos"]} == {"local"}
    scripts = [word for hook in hooks for word in hook["entry"].split() if word.startswith("scripts/")]
    assert [name for name in scripts if not (ROOT / name).exists()] == []
