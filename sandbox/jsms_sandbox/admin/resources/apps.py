"""Apps: their credentials, switches and credit."""

from __future__ import annotations

import ipaddress
import secrets
from http import HTTPStatus
from typing import Annotated

from pydantic import AfterValidator, Field

from jsms_sandbox.admin.endpoint import delete, get, patch, post
from jsms_sandbox.admin.models import Body, Mobile, NoBody, Problem, Query, ResponseModel, Status, conflict, wrong
from jsms_sandbox.admin.request import AdminRequest
from jsms_sandbox.admin.resources.blocked import MOST, Word
from jsms_sandbox.admin.resources.callbacks import Url
from jsms_sandbox.service.access import KEY
from jsms_sandbox.settings import Credentials
from jsms_sandbox.simulation.callbacks import check_url, url_problem, url_warnings
from jsms_sandbox.state import entities

LONGEST_NAME = 100
LARGEST_CREDIT = 10**12
LONGEST_DELAY = 10**9
KEY_NAMES = ("app_key", "master_secret", "dev_key", "dev_secret")
SWITCHES = ("name", "sms_enabled", "blacklisted", "report_delay", "report_status")
LISTS = ("allowed_ips", "words", "opt_outs")


def _network(text: str) -> str:
    ipaddress.ip_network(text, strict=False)
    return text


Key = Annotated[str, Field(pattern=f"^{KEY.pattern}$")]
Address = Annotated[str, AfterValidator(_network), Field(description="An address, or a network such as 10.0.0.0/8.")]
Amount = Annotated[int | None, Field(ge=0, le=LARGEST_CREDIT)]


class Credit(ResponseModel):
    """What is left in each pool, in SMS; null where a pool was never allocated."""

    balance: Annotated[int | None, Field(description="For all types.")]
    voice: int | None
    industry: Annotated[int | None, Field(description="For codes and notices.")]
    market: int | None


class Review(ResponseModel):
    """How templates and signatures are reviewed: at once, by hand, or after some seconds."""

    mode: entities.ReviewMode
    seconds: float


class App(ResponseModel):
    """One application with its developer account: credentials, switches and credit."""

    app_key: str
    master_secret: str
    dev_key: str
    dev_secret: str
    name: str
    first: Annotated[bool, Field(description="Whether it is the app that calls are about by default.")]
    sms_enabled: bool
    blacklisted: bool
    allowed_ips: list[str]
    credit: Credit
    dev_credit: Credit
    fixed_code: str | None
    review: Review
    report_delay: Annotated[float, Field(description="Seconds until a message is reported.")]
    report_status: int
    callback_url: str | None
    words: list[str]
    opt_outs: list[str]
    warnings: Annotated[list[str], Field(description="What the real service would not accept.")]


class Apps(ResponseModel):
    """Apps."""

    apps: list[App]


class CreditChange(Body):
    """Credit of each pool; what is left out stays, null removes the pool."""

    balance: Amount = None
    voice: Amount = None
    industry: Amount = None
    market: Amount = None


class ReviewChange(Body):
    """How templates and signatures are reviewed from now on."""

    mode: entities.ReviewMode
    seconds: Annotated[float, Field(ge=0, le=LONGEST_DELAY)] = 0.0


class AppChange(Body):
    """Switches of an app. What is left out stays; null removes fixed_code and callback_url, and nothing else."""

    name: Annotated[str | None, Field(max_length=LONGEST_NAME)] = None
    sms_enabled: Annotated[bool | None, Field(description="False: 50008.")] = None
    blacklisted: Annotated[bool | None, Field(description="True: 50036.")] = None
    allowed_ips: Annotated[
        list[Address] | None, Field(max_length=1_000, description="Others are refused with 50035; [] allows all.")
    ] = None
    credit: Annotated[CreditChange | None, Field(description="Too little: 50014; all null: 50033.")] = None
    dev_credit: CreditChange | None = None
    fixed_code: Annotated[str | None, Field(pattern="^[0-9]{6}$", description="Makes every text code this one.")] = None
    review: ReviewChange | None = None
    report_delay: Annotated[float | None, Field(ge=0, le=LONGEST_DELAY)] = None
    report_status: Status | None = None
    callback_url: Url | None = None
    check_callback: Annotated[
        bool, Field(description="Whether callback_url must echo some characters before it is accepted.")
    ] = True
    words: Annotated[list[Word] | None, Field(max_length=MOST, description="Blocked words (50037).")] = None
    opt_outs: Annotated[list[Mobile] | None, Field(max_length=MOST, description="Numbers that opted out (50024).")] = (
        None
    )


class NewApp(AppChange):
    """An app; keys that are left out are random."""

    app_key: Key | None = None
    master_secret: Key | None = None
    dev_key: Key | None = None
    dev_secret: Key | None = None
    with_signature: Annotated[bool, Field(description="Whether it starts with a signature that passed.")] = True


def app_model(call: AdminRequest, app: entities.App) -> App:
    """Make the response for an app."""
    first = app.app_key == call.state.settings.credentials.app_key
    return App.of(app, first=first, warnings=url_warnings(app.callback_url))


def list_apps(call: AdminRequest, query: Query) -> Apps:
    """List the apps."""
    app = call.selected(query)
    return Apps(apps=[app_model(call, each) for each in ([app] if app else call.state.apps.values())])


async def create_app(call: AdminRequest, _: Query, body: NewApp) -> App:
    """Create an app with its own credentials, so that tests can run in parallel."""
    await _check_callback_url(body)
    keys = Credentials(*(getattr(body, name) or secrets.token_hex(12) for name in KEY_NAMES))
    try:
        app = call.state.create_app(keys, with_signature=body.with_signature)
    except ValueError as error:
        raise conflict(str(error), "Choose other keys, or leave them out.") from None
    _apply(call, app, body)
    return app_model(call, app)


def get_app(call: AdminRequest, _: Query) -> App:
    """Show one app."""
    return app_model(call, _named(call))


async def update_app(call: AdminRequest, _: Query, body: AppChange) -> App:
    """Change switches of an app."""
    _named(call)
    await _check_callback_url(body)
    app = _named(call)  # it may be gone, or another, after the wait
    _apply(call, app, body)
    return app_model(call, app)


def delete_app(call: AdminRequest, _: Query) -> None:
    """Delete an app with all that belongs to it, except for its requests."""
    app = _named(call)
    if app.app_key == call.state.settings.credentials.app_key:
        raise conflict("The first app stays.", "Reset it instead: POST /_sandbox/api/apps/{app_key}/reset.")
    call.sandbox.faults.clear(app.app_key)
    call.state.remove_app(app)
    call.state.events.publish("reset", {"app_key": app.app_key})


def reset_app(call: AdminRequest, _: Query, body: NoBody) -> App:  # noqa: ARG001 - every handler takes its body
    """Reset an app under the same keys; its faults are deleted too."""
    return fresh_app(call, _named(call))


def fresh_app(call: AdminRequest, app: entities.App) -> App:
    """Reset an app."""
    call.sandbox.faults.clear(app.app_key)
    return app_model(call, call.state.reset_app(app))


def _named(call: AdminRequest) -> entities.App:
    return call.app_of_key(call.path["app_key"], "path.app_key")


async def _check_callback_url(body: AppChange) -> None:
    url = body.callback_url
    if url is None:
        return
    problem = url_problem(url)
    if problem is not None:
        raise wrong("body.callback_url", problem, "Give the whole URL, such as http://127.0.0.1:8000/jsms.")
    problem = await check_url(url) if body.check_callback else None
    if problem is not None:
        raise Problem("conflict", problem, "Start the app first, or give check_callback: false.", "body.callback_url")


def _apply(call: AdminRequest, app: entities.App, body: AppChange) -> None:
    for name in SWITCHES:
        value = getattr(body, name)
        if value is not None:
            setattr(app, name, value)
    for name in LISTS:
        value = getattr(body, name)
        if value is not None:
            setattr(app, name, list(dict.fromkeys(value)))
    for name in ("fixed_code", "callback_url"):
        if name in body.model_fields_set:
            setattr(app, name, getattr(body, name))
    for name in ("credit", "dev_credit"):
        change: CreditChange | None = getattr(body, name)
        for pool in change.model_fields_set if change else ():
            setattr(getattr(app, name), pool, getattr(change, pool))
    if body.review is not None:
        app.review = entities.Review(body.review.mode, body.review.seconds)
    call.state.app_changed(app)


ENDPOINTS = (
    get("/apps", list_apps, Query, Apps),
    post("/apps", create_app, NewApp, App, "conflict", status=HTTPStatus.CREATED),
    get("/apps/{app_key}", get_app, Query, App, "not_found"),
    patch("/apps/{app_key}", update_app, AppChange, App, "not_found", "conflict"),
    delete("/apps/{app_key}", delete_app, None, "not_found", "conflict"),
    post("/apps/{app_key}/reset", reset_app, NoBody, App, "not_found"),
)
