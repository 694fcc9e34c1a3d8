"""Templates and signatures: submitted, reviewed, changed, deleted."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from jsms_sandbox.simulation.reviews import decide
from jsms_sandbox.state.entities import Review, Sign, Template
from jsms_sandbox.state.state import State

from .sign_forms import IMAGES, JPEG, PNG, image, multipart, sign_form
from .threaded_sandbox import AppUnderTest

NOTICE: dict[str, Any] = {"template": "您好{{name}}。", "type": 2}
CODE: dict[str, Any] = {"template": "验证码{{code}}", "type": 1, "ttl": 60}


def template_id(app: AppUnderTest, **more: Any) -> int:
    temp_id: int = app.ok("POST", "/templates", NOTICE | more)["temp_id"]
    return temp_id


def sign_id(app: AppUnderTest, **changes: Any) -> int:
    found: int = app.ok("POST", "/sign", files=multipart(sign_form(**changes)))["sign_id"]
    return found


def template_status(app: AppUnderTest, temp_id: int) -> int:
    status: int = app.ok("GET", f"/templates/{temp_id}")["status"]
    return status


def test_template_one_exists_and_is_passed(app: AppUnderTest) -> None:
    assert app.ok("GET", "/templates/1") == {
        "temp_id": 1, "template": "您的验证码是{{code}}，五分钟内有效。", "type": 1, "ttl": 300,
        "remark": "登录验证码", "status": 1,
    }  # fmt: skip


def test_by_default_a_template_passes_at_once(app: AppUnderTest) -> None:
    temp_id = template_id(app, remark="通知")
    assert app.ok("GET", f"/templates/{temp_id}") == NOTICE | {"temp_id": temp_id, "remark": "通知", "status": 1}


def test_by_hand_a_template_waits_for_its_decision(app: AppUnderTest) -> None:
    app.switch(review=Review("by_hand"))
    temp_id = template_id(app)
    app.sandbox.advance(10_000)
    assert template_status(app, temp_id) == 0
    body = {"mobile": "13800138000", "temp_id": temp_id, "temp_para": {"name": "a"}}
    assert app.code_of("POST", "/messages", body) == 50020

    def reject(state: State) -> None:
        decide(state, app.app, state.templates[app.app.app_key][temp_id], passed=False, reason="太短")

    app.sandbox.look(reject)
    assert template_status(app, temp_id) == 2
    assert app.code_of("POST", "/messages", body) == 50021
    assert "太短" in (app.last_entry().hint or "")


def test_after_some_seconds_a_template_is_decided_on_by_the_clock(app: AppUnderTest) -> None:
    app.switch(review=Review("after", 60))
    passed, rejected = template_id(app), template_id(app, remark="[sandbox:reject 不行]")
    app.sandbox.advance(59)
    assert [template_status(app, each) for each in (passed, rejected)] == [0, 0]
    app.sandbox.advance(1)
    assert [template_status(app, each) for each in (passed, rejected)] == [1, 2]


def test_a_rejected_template_can_be_changed_and_is_reviewed_again(app: AppUnderTest) -> None:
    temp_id = template_id(app, remark="[sandbox:reject]")
    assert template_status(app, temp_id) == 2
    app.ok("PUT", f"/templates/{temp_id}", CODE | {"temp_id": temp_id})
    assert app.ok("GET", f"/templates/{temp_id}") == CODE | {"temp_id": temp_id, "remark": "", "status": 1}
    assert app.code_of("PUT", f"/templates/{temp_id}", CODE | {"temp_id": temp_id}) == 50047


def test_the_id_in_the_body_of_a_change_must_be_there_and_the_one_of_the_path(app: AppUnderTest) -> None:
    temp_id = template_id(app, remark="[sandbox:reject]")
    assert app.code_of("PUT", f"/templates/{temp_id}", NOTICE) == 50005
    assert app.code_of("PUT", f"/templates/{temp_id}", NOTICE | {"temp_id": 1}) == 50013


def test_a_deleted_template_is_unknown(app: AppUnderTest) -> None:
    temp_id = template_id(app)
    app.ok("DELETE", f"/templates/{temp_id}")
    assert app.code_of("GET", f"/templates/{temp_id}") == 50013
    assert app.code_of("DELETE", f"/templates/{temp_id}") == 50013


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"template": "{{code}}{{code}}", "type": 1, "ttl": 60}, 50044),
        ({"template": "没有变量", "type": 1, "ttl": 60}, 50044),
        ({"template": "{{code}}{{x}}", "type": 1, "ttl": 60}, 50044),
        ({"template": "{{a_b}}"}, 50044),
        ({"template": "{{a}"}, 50044),
        ({"template": "{{}}"}, 50044),
        ({"template": "{{１}}"}, 50044),
        ({"template": "看{{url}}", "remark": "没有"}, 50053),
        ({"template": "看{{url}}", "remark": "链接 https://example.com/a"}, 200),
        ({"template": "沙箱敏感词"}, 50037),
        ({"template": "x" * 501}, 50043),
        ({"template": "x" * 496}, 200),
        ({"template": "x" * 497}, 50043),
        ({"template": "x" * 490, "type": 3}, 50043),
        ({"template": None}, 50042),
        ({"type": 4}, 50025),
        ({"type": None}, 50025),
        ({"type": "2"}, 200),
        ({"type": "two"}, 50007),
        ({"template": "{{code}}", "type": 1}, 50041),
        ({"template": "{{code}}", "type": 1, "ttl": 86401}, 50041),
        ({"template": "{{code}}", "type": 1, "ttl": 86400}, 200),
        ({"ttl": 0}, 200),
    ],
)
def test_rules_of_templates(app: AppUnderTest, change: dict[str, Any], code: int) -> None:
    response = app.post("/templates", NOTICE | change)
    assert (response.json().get("error") or {"code": 200})["code"] == code


def test_signatures_have_the_form_that_the_contract_says(app: AppUnderTest) -> None:
    found = sign_id(app)
    assert app.ok("GET", f"/sign/{found}") == {
        "sign_id": found, "sign": "极光短信", "status": 1, "is_default": 0, "use_status": 1,
    }  # fmt: skip


@pytest.mark.parametrize("kind", IMAGES)
def test_each_type_needs_its_own_paper(app: AppUnderTest, kind: int) -> None:
    form = sign_form(kind)
    app.ok("POST", "/sign", files=multipart(form))
    assert app.code_of("POST", "/sign", files=multipart(sign_form(kind, **{IMAGES[kind]: None}))) == 50101


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sign": None}, 50104),
        ({"sign": "极"}, 50104),
        ({"sign": "极光极光极光极光极"}, 50104),
        ({"sign": "极光 "}, 50104),
        ({"sign": "沙箱敏感词"}, 50037),
        ({"type": "8"}, 50104),
        ({"type": "one"}, 50104),
        ({"type": None}, 50104),
        ({"legalPersonName": None}, 50104),
        ({"legalPersonIdNumber": "1"}, 50104),
        ({"socialCreditCode": "中" * 18}, 50104),
        ({"idCardImage": None}, 50101),
        ({"idCardImage": image(b"")}, 50101),
        ({"idCardImage": image(b"%PDF-1.7")}, 50101),
        ({"idCardImage": image(PNG + b"\0" * 2**21)}, 50101),
        ({"otherImage": image(b"nothing")}, 50101),
        ({"idCardImage": image(JPEG)}, 200),
        ({"remark": "备" * 101}, 50045),
        ({"remark": "备" * 100}, 200),
    ],
)
def test_rules_of_signatures(app: AppUnderTest, change: dict[str, Any], code: int) -> None:
    response = app.post("/sign", files=multipart(sign_form(**change)))
    assert (response.json().get("error") or {"code": 200})["code"] == code


@pytest.mark.parametrize("name", ["身份证.png", "scan; side=1.png", "a b%20c.png", "\\", ""])
def test_the_name_of_a_file_may_be_any(app: AppUnderTest, name: str) -> None:
    part = (
        f'--x\r\nContent-Disposition: form-data; name="idCardImage"; filename="{name}"\r\n\r\n'.encode() + PNG + b"\r\n"
    )
    rest = app.http.build_request(
        "POST",
        "/sign",
        files=multipart(sign_form(idCardImage=None)),
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    ).read()
    app.ok("POST", "/sign", part + rest, headers={"Content-Type": "multipart/form-data; boundary=x"})


def test_of_identity_papers_only_size_type_and_hash_are_kept(app: AppUnderTest) -> None:
    found = sign_id(app)
    sign: Sign = app.sandbox.look(lambda state: state.signs[app.app.app_key][found])
    file = sign.files[0]
    assert (file.size, file.media_type, file.sha256) == (len(PNG), "image/png", hashlib.sha256(PNG).hexdigest())
    entry = app.last_entry()
    assert app.post("/sign", files=multipart(sign_form(sign="【】"))).status_code == 403
    texts = [entry.body, app.last_entry().body, repr(sign)]
    assert app.post("/sign", {"legalPersonName": "张三"}).status_code == 415
    texts.append(app.last_entry().body)
    for kept in texts:
        assert "张三" not in kept
        assert "11010519491231002X" not in kept
        assert "IHDR" not in kept


def test_a_rejected_signature_can_be_changed_by_post(app: AppUnderTest) -> None:
    found = sign_id(app, remark="[sandbox:reject 资料不清晰]")
    assert app.ok("GET", f"/sign/{found}")["status"] == 2
    body = {"mobile": "13800138000", "temp_id": 1, "sign_id": found}
    assert app.code_of("POST", "/codes", body) == 50102
    assert app.ok("POST", f"/sign/{found}", files=multipart(sign_form(sign="新名字"))) == {"sign_id": found}
    assert app.ok("GET", f"/sign/{found}")["sign"] == "新名字"
    app.ok("POST", "/codes", body)
    assert app.code_of("POST", f"/sign/{found}", files=multipart(sign_form())) == 50102


def test_while_one_signature_is_in_review_no_other_is_taken(app: AppUnderTest) -> None:
    found = sign_id(app, remark="[sandbox:hold]")
    assert app.ok("GET", f"/sign/{found}")["status"] == 0
    assert app.code_of("POST", "/sign", files=multipart(sign_form())) == 50103
    assert app.code_of("POST", f"/sign/{found}", files=multipart(sign_form())) == 50103


def test_a_signature_that_is_not_the_default_one_can_be_deleted(app: AppUnderTest) -> None:
    found = sign_id(app)
    app.ok("DELETE", f"/sign/{found}")
    assert app.code_of("GET", f"/sign/{found}") == 50102
    assert app.code_of("DELETE", "/sign/4321") == 50105


def test_the_first_signature_that_passes_becomes_the_default_one(app: AppUnderTest) -> None:
    bare = app.sandbox.app(with_signature=False)
    with bare.http:
        assert bare.code_of("POST", "/codes", {"mobile": "13800138000", "temp_id": 1}) == 50046
        found = sign_id(bare)
        assert bare.ok("GET", f"/sign/{found}")["is_default"] == 1
        bare.ok("POST", "/codes", {"mobile": "13800138000", "temp_id": 1})


def test_decisions_are_raised_as_callbacks_where_a_url_is_set_up(app: AppUnderTest) -> None:
    app.switch(callback_url="http://127.0.0.1:9/callback", review=Review("by_hand"))
    temp_id, found = template_id(app), sign_id(app)

    def decide_both(state: State) -> list[tuple[str, str]]:
        key = app.app.app_key
        items: list[Template | Sign] = [state.templates[key][temp_id], state.signs[key][found]]
        for item in items:
            decide(state, app.app, item, passed=item is items[0], reason="资料不清晰")
        return [(each.type, each.data) for each in state.callbacks.values() if each.app_key == key]

    assert app.sandbox.look(decide_both) == [
        ("SMS_TEMPLATE", f'{{"tempId":{temp_id},"status":1,"refuseReason":null}}'),
        ("SMS_SIGN", f'{{"signId":{found},"status":2,"refuseReason":"资料不清晰"}}'),
    ]
    app.switch(callback_url=None)
