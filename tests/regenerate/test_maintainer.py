"""One edit of the contract and one run are the whole change: methods, checks, results and types follow."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from .command import ROOT, python_with

USER = """
from datetime import datetime
from typing import assert_type

from jsms_client import JSMS, AsyncJSMS
from jsms_client.results import SentMessage, TallyReport


def use(jsms: JSMS) -> None:
    usage = jsms.accounts.tally(day=3)
    assert_type(usage, TallyReport)
    assert_type(usage.cost, float | None)
    assert_type(usage.phones, tuple[str, ...])
    sent = jsms.messages.create_leaflet("13800138000", labels={"a": 1}, options={"speed": 0.5}, once="a")
    assert_type(sent, SentMessage)
    assert_type(sent.sent_at, datetime | None)
    assert_type(sent.parts, tuple[tuple[str, ...], ...] | None)
    jsms.messages.send_batch(["13800138000"], temp_id=1, channel="a")
    jsms.codes.verify(1, "123", channel="a")
    jsms.messages.delete_leaflet(12)


async def use_async(jsms: AsyncJSMS) -> None:
    usage = await jsms.accounts.tally(day=3)
    assert_type(usage, TallyReport)
    assert_type(usage.cost, float | None)
    assert_type(usage.phones, tuple[str, ...])
    sent = await jsms.messages.create_leaflet("13800138000", labels={"a": 1}, options={"speed": 0.5}, once="a")
    assert_type(sent, SentMessage)
    assert_type(sent.sent_at, datetime | None)
    assert_type(sent.parts, tuple[tuple[str, ...], ...] | None)
    await jsms.messages.send_batch(["13800138000"], temp_id=1, channel="a")
    await jsms.codes.verify(1, "123", channel="a")
    await jsms.messages.delete_leaflet(12)
"""

PROGRAM = """
import json, re, sys
import httpx
from jsms_client import JSMS, TemplateType
from jsms_client.errors import ArgumentError, LeafletsPausedError, RateLimitError
from jsms_contract.operations import PROOFS

ONE = "13800138000"
SENT = {"msg_id": "1", "sent_at": 1492150741000, "note": "call me", "parts": [["a"], []], "newer": 1}
RESPONSES = {
    ("GET", "/v1/accounts/tally"): {"used": 3, "phones": ["13800138000"], "cost": None},
    ("POST", "/v1/leaflets"): SENT,
    ("POST", "/v1/messages"): SENT,
    ("POST", "/v1/messages/batch"): {
        "success_count": 1, "failure_count": 0,
        "recipients": [{"mobile": "13800138000", "msg_id": "1", "carrier": "CMCC"}],
    },
    ("POST", "/v1/codes/1/valid"): {"is_valid": True},
    ("DELETE", "/v1/leaflets/12"): None,
}
seen = []

def respond(request):
    seen.append((request.method, request.url.raw_path.decode(), json.loads(request.content or b"null")))
    body = RESPONSES[request.method, request.url.path]
    return httpx.Response(200, content=b"" if body is None else json.dumps(body).encode())

here = httpx.Client(transport=httpx.MockTransport(respond))
jsms = JSMS("a" * 24, "b" * 24, base_url="http://127.0.0.1:9/v1", http_client=here)
usage = jsms.accounts.tally(day=3)
assert (usage.used, usage.cost, usage.phones) == (3, None, ("13800138000",))
assert "13800138000" not in repr(usage)
sent = jsms.messages.create_leaflet("+86 138 0013 8000", labels={"a": 1}, options={"speed": 0.5, "urgent": True})
assert sent.sent_at.utcoffset().total_seconds() == 8 * 3600
assert (sent.note, sent.parts, sent.extra) == ("call me", (("a",), ()), {"newer": 1})
assert "call me" not in repr(sent)
jsms.messages.send("13800138000", temp_id=1, channel="a")
(recipient,) = jsms.messages.send_batch(["13800138000"], temp_id=1, channel="a", tag="x" * 12).recipients
assert (recipient.accepted, recipient.carrier, recipient.extra) == (True, "CMCC", {})
assert jsms.codes.verify(1, "123", channel="a")
assert jsms.messages.delete_leaflet("12") is None
assert TemplateType.LEAFLET == max(TemplateType)
assert PROOFS >= {"msg_id", "sent_at", "note"} and not PROOFS & {"failure_count", "parts", "carrier", "used", "cost"}
assert "note: Deprecated. What a person wrote. None where it is absent." in type(sent).__doc__
assert "channel: Deprecated. How it is sent, at most 5 characters." in jsms.messages.send.__doc__
assert "channel: How it is sent, at most 5 characters." in jsms.messages.send_batch.__doc__
assert "day: Deprecated. The day of the month." in jsms.accounts.tally.__doc__
assert "\\n\\n        Deprecated.\\n\\n" in jsms.messages.delete_leaflet.__doc__
assert [each[:2] for each in seen] == [
    ("GET", "/v1/accounts/tally?day=3"), ("POST", "/v1/leaflets"), ("POST", "/v1/messages"),
    ("POST", "/v1/messages/batch"), ("POST", "/v1/codes/1/valid"), ("DELETE", "/v1/leaflets/12"),
]
assert seen[1][2] == {"mobile": "13800138000", "labels": {"a": 1}, "options": {"speed": 0.5, "urgent": True}}
assert [each[2].get("channel") for each in seen[2:5]] == ["a"] * 3

def paused(request):
    return httpx.Response(403, json={"error": {"code": 50987, "message": "leaflets paused"}})

there = JSMS("a" * 24, "b" * 24, base_url="http://127.0.0.1:9/v1", http_client=httpx.Client(
    transport=httpx.MockTransport(paused)))
try:
    there.messages.create_leaflet("13800138000", labels={"a": 1})
except LeafletsPausedError as error:
    assert isinstance(error, RateLimitError) and error.name == "LEAFLETS_PAUSED", error
else:
    raise AssertionError

def refused(words, call):
    try:
        call()
    except ArgumentError as error:
        assert re.match(words, str(error)), error
    else:
        raise AssertionError(words)

refused("day is 32; it takes from 1 to 31", lambda: jsms.accounts.tally(day=32))
refused(r"labels\\['a'\\] is of type float", lambda: jsms.messages.create_leaflet("13800138000", labels={"a": 1.5}))
refused("options.speed is 2", lambda: jsms.messages.create_leaflet("13800138000", labels={}, options={"speed": 2}))
refused("options has no speed", lambda: jsms.messages.create_leaflet("13800138000", labels={}, options={}))
long = "x" * 13
refused("channel has 13 characters; it takes at most 5", lambda: jsms.messages.send(ONE, temp_id=1, channel=long))
refused("tag has 13 characters; it takes at most 12", lambda: jsms.messages.send_batch([ONE], temp_id=1, tag=long))
refused("leaflet_id has characters that no id has", lambda: jsms.messages.delete_leaflet("../12"))
assert len(seen) == 6
print("all of it")
"""

CALLBACKS = """
import json
from jsms_client.callbacks import CallbackReceiver, sign

receiver = CallbackReceiver("a", "b")

def read(kind, data):
    fields = {"nonce": "1", "timestamp": "1492150740274", "signature": sign("a", "b", "1", "1492150740274")}
    (event,) = receiver.parse(fields | {"type": kind, "data": json.dumps(data)}).events
    return event

REPORT = {"msgId": "1", "phone": "13800138000", "receiveTime": 1492150741000, "status": 4001}
report = read("SMS_REPORT", REPORT | {"carrier": "CMCC", "handedOver": 1492150740000, "hops": [{"station": "x"}]})
assert (report.carrier, report.hops[0].station, report.extra) == ("CMCC", "x", {})
assert report.handed_over < report.receive_time
report = read("SMS_REPORT", REPORT | {"handedOver": "soon"})
assert (report.handed_over, report.carrier, report.extra) == (None, None, {"handedOver": "soon"})
assert read("SMS_REPORT", REPORT).extra == {}
reply = read("SMS_REPLY", {"phone": "13800138000", "replyTime": 1492150741000, "content": "TD", "carrier": "CMCC"})
assert (reply.content, reply.carrier) == ("TD", "CMCC")
review = {"tempId": 1, "status": 1, "refuseReason": None}
reviewed = read("SMS_TEMPLATE", review | {"carrier": "CMCC"})
assert (reviewed.carrier, reviewed.extra) == ("CMCC", {})
assert read("SMS_TEMPLATE", review).extra == {}
print("all of it")
"""


def test_callbacks_have_what_the_document_adds_to_them(fork: Path) -> None:
    done = python_with(fork, f"sys.path.append({str(ROOT / 'overlay')!r})\n{CALLBACKS}")
    assert done.stdout == "all of it\n", done.stderr


def test_an_app_calls_what_the_document_has(fork: Path) -> None:
    start = f"import sys; sys.path[:0] = [{str(fork)!r}, {str(ROOT / 'overlay')!r}]\n"
    done = subprocess.run([sys.executable, "-B", "-c", start + PROGRAM], capture_output=True, text=True, check=False)
    assert done.stdout == "all of it\n", done.stderr


def test_mypy_knows_what_the_document_has(fork: Path, tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text(USER, encoding="utf-8")
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", tmp_path / "cache", "user.py"],
        cwd=tmp_path,
        env={"MYPYPATH": f"{fork}:{ROOT / 'overlay'}", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.stdout == "Success: no issues found in 1 source file\n"


def test_pyright_knows_what_the_document_has(fork: Path, tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text(USER, encoding="utf-8")
    settings = {
        "include": ["user.py"],
        "extraPaths": [str(fork), str(ROOT / "overlay")],
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    checked = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(checked.stdout)
    assert (found["summary"]["filesAnalyzed"], found["generalDiagnostics"]) == (1, []), checked.stdout
