"""Send to many: from a file, and only after a question."""

from __future__ import annotations

from pathlib import Path

import pytest

from jsms_sandbox.pytest_plugin import Sandbox

from .runner import Command

NUMBERS = tuple(f"1380013{place:04}" for place in range(12))


def write_list(folder: Path, *rows: str, encoding: str = "utf-8") -> str:
    path = folder / "members.csv"
    path.write_text("\n".join(("手机号,number", *rows)), encoding=encoding)
    return str(path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_file_brings_numbers_and_parameters(
    encoding: str, jsms: Command, jsms_sandbox: Sandbox, parcel: int, folder: Path
) -> None:
    path = write_list(folder, f"{NUMBERS[0]},甲一", f"+86 {NUMBERS[1]},乙二", encoding=encoding)
    assert jsms("batch", "send", "--from", path, "--temp-id", str(parcel), "--json").data["success_count"] == 2
    jsms_sandbox.assert_sent(NUMBERS[0], text="包裹甲一", count=1)
    jsms_sandbox.assert_sent(NUMBERS[1], text="包裹乙二", count=1)


def test_a_bad_line_is_named_and_nothing_is_sent(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int, folder: Path
) -> None:
    path = write_list(folder, f"{NUMBERS[0]},A", "138,B")
    done = jsms("batch", "send", "--from", path, "--temp-id", str(parcel))
    assert (done.code, done.out) == (2, "")
    assert f"{path} cannot be sent to as it is: line 3: " in done.err
    assert jsms_sandbox.requests == []


def test_a_file_that_is_not_there_is_named(jsms: Command, jsms_sandbox: Sandbox, folder: Path) -> None:
    done = jsms("batch", "send", "--from", str(folder / "none.csv"), "--temp-id", "9")
    assert done.code == 20
    assert "none.csv cannot be read" in done.err


def test_more_than_a_request_carries_is_left_to_a_campaign(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int, folder: Path
) -> None:
    path = write_list(folder, *(f"1380013{place:04},A" for place in range(1_001)))
    done = jsms("batch", "send", "--from", path, "--temp-id", str(parcel), "--yes")
    assert done.code == 2
    assert "jsms campaign send" in done.err


def test_many_are_not_sent_to_without_a_terminal_to_ask_on(jsms: Command, jsms_sandbox: Sandbox, parcel: int) -> None:
    done = jsms("batch", "send", *NUMBERS, "--temp-id", str(parcel), "-p", "number=1")
    assert (done.code, done.out) == (22, "")
    assert done.err == ("jsms: send to 12 recipients? There is no terminal to ask on: give --yes. Nothing was sent.\n")
    assert jsms_sandbox.requests == []


def test_many_are_sent_to_where_that_was_said_beforehand(jsms: Command, jsms_sandbox: Sandbox, parcel: int) -> None:
    done = jsms("batch", "send", *NUMBERS, "--temp-id", str(parcel), "-p", "number=1", "--yes", "--json")
    assert done.data["success_count"] == len(NUMBERS)


def test_a_line_without_a_value_for_a_variable_is_named_and_nothing_is_sent(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int, folder: Path
) -> None:
    path = write_list(folder, f"{NUMBERS[0]},A", f"{NUMBERS[1]},")
    for command in (("batch", "send"), ("schedule", "create-batch", "--at", "2030-07-01 09:00")):
        done = jsms(*command, "--from", path, "--temp-id", str(parcel))
        assert (done.code, done.out) == (2, "")
        assert f"template {parcel} needs values that are missing; nothing was sent (line 3: number)" in done.err
    assert {request.operation for request in jsms_sandbox.requests} == {"getTemplate"}


def test_a_template_that_cannot_be_looked_up_is_left_to_the_service(
    jsms: Command, jsms_sandbox: Sandbox, folder: Path
) -> None:
    path = write_list(folder, f"{NUMBERS[0]},A")
    done = jsms("batch", "send", "--from", path, "--temp-id", "999999")
    assert done.code in (9, 19)
    assert jsms_sandbox.requests[-1].operation == "sendMessageBatch"
