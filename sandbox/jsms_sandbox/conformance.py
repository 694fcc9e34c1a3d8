"""Conformance steps for a client of any language, judged by its requests and the responses it got.

The client only has to send requests: a step is right when the record shows that it was done, and wrong when the record
shows a mistake. What only the client knows, such as an exception that it raised, is not judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast

from jsms_contract.codes import INVALID_CODE, OUT_OF_FREQ, VERIFIED_CODE
from jsms_contract.operations import OPERATIONS
from jsms_sandbox.state.entities import App, Callback, JournalEntry
from jsms_sandbox.state.state import State

StepState = Literal["todo", "right", "wrong"]

_FIRST_REFUSED = 300
_RESEND_SECONDS = 120
"""How soon an identical send after a lost response counts as sent twice, on the sandbox's clock."""
_LOST = re.compile(r"fault [0-9]+: (?:drop|reset|truncate|broken_json|html|empty)\b")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_CALLBACKS = ("SMS_REPORT", "SMS_REPLY", "SMS_TEMPLATE", "SMS_SIGN")
_SENDS = frozenset(
    operation.id
    for operation in OPERATIONS.values()
    if operation.retry == "never" and operation.effect in ("sends", "schedules")
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far a client is with a step.

    Attributes:
        state: Not done yet, done right, or done wrong.
        detail: What is missing or wrong; empty where it is right.
        request: The number of the request that decided it.
    """

    state: StepState
    detail: str = ""
    request: int | None = None


@dataclass(frozen=True)
class Record:
    """What one app's client has done: its requests, oldest first, and the callbacks to it."""

    entries: Sequence[JournalEntry]
    callbacks: Sequence[Callback]

    @cached_property
    def accepted(self) -> Sequence[JournalEntry]:
        """The requests that were accepted."""
        return [entry for entry in self.entries if 0 < entry.status < _FIRST_REFUSED]

    def of(self, operation: str) -> Iterator[JournalEntry]:
        """The accepted requests of an operation."""
        return (entry for entry in self.accepted if entry.operation == operation)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a client should do.

    Attributes:
        id: A name for programs.
        title: What it shows, in English; ``title_zh`` in Chinese.
        task: How to do it against the sandbox, in English; ``task_zh`` in Chinese.
        judge: Judges the record of a client.
    """

    id: str
    title: str
    title_zh: str
    task: str
    task_zh: str
    judge: Callable[[Record], Verdict]


def judge(state: State, app: App) -> list[tuple[Step, Verdict]]:
    """Every step with how far an app's client is, since the sandbox started or was reset."""
    entries = [entry for _, entry in sorted(state.journal.items()) if entry.app_key == app.app_key]
    callbacks = [callback for callback in state.callbacks.values() if callback.app_key == app.app_key]
    record = Record(entries, callbacks)
    return [(step, step.judge(record)) for step in STEPS]


def _sent(*operations: str) -> Callable[[Record], Verdict]:
    """Each operation was accepted once."""

    def judge(record: Record) -> Verdict:
        for operation in operations:
            if not any(record.of(operation)):
                return Verdict("todo", f"{operation} was not accepted yet.")
        return Verdict("right", request=next(record.of(operations[-1])).number)

    return judge


def _refused(operation: str, code: int) -> Callable[[Record], Verdict]:
    def judge(record: Record) -> Verdict:
        for entry in record.entries:
            if entry.operation == operation and entry.code == code:
                return Verdict("right", request=entry.number)
        return Verdict("todo", f"{operation} was not refused with {code} yet.")

    return judge


def _verified(variant: str = "") -> Callable[[Record], Verdict]:
    """A code was verified under the msg_id of its sending, which may have come in another form."""

    def judge(record: Record) -> Verdict:
        sent = [entry for entry in record.of("sendCode") if f"variant {variant}" in (entry.fault or "") or not variant]
        ids = {msg_id for entry in sent for msg_id in entry.msg_ids}
        for entry in record.of("verifyCode"):
            if ids.intersection(entry.msg_ids):
                return Verdict("right", request=entry.number)
        missing = "verifyCode with its msg_id was not accepted yet." if sent else "sendCode was not sent yet."
        return Verdict("todo", missing if not variant or sent else f"No sendCode got a response with {variant} yet.")

    return judge


def _varied(operation: str, variant: str) -> Callable[[Record], Verdict]:
    """A response came in another form, and the client went on."""

    def judge(record: Record) -> Verdict:
        for entry in record.entries:
            if entry.operation == operation and f"variant {variant}" in (entry.fault or ""):
                if entry is record.entries[-1]:
                    return Verdict("todo", "Nothing was sent after it yet.", entry.number)
                return Verdict("right", request=entry.number)
        return Verdict("todo", f"No {operation} got a response with {variant} yet.")

    return judge


def _in_chinese(record: Record) -> Verdict:
    for entry in record.accepted:
        if entry.operation in ("sendMessage", "sendMessageBatch") and _CHINESE.search(_decoded(entry.body)):
            return Verdict("right", request=entry.number)
    return Verdict("todo", "No accepted message has Chinese text in temp_para yet.")


def _batch(record: Record) -> Verdict:
    for entry in record.of("sendMessageBatch"):
        response = _object(entry.answer)
        if response.get("success_count") and response.get("failure_count"):
            return Verdict("right", request=entry.number)
    return Verdict("todo", "No batch had an accepted and a refused recipient yet.")


def _schedule(record: Record) -> Verdict:
    later = ("getSchedule", "updateSchedule", "deleteSchedule")
    missing = [f"{operation} of it was not accepted yet." for operation in later]
    for created in record.of("createSchedule"):
        schedule = str(_object(created.answer).get("schedule_id"))
        done = {entry.operation: entry for entry in record.accepted if entry.path.endswith(f"/{schedule}")}
        if done.keys() >= set(later):
            return Verdict("right", request=done["deleteSchedule"].number)
        missing = [f"{operation} of it was not accepted yet." for operation in later if operation not in done]
    return Verdict("todo", missing[0] if any(record.of("createSchedule")) else "None was made yet.")


def _signature(record: Record) -> Verdict:
    for entry in record.of("createSign"):
        if _CHINESE.search(entry.body) and "SHA-256" in entry.body:
            return Verdict("right", request=entry.number)
    return Verdict("todo", "No signature with Chinese text and an image was accepted yet.")


def _fetched(operation: str) -> Callable[[Record], Verdict]:
    def judge(record: Record) -> Verdict:
        for entry in record.of(operation):
            if _json(entry.answer):
                return Verdict("right", request=entry.number)
        return Verdict("todo", f"{operation} has not returned a record yet.")

    return judge


def _pace(record: Record) -> Verdict:
    polls = [entry for entry in record.entries if entry.operation in ("pollReports", "pollReplies")]
    for entry in polls:
        if entry.code == OUT_OF_FREQ and entry.fault is None:
            return Verdict("wrong", "Polled less than five seconds after the poll before.", entry.number)
    for operation in ("pollReports", "pollReplies"):
        accepted = [entry for entry in polls if entry.operation == operation and entry.status < _FIRST_REFUSED]
        if len(accepted) > 1:
            return Verdict("right", request=accepted[1].number)
    return Verdict("todo", "Neither was polled twice yet.")


def _acknowledged(record: Record) -> Verdict:
    delivered = {callback.type for callback in record.callbacks if callback.delivered}
    missing = [kind for kind in _CALLBACKS if kind not in delivered]
    return Verdict("todo", f"Not acknowledged yet: {', '.join(missing)}.") if missing else Verdict("right")


def _sent_once(record: Record) -> Verdict:
    lost = [entry for entry in record.entries if entry.operation in _SENDS and _LOST.match(entry.fault or "")]
    for entry in lost:
        for later in record.entries:
            same = (later.operation, later.path, later.body) == (entry.operation, entry.path, entry.body)
            if later.number > entry.number and same and later.at - entry.at < _RESEND_SECONDS:
                detail = f"Request {entry.number} lost its response, and {later.number} sent the same again."
                return Verdict("wrong", detail, later.number)
    if not lost:
        return Verdict("todo", "No send has lost its response yet.")
    return Verdict("right", request=lost[-1].number)


def _decoded(body: str) -> str:
    """A JSON body with its escapes decoded."""
    found = _json(body)
    return body if found is None else json.dumps(found, ensure_ascii=False)


def _object(text: str) -> Mapping[str, object]:
    found = _json(text)
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else {}


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


STEPS: Sequence[Step] = (
    Step(
        "code",
        "A code is sent and verified",
        "发送并校验验证码",
        "Send a code with template 1, read it with GET /_sandbox/api/codes/latest, and verify it under its msg_id.",
        "用模板 1 发送验证码，用 GET /_sandbox/api/codes/latest 读取，再用其 msg_id 校验。",
        _verified(),
    ),
    Step(
        "wrong_code",
        "A wrong code is refused with 50010",
        "错误的验证码被拒绝（50010）",
        "Verify another code than the one that was sent.",
        "校验一个与下发不同的验证码。",
        _refused("verifyCode", INVALID_CODE),
    ),
    Step(
        "used_code",
        "A used code is refused with 50012",
        "用过的验证码被拒绝（50012）",
        "Verify the right code twice.",
        "对正确的验证码校验两次。",
        _refused("verifyCode", VERIFIED_CODE),
    ),
    Step(
        "voice_code",
        "A voice code is sent",
        "发送语音验证码",
        "Send a voice code.",
        "发送语音验证码。",
        _sent("sendVoiceCode"),
    ),
    Step(
        "chinese",
        "Chinese text arrives in a template parameter",
        "模板变量中的中文正确送达",
        "Send template 1250 with Chinese text in temp_para.",
        "发送模板 1250，temp_para 中含中文。",
        _in_chinese,
    ),
    Step(
        "batch",
        "A batch with an accepted and a refused recipient",
        "批量发送：一个受理，一个拒绝",
        "Send to a number and to 13000050024, which is refused with 50024.",
        "发给一个普通号码和 13000050024，后者以 50024 拒绝。",
        _batch,
    ),
    Step(
        "schedule",
        "A schedule is created, read, changed and deleted",
        "定时短信：提交、查询、修改、删除",
        "Do all four with one schedule; its deletion has an empty body.",
        "对同一个定时任务依次操作；删除的响应体为空。",
        _schedule,
    ),
    Step(
        "balances",
        "Both balances are read, each with credentials of its own",
        "用各自的凭证查询两种余量",
        "Read getAppBalance with the app's pair and getDevBalance with devKey and devSecret.",
        "用应用凭证查询 getAppBalance，用 devKey 与 devSecret 查询 getDevBalance。",
        _sent("getAppBalance", "getDevBalance"),
    ),
    Step(
        "template",
        "A template is created, read and deleted",
        "模板：创建、查询、删除",
        "Do all three; the deletion has an empty body.",
        "依次操作；删除的响应体为空。",
        _sent("createTemplate", "getTemplate", "deleteTemplate"),
    ),
    Step(
        "signature",
        "A signature with Chinese text and an image is uploaded",
        "上传含中文与图片的签名",
        "Create a signature with multipart/form-data.",
        "以 multipart/form-data 创建签名。",
        _signature,
    ),
    Step(
        "reports",
        "Delivery reports are fetched",
        "获取送达回执",
        "Send a message, let ten seconds pass (POST /_sandbox/api/clock/advance), and poll reports.",
        "发送短信，让时间前进十秒（POST /_sandbox/api/clock/advance），再轮询回执。",
        _fetched("pollReports"),
    ),
    Step(
        "replies",
        "Replies are fetched",
        "获取用户上行",
        "Let a number reply (POST /_sandbox/api/replies), and poll replies.",
        "让一个号码回复（POST /_sandbox/api/replies），再轮询上行。",
        _fetched("pollReplies"),
    ),
    Step(
        "pace",
        "Polls are at least five seconds apart",
        "两次轮询至少间隔五秒",
        "Poll reports or replies twice; a poll that is too soon is refused with 50009.",
        "轮询回执或上行两次；间隔太短会以 50009 拒绝。",
        _pace,
    ),
    Step(
        "callbacks",
        "All four types of callbacks are acknowledged",
        "四类回调均得到确认",
        "Set the app's callback_url (PATCH /_sandbox/api/apps/{app_key}), and let each type happen: a send, a "
        "reply, a review of a template and one of a signature.",
        "设置应用的 callback_url（PATCH /_sandbox/api/apps/{app_key}），并触发各类回调：发送、上行、"
        "模板审核、签名审核。",
        _acknowledged,
    ),
    Step(
        "numeric_id",
        "A msg_id that comes as a number is used as it is",
        "以数字返回的 msg_id 可以照常使用",
        "Inject the fault variant numeric_msg_id for sendCode (POST /_sandbox/api/faults), send a code and verify it.",
        "为 sendCode 注入 variant 故障 numeric_msg_id（POST /_sandbox/api/faults），发送验证码并校验。",
        _verified("numeric_msg_id"),
    ),
    Step(
        "unknown_field",
        "A field that the contract does not list does no harm",
        "契约之外的字段不影响客户端",
        "Inject the fault variant unknown_field for sendCode, send a code and verify it.",
        "为 sendCode 注入 variant 故障 unknown_field，发送验证码并校验。",
        _verified("unknown_field"),
    ),
    Step(
        "unknown_code",
        "The client goes on after an error code that the contract does not list",
        "遇到契约之外的返回码后客户端继续工作",
        "Inject the fault variant unknown_code for sendMessage and send to 13000050024; the client reports 59999.",
        "为 sendMessage 注入 variant 故障 unknown_code，并发送到 13000050024；客户端应报告 59999。",
        _varied("sendMessage", "unknown_code"),
    ),
    Step(
        "sent_once",
        "A send whose response is lost is sent once",
        "响应丢失的发送只发出一次",
        "Inject the fault drop for a number, send to it over a connection that was used before, and then send "
        "something else.",
        "为一个号码注入 drop 故障，用已经使用过的连接向它发送，之后再发送别的内容。",
        _sent_once,
    ),
)
