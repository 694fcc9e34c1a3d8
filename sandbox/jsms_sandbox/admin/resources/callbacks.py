"""Callbacks to the app under development: list, resend, and post the documented samples."""

from __future__ import annotations

from time import perf_counter
from typing import Annotated, Literal

from pydantic import Field

from jsms_contract.service import CALLBACK_SAMPLES
from jsms_sandbox.admin.endpoint import get, post
from jsms_sandbox.admin.listing import Listing, NumberPage
from jsms_sandbox.admin.models import At, Body, NoBody, Query, ResponseModel, conflict, wrong
from jsms_sandbox.admin.request import AdminRequest
from jsms_sandbox.simulation.callbacks import check_url, post_form, signed_form, url_problem, url_warnings
from jsms_sandbox.state import entities
from jsms_sandbox.state.entities import CALLBACK_TYPES, App, CallbackType

CallbackState = Literal["waiting", "delivered", "given_up"]
LONGEST_URL = 2_000
Url = Annotated[str, Field(max_length=LONGEST_URL)]


class Attempt(ResponseModel):
    """One try to deliver a callback."""

    at: At
    url: str
    status: int | None
    error: Annotated[str | None, Field(description="Why it failed, in a sentence; null where it was delivered.")]
    seconds: Annotated[float, Field(description="Real seconds it took.")]
    by_hand: Annotated[bool, Field(description="Whether it was asked for here, outside the schedule of retries.")]


class Callback(ResponseModel):
    """A callback to the app under development, and how its delivery goes."""

    number: int
    app_key: str
    type: str
    data: Annotated[str, Field(description="The JSON text that is posted as data.")]
    state: CallbackState
    created_at: At
    next_at: Annotated[At | None, Field(description="When it is tried next.")]
    attempts: list[Attempt]


class Callbacks(ResponseModel):
    """A page of callbacks."""

    callbacks: list[Callback]
    more: bool


class CallbacksQuery(NumberPage):
    """Which callbacks."""

    type: CallbackType | None = None
    state: CallbackState | None = None


class Sample(ResponseModel):
    """The documented example of a callback."""

    type: str
    data: str


class Samples(ResponseModel):
    """The documented example of each type of callback."""

    samples: list[Sample]


class SamplesToSend(Body):
    """Where the documented examples are posted."""

    url: Annotated[Url | None, Field(description="By default the app's callback_url.")] = None
    type: Annotated[CallbackType | None, Field(description="Only this type; by default all four.")] = None


class SentForm(ResponseModel):
    """The form fields that were posted."""

    nonce: str
    timestamp: str
    signature: str
    type: str
    data: str


class SentSample(ResponseModel):
    """An example that was posted, and the outcome."""

    type: str
    data: str
    form: SentForm
    status: int | None
    error: str | None
    seconds: float


class SentSamples(ResponseModel):
    """The examples that were posted."""

    samples: list[SentSample]


class UrlToCheck(Body):
    """A callback URL."""

    url: Url


class CheckedUrl(ResponseModel):
    """Whether a URL echoes as the service demands when it is entered."""

    ok: bool
    problem: str | None
    warnings: list[str]


LISTING: Listing[int, entities.Callback] = Listing("callback", lambda state: state.callbacks, int, "callback")


def callback_model(callback: entities.Callback) -> Callback:
    """Make the response for a callback."""
    return Callback.of(callback, state=_state(callback))


async def list_callbacks(call: AdminRequest, query: CallbacksQuery) -> Callbacks:
    """List callbacks, newest first."""

    def fits(callback: entities.Callback) -> bool:
        return query.type in (None, callback.type) and query.state in (None, _state(callback))

    found, more = await LISTING.page(call, query, query.after, query.before, fits)
    return Callbacks(callbacks=[callback_model(callback) for callback in found], more=more)


def get_callback(call: AdminRequest, query: Query) -> Callback:
    """Show one callback."""
    return callback_model(_callback(call, query))


async def resend_callback(call: AdminRequest, query: Query, _: NoBody) -> Callback:
    """Try to deliver a callback now, and wait for the outcome."""
    callback = _callback(call, query)
    if call.state.apps[callback.app_key].callback_url is None:
        raise conflict("The app has no callback URL.", "Set callback_url with PATCH /_sandbox/api/apps/{app_key}.")
    await call.sandbox.deliveries.resend(callback)
    return callback_model(callback)


def list_callback_samples(call: AdminRequest, _: Query) -> Samples:  # noqa: ARG001 - every handler takes its call
    """Show the documented example of each type."""
    return Samples(samples=[Sample(type=name, data=data) for name, data in _samples()])


async def send_callback_samples(call: AdminRequest, query: Query, body: SamplesToSend) -> SentSamples:
    """Post the documented examples to a URL, signed with the app's credentials; they are not kept."""
    app = call.app(query)
    url = body.url if body.url is not None else app.callback_url
    if url is None:
        raise wrong("body.url", "url is missing, and the app has no callback_url.", "Add one of them.")
    _check_form(url)
    return SentSamples(
        samples=[
            await _send_sample(call, app, url, name, data) for name, data in _samples() if body.type in (None, name)
        ]
    )


async def check_callback_url(call: AdminRequest, _: Query, body: UrlToCheck) -> CheckedUrl:  # noqa: ARG001 - as above
    """Ask a URL to echo some characters, as the service does when a callback URL is entered."""
    problem = url_problem(body.url) or await check_url(body.url)
    return CheckedUrl(ok=problem is None, problem=problem, warnings=url_warnings(body.url))


def _samples() -> list[tuple[CallbackType, str]]:
    return [(kind, CALLBACK_SAMPLES[kind]) for kind in CALLBACK_TYPES if kind in CALLBACK_SAMPLES]


async def _send_sample(call: AdminRequest, app: App, url: str, name: CallbackType, data: str) -> SentSample:
    now = call.state.clock.now()
    form = signed_form(app, entities.Callback(0, app.app_key, name, data, now, None), call.state.clock.now_ms())
    started = perf_counter()
    status, error = await post_form(url, form)
    return SentSample(
        type=name,
        data=data,
        form=SentForm.model_validate(form),
        status=status,
        error=error,
        seconds=round(perf_counter() - started, 3),
    )


def _check_form(url: str) -> None:
    problem = url_problem(url)
    if problem is not None:
        raise wrong("body.url", problem, "Give the whole URL, such as http://127.0.0.1:8000/jsms.")


def _callback(call: AdminRequest, query: Query) -> entities.Callback:
    return LISTING.get(call, query, call.number("number"), "path.number")


def _state(callback: entities.Callback) -> CallbackState:
    if callback.delivered:
        return "delivered"
    return "given_up" if callback.next_at is None else "waiting"


ENDPOINTS = (
    get("/callbacks", list_callbacks, CallbacksQuery, Callbacks),
    get("/callbacks/samples", list_callback_samples, Query, Samples),
    post("/callbacks/samples", send_callback_samples, SamplesToSend, SentSamples),
    post("/callbacks/check", check_callback_url, UrlToCheck, CheckedUrl),
    get("/callbacks/{number}", get_callback, Query, Callback, "not_found"),
    post("/callbacks/{number}/resend", resend_callback, NoBody, Callback, "not_found", "conflict"),
)
