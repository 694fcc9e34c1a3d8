"""The READMEs: their code runs, their numbers are right, their links work, and both languages agree."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from example_server import EXAMPLE_CREDENTIALS, ExampleServer
from jsms_client import RetryPolicy, Timeouts, errors
from jsms_contract.operations import OPERATIONS

from .markdown import READMES, ROOT, Block, blocks, headings, in_both_languages, prose

CONTRACT = ROOT / "generated" / "jsms_contract" / "openapi.json"
PROGRAMS = [
    pytest.param(page, block, id=f"{page.name}:{block.line}")
    for page in READMES[:1]  # the other one has the same code
    for block in blocks(page)
    if block.language == "python" and "def test_" not in block.code
]
UNTYPED = ("portability",)
"""Its programs import what their recipes generate."""
PAGES = sorted({*READMES, *ROOT.glob("*.md"), *ROOT.glob("docs/*.md")})


@pytest.fixture
def server() -> Iterator[ExampleServer]:
    with ExampleServer(json.loads(CONTRACT.read_bytes())) as server:
        yield server


@pytest.mark.parametrize(("page", "block"), PROGRAMS)
def test_every_program_runs_as_it_stands(page: Path, block: Block, server: ExampleServer, tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_text(
        "mobile,number,code\n13800138000,741627,1\n13800138001,741628,2\n", encoding="utf-8"
    )
    key, secret = EXAMPLE_CREDENTIALS["appAuth"]
    settings = {"JSMS_APP_KEY": key, "JSMS_MASTER_SECRET": secret, "JSMS_BASE_URL": server.base_url}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", block.code],
        cwd=tmp_path,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert server.violations == []
    calls = re.findall(r"\bjsms\.[a-z]+\.([a-z_]+)\(", block.code)
    assert len(server.requests) >= len(calls)


def test_every_program_is_also_right_for_a_type_checker(tmp_path: Path) -> None:
    for page in (READMES[0], *sorted(ROOT.glob("docs/*.md"))):
        for block in blocks(page):
            if block.language == "python" and not page.stem.endswith("zh-CN") and page.stem not in UNTYPED:
                name = block.title or f"{page.stem.replace('-', '_')}_{block.line}.py"
                (tmp_path / name).write_text(block.code, encoding="utf-8")
    packages, untyped = ("overlay", "generated", "sandbox"), ("--disable-error-code", "import-untyped")  # vcrpy
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--scripts-are-modules", *untyped, str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"MYPYPATH": os.pathsep.join(str(ROOT / each) for each in packages)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_first_send_takes_ten_lines(server: ExampleServer) -> None:
    first = next(block for block in blocks(READMES[0]) if block.language == "python")
    assert len(first.code.strip().splitlines()) <= 10


def test_both_languages_have_the_same_headings_and_the_same_code() -> None:
    english, chinese = READMES
    assert headings(english) == headings(chinese)
    assert [block.without_comments() for block in blocks(english)] == [
        block.without_comments() for block in blocks(chinese)
    ]


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_the_number_of_operations_is_that_of_the_contract(page: Path) -> None:
    assert re.findall(r"(\d+) (?:operations|个接口)", prose(page))[0] == str(len(OPERATIONS))


@pytest.mark.parametrize("page", in_both_languages("production"), ids=lambda page: page.name)
def test_the_numbers_are_those_of_the_code(page: Path) -> None:
    text, limits, retry = prose(page), Timeouts(), RetryPolicy()
    limited = {name: getattr(limits, name) for name in ("connect", "read", "write", "pool")}
    assert ", ".join(f"{name} {seconds:g} s" for name, seconds in limited.items()) in text
    for number, unit in ((retry.attempts, "times|次"), (retry.backoff, "s"), (retry.max_backoff, "s")):
        assert re.search(rf"(?<![\d.]){number:g} (?:{unit})", text), number


@pytest.mark.parametrize("page", in_both_languages("failures"), ids=lambda page: page.name)
def test_every_exception_named_exists(page: Path) -> None:
    named = set(re.findall(r"`(\w+Error)`", page.read_text(encoding="utf-8")))
    assert len(named) > 10
    assert [name for name in sorted(named) if not hasattr(errors, name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_script_named_exists_and_can_be_run(page: Path) -> None:
    named = set(re.findall(r"(?:\./)?(scripts/\w+|\.ci/run)(?![\w/])", page.read_text(encoding="utf-8")))
    assert [name for name in sorted(named) if not (ROOT / name).is_dir() and not os.access(ROOT / name, os.X_OK)] == []


def test_every_public_name_of_the_readme_is_imported_from_where_it_is_public() -> None:
    for block in blocks(READMES[0]):
        if block.language != "python":
            continue
        for node in ast.walk(ast.parse(block.code)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("jsms_client"):
                assert not any(part.startswith("_") for part in (node.module or "").split("."))
