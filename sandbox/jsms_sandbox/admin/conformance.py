"""Conformance of an app's client: the steps that it has done right or wrong."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from jsms_sandbox.admin.endpoint import get
from jsms_sandbox.admin.models import Query, ResponseModel
from jsms_sandbox.admin.request import AdminRequest
from jsms_sandbox.conformance import evaluate


class Step(ResponseModel):
    """One step, and whether the client has done it."""

    id: str
    title: str
    title_zh: str
    task: Annotated[str, Field(description="How to do it against the sandbox.")]
    task_zh: str
    state: Literal["todo", "right", "wrong"]
    detail: Annotated[str, Field(description="What is missing or wrong.")]
    request: Annotated[int | None, Field(description="The number of the request that decided it.")]


class Conformance(ResponseModel):
    """The whole list."""

    app_key: str
    right: int
    wrong: int
    total: int
    steps: list[Step]


def get_conformance(call: AdminRequest, query: Query) -> Conformance:
    """Evaluate an app's client, by default the first app's, by its requests since the sandbox started or was reset."""
    app = call.app(query)
    evaluated = evaluate(call.state, app)
    states = [result.state for _, result in evaluated]
    steps = [
        Step.of(step, state=result.state, detail=result.detail, request=result.request) for step, result in evaluated
    ]
    return Conformance(
        app_key=app.app_key, right=states.count("right"), wrong=states.count("wrong"), total=len(steps), steps=steps
    )


ENDPOINTS = (get("/conformance", get_conformance, Query, Conformance),)
