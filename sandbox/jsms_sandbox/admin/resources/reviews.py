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
T = TypeVar("T")


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
    found = _of(call, query, call.state.templates)
    return Templates(
        templates=[template_model(item) for item in reversed(found) if query.status in (None, item.status)]
    )


def get_template(call: AdminRequest, query: Query) -> Template:
    """Show one template."""
    return template_model(_template(call, query))


def review_template(call: AdminRequest, query: Query, body: Decision) -> Template:
    """Decide on a template, whatever its status."""
    template = _template(call, query)
    decide(call.state, call.app(query), template, passed=body.passed, reason=body.reason)
    return template_model(template)


def list_signs(call: AdminRequest, query: ReviewedQuery) -> Signs:
    """List signatures, newest first."""
    found = _of(call, query, call.state.signs)
    return Signs(signs=[sign_model(item) for item in reversed(found) if query.status in (None, item.status)])


def get_sign(call: AdminRequest, query: Query) -> Sign:
    """Show one signature."""
    return sign_model(_sign(call, query))


def review_sign(call: AdminRequest, query: Query, body: Decision) -> Sign:
    """Decide on a signature, whatever its status."""
    sign = _sign(call, query)
    decide(call.state, call.app(query), sign, passed=body.passed, reason=body.reason)
    return sign_model(sign)


def _of(call: AdminRequest, query: Query, by_app: dict[str, dict[int, T]]) -> list[T]:
    app = call.selected(query)
    return [item for key, items in by_app.items() if app is None or key == app.app_key for item in items.values()]


def _template(call: AdminRequest, query: Query) -> entities.Template:
    found = call.state.templates[call.app(query).app_key].get(call.number("temp_id"))
    if found is None:
        raise not_found("The app has no such template.", "GET /_sandbox/api/templates lists them.", "path.temp_id")
    return found


def _sign(call: AdminRequest, query: Query) -> entities.Sign:
    found = call.state.signs[call.app(query).app_key].get(call.number("sign_id"))
    if found is None:
        raise not_found("The app has no such signature.", "GET /_sandbox/api/signs lists them.", "path.sign_id")
    return found


ENDPOINTS = (
    get("/templates", list_templates, ReviewedQuery, Templates),
    get("/templates/{temp_id}", get_template, Query, Template, "not_found"),
    post("/templates/{temp_id}/review", review_template, Decision, Template, "not_found"),
    get("/signs", list_signs, ReviewedQuery, Signs),
    get("/signs/{sign_id}", get_sign, Query, Sign, "not_found"),
    post("/signs/{sign_id}/review", review_sign, Decision, Sign, "not_found"),
)
