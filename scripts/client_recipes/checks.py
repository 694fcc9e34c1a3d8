"""What a generated client has to do against the sandbox: one check for each column of the results.

A client is reached through its driver, the program of its recipe that carries out operations with it. The driver reads
one JSON object a line and prints one for each. A request names the operation, the parameters of its path, and the body
in the words of the contract::

    {"do": "verifyCode", "msg_id": "288193860302", "body": {"code": "583201"}}

The response is ``{"value": …}`` with what the generated types hold, written as JSON by the client's own means;
``{"status": 403, "code": 50010}`` for an error of the service, whose code is null where the body has none; or
``{"failure": "…"}`` for whatever else the client raises. ``callback`` takes the posted ``form`` and gives ``genuine``
beside the payload as ``data``.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self, cast
from urllib.parse import urlencode

from client_recipes import IMAGE
from contract_tools.openapi import is_list, is_object
from local_sandbox import PICTURE, LocalSandbox

_PATIENCE = 60.0
_LAST_LINES = 8


class DriverError(Exception):
    """The driver stopped, or does not keep to the protocol; the message says which."""


class Driver:
    """A driver, started by a shell command in a folder; a context manager that ends it."""

    def __init__(self, command: str, place: Path, variables: Mapping[str, str]) -> None:
        self._command, self._place, self._variables = command, place, variables
        self._messages = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - closed at its end
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["bash", "-c", f"exec {self._command}"],
            cwd=self._place,
            env=self._variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._messages,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._close()
        self._messages.close()

    def restart(self) -> None:
        """Start it again where it has stopped."""
        if self._process.poll() is not None:
            self._close()
            self._process = self._start()

    def ask(self, operation: str, **fields: object) -> dict[str, Any]:
        """Carry out an operation.

        Raises:
            DriverError: There is no response; the driver has ended then.
        """
        given, printed = cast("IO[str]", self._process.stdin), cast("IO[str]", self._process.stdout)
        limit = threading.Timer(_PATIENCE, self._kill)
        limit.start()
        line = ""
        with contextlib.suppress(BrokenPipeError):  # its last lines say why
            given.write(json.dumps({"do": operation, **fields}, ensure_ascii=False) + "\n")
            given.flush()
            line = printed.readline()
        is_late = not limit.is_alive()
        limit.cancel()
        if not line:
            self._process.wait()
            self._messages.seek(0)
            last = " ".join(each.strip() for each in self._messages.readlines()[-_LAST_LINES:])
            late = f"no response to {operation} after {_PATIENCE:.0f} seconds"
            raise DriverError(late if is_late else f"the driver stopped: {last}")
        try:
            response: object = json.loads(line)
        except ValueError:
            response = None
        if not isinstance(response, dict):
            raise DriverError(f"not a JSON object: {line.strip()[:200]}")
        return cast("dict[str, Any]", response)

    def _kill(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)

    def _close(self) -> None:
        with contextlib.suppress(BrokenPipeError), self._process:
            self._kill()


NOTICE, CODE_TEMPLATE = 1250, 1
NAME = "张三丰"
CODE = "031415"
_UNKNOWN_CODE, _UNKNOWN_STATUS = 59999, 4999
_PICTURES = ("idCardImage", "businessLicenseImage")
_POLL_INTERVAL = 6
_PROXY_STATUS = 502


class Difference(Exception):  # noqa: N818 - a result, not a failure of this script
    """The client did something else; the message says what."""


@dataclass(frozen=True)
class Trial:
    """A client and the sandbox that it talks to."""

    driver: Driver
    sandbox: LocalSandbox

    def value(self, operation: str, **fields: object) -> Any:
        """Carry out an operation that must succeed."""
        response = self.driver.ask(operation, **fields)
        if "value" not in response:
            raise Difference(f"{operation}: {_shown(response)}")
        return response["value"]

    def refused(self, operation: str, status: int, code: int | None, **fields: object) -> None:
        """Carry out an operation that the service must refuse; the client must report that error."""
        response = self.driver.ask(operation, **fields)
        if response != {"status": status, "code": code}:
            raise Difference(f"{operation}: {_shown(response)} instead of status {status}, code {code}")

    def send(self, mobile: str) -> str:
        """Send a notice."""
        return str(self.value("sendMessage", body=notice(mobile))["msg_id"])

    def fault(self, kind: str, **settings: object) -> None:
        """Let the next request that fits fail."""
        self.sandbox.post("faults", {"kind": kind, **settings})


def notice(mobile: str) -> dict[str, object]:
    """Make the body of a notice."""
    return {"mobile": mobile, "temp_id": NOTICE, "temp_para": {"number": NAME}}


@dataclass(frozen=True)
class Check:
    """One column of the results."""

    name: str  # in recipes
    heading: str
    holds: str  # what it checks, in words
    run: Callable[[Trial], None]


CHECKS: list[Check] = []


def _check(heading: str, holds: str) -> Callable[[Callable[[Trial], None]], None]:
    """Make a column of a function, with the function's name."""
    return lambda run: CHECKS.append(Check(run.__name__.removeprefix("_"), heading, holds, run))


@_check("code", "a code is sent and verified")
def _code(trial: Trial) -> None:
    sent = trial.value("sendCode", body={"mobile": "13800000001", "temp_id": CODE_TEMPLATE})
    latest = trial.sandbox.get("codes/latest", mobile="13800000001")
    _same("msg_id", sent["msg_id"], latest["msg_id"])
    verified = trial.value("verifyCode", msg_id=sent["msg_id"], body={"code": latest["code"]})
    _same("is_valid", verified["is_valid"], True)


@_check("wrong code", "a wrong and a used code are refused with their own error codes")
def _wrong_code(trial: Trial) -> None:
    sent = trial.value("sendCode", body={"mobile": "13800000002", "temp_id": CODE_TEMPLATE})
    trial.refused("verifyCode", 403, 50010, msg_id=sent["msg_id"], body={"code": "999999"})
    trial.value("verifyCode", msg_id=sent["msg_id"], body={"code": CODE})
    trial.refused("verifyCode", 403, 50012, msg_id=sent["msg_id"], body={"code": CODE})


@_check("new error code", "an error code that the contract does not list")
def _unknown_code(trial: Trial) -> None:
    trial.fault("variant", variant="unknown_code", operation="sendMessage")
    trial.refused("sendMessage", 403, _UNKNOWN_CODE, body=notice("13000050024"))


@_check("batch", "a batch with Chinese parameters, and the refused recipient with its code")
def _batch(trial: Trial) -> None:
    recipients = [{"mobile": mobile, "temp_para": {"number": NAME}} for mobile in ("13800000003", "13000050024")]
    result = trial.value("sendMessageBatch", body={"temp_id": NOTICE, "tag": "春节", "recipients": recipients})
    _same("counts", (result["success_count"], result["failure_count"]), (1, 1))
    accepted, refused = result["recipients"]
    message = trial.sandbox.get(f"messages/{accepted['msg_id']}")
    _same("the text", NAME in message["text"], True)
    _same("the refused recipient", (refused["mobile"], refused["error_code"]), ("13000050024", "50024"))
    _same("its parameters", refused["temp_para"], {"number": NAME})


@_check("schedule", "a schedule is created, changed, looked up and deleted")
def _schedule(trial: Trial) -> None:
    body = {"send_time": "2035-01-01 09:00:00", **notice("13800000004")}
    made = str(trial.value("createSchedule", body=body)["schedule_id"])
    later = {**body, "send_time": "2035-01-02 09:00:00"}
    changed = trial.value("updateSchedule", schedule_id=made, body=later)
    _same("schedule_id", changed["schedule_id"], made)
    found = trial.value("getSchedule", schedule_id=made)
    _same("send_time", found["send_time"], later["send_time"])
    _same("temp_para", found["recipients"][0]["temp_para"], {"number": NAME})
    trial.value("deleteSchedule", schedule_id=made)
    trial.refused("deleteSchedule", 403, 50029, schedule_id=made)


@_check("delete", "a response with an empty body is a success")
def _empty_delete(trial: Trial) -> None:
    trial.sandbox.post("seed", {"templates": [{"temp_id": 9001, "type": 2, "template": "{{n}}"}]})
    trial.value("deleteTemplate", temp_id=9001)
    trial.refused("deleteTemplate", 403, 50013, temp_id=9001)


@_check("balances", "null pools, and the credentials of the developer account")
def _balances(trial: Trial) -> None:
    pools = {"balance": 7, "voice": None, "industry": 100, "market": None}
    trial.sandbox.change_app(credit=pools, dev_credit=pools)
    for operation, pool in (("getAppBalance", "app"), ("getDevBalance", "dev")):
        found = trial.value(operation)
        _same(operation, {name: found.get(f"{pool}_{name}") for name in pools}, pools)


@_check("reports", "delivery reports are fetched")
def _reports(trial: Trial) -> None:
    sent = trial.send("13800000005")
    found = _polled(trial, "pollReports")
    report = next((one for one in found if one["msgId"] == sent), None)
    if report is None:
        raise Difference(f"pollReports: no report of {sent} in {_shown(found)}")
    _same("status", (report["phone"], report["status"]), ("13800000005", 4001))
    _same("receiveTime", isinstance(report["receiveTime"], int), True)


@_check("replies", "replies are fetched, with Chinese text and an emoji")
def _replies(trial: Trial) -> None:
    trial.sandbox.reply("13800000006", "好的👍")
    found = _polled(trial, "pollReplies")
    _same("replies", [(one["phone"], one["content"]) for one in found], [("13800000006", "好的👍")])


@_check("signature", "a signature with Chinese text and pictures arrives whole")
def _signature(trial: Trial) -> None:
    form = {
        "sign": "测试签名",
        "type": 1,
        "legalPersonName": NAME,
        "legalPersonIdNumber": "11010519491231002X",
        "socialCreditCode": "91440300708461136T",
        "remark": "用于验证码",
        **dict.fromkeys(_PICTURES, IMAGE),
    }
    made = trial.value("createSign", body=form)["sign_id"]
    found = trial.value("getSign", sign_id=made)
    _same("sign", found["sign"], form["sign"])
    kept = trial.sandbox.get(f"signs/{made}")
    _same("remark", kept["remark"], form["remark"])
    digest = hashlib.sha256(PICTURE).hexdigest()
    _same("files", {one["field"]: one["sha256"] for one in kept["files"]}, dict.fromkeys(_PICTURES, digest))
    trial.value("deleteSign", sign_id=made)


@_check("callbacks", "all four callbacks are parsed and their signature is verified")
def _callbacks(trial: Trial) -> None:
    # Their bodies are what counts: that the address takes no callbacks does not matter.
    posted = trial.sandbox.post("callbacks/samples", {"url": trial.sandbox.url})["samples"]
    for sample in posted:
        form = urlencode(sample["form"])
        read = trial.value("callback", form=form)
        _same(f"{sample['type']} is genuine", read["genuine"], True)
        data = json.loads(sample["data"])
        _same(sample["type"], _reduced(read["data"], data), data)
        forged = form.replace("timestamp=", "timestamp=1")
        _same("a changed callback is genuine", trial.value("callback", form=forged)["genuine"], False)


@_check("numeric id", "an id that comes as a JSON number is read, and is the same text")
def _numeric_id(trial: Trial) -> None:
    trial.fault("variant", variant="numeric_msg_id", operation="sendMessage")
    sent = trial.value("sendMessage", body=notice("13800000007"))
    (message,) = trial.sandbox.get("messages", mobile="13800000007")["messages"]
    _same("msg_id", sent["msg_id"], message["msg_id"])
    trial.fault("variant", variant="numeric_msg_id", operation="sendCode")
    made = trial.value("sendCode", body={"mobile": "13800000007", "temp_id": CODE_TEMPLATE})
    _same("is_valid", trial.value("verifyCode", msg_id=made["msg_id"], body={"code": CODE})["is_valid"], True)
    # Where nothing checks what comes, these stay numbers; a client that fails loses the records of a whole response.
    trial.fault("variant", variant="numeric_msg_id", operation="sendMessageBatch")
    recipients = [{"mobile": "13800000015", "temp_para": {"number": NAME}}]
    batched = trial.value("sendMessageBatch", body={"temp_id": NOTICE, "recipients": recipients})["recipients"]
    trial.fault("variant", variant="numeric_msg_id", operation="pollReports")
    reported = {str(report["msgId"]) for report in _polled(trial, "pollReports")}
    _same("msgId", {sent["msg_id"], str(batched[0]["msg_id"])} <= reported, True)


@_check("new field", "a new field in a response does not matter")
def _unknown_field(trial: Trial) -> None:
    trial.fault("variant", variant="unknown_field", operation="sendMessage")
    trial.send("13800000008")
    trial.fault("variant", variant="unknown_field", operation="getAppBalance")
    trial.value("getAppBalance")
    trial.fault("variant", variant="unknown_field", operation="sendMessage")
    trial.refused("sendMessage", 403, 50024, body=notice("13000050024"))


@_check("new status", "a delivery status that the contract does not list")
def _unknown_status(trial: Trial) -> None:
    trial.send("13800000009")
    trial.fault("variant", variant="unknown_status", operation="pollReports")
    found = _polled(trial, "pollReports")
    _same("an unknown status", _UNKNOWN_STATUS in [one["status"] for one in found], True)


@_check("proxy page", "an HTML page of a proxy is an error with its HTTP status")
def _proxy(trial: Trial) -> None:
    trial.fault("html", mobile="13800000010")
    trial.refused("sendMessage", _PROXY_STATUS, None, body=notice("13800000010"))


@_check("sent once", "a request whose connection closes or breaks is not sent again")
def _once(trial: Trial) -> None:
    for number, kind in enumerate(("drop", "reset")):
        text, coded = f"1380000011{number}", f"1380000012{number}"
        bodies: Mapping[str, Mapping[str, object]] = {
            "sendMessage": notice(text),
            "sendCode": {"mobile": coded, "temp_id": CODE_TEMPLATE},
        }
        for operation, body in bodies.items():
            trial.send(f"1380000013{number}" if operation == "sendMessage" else f"1380000014{number}")
            trial.fault(kind, mobile=body["mobile"])
            response = trial.driver.ask(operation, body=body)
            arrived = [one for one in trial.sandbox.requests() if str(body["mobile"]) in (one["body"] or "")]
            if len(arrived) != 1:
                raise Difference(f"{operation}: {len(arrived)} requests arrived after a {kind}")
            if "failure" not in response:
                raise Difference(f"{operation}: {_shown(response)} after a {kind}")


def _polled(trial: Trial, operation: str) -> list[dict[str, Any]]:
    trial.sandbox.advance(_POLL_INTERVAL)  # what was sent is delivered by then, and the poll is not too soon
    found: list[dict[str, Any]] = trial.value(operation)
    return found


def _reduced(held: object, posted: object) -> object:
    """Leave out what was not posted: types write optional fields as null, empty or a default, or leave them out."""
    if held is None and posted in ([], {}):
        return posted
    if is_object(held) and is_object(posted):
        return {name: _reduced(held.get(name), value) for name, value in posted.items()}
    if is_list(held) and is_list(posted) and len(held) == len(posted):
        return [_reduced(one, value) for one, value in zip(held, posted, strict=True)]
    return held


def _same(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise Difference(f"{what}: {_shown(found)} instead of {_shown(expected)}")


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:300]
