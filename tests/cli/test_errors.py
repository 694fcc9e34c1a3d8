"""An error is one clear sentence on standard error, and an exit code."""

from __future__ import annotations

import pytest

from jsms_sandbox.pytest_plugin import Sandbox
from servers.raw_socket_server import refusing_port

from .runner import Command, run

MOBILE = "13800138000"
OTHERS = ("13900139000", "13700137000")


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [(50002, 4), (50035, 5), (50024, 5), (50009, 7), (50014, 8), (50013, 9), (50046, 10), (50006, 6)],
)
def test_an_error_code_ends_with_the_code_of_its_family(
    code: int, exit_code: int, jsms: Command, jsms_sandbox: Sandbox
) -> None:
    jsms_sandbox.fail_next(code)
    done = jsms("code", "send", MOBILE)
    assert (done.code, done.out) == (exit_code, "")
    assert done.err.startswith("jsms: sendCode: ")
    assert f"(code {code}, HTTP " in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("kind", ["drop", "reset", "truncate", "html"])
def test_a_send_without_a_response_says_that_it_may_have_been_sent(
    kind: str, jsms: Command, jsms_sandbox: Sandbox
) -> None:
    jsms_sandbox.fail_next(kind=kind)  # type: ignore[arg-type] # one of its words
    done = jsms("code", "send", MOBILE)
    assert (done.code, done.out) == (15, "")
    assert (
        'It may have been sent: do not send again before you have checked "jsms report watch" or the console.'
        in done.err
    )
    assert len(done.err.splitlines()) == 1


def test_a_server_error_on_a_send_says_the_same(jsms: Command, jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.fail_next(50019)
    done = jsms("code", "send", MOBILE)
    assert done.code == 15
    assert "It may have been sent" in done.err


def test_a_schedule_without_a_response_says_that_it_may_have_been_scheduled(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int
) -> None:
    jsms_sandbox.fail_next(kind="drop")
    done = jsms(
        *("schedule", "create", MOBILE, "--temp-id", str(parcel), "--para", "number=1", "--at", "2030-07-01 09:00:00")
    )
    assert done.code == 15
    assert "It may have been scheduled" in done.err


def test_a_service_that_is_not_there_got_nothing(
    jsms: Command, jsms_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with refusing_port() as port:
        monkeypatch.setenv("JSMS_BASE_URL", f"http://127.0.0.1:{port}/v1")
        done = jsms("code", "send", MOBILE)
    assert (done.code, done.out) == (14, "")
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("cod",), "no such command 'cod'. Did you mean 'code'? Try: jsms --help"),
        (("code", "send"), "missing argument 'MOBILE'. Try: jsms code send --help"),
        (("code", "send", MOBILE, "--temp-id", "one"), "invalid value for '--temp-id'"),
        (("code", "send", MOBILE, "--nonsense"), "no such option: --nonsense"),
        (("template", "create", "x", "--type", "poem"), "'poem' is none of code, notice, marketing"),
        (("message", "send", MOBILE, "--temp-id", "9", "--para", "x"), "--para takes NAME=VALUE"),
        (("message", "send", MOBILE, "--temp-id", "9", "-p", "a=1", "-p", "a=2"), "--para a was given twice"),
        (("batch", "send", "--temp-id", "9"), "give either numbers or a file with --from"),
        (("code", "send", "138"), "jsms: MOBILE is not a mainland China mobile number"),
        (("batch", "send", MOBILE, "138", "--temp-id", "9"), "jsms: MOBILE 2 is not a mainland China mobile number"),
        (("voice", "send", MOBILE, "--language", "7"), "--language is 7; give one of VoiceLanguage: 0 (CHINESE), 1 "),
        (("template", "create", "x", "--type", "7"), "--type is 7; give one of TemplateType: 1 (VERIFICATION_CODE), "),
        (("template", "get", "0"), "jsms: TEMP_ID is 0"),
        (("template", "create", "", "--type", "notice"), "jsms: TEXT is empty"),
        (
            ("schedule", "get", "a/b"),
            "jsms: SCHEDULE_ID has characters that no id has; give the SCHEDULE_ID that the service returned",
        ),
        (("schedule", "create", MOBILE, "--temp-id", "9", "--at", "tomorrow"), "--send-time 'tomorrow' is not a time"),
    ],
)
def test_what_was_typed_wrongly_is_named_and_nothing_is_sent(
    arguments: tuple[str, ...], said: str, jsms: Command, jsms_sandbox: Sandbox
) -> None:
    done = jsms(*arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert len(done.err.splitlines()) == 1
    assert jsms_sandbox.requests == []


def test_no_command_at_all_shows_the_help(jsms: Command) -> None:
    done = jsms()
    assert (done.code, done.out) == (2, "")
    assert "Usage: jsms [OPTIONS] COMMAND" in done.err


def test_a_batch_that_is_refused_in_part_says_so(jsms: Command, jsms_sandbox: Sandbox, parcel: int) -> None:
    jsms_sandbox.switch(opt_outs=[MOBILE])
    done = jsms("batch", "send", MOBILE, *OTHERS, "--temp-id", str(parcel), "--para", "number=1")
    assert (done.code, done.err) == (19, "jsms: 2 accepted, 1 refused.\n")
    refused = [line for line in done.out.splitlines() if "50024" in line]
    assert [line.split()[0] for line in refused] == [MOBILE]


def test_as_a_process_it_ends_with_the_same_code_and_no_traceback(jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.fail_next(50014)
    done = run("code", "send", MOBILE)
    assert (done.code, done.out) == (8, "")
    assert done.err.startswith("jsms: sendCode: no money (code 50014, HTTP 403).")
    assert len(done.err.splitlines()) == 1
