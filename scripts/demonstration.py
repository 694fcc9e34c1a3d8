"""The command ``scripts/demo``: every operation of JSMS, called as an app would call it, against a sandbox."""

from __future__ import annotations

import argparse
import io
import json
import shutil
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from enum import Enum
from functools import partial
from typing import TypeVar

from rich.text import Text

from contract_tools.openapi import follow, mapping, operations, sequence, text
from jsms_client import JSMS, JSMSError, Recipient, SignType, TemplateType
from jsms_client.contract import ARGUMENTS, OPERATIONS, Argument, openapi
from local_sandbox import LocalSandbox


def main(arguments: Sequence[str] | None = None) -> int:
    """Regenerate, start a sandbox, and call every operation.

    Returns:
        0 when every operation returned a typed result, else 1.
    """
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Regenerate the client, start a sandbox on a free port, and call every operation of JSMS on it. "
        "Needs no account; nothing is sent to anybody.",
    )
    parser.add_argument("--stay", action="store_true", help="keep the sandbox until Ctrl-C, to look into its inbox")
    parser.add_argument("--port", type=int, default=0, help="where the sandbox listens; any free port by default")
    options = parser.parse_args(arguments)
    from contract_tools.cli import main as regenerate

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Chinese is no reason to stop
    try:
        if failed := regenerate([]):
            return failed
        with LocalSandbox(options.port) as sandbox:
            failed = tour(sandbox)
            print(f"\nThe inbox with all of it: {sandbox.page_url}", flush=True)
            if options.stay:
                _wait()
            else:
                print("It is gone with this command; scripts/demo --stay keeps it.")
            return failed
    except OSError as error:
        print(f"Port {options.port} cannot be had: {error.strerror or error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130


def tour(sandbox: LocalSandbox) -> int:
    """Call every operation, and show each.

    Args:
        sandbox: Where, running.

    Returns:
        0 when every operation returned a typed result and the sandbox had nothing to tolerate or refuse, else 1.
    """
    keys = sandbox.credentials
    with JSMS(
        keys.app_key,
        keys.master_secret,
        dev_key=keys.dev_key,
        dev_secret=keys.dev_secret,
        base_url=sandbox.base_url,
    ) as jsms:
        print(f"\nCalling every operation of a sandbox at {sandbox.base_url}\n")
        stage = Stage()
        for part in TOUR:
            with suppress(JSMSError):  # shown, and counted below
                part(jsms, stage, sandbox)
    requests = sandbox.requests()[::-1]
    called = {request["operation"] for request in requests}
    problems, notes = [*stage.failures], list[str]()
    for request in requests:
        for warning in request["warnings"]:
            # What is new in the contract gets its examples as responses.
            found = notes if warning.startswith("The sandbox does not model") else problems
            found.append(f"{request['operation']}: {warning}")
        if request["refusal"]:
            problems.append(f"{request['operation']}: {request['refusal']['hint']}")
    problems += [f"{operation} was not called" for operation in OPERATIONS if operation not in called]
    succeeded = f"{stage.made} of {len(OPERATIONS)} operations succeeded"
    print(f"\n{succeeded}, {stage.seconds * 1000:.0f} ms together; the first call loads the HTTP library.")
    for note in notes:
        print(note)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _wait() -> None:
    print("Ctrl-C stops the sandbox.", flush=True)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()


_WIDEST = 160
_NARROWEST = 80
_TIME = 11

T = TypeVar("T")


class Stage:
    """Where calls are made and shown.

    Attributes:
        made: How many calls gave a result.
        failures: What went wrong, a line each.
        seconds: What the calls took together.
    """

    def __init__(self) -> None:
        self.made = 0
        self.failures: list[str] = []
        self.seconds = 0.0
        width = min(max(shutil.get_terminal_size((132, 24)).columns, _NARROWEST), _WIDEST) - 1
        self._call_width = (width - _TIME) // 2
        self._result_width = width - _TIME - self._call_width
        print(f"{'call':<{self._call_width}} {'result':<{self._result_width - 1}} {'time':>{_TIME - 1}}")

    def show(self, call: partial[T]) -> T:
        """Make a call and show it.

        Raises:
            JSMSError: The call failed; that is shown too.
        """
        started = time.perf_counter()
        try:
            result = call()
        except JSMSError as error:
            self._line(_written(call), f"{type(error).__name__}: {error}", time.perf_counter() - started)
            self.failures.append(f"{_written(call)}: {error}")
            raise
        seconds = time.perf_counter() - started
        self._line(_written(call), repr(result), seconds)
        self.made += 1
        self.seconds += seconds
        return result

    def _line(self, call: str, result: str, seconds: float) -> None:
        left = _cut(call, self._call_width)
        right = _cut(result, self._result_width - 1)
        print(f"{left} {right} {seconds * 1000:7.1f} ms", flush=True)


def _written(call: partial[T]) -> str:
    """Write a call as an app would."""
    method = call.func
    resource = type(getattr(method, "__self__", None)).__name__.lower()
    arguments = [_value(each) for each in call.args]
    arguments += [f"{name}={_value(value)}" for name, value in call.keywords.items()]
    return f"{resource}.{getattr(method, '__name__', method)}({', '.join(arguments)})"


def _value(value: object) -> str:
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, datetime):
        return f"<{value.isoformat(' ', 'minutes')}>"
    return repr(value)


def _cut(words: str, width: int) -> str:
    """Fit a text into so many columns of a terminal, where a Chinese character takes two."""
    line = Text(words)
    line.truncate(width, overflow="ellipsis", pad=True)
    return line.plain


_MOBILE = "13800138000"
_COLLEAGUE = "13900139000"
_NOTICE = 1250  # a template with one variable, number
_BEIJING = timezone(timedelta(hours=8))
# The smallest PNG there is: one pixel.
_IMAGE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def _codes(jsms: JSMS, stage: Stage, sandbox: LocalSandbox) -> None:
    sent = stage.show(partial(jsms.codes.send, _MOBILE, temp_id=1))
    stage.show(partial(jsms.codes.verify, sent.msg_id, sandbox.latest_code(_MOBILE)))
    stage.show(partial(jsms.codes.send_voice, _MOBILE, code="395721", ttl=300))


def _messages(jsms: JSMS, stage: Stage, _: LocalSandbox) -> None:
    stage.show(partial(jsms.messages.send, _MOBILE, temp_id=_NOTICE, temp_para={"number": 741627}))
    many = [Recipient(_MOBILE, {"number": 741628}), Recipient(_COLLEAGUE, {"number": 741629})]
    stage.show(partial(jsms.messages.send_batch, many, temp_id=_NOTICE, tag="demo"))


def _schedules(jsms: JSMS, stage: Stage, _: LocalSandbox) -> None:
    nine = (datetime.now(_BEIJING) + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    ten = nine + timedelta(hours=1)
    one = stage.show(partial(jsms.schedules.create, _MOBILE, temp_id=_NOTICE, send_time=nine, temp_para={"number": 1}))
    stage.show(
        partial(
            jsms.schedules.update, one.schedule_id, _MOBILE, temp_id=_NOTICE, send_time=ten, temp_para={"number": 2}
        )
    )
    stage.show(partial(jsms.schedules.get, one.schedule_id))
    many = [(_MOBILE, {"number": 3}), (_COLLEAGUE, {"number": 4})]
    batch = stage.show(partial(jsms.schedules.create_batch, many, temp_id=_NOTICE, send_time=nine))
    stage.show(partial(jsms.schedules.update_batch, batch.schedule_id, many, temp_id=_NOTICE, send_time=ten))
    stage.show(partial(jsms.schedules.delete, one.schedule_id))


def _accounts(jsms: JSMS, stage: Stage, _: LocalSandbox) -> None:
    stage.show(partial(jsms.accounts.app))
    stage.show(partial(jsms.accounts.dev))


def _templates(jsms: JSMS, stage: Stage, _: LocalSandbox) -> None:
    text, reject = "您的订单{{number}}已发货", "[sandbox:reject 请写明商品]"
    saved = stage.show(partial(jsms.templates.create, text, type=TemplateType.NOTICE, remark=reject))
    stage.show(partial(jsms.templates.update, saved.temp_id, f"您购买的商品{text}", type=TemplateType.NOTICE))
    stage.show(partial(jsms.templates.get, saved.temp_id))
    stage.show(partial(jsms.templates.delete, saved.temp_id))


def _signs(jsms: JSMS, stage: Stage, _: LocalSandbox) -> None:
    company = partial(
        jsms.signs.create,
        "沙箱",
        type=SignType.COMPANY_NAME,
        legal_person_name="张三",
        legal_person_id_number="11010519491231002X",
        id_card_image=_IMAGE,
        social_credit_code="91350100M000100Y43",
        business_license_image=_IMAGE,
    )
    saved = stage.show(partial(company, remark="[sandbox:reject 资料不清晰]"))
    stage.show(partial(jsms.signs.update, saved.sign_id, *company.args, **company.keywords))
    stage.show(partial(jsms.signs.get, saved.sign_id))
    stage.show(partial(jsms.signs.delete, saved.sign_id))


def _receipts(jsms: JSMS, stage: Stage, sandbox: LocalSandbox) -> None:
    sandbox.reply(_MOBILE, "收到")
    sandbox.advance(5)
    stage.show(partial(jsms.receipts.reports))
    stage.show(partial(jsms.receipts.replies))


def _others(jsms: JSMS, stage: Stage, sandbox: LocalSandbox) -> None:
    """Call the operations that no part above calls, by the contract's own examples."""
    document: Mapping[str, object] = json.loads(openapi("json"))
    called = {request["operation"] for request in sandbox.requests()}
    for operation in OPERATIONS.values():
        if operation.id not in called:
            method: Callable[..., object] = getattr(getattr(jsms, operation.resource), operation.method_name)
            with suppress(JSMSError):  # shown, and counted by the caller
                stage.show(partial(method, **arguments_of(document, operation.id, _IMAGE)))


def arguments_of(data: Mapping[str, object], operation: str, file: bytes) -> dict[str, object]:
    """Take the arguments of an operation's first example, in the order of its method.

    Args:
        data: The document.
        operation: The operationId.
        file: What is given for a file.
    """
    example = _example(data, operation)
    found = {each.name: _given(each, example, file) for each in ARGUMENTS[operation]}
    return {name: value for name, value in found.items() if value is not None}


def body_of(data: Mapping[str, object], operation: str) -> object:
    """Find the body of that example; None where the operation has none."""
    content = mapping(follow(data, _source(data, operation)[0].get("requestBody")).get("content"))
    media_type = mapping(next(iter(content.values()), None))
    first = next(iter(mapping(media_type.get("examples")).values()), None)
    return mapping(follow(data, first)).get("value", media_type.get("example"))


def _example(data: Mapping[str, object], operation: str) -> Mapping[str, object]:
    """Find the values of an example by their names in the request."""
    source, around = _source(data, operation)
    parameters = [
        follow(data, each) for each in (*sequence(around.get("parameters")), *sequence(source.get("parameters")))
    ]
    body = body_of(data, operation)
    return {**{text(each.get("name")): each.get("example") for each in parameters}, **(mapping(body) or {"body": body})}


def _source(data: Mapping[str, object], operation: str) -> tuple[Mapping[str, object], Mapping[str, object]]:
    found = operations(data)
    return next((source, around) for _, _, source, around in found if source.get("operationId") == operation)


def _given(argument: Argument, example: Mapping[str, object], file: bytes) -> object:
    value = example.get(argument.field, example.get(argument.name))
    return file if value is not None and (argument.kind == "image" or argument.media_types) else value


TOUR: tuple[Callable[[JSMS, Stage, LocalSandbox], None], ...] = (
    _codes,
    _messages,
    _schedules,
    _accounts,
    _templates,
    _signs,
    _receipts,
    _others,
)
"""The parts; one that fails ends there, and the others go on."""
