"""The output of one run."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from .command import ROOT, SMALL, python_with, tree

PACKAGES = ("jsms_api", "jsms_callbacks", "jsms_contract", "jsms_surface")


def test_the_manifest_lists_every_file_with_its_digest(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    files = tree(built)
    del files["manifest.json"]
    assert manifest["files"] == {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    assert manifest["document"]["sha256"] == hashlib.sha256(SMALL.read_bytes()).hexdigest()


def test_every_file_says_that_it_is_generated_or_the_manifest_says_it_cannot(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    assert "@generated" in manifest
    unmarked = [path for path, content in tree(built).items() if not content.startswith(b"# @generated")]
    assert sorted([*manifest["unmarked"], "manifest.json"]) == unmarked
    assert not [path for path in manifest["unmarked"] if path.endswith(".py")]


def test_the_document_itself_is_copied_byte_for_byte(built: Path) -> None:
    assert (built / "jsms_contract" / "openapi.yaml").read_bytes() == SMALL.read_bytes()


def test_every_package_has_types(built: Path) -> None:
    assert all((built / name / "py.typed").is_file() for name in PACKAGES)


def test_the_callbacks_hold_what_is_posted_and_nothing_else(built: Path) -> None:
    said = python_with(built, "import jsms_callbacks; print(jsms_callbacks.__all__)")
    assert said.stdout.strip() == "['CallbackForm', 'SmsReply']", said.stderr
    assert not (built / "jsms_api" / "models" / "callback_form.py").exists()


def test_a_callback_may_carry_more_than_the_contract_knows_and_a_number_for_a_text(built: Path) -> None:
    code = (
        "from jsms_callbacks import SmsReply\n"
        'reply = SmsReply.model_validate_json(\'{"phone": 13800138000, "replyTime": 1, "content": "T", "new": [1]}\')\n'
        "print(reply.phone, reply.reply_time, reply.model_extra)"
    )
    assert python_with(built, code).stdout.strip() == "13800138000 1 {'new': [1]}"


def test_the_second_document_is_valid_openapi_3_0_3(built: Path) -> None:
    document = built / "openapi-3.0.3.yaml"
    checked = subprocess.run(
        [sys.executable, "-m", "openapi_spec_validator", "--schema", "3.0", str(document)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_exceptions_can_be_imported_without_the_client(built: Path) -> None:
    code = (
        "import sys, jsms_contract, jsms_contract.errors\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0].startswith(('jsms', 'httpx', 'attr', 'pyd'))))"
    )
    assert python_with(built, code).stdout.strip() == (
        "['jsms_contract', 'jsms_contract.errors', 'jsms_runtime', 'jsms_runtime.errors']"
    )


def test_an_operation_brings_its_own_models_and_no_others(built: Path) -> None:
    code = (
        "import sys, jsms_api.api.codes.send_code\n"
        "print(sorted(name.rpartition('.')[2] for name in sys.modules if name.startswith('jsms_api.models.')))"
    )
    said = python_with(built, code)
    assert said.stdout.strip() == "['error_body', 'send_code_request', 'sent_message']", said.stderr


def test_models_are_found_by_name_all_the_same(built: Path) -> None:
    code = (
        "import jsms_api.models as models\n"
        "from jsms_api.models import *\n"
        "assert SentMessage is models.SentMessage and models.SentMessage(msg_id='1').to_dict() == {'msg_id': '1'}\n"
        "assert set(models.__all__) <= set(dir(models))\n"
        "try: models.Missing\n"
        "except AttributeError as error: print(error)"
    )
    said = python_with(built, code)
    assert said.stdout.strip() == "module 'jsms_api.models' has no attribute 'Missing'", said.stderr


def test_the_generated_packages_import_nothing_of_ours(built: Path) -> None:
    for path in built.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert "jsms_client" not in source, path
        assert "jsms_sandbox" not in source, path


def test_the_generated_packages_are_clean_under_mypy_strict(built: Path, tmp_path: Path) -> None:
    packages = [argument for name in PACKAGES for argument in ("-p", name)]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(tmp_path), *packages],
        cwd=built,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_what_we_write_ourselves_is_formatted_and_sorted(built: Path) -> None:
    # The formatter holds the length of lines, but for literals of the document's texts and examples.
    for check in (["format", "--check"], ["check", "--select", "I,F,E,W", "--ignore", "E501"]):
        checked = subprocess.run(
            [
                *(sys.executable, "-m", "ruff", *check, "--isolated", "--no-cache", "--line-length", "120"),
                *(str(built / "jsms_contract"), str(built / "jsms_callbacks" / "__init__.py")),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert checked.returncode == 0, checked.stdout


def test_what_is_committed_is_in_step_with_the_contract() -> None:
    checked = subprocess.run(
        [sys.executable, "-c", "from contract_tools.cli import main; raise SystemExit(main(['--check']))"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "scripts"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
