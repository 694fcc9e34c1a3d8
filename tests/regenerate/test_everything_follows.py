"""After one edit of the contract and one run, the sandbox, the command, the demo and the pages have what is new."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from jsms_contract.operations import OPERATIONS

from .command import ROOT

ADDED = 3
"""How many operations the edit adds."""

OVER_SOCKETS = r"""
import asyncio, contextlib, io, json, os

from local_sandbox import LocalSandbox, tour
from jsms_cli.main import main
from jsms_client import AsyncJSMS, TallyReport

def jsms(*arguments):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(("api", *arguments))
    return code, out.getvalue(), err.getvalue()

def check(truth, *shown):
    assert truth, shown

with LocalSandbox() as sandbox:
    assert tour(sandbox) == 0
    keys = sandbox.credentials

    async def call():
        async with AsyncJSMS(keys.app_key, keys.master_secret, base_url=sandbox.base_url) as client:
            assert isinstance(await client.accounts.tally(day=3), TallyReport)
            assert await client.messages.delete_leaflet(12) is None
            assert (await client.messages.create_leaflet("13800138000", labels={"a": 1})).msg_id

    asyncio.run(call())
    os.environ |= {
        "JSMS_APP_KEY": keys.app_key, "JSMS_MASTER_SECRET": keys.master_secret, "JSMS_BASE_URL": sandbox.base_url
    }
    code, out, err = jsms("getTally", "--day", "3", "--json")
    check((code, err) == (0, "") and json.loads(out)["phones"] == ["13800138000"], code, out, err)
    code, out, err = jsms("getTally")
    check((code, err) == (0, "") and "138****8000" in out and "13800138000" not in out, code, out, err)
    code, out, err = jsms("get-tally", "--day", "32")
    check(code == 2 and "--day is 32; it takes from 1 to 31" in err, code, out, err)
    code, out, err = jsms("createLeaflet", "--mobile", "13800138000", "--labels", '{"a": 1}', "--json")
    check((code, err) == (0, "") and json.loads(out)["msg_id"], code, out, err)
    code, out, err = jsms("createLeaflet", "--mobile", "13800138000", "--labels", "{}", "--options", '{"speed": 2}')
    check(code == 2 and "--options.speed is 2" in err, code, out, err)
    code, out, err = jsms("deleteLeaflet", "--leaflet-id", "12")
    check((code, out, err) == (0, "", "jsms: deleteLeaflet is done.\n"), code, out, err)
    code, out, err = jsms("createLeaflet", "--help")
    words = " ".join(out.split())
    check("Takes {speed: number, urgent?: boolean, leaflet_name?: string}." in words, out)
    check("Takes {name: integer, …}." in words, out)
    check("--yes" in words, out)
"""

PAGES = """
import sys
from pathlib import Path
from documentation.pages import main
root = Path(sys.argv[1])
assert main([], root=root) == 0
assert main(["--check"], root=root) == 0
"""

REFERENCE = """
import sys
sys.path.insert(0, "scripts")
from documentation.reference import require_reference
require_reference()
"""


def test_sandbox_command_and_demo_have_the_operations_over_sockets(fork: Path, tmp_path: Path) -> None:
    done = _run(fork, OVER_SOCKETS, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    count = len(OPERATIONS) + ADDED
    assert f"{count} of {count} operations succeeded" in done.stdout


def test_the_pages_have_the_operations_and_their_number(fork: Path, tmp_path: Path) -> None:
    for name in ("README.md", "README.zh-CN.md", "overlay/jsms_client/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("images"))
    shutil.copytree(fork, tmp_path / "generated")
    done = _run(fork, PAGES, tmp_path, str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    count = len(OPERATIONS) + ADDED
    for page, words in (
        ("docs/api.md", "`jsms.accounts.tally(…)`"),
        ("README.md", f"All {count} operations"),
        ("README.zh-CN.md", f"全部 {count} 个接口"),
    ):
        assert words in (tmp_path / page).read_text(encoding="utf-8"), page


def test_the_chinese_reference_has_the_words_of_the_translated_document(fork: Path, tmp_path: Path) -> None:
    for name in ("overlay", "sandbox", "scripts", "translations"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(fork.parent / "translations" / "openapi.zh-CN.yaml", tmp_path / "translations")
    shutil.copytree(fork, tmp_path / "generated")
    done = _run(fork, REFERENCE, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def _run(fork: Path, program: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program for which the fork's packages come first."""
    paths = [fork, *(ROOT / name for name in ("overlay", "sandbox", "cli", "scripts", "tests"))]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("JSMS_", "COVERAGE_"))}
    return subprocess.run(
        [sys.executable, "-B", "-c", program, *arguments],
        cwd=folder,
        env=clean | {"PYTHONPATH": os.pathsep.join(map(str, paths)), "XDG_CONFIG_HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
