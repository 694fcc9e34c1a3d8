"""Injected faults: list, add and delete."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from pydantic import Field
from pydantic.config import JsonDict

from jsms_contract.operations import OPERATIONS
from jsms_sandbox.admin.endpoint import delete, get, post
from jsms_sandbox.admin.models import (
    LARGEST_ID,
    At,
    Body,
    Mobile,
    Query,
    ResponseModel,
    conflict,
    not_found,
    wrong,
)
from jsms_sandbox.admin.request import AdminRequest
from jsms_sandbox.simulation import faults
from jsms_sandbox.simulation.faults import CARRIED_OUT, FaultKind, describe
from jsms_sandbox.simulation.response_variants import Variant

LONGEST_DELAY = 60.0
LARGEST_CODE = 99_999
OPERATION_NEEDS = "Use an operationId of the contract, such as sendMessage."


def _list_operations(schema: JsonDict) -> None:
    schema["enum"] = [*OPERATIONS]


Operation = Annotated[str, Field(json_schema_extra=_list_operations)]


class Fault(ResponseModel):
    """One fault: which requests it hits, how often, and what it does."""

    number: int
    kind: FaultKind
    code: int | None
    status: int | None
    variant: Variant | None
    delay: float
    carried_out: Annotated[bool, Field(description="Whether the request takes effect.")]
    operation: str | None
    app_key: str | None
    mobile: str | None
    times: Annotated[int | None, Field(description="How many more requests it hits; null for no end.")]
    probability: float
    seed: int | None
    expires_at: At | None
    hits: int
    active: Annotated[bool, Field(description="Whether it can still hit.")]
    text: Annotated[str, Field(description="All this in a few words, as the journal shows it.")]


class Faults(ResponseModel):
    """Faults, oldest first: the first that matches a request hits it."""

    faults: list[Fault]


class NewFault(Body):
    """A fault: which requests of the call's app (else of any app) it hits, how often, and what it does."""

    kind: FaultKind
    code: Annotated[int | None, Field(ge=1, le=LARGEST_CODE, description="The error code of the kind code.")] = None
    status: Annotated[int | None, Field(ge=200, le=599, description="The HTTP status; needed for the kind status.")] = (
        None
    )
    variant: Annotated[
        Variant | None,
        Field(description="The form of the kind variant; null for all that can be applied together."),
    ] = None
    delay: Annotated[float, Field(ge=0, le=LONGEST_DELAY, description="Real seconds before the response is sent.")] = (
        0.0
    )
    carried_out: Annotated[
        bool | None, Field(description="Whether the request takes effect; each kind has its own default.")
    ] = None
    operation: Annotated[
        Operation | None, Field(description="An operationId of the contract; null for any request.")
    ] = None
    mobile: Annotated[Mobile | None, Field(description="Only requests about this number.")] = None
    times: Annotated[
        int | None, Field(ge=1, le=LARGEST_ID, description="How many requests it hits; null for no end.")
    ] = 1
    probability: Annotated[float, Field(ge=0, le=1, description="How likely each matching request is hit.")] = 1.0
    seed: Annotated[int | None, Field(description="Makes the chance the same in each run.")] = None
    expires_in: Annotated[
        float | None, Field(gt=0, le=LARGEST_ID, description="Seconds of the sandbox's clock until it ends.")
    ] = None


class Deleted(ResponseModel):
    """How many there were."""

    deleted: int


def fault_model(fault: faults.Fault, now: float) -> Fault:
    """Make the response for a fault."""
    return Fault.of(fault, active=fault.active(now), text=describe(fault))


def list_faults(call: AdminRequest, query: Query) -> Faults:
    """List faults, oldest first."""
    app, now = call.selected(query), call.state.clock.now()
    return Faults(
        faults=[
            fault_model(fault, now)
            for fault in call.sandbox.faults.all.values()
            if app is None or fault.app_key == app.app_key
        ]
    )


def create_fault(call: AdminRequest, query: Query, body: NewFault) -> Fault:
    """Add a fault."""
    _check(body)
    app, now = call.selected(query), call.state.clock.now()
    fault = faults.Fault(
        0,
        body.kind,
        code=body.code,
        status=body.status,
        variant=body.variant,
        delay=body.delay,
        carried_out=CARRIED_OUT[body.kind] if body.carried_out is None else body.carried_out,
        operation=body.operation,
        app_key=app.app_key if app else None,
        mobile=body.mobile,
        times=body.times,
        probability=body.probability,
        seed=body.seed,
        expires_at=None if body.expires_in is None else now + body.expires_in,
    )
    try:
        return fault_model(call.sandbox.faults.add(fault), now)
    except ValueError as error:
        raise conflict(str(error), "DELETE /_sandbox/api/faults deletes them all.") from None


def get_fault(call: AdminRequest, query: Query) -> Fault:
    """Show one fault, and how often it hit."""
    return fault_model(_fault(call, query), call.state.clock.now())


def delete_fault(call: AdminRequest, query: Query) -> None:
    """Delete a fault."""
    call.sandbox.faults.remove(_fault(call, query).number)


def delete_faults(call: AdminRequest, query: Query) -> Deleted:
    """Delete every fault, or those of one app."""
    app = call.selected(query)
    return Deleted(deleted=call.sandbox.faults.clear(app.app_key if app else None))


def _check(body: NewFault) -> None:
    for kind in ("code", "status", "delay"):
        if body.kind == kind and not getattr(body, kind):
            raise wrong(f"body.{kind}", f"{kind} is missing.", f"A fault of the kind {kind} needs it.")
    if body.code is not None and body.kind != "code":
        raise wrong("body.code", f"A fault of the kind {body.kind} has no code.", "Use the kind code.")
    if body.variant is not None and body.kind != "variant":
        raise wrong("body.variant", f"A fault of the kind {body.kind} has no variant.", "Use the kind variant.")
    if body.kind == "variant" and body.carried_out is False:
        raise wrong(
            "body.carried_out", "A variant changes a response, so the request must take effect.", "Leave it out."
        )
    if body.operation is not None and body.operation not in OPERATIONS:
        raise wrong("body.operation", f"There is no operation {body.operation[:50]!r}.", OPERATION_NEEDS)


def _fault(call: AdminRequest, query: Query) -> faults.Fault:
    app, fault = call.selected(query), call.sandbox.faults.all.get(call.number("number"))
    if fault is None or (app is not None and fault.app_key != app.app_key):
        raise not_found("There is no such fault.", "GET /_sandbox/api/faults lists them.", "path.number")
    return fault


ENDPOINTS = (
    get("/faults", list_faults, Query, Faults),
    post("/faults", create_fault, NewFault, Fault, "conflict", status=HTTPStatus.CREATED),
    delete("/faults", delete_faults, Deleted),
    get("/faults/{number}", get_fault, Query, Fault, "not_found"),
    delete("/faults/{number}", delete_fault, None, "not_found"),
)
