"""A sandbox in a thread, and the command ``scripts/demo``: every operation of JSMS called on it, as an app would."""

from __future__ import annotations

import argparse
import inspect
import io
import json
import shutil
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from functools import partial
from typing import Any, TypeVar, cast

import httpx
from rich.text import Text

from contract_tools.openapi import follow, mapping, operations, parameters_of, text
from jsms_client import JSMS, JSMSError
from jsms_client.contract import ARGUMENTS, OPERATIONS, Argument, Operation, openapi
from jsms_sandbox.settings import Credentials, Settings
from jsms_sandbox.threaded import TIMEOUT, ThreadedSandbox

# The smallest PNG there is, for uploads: one pixel.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


class LocalSandbox(ThreadedSandbox):
    """A sandbox with the calls of its test API; a context manager that stops it."""

    credentials = Credentials()  # the keys of its first app

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that point a client at its first app."""
        keys = {f"JSMS_{name.upper()}": value for name, value in asdict(self.credentials).items()}
        return {"JSMS_BASE_URL": self.base_url, **keys}

    def __init__(self, port: int = 0, *, strict: bool = True) -> None:
        super().__init__(Settings(strict=strict), port=port)
        self._api = httpx.Client(base_url=f"{self.page_url}api/", trust_env=False, timeout=TIMEOUT)

    def __exit__(self, *details: object) -> None:
        """Stop."""
        self._api.close()
        super().__exit__(*details)

    def latest_code(self, mobile: str) -> str:
        """Read the code that a number got last, as its owner would."""
        return str(self.get("codes/latest", mobile=mobile)["code"])

    def reply(self, mobile: str, content: str) -> None:
        """Reply, as the owner of a number."""
        self.post("replies", {"mobile": mobile, "content": content})

    def advance(self, seconds: float) -> None:
        """Let time pass: what falls due is done."""
        self.post("clock/advance", {"seconds": seconds})

    def requests(self) -> list[Mapping[str, Any]]:
        """List every request so far, newest first."""
        return cast("list[Mapping[str, Any]]", self.get("requests", limit=1000)["requests"])

    def change_app(self, **changes: object) -> None:
        """Change the first app."""
        self._call("PATCH", f"apps/{self.credentials.app_key}", json=changes)

    def get(self, path: str, **query: str | int) -> Mapping[str, Any]:
        """GET from its test API."""
        return self._call("GET", path, params=query)

    def post(self, path: str, body: Mapping[str, object]) -> Mapping[str, Any]:
        """POST to its test API."""
        return self._call("POST", path, json=body)

    def _call(self, method: str, path: str, **content: Any) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", self._api.request(method, path, **content).raise_for_status().json())


def main(arguments: Sequence[str] | None = None) -> int:
    """Regenerate, start a sandbox, and call every operation; the exit code is 1 where one fails."""
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
        print(f"Port {options.port} is not available: {error.strerror or error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130


def tour(sandbox: LocalSandbox) -> int:
    """Call every operation with the contract's first example, and show each.

    Returns:
        0 when every operation returned a typed result and the sandbox had nothing to tolerate or refuse, else 1.
    """
    document: Mapping[str, object] = json.loads(openapi("json"))
    with JSMS(**asdict(sandbox.credentials), base_url=sandbox.base_url) as jsms:
        print(f"\nCalling every operation of a sandbox at {sandbox.base_url}\n")
        table = CallTable()
        made: dict[tuple[str, bool], object] = {}
        for operation in OPERATIONS.values():
            group = operation.resource, "batch" in operation.method_name
            arguments = arguments_of(document, operation.id, PICTURE)
            arguments |= _of_sandbox(operation.id, made.get(group), arguments, sandbox)
            with suppress(JSMSError):  # it is shown, and counted below
                made.setdefault(group, table.show(_call(jsms, operation, arguments)))
    requests = sandbox.requests()[::-1]
    called = {request["operation"] for request in requests}
    problems, notes = [*table.failures], list[str]()
    for request in requests:
        for warning in request["warnings"]:
            # What is new in the contract gets its examples as responses.
            found = notes if warning.startswith("The sandbox does not model") else problems
            found.append(f"{request['operation']}: {warning}")
        if request["refusal"]:
            problems.append(f"{request['operation']}: {request['refusal']['hint']}")
    problems += [f"{operation} was not called" for operation in OPERATIONS if operation not in called]
    succeeded = f"{table.made} of {len(OPERATIONS)} operations succeeded"
    print(f"\n{succeeded}, {table.seconds * 1000:.0f} ms together; the first call loads the HTTP library.")
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


class CallTable:
    """Makes calls, and prints a row for each."""

    def __init__(self) -> None:
        self.made = 0  # calls that gave a result
        self.failures: list[str] = []
        self.seconds = 0.0  # that the calls took together
        width = min(max(shutil.get_terminal_size((132, 24)).columns, _NARROWEST), _WIDEST) - 1
        self._call_width = (width - _TIME) // 2
        self._result_width = width - _TIME - self._call_width
        print(f"{'call':<{self._call_width}} {'result':<{self._result_width - 1}} {'time':>{_TIME - 1}}")

    def show(self, call: partial[T]) -> T:
        """Make a call and show it, also where it fails."""
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
_REJECT = "[sandbox:reject 请写明商品]"


def _call(jsms: JSMS, operation: Operation, arguments: Mapping[str, object]) -> partial[object]:
    """Make a call as an app would write it: names stand only where they are needed."""
    method: Callable[..., object] = getattr(getattr(jsms, operation.resource), operation.method_name)
    parameters = inspect.signature(method).parameters
    needed = {name for name in arguments if parameters[name].kind is inspect.Parameter.KEYWORD_ONLY}
    first = [value for name, value in arguments.items() if name not in needed]
    return partial(method, *first, **{name: arguments[name] for name in arguments if name in needed})


def _of_sandbox(
    operation: str, before: object, arguments: Mapping[str, object], sandbox: LocalSandbox
) -> dict[str, object]:
    """Give the values that an example can only invent: ids of earlier results, and what people do outside the app."""
    given = {name: getattr(before, name) for name in arguments if name.endswith("_id") and hasattr(before, name)}
    match operation:
        case "sendVoiceCode":
            given["mobile"] = _COLLEAGUE  # the latest code of the other number is still the one of the message
        case "verifyCode":
            given["code"] = sandbox.latest_code(_MOBILE)
        case "createTemplate" | "createSign":
            given["remark"] = _REJECT  # only what was rejected may be changed
        case "pollReports":
            sandbox.reply(_MOBILE, "收到")
            sandbox.advance(5)
        case _:
            pass
    return given


def arguments_of(data: Mapping[str, object], operation: str, file: bytes) -> dict[str, object]:
    """Take the arguments of an operation's first example, in the order of its method; of files, all are the same."""
    example = _example(data, operation)
    found = {each: _given(each, example, file) for each in ARGUMENTS[operation]}
    return {each.name: value for each, value in found.items() if value is not None or each.nullable}


def body_of(data: Mapping[str, object], operation: str) -> object:
    """Find the body of that example; None where the operation has none."""
    content = mapping(follow(data, _source(data, operation)[0].get("requestBody")).get("content"))
    media_type = mapping(next(iter(content.values()), None))
    first = next(iter(mapping(media_type.get("examples")).values()), None)
    return mapping(follow(data, first)).get("value", media_type.get("example"))


def _example(data: Mapping[str, object], operation: str) -> Mapping[str, object]:
    """Find the values of an example by their names in the request."""
    source, around = _source(data, operation)
    body = body_of(data, operation)
    values = {text(each.get("name")): each.get("example") for each in parameters_of(data, source, around)}
    return {**values, **mapping(body), "body": body}


def _source(data: Mapping[str, object], operation: str) -> tuple[Mapping[str, object], Mapping[str, object]]:
    found = operations(data)
    return next((source, around) for _, _, source, around in found if source.get("operationId") == operation)


def _given(argument: Argument, example: Mapping[str, object], file: bytes) -> object:
    value = example.get(argument.field, example.get(argument.name))
    if argument.kind == "flag" and value is not None:
        return bool(value)
    return file if value is not None and (argument.kind == "image" or argument.media_types) else value
