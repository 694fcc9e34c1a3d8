"""Conformance of an app's client: the steps that it has done right or wrong."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from jsms_sandbox.admin.endpoint import get
from jsms_sandbox.admin.models import Query, ResponseModel
from jsms_sandbox.admin.request import AdminRequest
from jsms_sandbox.conformance import judge


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
    """Judge the client of an app, by default the first one, by its requests since the sandbox started or was reset."""
    app = call.app(query)
    judged = judge(call.state, app)
    states = [verdict.state for _, verdict in judged]
    steps = [
        Step.of(step, state=verdict.state, detail=verdict.detail, request=verdict.request) for step, verdict in judged
    ]
    return Conformance(
        app_key=app.app_key, right=states.count("right"), wrong=states.count("wrong"), total=len(steps), steps=steps
    )


ENDPOINTS = (get("/conformance", get_conformance, Query, Conformance),)
