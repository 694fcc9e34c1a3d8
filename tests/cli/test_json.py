"""With --json, standard output and standard error hold JSON objects."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from jsms_cli.tree import command
from jsms_sandbox.pytest_plugin import Sandbox

from .runner import Command, Done, environment

MOBILE = "13800138000"
ITSELF = ("sandbox",)
"""Commands with a command line of their own, and their own --json."""


def leaves(node: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    below: dict[str, object] = getattr(node, "commands", {})
    if not below:
        yield path, node
    for name, each in below.items():
        yield from leaves(each, (*path, name))


COMMANDS = dict(leaves(command()))


def notes(done: Done) -> list[dict[str, object]]:
    """Return the objects on standard error."""
    return [json.loads(line) for line in done.err.splitlines()]


def error_of(done: Done) -> dict[str, object]:
    assert done.out == ""
    (only,) = notes(done)
    assert isinstance(only["error"], dict)
    error = cast("dict[str, object]", only["error"])
    assert error["exit_code"] == done.code
    return error


def test_there_are_commands() -> None:
    assert len(COMMANDS) > 50
    assert {("balance",), ("campaign", "send"), ("api", "sendCode")} <= set(COMMANDS)


def test_every_command_has_the_option() -> None:
    options = {
        path: [name for each in getattr(node, "params", ()) for name in each.opts] for path, node in COMMANDS.items()
    }
    assert [path for path, names in options.items() if "--json" not in names and path != ITSELF] == []


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_says_in_json_what_was_typed_wrongly(path: tuple[str, ...], jsms: Command) -> None:
    error = error_of(jsms(*path, "--json", "--no-such-option"))
    assert error["exit_code"] == 2
    assert "--no-such-option" in str(error["message"])


def test_a_command_that_is_not_there_is_said_in_json(jsms: Command) -> None:
    error = error_of(jsms("cod", "--json"))
    assert (error["type"], error["exit_code"]) == ("UsageError", 2)


def test_the_word_is_no_option_where_it_is_an_argument(jsms: Command) -> None:
    done = jsms("code", "send", "--no-such-option", "--", "--json")
    assert done.err.startswith("jsms: ")


def test_missing_configuration_is_said_in_json(jsms: Command) -> None:
    error = error_of(jsms("balance", "--json"))
    assert (error["exit_code"], error["sent"]) == (3, "no")


def test_an_error_of_the_service_comes_with_what_the_contract_says_of_it(jsms: Command, jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.fail_next(50014)
    error = error_of(jsms("code", "send", MOBILE, "--json"))
    assert {
        name: error[name] for name in ("type", "operation", "code", "name", "http_status", "sent", "exit_code")
    } == {
        "type": "NoMoneyError",
        "operation": "sendCode",
        "code": 50014,
        "name": "NO_MONEY",
        "http_status": 403,
        "sent": "no",
        "exit_code": 8,
    }
    assert error["remedy"]
    assert error["remedy_zh"]


def test_an_unknown_outcome_says_so(jsms: Command, jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.fail_next(kind="drop")
    error = error_of(jsms("code", "send", MOBILE, "--json"))
    assert (error["sent"], error["exit_code"]) == ("unknown", 15)


def test_a_file_that_is_not_there_is_said_in_json(jsms: Command, jsms_sandbox: Sandbox) -> None:
    error = error_of(jsms("batch", "send", "--from", "none.csv", "--temp-id", "1250", "--json"))
    assert "none.csv" in str(error["message"])


def test_no_secret_and_no_number_of_others_is_in_an_error(jsms: Command, jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.fail_next(50002)
    done = jsms("code", "send", MOBILE, "--json")
    assert os.environ["JSMS_MASTER_SECRET"] not in done.err
    assert MOBILE not in done.err


def test_remarks_are_objects_too(
    jsms: Command, jsms_sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = folder / "config" / "jsms" / "config.toml"
    config.parent.mkdir(parents=True)
    keys = (f"{name} = '{os.environ[f'JSMS_{name.upper()}']}'" for name in ("app_key", "master_secret", "base_url"))
    config.write_text("\n".join(("[profiles.mine]", *keys)), encoding="utf-8")
    config.chmod(0o644)
    done = jsms("balance", "--profile", "mine", "--json")
    assert (done.code, len(done.lines)) == (0, 1)
    (remark,) = notes(done)
    assert "config.toml" in str(remark["note"])


def test_nothing_of_it_is_left_for_the_next_command(jsms: Command) -> None:
    jsms("cod", "--json")
    assert jsms("cod").err.startswith("jsms: ")


CAMPAIGN: dict[str, Callable[[str, str], tuple[str, ...]]] = {
    "dry run": lambda list_, parcel: ("send", list_, "--temp-id", parcel, "--dry-run"),
    "send": lambda list_, parcel: ("send", list_, "--temp-id", parcel, "--yes"),
    "status": lambda list_, _: ("status", f"{list_}.journal"),
    "settle": lambda list_, _: ("settle", f"{list_}.journal"),
    "export": lambda list_, _: ("export", f"{list_}.journal"),
    "restored": lambda list_, _: ("restored", f"{list_}.journal"),
}


def test_every_step_of_a_campaign_is_read_by_a_program(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int, folder: Path
) -> None:
    people = folder / "people.csv"
    people.write_text("mobile,number\n13800138000,1\n13900139000,2\n", encoding="utf-8")
    for step, arguments in CAMPAIGN.items():
        done = jsms("campaign", *arguments(str(people), str(parcel)), "--json")
        assert done.code in (0, 20), (step, done)
        assert done.lines or notes(done), step
        notes(done)


@pytest.mark.parametrize("words", [("error",), ("error", "50014"), ("doctor",), ("report", "watch", "--once")])
def test_what_is_no_operation_is_read_by_a_program(
    words: tuple[str, ...], jsms: Command, jsms_sandbox: Sandbox
) -> None:
    done = jsms(*words, "--json")
    assert done.code == 0
    assert done.lines or words[-1] == "--once"
    notes(done)


def test_the_sandbox_itself_speaks_json(jsms: Command) -> None:
    assert "JSMS_BASE_URL" in jsms("sandbox", "env", "--json").lines[0]


def test_a_missing_package_is_said_in_json() -> None:
    hide = "import sys; sys.modules['typer'] = None; import jsms_cli.main as e; sys.exit(e.main(['balance', '--json']))"
    done = subprocess.run([sys.executable, "-c", hide], env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert json.loads(done.stderr)["error"]["type"] == "MissingDependencyError"
