"""Fault injection: which requests are hit, and how the response is changed.

Some faults replace the service, so that the request has no effect; others let it take effect and change the response,
which finds clients that send twice.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from jsms_contract.errors import ERRORS
from jsms_runtime.service import Property
from jsms_sandbox.contract import info
from jsms_sandbox.service.access import claimed_app
from jsms_sandbox.service.request import Hint, Refusal, Request, hint, refusal_body
from jsms_sandbox.service.response import JSON_HEADERS, Response, json_response
from jsms_sandbox.simulation.response_variants import Variant, vary
from jsms_sandbox.state.state import State

FaultKind = Literal["code", "status", "delay", "reset", "truncate", "broken_json", "html", "empty", "drop", "variant"]
"""What is done: respond with an error code or an HTTP status; only wait; reset the connection; cut the response; break
its JSON; respond with a proxy's page, or an empty body; drop: carry the request out, then close the connection without
a byte; or respond in another form that clients must read."""

CARRIED_OUT: Mapping[FaultKind, bool] = {
    "code": False,
    "status": False,
    "delay": True,
    "reset": False,
    "truncate": True,
    "broken_json": True,
    "html": False,
    "empty": True,
    "drop": True,
    "variant": True,
}
"""Whether the request takes effect, where the fault does not say."""
FAULTS_KEPT = 1_000
HTML_HEADERS = (("content-type", "text/html; charset=utf-8"),)


@dataclass(slots=True)
class Fault:
    """One fault: which requests it hits, how often, and what it does.

    Attributes:
        number: Its number.
        kind: What it does.
        code: The error code of ``code``; the contract need not know it.
        status: The HTTP status of the response; None for the kind's own.
        delay: Real seconds before the response is sent.
        carried_out: Whether the request takes effect.
        operation: The operation it hits; None for any.
        app_key: The app it hits; None for any.
        mobile: The number it hits; None for any.
        times: How many more requests it hits; None for no end.
        probability: How likely a request is hit.
        variant: The form of ``variant``; None for all that can be applied together.
        seed: Makes the chance the same in each run.
        expires_at: When, on the sandbox's clock, it ends; None for never.
        hits: How many requests it hit.
    """

    number: int
    kind: FaultKind
    code: int | None = None
    status: int | None = None
    delay: float = 0.0
    carried_out: bool = False
    operation: str | None = None
    app_key: str | None = None
    mobile: str | None = None
    times: int | None = None
    probability: float = 1.0
    variant: Variant | None = None
    seed: int | None = None
    expires_at: float | None = None
    hits: int = 0
    chance: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - reproducible chance is the point

    def active(self, now: float) -> bool:
        """Return whether it can still hit a request."""
        return self.times != 0 and (self.expires_at is None or now < self.expires_at)


class FaultList:
    """All faults of a sandbox, oldest first; the first that matches a request hits it.

    Args:
        state: Whose requests they hit.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._number = 0
        self._hitting: Fault | None = None
        self.all: dict[int, Fault] = {}

    def add(self, fault: Fault) -> Fault:
        """Add a fault under a new number.

        Raises:
            ValueError: There are too many.
        """
        if len(self.all) >= FAULTS_KEPT:
            now = self._state.clock.now()
            self.all = {number: kept for number, kept in self.all.items() if kept.active(now)}
        if len(self.all) >= FAULTS_KEPT:
            raise ValueError(f"There are {FAULTS_KEPT} faults already; delete some first.")
        self._number += 1
        fault.number = self._number
        self.all[fault.number] = fault
        self._publish(fault.app_key)
        return fault

    def remove(self, number: int) -> Fault | None:
        """Remove a fault; None where there is none of this number."""
        fault = self.all.pop(number, None)
        if fault is not None:
            self._publish(fault.app_key)
        return fault

    def clear(self, app_key: str | None = None) -> int:
        """Remove every fault, or those of one app; how many."""
        before = len(self.all)
        self.all = {} if app_key is None else {n: kept for n, kept in self.all.items() if kept.app_key != app_key}
        if before != len(self.all):
            self._publish(app_key)
        return before - len(self.all)

    # --- on each request ---------------------------------------------------------------------------------------------

    def before(self, request: Request) -> Response | None:
        """Respond in place of the service if a fault says so; None to continue.

        Raises:
            Refusal: The fault is a code that the contract knows.
        """
        fault = self._hitting = self._take(request)
        if fault is None:
            return None
        request.fault = describe(fault)
        if fault.carried_out:
            return None
        known = fault.code is not None and fault.code in ERRORS
        if known and fault.status is None:
            code = cast("int", fault.code)
            raise Refusal(code, "fault", "%s.", _said(fault))
        return self._spoil(fault, request, Response(200))

    def after(self, request: Request, response: Response) -> Response:
        """Change the response, or how it is sent, after the request took effect."""
        fault, self._hitting = self._hitting, None
        if fault is None:
            return response
        if fault.carried_out:
            response = self._spoil(fault, request, response)
        return replace(response, delay=fault.delay) if fault.delay else response

    def _take(self, request: Request) -> Fault | None:
        if not self.all:
            return None
        now = self._state.clock.now()
        app = claimed_app(self._state, request)
        mobiles: frozenset[str] | None = None
        for fault in self.all.values():
            if not fault.active(now):
                continue
            if fault.operation is not None and (request.operation is None or request.operation.id != fault.operation):
                continue
            if fault.app_key is not None and (app is None or app.app_key != fault.app_key):
                continue
            if fault.mobile is not None:
                mobiles = self._mobiles(request) if mobiles is None else mobiles
                if fault.mobile not in mobiles:
                    continue
            if fault.probability < 1 and fault.chance.random() >= fault.probability:
                continue
            fault.hits += 1
            if fault.times is not None:
                fault.times -= 1
            self._publish(fault.app_key)
            return fault
        return None

    def _mobiles(self, request: Request) -> frozenset[str]:
        """Find the numbers that a request is about; its body is not checked yet."""
        about = self._state.messages.get(request.path_id)
        if about is not None:
            return frozenset((about.mobile,))
        try:
            body: object = json.loads(request.body)
        except (ValueError, RecursionError):
            return frozenset()
        return frozenset(_mobiles_in(request.operation.fields if request.operation else (), body))

    def _spoil(self, fault: Fault, request: Request, response: Response) -> Response:
        match fault.kind:
            case "code":
                return _code_response(request, fault.code or 0, fault.status)
            case "status":
                return Response(fault.status or 500)
            case "delay":
                return response
            case "reset":
                return replace(response, ending="reset")
            case "drop":
                return replace(response, ending="close")
            case "truncate":
                body = response.body or b'{"msg_id":"288193860302"}'
                return replace(response, status=fault.status or response.status, body=body, ending="truncate")
            case "broken_json":
                return Response(fault.status or response.status, b'{"msg_id": 2881938603', JSON_HEADERS)
            case "html":
                status = fault.status or 502
                page = f"<html><head><title>{status}</title></head><body><h1>{status} from a proxy</h1></body></html>"
                return Response(status, page.encode(), HTML_HEADERS)
            case "empty":
                return Response(fault.status or response.status)
            case "variant":
                other = vary(response.body or b"", fault.variant)
                if other is None:
                    request.warn("The fault changed nothing: this response has nothing that its variant changes.")
                    return response
                return replace(response, status=fault.status or response.status, body=other)

    def _publish(self, app_key: str | None) -> None:
        self._state.events.publish("fault", {"app_key": app_key})


def _mobiles_in(fields: Iterable[Property], body: object) -> Iterator[str]:
    for field_ in fields if isinstance(body, dict) else ():
        value = cast("dict[str, object]", body).get(field_.name)
        if field_.kind == "mobile":
            yield str(value)
        elif field_.of is not None and isinstance(value, list):
            for item in cast("list[object]", value):
                yield from _mobiles_in(field_.of.fields, item)


def describe(fault: Fault) -> str:
    """Describe a fault in a few words, as the journal shows it."""
    return _said(fault).english()


def _said(fault: Fault) -> Hint:
    what: str = fault.kind
    if fault.code is not None:
        what += f" {fault.code}"
    if fault.variant is not None:
        what += f" {fault.variant}"
    if fault.status is not None:
        what += f" HTTP {fault.status}"
    if fault.kind == "delay":
        what += f" {fault.delay:g} s"
    shown = hint("%s after %g s", what, fault.delay) if fault.delay and fault.kind != "delay" else what
    return hint(
        "fault %s: %s, %s", fault.number, shown, Hint("carried out" if fault.carried_out else "not carried out")
    )


def _code_response(request: Request, code: int, status: int | None) -> Response:
    known = info(code) if code in ERRORS else None
    body = refusal_body(request, code, known.message if known else "injected fault")
    return json_response(body, status or (known.http_status if known else 403))
