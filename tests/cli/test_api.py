"""Every operation of the contract has a command that is made from the contract: a new one needs no line here."""

from __future__ import annotations

import io
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from example_server import EXAMPLE_CREDENTIALS, ExampleServer
from jsms_cli.commands.api import PREFIX, group
from jsms_client.contract import ARGUMENTS, OPERATIONS, Argument
from jsms_sandbox.pytest_plugin import Sandbox
from servers.arguments import arguments_of
from servers.contract import load_document

from .runner import Command

MOBILE = "13800138000"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(64)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ExampleServer]:
    with ExampleServer(load_document()) as server:
        app, dev = EXAMPLE_CREDENTIALS["appAuth"], EXAMPLE_CREDENTIALS["devAuth"]
        names = ("APP_KEY", "MASTER_SECRET", "DEV_KEY", "DEV_SECRET", "BASE_URL")
        for name, value in zip(names, (*app, *dev, server.base_url), strict=True):
            monkeypatch.setenv(f"JSMS_{name}", value)
        yield server


def _typed(operation: str, folder: Path) -> list[str]:
    """Return the example of an operation as one types it."""
    arguments = {argument.name: argument for argument in ARGUMENTS[operation]}
    typed: list[str] = []
    for name, value in arguments_of(operation).items():
        typed += _option(arguments[name], value, folder)
    return typed


def _option(argument: Argument, value: object, folder: Path) -> list[str]:
    option = f"--{argument.name.replace('_', '-')}"
    if isinstance(value, bool):
        return [option if value else f"--no-{option[2:]}"]
    if isinstance(value, bytes):
        (folder / "paper.png").write_bytes(PNG)
        return [option, "paper.png"]
    return [option, json.dumps(value) if argument.type in ("array", "object") else str(value)]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_example_of_an_operation_is_sent_as_the_contract_has_it(
    operation: str, jsms: Command, server: ExampleServer, folder: Path
) -> None:
    done = jsms("api", operation, *_typed(operation, folder), "--json")
    assert (done.code, done.err) == (0, "") or (done.code, done.err) == (19, ""), done
    assert [request.operation for request in server.requests] == [operation]
    assert server.violations == []
    assert done.lines


@pytest.mark.parametrize("operation", OPERATIONS)
def test_help_has_the_summary_and_every_field_with_what_the_contract_says(operation: str, jsms: Command) -> None:
    done = jsms("api", operation, "--help")
    assert done.code == 0
    assert OPERATIONS[operation].summary in done.out
    about = {lines.split()[0]: _squeezed(lines) for lines in re.split(r"\n  (?=--)", done.out)}
    for argument in ARGUMENTS[operation]:
        option = about[f"--{argument.name.replace('_', '-')}"]
        assert _squeezed(argument.description) in option
        assert ("required]" in option) == argument.required


def _squeezed(text: str) -> str:
    """Join the lines that a terminal has wrapped."""
    return "".join(text.split())


def test_all_operations_are_listed_with_what_they_do(jsms: Command) -> None:
    listed = jsms("api", "--help").out
    for operation in OPERATIONS.values():
        assert f"  {operation.id} " in listed
    assert "Send a template SMS to one number." in listed


def test_names_may_be_written_as_the_contract_has_them_or_with_hyphens(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int
) -> None:
    for command, option in (("sendMessage", "--temp_id"), ("send-message", "--temp-id"), ("send_message", "--tempId")):
        parameters = json.dumps({"number": option})
        done = jsms("api", command, "--mobile", MOBILE, option, str(parcel), "--temp-para", parameters)
        assert (done.code, done.err) == (0, ""), done


def test_a_misspelt_operation_gets_a_suggestion(jsms: Command) -> None:
    done = jsms("api", "sendMesage")
    assert done.code == 2
    assert "Did you mean 'sendMessage'" in done.err


def test_json_comes_from_a_file_or_from_standard_input(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = json.dumps({"number": "极光"})
    (folder / "para.json").write_text(written, encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(written))
    for given in ("@para.json", "@-"):
        done = jsms("api", "sendMessage", "--mobile", MOBILE, "--temp-id", str(parcel), "--temp-para", given)
        assert (done.code, done.err) == (0, "")
    assert all("极光" in message.text for message in jsms_sandbox.messages)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{number: 1}", "--temp-para takes JSON such as '{…}', or @FILE"),
        ("[1]", "--temp-para takes an object in JSON"),
        ('{"number": NaN}', "NaN is no number"),
        ("[" * 100_000, "--temp-para takes JSON such as '{…}', or @FILE"),
        ("@none.json", "none.json cannot be read: No such file or directory"),
    ],
)
def test_what_is_no_json_is_refused_before_anything_is_sent(
    given: str, said: str, jsms: Command, jsms_sandbox: Sandbox
) -> None:
    done = jsms("api", "sendMessage", "--mobile", MOBILE, "--temp-id", "1", "--temp-para", given)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert jsms_sandbox.requests == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("sendCode --mobile 123 --temp-id 1", "--mobile"),
        ("sendCode --mobile 13800138000 --temp-id 0", "--temp-id is 0"),
        ("createTemplate --template a --type nothing", "'nothing' is none of"),
        ("sendMessageBatch --temp-id 1 --recipients [{}]", "--recipients[0]"),
        (
            "createSchedule --mobile 13800138000 --temp-id 1 --send-time tomorrow",
            "--send-time 'tomorrow' is not a time",
        ),
        ("sendCode --temp-id 1", "missing option '--mobile'"),
    ],
)
def test_an_invalid_value_is_reported_with_the_name_of_its_option(
    typed: str, said: str, jsms: Command, jsms_sandbox: Sandbox
) -> None:
    done = jsms("api", *shlex.split(typed))
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert len(done.err.splitlines()) == 1
    assert jsms_sandbox.requests == []


def test_a_value_may_be_named_as_the_contract_names_it(jsms: Command, jsms_sandbox: Sandbox) -> None:
    for given in ("notice", "NOTICE", "2"):
        saved = jsms("api", "createTemplate", "--template", "{{shop}}到了。", "--type", given, "--json").data
        assert jsms("api", "getTemplate", "--temp-id", str(saved["temp_id"]), "--json").data["type"] == 2


def test_many_recipients_are_asked_about(jsms: Command, jsms_sandbox: Sandbox, parcel: int) -> None:
    recipients = json.dumps([{"mobile": f"1380013{n:04}", "temp_para": {"number": "1"}} for n in range(11)])
    typed = ("api", "sendMessageBatch", "--temp-id", str(parcel), "--recipients", recipients)
    done = jsms(*typed)
    assert (done.code, done.out) == (22, "")
    assert "send to 11 recipients?" in done.err
    assert jsms_sandbox.requests == []
    assert jsms(*typed, "--yes").code == 0


def test_only_what_sends_or_schedules_takes_yes(jsms: Command) -> None:
    for operation in OPERATIONS.values():
        asks = operation.effect in ("sends", "schedules")
        assert ("--yes" in jsms("api", operation.id, "--help").out) == asks


def test_people_see_numbers_masked_and_machines_whole(jsms: Command, jsms_sandbox: Sandbox, parcel: int) -> None:
    typed = ("api", "sendMessageBatch", "--temp-id", str(parcel), "--recipients")
    done = jsms(*typed, json.dumps([{"mobile": MOBILE, "temp_para": {"number": "1"}}]))
    assert done.code == 0
    assert MOBILE not in done.out
    assert "138****8000" in done.out
    assert MOBILE in jsms(*typed, json.dumps([{"mobile": MOBILE, "temp_para": {"number": "2"}}]), "--json").out


def test_refused_recipients_and_a_wrong_code_have_the_exit_codes_of_the_other_commands(
    jsms: Command, jsms_sandbox: Sandbox
) -> None:
    done = jsms("api", "sendMessageBatch", "--temp-id", "9999", "--recipients", json.dumps([{"mobile": MOBILE}]))
    assert done.code in (9, 19)
    sent = jsms("api", "sendCode", "--mobile", MOBILE, "--temp-id", "1", "--json").data
    wrong = f"{(int(jsms_sandbox.wait_code(MOBILE)) + 1) % 1_000_000:06}"
    assert jsms("api", "verifyCode", "--msg-id", str(sent["msg_id"]), "--code", wrong).code == 12


def test_a_lost_response_says_what_the_effect_of_the_operation_makes_of_it(
    jsms: Command, jsms_sandbox: Sandbox
) -> None:
    jsms_sandbox.fail_next(kind="drop")
    done = jsms("api", "sendCode", "--mobile", MOBILE, "--temp-id", "1")
    assert done.code == 15
    assert "It may have been sent: do not send again" in done.err


def test_records_that_are_handed_out_once_are_shown_one_a_line(jsms: Command, jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.reply(MOBILE, "收到")
    done = jsms("api", "pollReplies")
    assert (done.code, done.err) == (0, "")
    assert "收到" in done.out
    assert MOBILE not in done.out


def test_a_deletion_says_that_it_is_done(jsms: Command, jsms_sandbox: Sandbox) -> None:
    saved = jsms("api", "createTemplate", "--template", "{{shop}}到了。", "--type", "notice", "--json").data
    done = jsms("api", "deleteTemplate", "--temp-id", str(saved["temp_id"]))
    assert (done.code, done.out, done.err) == (0, "", "jsms: deleteTemplate is done.\n")


def test_a_secret_may_come_from_the_environment(
    jsms: Command, jsms_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = jsms("api", "sendCode", "--mobile", MOBILE, "--temp-id", "1", "--json").data
    monkeypatch.setenv("JSMS_CODE", jsms_sandbox.wait_code(MOBILE))
    assert jsms("api", "verifyCode", "--msg-id", str(sent["msg_id"])).code == 0


def test_an_option_of_the_command_is_never_taken_for_a_field() -> None:
    tree = group()
    for name in tree.commands:
        options = [option for parameter in tree.commands[name].params for option in parameter.opts]
        assert len(options) == len(set(options)), name
        assert all(parameter.name for parameter in tree.commands[name].params), PREFIX
