"""What existing clients send works by default, with a warning; --strict refuses it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from jsms_sandbox.service.composing import CODE_TEMPLATE
from jsms_sandbox.service.request import Leniency

from .error_recipes import MOBILE
from .sign_forms import FileField, image, multipart, sign_form
from .threaded_sandbox import AppUnderTest, RunningSandbox, refused

TEXT = {"Content-Type": "text/plain; charset=utf-8"}
JSON = {"Content-Type": "application/json"}
CODE = f'{{"mobile": "{MOBILE}", "temp_id": 1}}'.encode()
OLD_FORM: dict[str, str | FileField] = {"sign": "极光短信", "type": "1", "remark": ""}


def body(**changes: Any) -> dict[str, Any]:
    return {"mobile": MOBILE, "temp_id": 1250, "temp_para": {"number": "1"}} | changes


def old_form(field: str) -> list[Any]:
    return multipart(OLD_FORM | {field: image()})


REQUESTS: list[tuple[Leniency, int, str, str, dict[str, Any]]] = [
    (Leniency.CONTENT_TYPE, 50017, "POST", "/codes", {"body": CODE}),
    (Leniency.CONTENT_TYPE, 50017, "POST", "/codes", {"body": CODE, "headers": {"Content-Type": "text/plain"}}),
    (Leniency.CONTENT_TYPE, 50017, "POST", "/codes", {"body": CODE, "headers": TEXT}),
    (Leniency.INTEGER_TEXT, 50007, "POST", "/messages", {"body": body(temp_id="1250")}),
    (Leniency.INTEGER_TEXT, 50007, "POST", "/messages", {"body": body(sign_id="4321")}),
    (Leniency.INTEGER_TEXT, 50007, "POST", "/voice_codes", {"body": {"mobile": MOBILE, "voice_lang": "0"}}),
    (Leniency.INTEGER_TEXT, 50007, "POST", "/voice_codes", {"body": {"mobile": MOBILE, "ttl": "60"}}),
    (Leniency.INTEGER_TEXT, 50007, "POST", "/templates", {"body": {"template": "您好。", "type": "2"}}),
    (Leniency.TEXT_NUMBER, 50007, "POST", "/voice_codes", {"body": {"mobile": MOBILE, "code": 741627}}),
    (Leniency.TEXT_NUMBER, 50007, "POST", "/templates", {"body": {"template": "您好。", "type": 2, "remark": 5}}),
    (Leniency.NULL_FIELD, 50007, "POST", "/voice_codes", {"body": {"mobile": MOBILE, "ttl": ""}}),
    (Leniency.TEXT_NUMBER, 50007, "POST", "/messages", {"body": body(mobile=13800138000)}),
    (Leniency.TEMP_PARA_LIST, 50007, "POST", "/messages", {"body": body(temp_id=1251, temp_para=[])}),
    (Leniency.TEMP_PARA_NUMBER, 50007, "POST", "/messages", {"body": body(temp_para={"number": 741627})}),
    (Leniency.NULL_FIELD, 50007, "POST", "/messages", {"body": body(sign_id=None)}),
    (Leniency.NULL_FIELD, 50007, "POST", "/voice_codes", {"body": {"mobile": MOBILE, "code": None, "ttl": None}}),
    (Leniency.UNUSED_FIELD, 50041, "POST", "/templates", {"body": {"template": "您好。", "type": 2, "ttl": 0}}),
    (Leniency.SIGN_SLASH, 50016, "POST", "/sign/", {"files": multipart(sign_form())}),
    (Leniency.OLD_SIGN_FORM, 50007, "POST", "/sign", {"files": old_form("image0")}),
    (Leniency.OLD_SIGN_FORM, 50007, "POST", "/sign", {"files": old_form("images")}),
    (Leniency.BODY_WITHOUT_NEED, 50018, "GET", "/templates/1", {"body": b"null", "headers": JSON}),
    (Leniency.BODY_WITHOUT_NEED, 50018, "DELETE", "/templates/1", {"body": b"null", "headers": JSON}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("leniency", "code", "method", "path", "sent"), REQUESTS, ids=lambda value: getattr(value, "name", None)
)
def test_it_works_with_a_warning_and_is_refused_by_a_strict_sandbox(
    app: AppUnderTest,
    strict_app: AppUnderTest,
    leniency: Leniency,
    code: int,
    method: str,
    path: str,
    sent: dict[str, Any],
) -> None:
    app.ok(method, path, **sent)
    assert leniency.value in app.last_entry().warnings

    assert refused(strict_app.send(method, path, **sent)) == code
    assert "--strict" in (strict_app.last_entry().hint or "")


def test_a_multipart_boundary_with_a_space_before_the_semicolon(app: AppUnderTest, strict_app: AppUnderTest) -> None:
    request = app.http.build_request("POST", "/sign", files=multipart(sign_form()))
    content, boundary = request.read(), request.headers["content-type"].partition("=")[2]
    headers = {"Content-Type": f"multipart/form-data ; boundary={boundary}"}
    app.ok("POST", "/sign", content, headers=headers)
    assert Leniency.MULTIPART_SPACING.value in app.last_entry().warnings
    assert strict_app.code_of("POST", "/sign", content, headers=headers) == 50017


def test_a_multipart_boundary_that_needs_quotes_and_has_none(app: AppUnderTest, strict_app: AppUnderTest) -> None:
    content = app.http.build_request(
        "POST", "/sign", files=multipart(sign_form()), headers={"Content-Type": "multipart/form-data; boundary=a:b=c"}
    ).read()
    headers = {"Content-Type": "multipart/form-data; boundary=a:b=c"}
    app.ok("POST", "/sign", content, headers=headers)
    assert Leniency.MULTIPART_SPACING.value in app.last_entry().warnings
    assert strict_app.code_of("POST", "/sign", content, headers=headers) == 50017


def test_a_head_request_to_the_root(sandbox: RunningSandbox, strict_sandbox: RunningSandbox, app: AppUnderTest) -> None:
    assert httpx.head(sandbox.url, trust_env=False).status_code == 200
    assert Leniency.HEAD_ROOT.value in app.last_entry().warnings
    refusal = httpx.head(strict_sandbox.url, trust_env=False)
    assert (refusal.status_code, refusal.headers["allow"]) == (405, "")


def test_a_body_refused_by_its_method_names_the_methods_of_the_path(strict_app: AppUnderTest) -> None:
    refusal = strict_app.send("GET", "/templates/1", b"null", headers=JSON)
    assert (refusal.status_code, refusal.headers["allow"]) == (405, "DELETE, GET, PUT")


def test_every_leniency_has_its_test() -> None:
    apart = {Leniency.MULTIPART_SPACING, Leniency.HEAD_ROOT}
    assert {leniency for leniency, *_ in REQUESTS} | apart == set(Leniency)


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/messages", {"mobile": MOBILE, "temp_para": {"code": "741627"}}),
        ("/messages/batch", {"recipients": [{"mobile": MOBILE, "temp_para": {"code": "741627"}}]}),
        ("/schedule", {"mobile": MOBILE, "temp_para": {"code": "741627"}, "send_time": "2099-01-01 00:00:00"}),
    ],
)
def test_a_code_template_is_sent_as_a_message_with_a_warning_in_both(
    app: AppUnderTest, strict_app: AppUnderTest, path: str, more: dict[str, Any]
) -> None:
    for each in (app, strict_app):
        each.ok("POST", path, {"temp_id": 1, **more})
        assert CODE_TEMPLATE in each.last_entry().warnings


def test_an_empty_sign_id_is_documented_to_mean_the_default_and_works_in_both(
    app: AppUnderTest, strict_app: AppUnderTest
) -> None:
    for each in (app, strict_app):
        each.ok("POST", "/messages", body(sign_id=""))
        assert each.last_entry().warnings == []


@pytest.mark.parametrize("value", ["1.5", "x", "-1", "１２５０", " 1250", True, 1.5, [1250]])
def test_what_is_no_integer_stays_refused(app: AppUnderTest, value: object) -> None:
    assert app.code_of("POST", "/messages", body(temp_id=value)) == 50007


@pytest.mark.parametrize("kind", ["2", "4", "5"])
def test_types_of_the_older_form_are_refused_in_the_newer_one(app: AppUnderTest, kind: str) -> None:
    assert app.code_of("POST", "/sign", files=multipart(sign_form() | {"type": kind})) == 50104
    app.ok("POST", "/sign", files=multipart(OLD_FORM | {"type": kind, "image0": image()}))


def test_temp_id_in_the_body_of_a_template_update_is_documented_and_works_in_both(
    app: AppUnderTest, strict_app: AppUnderTest
) -> None:
    for each in (app, strict_app):
        rejected = {"template": "您好。", "type": 2, "remark": "[sandbox:reject]"}
        temp_id = each.ok("POST", "/templates", rejected)["temp_id"]
        each.ok("PUT", f"/templates/{temp_id}", {"temp_id": temp_id, "template": "您好。", "type": 2})


def test_a_whole_new_form_works_in_a_strict_sandbox_without_a_warning(strict_app: AppUnderTest) -> None:
    strict_app.ok("POST", "/sign", files=multipart(sign_form()))
    strict_app.ok("POST", "/codes", {"mobile": MOBILE, "temp_id": 1})
    assert strict_app.last_entry().warnings == []


def test_an_old_form_without_its_name_is_still_refused(app: AppUnderTest) -> None:
    assert app.code_of("POST", "/sign", files=multipart({"type": "1", "image0": image()})) == 50104
    assert app.code_of("POST", "/sign", files=multipart(OLD_FORM | {"image0": image(b"")})) == 50101
    assert app.code_of("POST", "/sign", files=multipart(OLD_FORM)) == 50104
