"""Templates and signatures, and the decisions of their review."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import Field

from jsms_contract.values import REVIEW_STATUS_IN_REVIEW, REVIEW_STATUS_PASSED, REVIEW_STATUS_REJECTED
from jsms_sandbox.admin.endpoint import get, post
from jsms_sandbox.admin.models import At, Body, Query, ResponseModel, not_found
from jsms_sandbox.admin.request import AdminRequest
from jsms_sandbox.simulation.reviews import decide
from jsms_sandbox.state import entities

ReviewStatusName = Literal["IN_REVIEW", "PASSED", "REJECTED"]
STATUS_NAMES: dict[int, ReviewStatusName] = {
    REVIEW_STATUS_IN_REVIEW: "IN_REVIEW",
    REVIEW_STATUS_PASSED: "PASSED",
    REVIEW_STATUS_REJECTED: "REJECTED",
}
LONGEST_REASON = 500
T = TypeVar("T", entities.Template, entities.Sign)


class Template(ResponseModel):
    """One template with the state of its review."""

    app_key: str
    temp_id: int
    template: str
    type: int
    ttl: int | None
    remark: str
    status: int
    status_name: ReviewStatusName
    refuse_reason: str | None
    review_at: Annotated[At | None, Field(description="When it is decided on by itself.")]
    created_at: At


class Templates(ResponseModel):
    """Templates."""

    templates: list[Template]


class File(ResponseModel):
    """What is kept of an uploaded image; never its content."""

    field: str
    size: int
    media_type: str
    sha256: str


class Sign(ResponseModel):
    """One signature with the state of its review."""

    app_key: str
    sign_id: int
    sign: str
    type: int
    remark: str
    status: int
    status_name: ReviewStatusName
    is_default: bool
    files: list[File]
    refuse_reason: str | None
    review_at: At | None
    created_at: At


class Signs(ResponseModel):
    """Signatures."""

    signs: list[Sign]


class ReviewedQuery(Query):
    """Which templates or signatures."""

    status: int | None = None


class Decision(Body):
    """What the reviewers decide."""

    passed: bool
    reason: Annotated[str | None, Field(max_length=LONGEST_REASON, description="Why it is rejected.")] = None


def template_model(template: entities.Template) -> Template:
    """Make the response for a template."""
    return Template.of(template, status_name=STATUS_NAMES[template.status])


def sign_model(sign: entities.Sign) -> Sign:
    """Make the response for a signature."""
    return Sign.of(sign, status_name=STATUS_NAMES[sign.status])


def list_templates(call: AdminRequest, query: ReviewedQuery) -> Templates:
    """List templates, newest first."""
    return Templates(templates=list(map(template_model, _listed(call, query, call.state.templates))))


def get_template(call: AdminRequest, query: Query) -> Template:
    """Show one template."""
    return template_model(_template(call, query))


def review_template(call: AdminRequest, query: Query, body: Decision) -> Template:
    """Decide on a template, whatever its status."""
    return template_model(_decided(call, query, _template(call, query), body))


def list_signs(call: AdminRequest, query: ReviewedQuery) -> Signs:
    """List signatures, newest first."""
    return Signs(signs=list(map(sign_model, _listed(call, query, call.state.signs))))


def get_sign(call: AdminRequest, query: Query) -> Sign:
    """Show one signature."""
    return sign_model(_sign(call, query))


def review_sign(call: AdminRequest, query: Query, body: Decision) -> Sign:
    """Decide on a signature, whatever its status."""
    return sign_model(_decided(call, query, _sign(call, query), body))


def _listed(call: AdminRequest, query: ReviewedQuery, by_app: dict[str, dict[int, T]]) -> list[T]:
    app = call.selected(query)
    found = [item for key, items in by_app.items() if app is None or key == app.app_key for item in items.values()]
    return [item for item in reversed(found) if query.status in (None, item.status)]


def _decided(call: AdminRequest, query: Query, item: T, body: Decision) -> T:
    decide(call.state, call.app(query), item, passed=body.passed, reason=body.reason)
    return item


def _template(call: AdminRequest, query: Query) -> entities.Template:
    return _found(call, query, call.state.templates, "temp_id", "template", "templates")


def _sign(call: AdminRequest, query: Query) -> entities.Sign:
    return _found(call, query, call.state.signs, "sign_id", "signature", "signs")


def _found(call: AdminRequest, query: Query, by_app: dict[str, dict[int, T]], name: str, noun: str, listed: str) -> T:
    found = by_app[call.app(query).app_key].get(call.number(name))
    if found is None:
        raise not_found(f"The app has no such {noun}.", f"GET /_sandbox/api/{listed} lists them.", f"path.{name}")
    return found


ENDPOINTS = (
    get("/templates", list_templates, ReviewedQuery, Templates),
    get("/templates/{temp_id}", get_template, Query, Template, "not_found"),
    post("/templates/{temp_id}/review", review_template, Decision, Template, "not_found"),
    get("/signs", list_signs, ReviewedQuery, Signs),
    get("/signs/{sign_id}", get_sign, Query, Sign, "not_found"),
    post("/signs/{sign_id}/review", review_sign, Decision, Sign, "not_found"),
)
