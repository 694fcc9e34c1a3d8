"""Conformance steps for a client of any language, evaluated by its requests and the responses it got.

The client only has to send requests: a step is right when the record shows that it was done, and wrong when the record
shows a mistake. What only the client knows, such as an exception that it raised, is not evaluated.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Literal, cast

from jsms_contract.codes import INVALID_CODE, OUT_OF_FREQ, VERIFIED_CODE
from jsms_contract.operations import OPERATIONS
from jsms_sandbox.state.entities import CALLBACK_TYPES, App, Callback, JournalEntry
from jsms_sandbox.state.state import State

StepState = Literal["todo", "right", "wrong"]

_FIRST_REFUSED = 300
_RESEND_SECONDS = 120
"""How soon an identical send after a lost response counts as sent twice, on the sandbox's clock."""
_LOST = re.compile(r"fault [0-9]+: (?:drop|reset|truncate|broken_json|html|empty)\b")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_SENDS = frozenset(
    operation.id
    for operation in OPERATIONS.values()
    if operation.retry == "never" and operation.effect in ("sends", "schedules")
)


@dataclass(frozen=True, slots=True)
class StepResult:
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
        """Find the accepted requests of an operation."""
        return (entry for entry in self.accepted if entry.operation == operation)


@dataclass(frozen=True, slots=True)
class Step:
    """One step that a client should do.

    Attributes:
        id: A name for programs.
        title: What it shows, in English; ``title_zh`` in Chinese.
        task: How to do it against the sandbox, in English; ``task_zh`` in Chinese.
        evaluate: Evaluates the record of a client.
    """

    id: str
    title: str
    title_zh: str
    task: str
    task_zh: str
    evaluate: Callable[[Record], StepResult]


def evaluate(state: State, app: App) -> list[tuple[Step, StepResult]]:
    """Evaluate every step for an app's client, since the sandbox started or was reset."""
    entries = [entry for _, entry in sorted(state.journal.items()) if entry.app_key == app.app_key]
    callbacks = [callback for callback in state.callbacks.values() if callback.app_key == app.app_key]
    record = Record(entries, callbacks)
    return [(step, step.evaluate(record)) for step in steps()]


def _sent(*operations: str) -> Callable[[Record], StepResult]:
    """Expect each operation to be accepted once."""

    def evaluate(record: Record) -> StepResult:
        for operation in operations:
            if not any(record.of(operation)):
                return StepResult("todo", f"{operation} was not accepted yet.")
        return StepResult("right", request=next(record.of(operations[-1])).number)

    return evaluate


def _refused(operation: str, code: int) -> Callable[[Record], StepResult]:
    def evaluate(record: Record) -> StepResult:
        for entry in record.entries:
            if entry.operation == operation and entry.code == code:
                return StepResult("right", request=entry.number)
        return StepResult("todo", f"{operation} was not refused with {code} yet.")

    return evaluate


def _verified(variant: str = "") -> Callable[[Record], StepResult]:
    """Expect a code to be verified under the msg_id of its sending, which may have been returned as a variant."""

    def evaluate(record: Record) -> StepResult:
        sent = [entry for entry in record.of("sendCode") if f"variant {variant}" in (entry.fault or "") or not variant]
        ids = {msg_id for entry in sent for msg_id in entry.msg_ids}
        for entry in record.of("verifyCode"):
            if ids.intersection(entry.msg_ids):
                return StepResult("right", request=entry.number)
        missing = "verifyCode with its msg_id was not accepted yet." if sent else "sendCode was not sent yet."
        return StepResult("todo", missing if not variant or sent else f"No sendCode got a response with {variant} yet.")

    return evaluate


def _varied(operation: str, variant: str) -> Callable[[Record], StepResult]:
    """Expect the client to continue after a response in another form."""

    def evaluate(record: Record) -> StepResult:
        for entry in record.entries:
            if entry.operation == operation and f"variant {variant}" in (entry.fault or ""):
                if entry is record.entries[-1]:
                    return StepResult("todo", "Nothing was sent after it yet.", entry.number)
                return StepResult("right", request=entry.number)
        return StepResult("todo", f"No {operation} got a response with {variant} yet.")

    return evaluate


def _in_chinese(record: Record) -> StepResult:
    for entry in record.accepted:
        if entry.operation in ("sendMessage", "sendMessageBatch") and _CHINESE.search(_decoded(entry.body)):
            return StepResult("right", request=entry.number)
    return StepResult("todo", "No accepted message has Chinese text in temp_para yet.")


def _batch(record: Record) -> StepResult:
    for entry in record.of("sendMessageBatch"):
        response = _object(entry.answer)
        if response.get("success_count") and response.get("failure_count"):
            return StepResult("right", request=entry.number)
    return StepResult("todo", "No batch had an accepted and a refused recipient yet.")


def _schedule(record: Record) -> StepResult:
    later = ("getSchedule", "updateSchedule", "deleteSchedule")
    missing = [f"{operation} of it was not accepted yet." for operation in later]
    for created in record.of("createSchedule"):
        schedule = str(_object(created.answer).get("schedule_id"))
        done = {entry.operation: entry for entry in record.accepted if entry.path.endswith(f"/{schedule}")}
        if done.keys() >= set(later):
            return StepResult("right", request=done["deleteSchedule"].number)
        missing = [f"{operation} of it was not accepted yet." for operation in later if operation not in done]
    return StepResult("todo", missing[0] if any(record.of("createSchedule")) else "None was made yet.")


def _signature(record: Record) -> StepResult:
    for entry in record.of("createSign"):
        if _CHINESE.search(entry.body) and "SHA-256" in entry.body:
            return StepResult("right", request=entry.number)
    return StepResult("todo", "No signature with Chinese text and an image was accepted yet.")


def _fetched(operation: str) -> Callable[[Record], StepResult]:
    def evaluate(record: Record) -> StepResult:
        for entry in record.of(operation):
            if _json(entry.answer):
                return StepResult("right", request=entry.number)
        return StepResult("todo", f"{operation} has not returned a record yet.")

    return evaluate


def _pace(record: Record) -> StepResult:
    polls = [entry for entry in record.entries if entry.operation in ("pollReports", "pollReplies")]
    for entry in polls:
        if entry.code == OUT_OF_FREQ and entry.fault is None:
            return StepResult("wrong", "Polled less than five seconds after the poll before.", entry.number)
    for operation in ("pollReports", "pollReplies"):
        accepted = [entry for entry in polls if entry.operation == operation and entry.status < _FIRST_REFUSED]
        if len(accepted) > 1:
            return StepResult("right", request=accepted[1].number)
    return StepResult("todo", "Neither was polled twice yet.")


def _acknowledged(record: Record) -> StepResult:
    delivered = {callback.type for callback in record.callbacks if callback.delivered}
    missing = [kind for kind in CALLBACK_TYPES if kind not in delivered]
    return StepResult("todo", f"Not acknowledged yet: {', '.join(missing)}.") if missing else StepResult("right")


def _sent_once(record: Record) -> StepResult:
    lost = [entry for entry in record.entries if entry.operation in _SENDS and _LOST.match(entry.fault or "")]
    for entry in lost:
        for later in record.entries:
            same = (later.operation, later.path, later.body) == (entry.operation, entry.path, entry.body)
            if later.number > entry.number and same and later.at - entry.at < _RESEND_SECONDS:
                detail = f"Request {entry.number} lost its response, and {later.number} sent the same again."
                return StepResult("wrong", detail, later.number)
    if not lost:
        return StepResult("todo", "No send has lost its response yet.")
    return StepResult("right", request=lost[-1].number)


def _decoded(body: str) -> str:
    """Decode the escapes of a JSON body."""
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


EVALUATORS: Mapping[str, Callable[[Record], StepResult]] = {
    "code": _verified(),
    "wrong_code": _refused("verifyCode", INVALID_CODE),
    "used_code": _refused("verifyCode", VERIFIED_CODE),
    "voice_code": _sent("sendVoiceCode"),
    "chinese": _in_chinese,
    "batch": _batch,
    "schedule": _schedule,
    "balances": _sent("getAppBalance", "getDevBalance"),
    "template": _sent("createTemplate", "getTemplate", "deleteTemplate"),
    "signature": _signature,
    "reports": _fetched("pollReports"),
    "replies": _fetched("pollReplies"),
    "pace": _pace,
    "callbacks": _acknowledged,
    "numeric_id": _verified("numeric_msg_id"),
    "unknown_field": _verified("unknown_field"),
    "unknown_code": _varied("sendMessage", "unknown_code"),
    "sent_once": _sent_once,
}
"""How each step of conformance.json is evaluated."""


@functools.cache
def steps() -> Sequence[Step]:
    """Load the steps, in their order."""
    texts = json.loads(resources.files("jsms_sandbox").joinpath("conformance.json").read_bytes())
    return [Step(**each, evaluate=EVALUATORS[each["id"]]) for each in texts]
