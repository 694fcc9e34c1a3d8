"""A document without what handwritten code is written for: refused, or said, before anything is generated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contract_tools.client_requirements import NAME_FIELDS, NAME_OPERATIONS, missing_names, operations_of_client
from contract_tools.conversions import as_yaml
from contract_tools.document import load
from contract_tools.emit.model import Surface
from jsms_contract.operations import OPERATIONS

from .command import ROOT, run

DATA = load(ROOT / "openapi.yaml").data
CUSTOMISED = {"verifyCode": "AsyncCodes", "pollReports": "AsyncReceipts", "pollReplies": "AsyncReceipts"}
METHODS = "overlay/jsms_client/_async/customised.py"


def _contract() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(json.dumps(DATA))
    return data


def _operation(data: dict[str, Any], name: str) -> tuple[str, str]:
    return next(
        (path, method)
        for path, methods in data["paths"].items()
        for method, operation in methods.items()
        if isinstance(operation, dict) and OPERATIONS[name].path == path and OPERATIONS[name].method.lower() == method
    )


def _removed(*names: str) -> dict[str, Any]:
    data = _contract()
    for name in names:
        path, method = _operation(data, name)
        del data["paths"][path][method]
        if not data["paths"][path]:
            del data["paths"][path]
    return data


def _changed(name: str, **changes: object) -> dict[str, Any]:
    data = _contract()
    path, method = _operation(data, name)
    data["paths"][path][method].update(changes)
    return data


def _refused(data: dict[str, Any]) -> list[str]:
    return [each.message for each in missing_names(Surface(data)) if each.message.startswith("overlay/")]


def test_what_names_a_part_that_is_gone_is_named() -> None:
    data = _removed("pollReplies", "createScheduleBatch")
    path, method = _operation(data, "pollReports")
    data["paths"][path][method]["x-resource"] = "others"
    schemas = data["components"]["schemas"]
    del schemas["Verification"]["properties"]["error"], schemas["SignForm"]["properties"]["sign"]["maxLength"]
    schemas["TemplateType"]["x-enum-varnames"][1] = "OTHER"
    renamed = json.dumps(data)
    for name in ("voice_lang", "failure_recipients"):
        renamed = renamed.replace(f'"{name}": {{', f'"new_{name}": {{')
    assert [each.message for each in missing_names(Surface(json.loads(renamed)))] == [
        "overlay/jsms_runtime/customised.py: Verification has no field error",
        "overlay/jsms_client/_async/customised.py: AsyncReceipts is no resource",
        "overlay/jsms_client/_async/customised.py: AsyncReceipts customises pollReports, which is on Others",
        "overlay/jsms_client/_async/customised.py: pollReplies is no operation",
        "overlay/jsms_client/campaigns/_options.py: createScheduleBatch is no operation",
        "cli/jsms_cli/commands/receipts.py: pollReplies is no operation",
        "cli/jsms_cli/commands/schedules.py: createScheduleBatch is no operation",
        "sandbox/jsms_sandbox/service/operations/__init__.py: createScheduleBatch is no operation",
        "sandbox/jsms_sandbox/service/operations/__init__.py: pollReplies is no operation",
        "sandbox/jsms_sandbox/conformance.py: pollReplies is no operation",
        "overlay/jsms_client/campaigns/_journal/batches.py: failure_recipients is no field",
        "sandbox/jsms_sandbox/service/operations/codes.py: voice_lang is no field",
        "overlay/jsms_client/campaigns/_estimate.py: SIGN_FORM_SIGN_MAX_LENGTH is not in jsms_contract.limits",
        "sandbox/jsms_sandbox/admin/resources/messages.py: TEMPLATE_TYPE_NOTICE is not in jsms_contract.values",
        "sandbox/jsms_sandbox/service/composing.py: TEMPLATE_TYPE_NOTICE is not in jsms_contract.values",
        "sandbox/jsms_sandbox/state/rate_limits.py: TEMPLATE_TYPE_NOTICE is not in jsms_contract.values",
        "sandbox/jsms_sandbox/state/state.py: TEMPLATE_TYPE_NOTICE is not in jsms_contract.values",
    ]


def test_nothing_of_the_contract_is_gone() -> None:
    assert all([*ROOT.glob(pattern)] for pattern in (*NAME_OPERATIONS, *NAME_FIELDS))
    assert missing_names(Surface(DATA)) == []
    assert {*CUSTOMISED} < operations_of_client()


@pytest.mark.parametrize("name", sorted(operations_of_client()))
def test_an_operation_that_the_client_needs_is_missed_where_it_is_removed_or_renamed(name: str) -> None:
    for data in (_removed(name), _changed(name, operationId="newName")):
        assert any(line.endswith(f": {name} is no operation") for line in _refused(data))


@pytest.mark.parametrize("change", [{"tags": ["messages"]}, {"x-resource": "others"}], ids=["tag", "x-resource"])
@pytest.mark.parametrize("name", CUSTOMISED)
def test_a_customised_operation_on_another_resource_is_missed_with_its_place(
    name: str, change: dict[str, object]
) -> None:
    data = _changed(name, **change)
    found = next(
        each for each in missing_names(Surface(data)) if f"{CUSTOMISED[name]} customises {name}" in each.message
    )
    assert found.message.startswith(METHODS)
    assert found.pointer.endswith(next(iter(change)))
    assert found.remedy.startswith(f"keep it on {CUSTOMISED[name].removeprefix('Async')}, ")


def test_a_resource_without_operations_is_missed() -> None:
    assert f"{METHODS}: AsyncReceipts is no resource" in _refused(_removed("pollReports", "pollReplies"))


def test_a_result_or_a_code_that_the_client_imports_is_missed_where_it_has_another_name() -> None:
    renamed = json.loads(json.dumps(DATA).replace('schemas/DeliveryReport"', 'schemas/Delivery"'))
    renamed["components"]["schemas"]["Delivery"] = renamed["components"]["schemas"].pop("DeliveryReport")
    assert f"{METHODS}: read_delivery_report is not in jsms_surface.results.receipts" in _refused(renamed)
    data = _contract()
    data["x-error-codes"]["50010"]["name"] = "OTHER_CODE"
    assert f"{METHODS}: InvalidCodeError is not in jsms_client.errors" in _refused(data)


def test_what_the_command_and_the_sandbox_alone_need_is_no_reason_to_refuse_a_fork() -> None:
    others = OPERATIONS.keys() - operations_of_client()
    found = missing_names(Surface(_removed(*others)))
    assert [each.message for each in found if each.message.startswith("overlay/")] == []
    # Of an operation that no command and no behaviour is written for, there is nothing to say.
    assert {each.message.partition(": ")[2] for each in found} >= {
        f"{name} is no operation" for name in ("createSign", "createTemplate")
    }


def _written(data: dict[str, Any], folder: Path) -> Path:
    path = folder / "fork.yaml"
    path.write_text(as_yaml(data), encoding="utf-8")
    return path


def test_a_run_refuses_a_fork_with_line_and_remedy_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = _changed("verifyCode", tags=["messages"])
    path = _written(data, tmp_path)
    before = path.read_bytes()
    assert run(path, "--output", tmp_path / "made") == 1
    said = capsys.readouterr().err
    lines = before.decode().splitlines()
    line = next(
        number
        for number, text in enumerate(lines, 1)
        if number > lines.index("      operationId: verifyCode") and text.strip().startswith("tags:")
    )
    place = "#/paths/~1codes~1{msg_id}~1valid/post/tags"
    assert (
        f"fork.yaml:{line}: {place}: {METHODS}: AsyncCodes customises verifyCode, which is on Messages. Fix: " in said
    )
    # The path is shown as it is seen from the current folder.
    end = said.splitlines()[-1]
    assert (end.startswith("1 problem in "), end.endswith("fork.yaml; nothing was generated.")) == (True, True)
    assert (path.read_bytes(), (tmp_path / "made").exists()) == (before, False)


def test_a_run_makes_a_fork_and_says_which_commands_do_not_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _written(_removed("createTemplate"), tmp_path)
    assert run(path, "--output", tmp_path / "made") == 0
    said = capsys.readouterr().out.splitlines()
    words = "createTemplate is no operation; what needs it there does not work"
    assert f"  cli/jsms_cli/commands/templates.py: {words}" in said
    assert not [line for line in said if "  scripts/" in line or "  overlay/" in line]
