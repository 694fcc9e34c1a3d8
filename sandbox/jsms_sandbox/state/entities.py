"""The entities that the sandbox keeps, as dataclasses.

Each entity is saved whole, under its table and key. What JSON cannot hold (times, sets) is kept as numbers and lists.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal, get_args

from annotated_types import Interval

from jsms_contract.service import KNOWN_VALUES
from jsms_contract.values import DELIVERY_STATUS_DELIVERED
from jsms_sandbox.simulation.clock import LATEST

MessageKind = Literal["code", "voice", "notice", "marketing"]
Pool = Literal["balance", "voice", "industry", "market"]
ReviewMode = Literal["at_once", "by_hand", "after"]
ScheduleStatus = Literal["pending", "sent", "deleted"]
CallbackType = Literal["SMS_REPORT", "SMS_REPLY", "SMS_TEMPLATE", "SMS_SIGN"]
CALLBACK_TYPES: tuple[CallbackType, ...] = get_args(CallbackType)
Moment = Annotated[float, Interval(ge=0, le=LATEST)]
"""Seconds since the epoch."""
Seconds = Annotated[float, Interval(ge=-LATEST, le=LATEST)]


def _known(values: str) -> Interval:
    """Return from which to which number the known values of a component of the contract are."""
    numbers = [int(known.value) for known in KNOWN_VALUES[values]]
    return Interval(ge=min(numbers), le=max(numbers))


ReviewStatus = Annotated[int, _known("ReviewStatus")]
TemplateType = Annotated[int, _known("TemplateType")]


class Stored:
    """The base of what the storage keeps.

    Attributes:
        table: The name of its kind in the storage.
        key_fields: The fields of its key there; without any, there is one of the kind.
    """

    __slots__ = ()
    table: ClassVar[str]
    key_fields: ClassVar[tuple[str, ...]]

    @property
    def key(self) -> str:
        """Its key in the storage."""
        return "/".join(str(getattr(self, name)) for name in self.key_fields) or "1"


@dataclass(slots=True)
class Credit:
    """What is left in each pool, in SMS; None where a pool was never allocated."""

    balance: int | None = 10_000
    voice: int | None = 1_000
    industry: int | None = 10_000
    market: int | None = 1_000


@dataclass(slots=True)
class Review:
    """How templates and signatures are reviewed: at once, by hand, or after some seconds."""

    mode: ReviewMode = "at_once"
    seconds: Seconds = 0.0


@dataclass(slots=True)
class App(Stored):
    """One application: its credentials, switches and credit. The developer account that owns it is part of it."""

    table: ClassVar[str] = "app"
    key_fields: ClassVar[tuple[str, ...]] = ("app_key",)
    app_key: str
    master_secret: str
    dev_key: str
    dev_secret: str
    name: str = ""
    sms_enabled: bool = True
    blacklisted: bool = False
    allowed_ips: list[str] = field(default_factory=list[str])
    credit: Credit = field(default_factory=Credit)
    dev_credit: Credit = field(default_factory=Credit)
    fixed_code: str | None = None
    review: Review = field(default_factory=Review)
    report_delay: Seconds = 1.0
    report_status: int = DELIVERY_STATUS_DELIVERED
    callback_url: str | None = None
    words: list[str] = field(default_factory=list[str])
    opt_outs: list[str] = field(default_factory=list[str])
    polled: dict[str, Moment] = field(default_factory=dict[str, float])
    next_temp_id: int = 2
    next_sign_id: int = 2


@dataclass(slots=True)
class Template(Stored):
    """One template with the state of its review."""

    table: ClassVar[str] = "template"
    key_fields: ClassVar[tuple[str, ...]] = ("app_key", "temp_id")
    app_key: str
    temp_id: int
    template: str
    type: TemplateType
    ttl: int | None
    remark: str
    status: ReviewStatus
    created_at: Moment
    refuse_reason: str | None = None
    review_at: Moment | None = None


@dataclass(slots=True)
class UploadedFile:
    """What is kept of an uploaded image: never its content, signature papers are identity papers."""

    field: str
    size: int
    media_type: str
    sha256: str


@dataclass(slots=True)
class Sign(Stored):
    """One signature with the state of its review."""

    table: ClassVar[str] = "sign"
    key_fields: ClassVar[tuple[str, ...]] = ("app_key", "sign_id")
    app_key: str
    sign_id: int
    sign: str
    type: int
    remark: str
    status: ReviewStatus
    created_at: Moment
    is_default: bool = False
    files: list[UploadedFile] = field(default_factory=list[UploadedFile])
    refuse_reason: str | None = None
    review_at: Moment | None = None


@dataclass(slots=True)
class Code:
    """A verification code that was sent."""

    code: str
    expires_at: Moment
    verified_at: Moment | None = None


@dataclass(slots=True)
class Message(Stored):
    """One SMS or call that was accepted."""

    table: ClassVar[str] = "message"
    key_fields: ClassVar[tuple[str, ...]] = ("msg_id",)
    msg_id: str
    app_key: str
    kind: MessageKind
    mobile: str
    text: str
    segments: int
    sent_at: Moment
    temp_id: int | None = None
    sign_id: int | None = None
    temp_para: dict[str, str] = field(default_factory=dict[str, str])
    tag: str | None = None
    schedule_id: str | None = None
    language: int | None = None
    code: Code | None = None
    report_at: Moment | None = None
    """When its delivery report falls due."""
    status: int | None = None
    """Its delivery status, once reported."""
    reported_at: Moment | None = None
    handed_out: bool = False
    """Whether the report was polled or queued as a callback."""


@dataclass(slots=True)
class ScheduledRecipient:
    """One recipient of a schedule, with the text as it will be sent."""

    msg_id: str
    mobile: str
    temp_para: dict[str, str] | None
    text: str


@dataclass(slots=True)
class Schedule(Stored):
    """A template SMS that is sent later."""

    table: ClassVar[str] = "schedule"
    key_fields: ClassVar[tuple[str, ...]] = ("schedule_id",)
    schedule_id: str
    app_key: str
    batch: bool
    send_at: Moment
    send_time: str
    temp_id: int
    template_type: TemplateType
    sign_id: int | None
    tag: str | None
    recipients: list[ScheduledRecipient]
    created_at: Moment
    status: ScheduleStatus = "pending"


@dataclass(slots=True)
class Reply(Stored):
    """A user's reply."""

    table: ClassVar[str] = "reply"
    key_fields: ClassVar[tuple[str, ...]] = ("number",)
    number: int
    app_key: str
    phone: str
    content: str
    replied_at: Moment
    handed_out: bool = False


@dataclass(slots=True)
class Attempt:
    """One try to deliver a callback."""

    at: Moment
    url: str
    status: int | None
    error: str | None
    seconds: Seconds
    by_hand: bool = False
    """Whether a person asked for it, outside the schedule of retries."""


@dataclass(slots=True)
class Callback(Stored):
    """A callback to the app under development, and how its delivery went."""

    table: ClassVar[str] = "callback"
    key_fields: ClassVar[tuple[str, ...]] = ("number",)
    number: int
    app_key: str
    type: CallbackType
    data: str
    created_at: Moment
    next_at: Moment | None
    """When it is tried next; None once it was delivered or given up."""
    delivered: bool = False
    attempts: list[Attempt] = field(default_factory=list[Attempt])


@dataclass(slots=True)
class JournalEntry(Stored):
    """One request and its response, accepted or refused."""

    table: ClassVar[str] = "journal"
    key_fields: ClassVar[tuple[str, ...]] = ("number",)
    number: int
    at: Moment
    method: str
    path: str
    client: str
    headers: list[tuple[str, str]]
    body: str
    operation: str | None = None
    app_key: str | None = None
    status: int = 0
    code: int | None = None
    check: str | None = None
    """The check that failed; None where the request was accepted."""
    hint: str | None = None
    hint_zh: str | None = None
    warnings: list[str] = field(default_factory=list[str])
    warnings_zh: list[str] = field(default_factory=list[str])
    answer_headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    answer: str = ""
    msg_ids: list[str] = field(default_factory=list[str])
    fault: str | None = None
    modelled: bool = True
    """Whether the sandbox has behaviour for the operation; otherwise the response is the contract's example."""
    milliseconds: Seconds = 0.0


@dataclass(slots=True)
class Counters(Stored):
    """The last numbers given out; kept, so that none is given out twice after a restart."""

    table: ClassVar[str] = "counters"
    key_fields: ClassVar[tuple[str, ...]] = ()
    message: int = 288_193_860_301
    reply: int = 0
    callback: int = 0
    journal: int = 0


@dataclass(slots=True)
class Time(Stored):
    """The clock's time, once it was moved."""

    table: ClassVar[str] = "time"
    key_fields: ClassVar[tuple[str, ...]] = ()
    shift: Seconds
    frozen_at: Moment | None


Entity = App | Template | Sign | Message | Schedule | Reply | Callback | JournalEntry | Counters | Time
