"""The sandbox returns no undocumented field, and every documented one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from jsms_client import JSMS
from jsms_client.callbacks import CallbackReceiver
from jsms_contract.operations import OPERATIONS
from jsms_sandbox.service.operations import OPERATIONS as BEHAVIOUR
from jsms_sandbox.simulation import delivery as reports
from jsms_sandbox.simulation import reviews
from jsms_sandbox.state.entities import JournalEntry, Review
from jsms_sandbox.state.state import State
from local_sandbox import PICTURE, arguments_of
from sandbox.sign_forms import multipart, sign_form
from sandbox.threaded_sandbox import AppUnderTest

from .callback_target import CallbackTarget
from .fields import callback_examples, document, documented, found, response_examples, response_schema

MOBILE, OPTED_OUT, LATER = "13800138000", "13900139000", "2099-07-01 09:00:00"


@dataclass
class Tour:
    """Calls one operation after the other, and keeps each response.

    Attributes:
        app: Whose credentials.
        responses: Every response, by operation and status.
    """

    app: AppUnderTest
    responses: dict[tuple[str, int], list[Any]] = field(default_factory=dict[tuple[str, int], list[Any]])

    def call(self, method: str, path: str, body: object = None, **more: Any) -> Any:
        """Send a request; return the JSON of its response, None where it is empty."""
        response = self.app.send(method, path, body, **more)
        entry: JournalEntry = self.app.last_entry()
        assert entry.operation is not None
        content = response.json() if response.content else None
        self.responses.setdefault((entry.operation, response.status_code), []).append(content)
        return content

    def take(self) -> None:
        """Make every call, with success and without."""
        self._codes()
        self._messages()
        self._schedules()
        self._templates()
        self._signs()
        self.call("GET", "/accounts/app")
        self.call("GET", "/accounts/dev", auth=self.app.dev_auth)
        self.app.sandbox.advance(60)
        self.app.sandbox.look(lambda state: reports.reply(state, self.app.app, MOBILE, "TD"))
        self.call("GET", "/report")
        self.call("GET", "/reply")
        for name in OPERATIONS.keys() - BEHAVIOUR.keys():
            self._by_example(name)
        for operation in OPERATIONS.values():
            path = operation.path.partition("{")[0] + ("1" if "{" in operation.path else "")
            path += operation.path.partition("}")[2]
            self.call(operation.method, path, auth=None)

    def _by_example(self, name: str) -> None:
        """Call what the sandbox has no behaviour for."""
        operation, (key, secret) = OPERATIONS[name], self.app.dev_auth
        with JSMS(*self.app.auth, dev_key=key, dev_secret=secret, base_url=f"{self.app.sandbox.url}/v1") as jsms:
            method: Callable[..., object] = getattr(getattr(jsms, operation.resource), operation.method_name)
            raw = jsms.with_raw_response(method, **arguments_of(document(), name, PICTURE))
        content = json.loads(raw.body) if raw.body else None
        self.responses.setdefault((name, raw.http_status or 0), []).append(content)

    def _codes(self) -> None:
        msg_id = self.call("POST", "/codes", {"mobile": MOBILE, "temp_id": 1})["msg_id"]
        self.call("POST", f"/codes/{msg_id}/valid", {"code": "no"})
        code = self.app.message(msg_id).code
        assert code is not None
        self.call("POST", f"/codes/{msg_id}/valid", {"code": code.code})
        self.call("POST", f"/codes/{msg_id}/valid", {"code": code.code})
        self.call("POST", "/codes/1/valid", {"code": code.code})
        self.call("POST", "/voice_codes", {"mobile": MOBILE, "ttl": 60, "voice_lang": 1})
        self.call("POST", "/voice_codes", {"mobile": MOBILE})

    def _messages(self) -> None:
        one = {"mobile": MOBILE, "temp_para": {"number": "1"}}
        self.call("POST", "/messages", one | {"temp_id": 1250})
        self.call("POST", "/messages", {"mobile": MOBILE, "temp_id": 1250})
        many = [one, {"mobile": OPTED_OUT, "temp_para": {"number": "1"}}, {"mobile": MOBILE}]
        self.call("POST", "/messages/batch", {"temp_id": 1250, "tag": "spring", "recipients": many})

    def _schedules(self) -> None:
        order = {"temp_id": 1250, "send_time": LATER}
        one = order | {"mobile": MOBILE, "temp_para": {"number": "1"}}
        many = order | {"recipients": [{"mobile": each, "temp_para": {"number": "1"}} for each in (MOBILE, OPTED_OUT)]}
        for path, body in (("/schedule", one), ("/schedule/batch", many)):
            schedule_id = self.call("POST", path, body)["schedule_id"]
            self.call("PUT", f"{path}/{schedule_id}", body)
            self.call("GET", f"/schedule/{schedule_id}")
            self.call("DELETE", f"/schedule/{schedule_id}")
            self.call("DELETE", f"/schedule/{schedule_id}")

    def _templates(self) -> None:
        text = {"template": "验证码{{code}}", "type": 1, "ttl": 60}
        temp_id = self.call("POST", "/templates", text | {"remark": "[sandbox:reject 不合规]"})["temp_id"]
        self.call("PUT", f"/templates/{temp_id}", text | {"temp_id": temp_id, "remark": "登录"})
        self.call("GET", f"/templates/{temp_id}")
        self.call("DELETE", f"/templates/{temp_id}")
        self.call("DELETE", f"/templates/{temp_id}")

    def _signs(self) -> None:
        rejected = multipart(sign_form(remark="[sandbox:reject 资料不清晰]"))
        sign_id = self.call("POST", "/sign", files=rejected)["sign_id"]
        self.call("POST", f"/sign/{sign_id}", files=multipart(sign_form()))
        self.call("GET", f"/sign/{sign_id}")
        self.call("DELETE", f"/sign/{sign_id}")
        self.call("DELETE", "/sign/4321")


@pytest.fixture
def tour(app: AppUnderTest) -> Tour:
    app.switch(opt_outs=[OPTED_OUT])
    made = Tour(app)
    made.take()
    return made


def conforms(schema: Any, value: object) -> bool:
    """Return whether a value has the types of a schema."""
    validator: Any = Draft202012Validator({**schema, "components": document()["components"]})
    return bool(validator.is_valid(value))


def test_responses_have_the_documented_fields_and_no_others(tour: Tour) -> None:
    successful = {operation for operation, status in tour.responses if status in OPERATIONS[operation].statuses}
    assert successful == set(OPERATIONS)
    wanted: set[str] = set()
    shown: set[str] = set()
    seen: set[str] = set()
    for (operation, status), responses in tour.responses.items():
        schema = response_schema(operation, status)
        if schema is None:
            assert set(responses) == {None}
            continue
        wanted |= set(documented(schema, operation))
        shown |= {
            name for example in response_examples(operation, status) for name in found(schema, example, operation)
        }
        for response in responses:
            assert conforms(schema, response), (operation, response)
            seen |= set(found(schema, response, operation))
    assert seen - wanted == set()
    assert shown - seen == set()
    assert len(shown) > 50


def test_callbacks_have_the_documented_fields_and_no_others(app: AppUnderTest) -> None:
    with CallbackTarget() as target:
        app.switch(callback_url=target.url, review=Review("after", 60))
        app.ok("POST", "/messages", {"mobile": MOBILE, "temp_id": 1251})
        app.ok("POST", "/templates", {"template": "您好。", "type": 2})
        app.ok("POST", "/templates", {"template": "您好。", "type": 2, "remark": "[sandbox:reject 不合规]"})
        sign_id = app.ok("POST", "/sign", files=multipart(sign_form()))["sign_id"]
        app.sandbox.look(lambda state: reports.reply(state, app.app, MOBILE, "TD"))
        app.sandbox.advance(61)

        def reject(state: State) -> None:
            sign = state.signs[app.app.app_key][sign_id]
            reviews.decide(state, app.app, sign, passed=False, reason="资料不清晰")

        app.sandbox.look(reject)
        app.sandbox.advance(1)
        app.sandbox.wait(app.sandbox.state.clock.settle)
        forms = target.read()
    assert {media_type for media_type, _ in target.forms} == {"application/x-www-form-urlencoded"}
    form_schema = {"$ref": "#/components/schemas/CallbackForm"}
    payloads: dict[str, str] = document()["components"]["schemas"]["CallbackForm"]["properties"]["data"]["x-payloads"]
    wanted = set(documented(form_schema, ""))
    shown: set[str] = set()
    seen: set[str] = set()
    for reference in payloads.values():
        wanted |= set(documented({"$ref": reference}, ""))
    for example in callback_examples():
        data = json.loads(example["data"])
        shown |= {*found(form_schema, example, ""), *found({"$ref": payloads[example["type"]]}, data, "")}
    assert {form["type"] for form in forms} == set(payloads)
    reasons: set[object] = set()
    receiver = CallbackReceiver(*app.auth, clock=lambda: app.sandbox.look(lambda state: state.clock.now()))
    for form in forms:
        assert conforms(form_schema, form | {"timestamp": int(form["timestamp"])})
        seen |= set(found(form_schema, form, ""))
        payload, schema = json.loads(form["data"]), {"$ref": payloads[form["type"]]}
        assert conforms(schema, payload), payload
        seen |= set(found(schema, payload, ""))
        reasons.add(payload.get("refuseReason"))
        assert receiver.parse(dict(form)).type == form["type"]
    assert seen - wanted == set()
    assert shown - seen == set()
    assert len(shown) > 15
    assert reasons == {None, "不合规", "资料不清晰"}
