"""Omitted arguments are not sent; a required one is missed before anything is sent."""

from __future__ import annotations

import pytest

from example_server import ExampleServer
from jsms_client import ArgumentError
from servers.arguments import PNG

from .calls import MOBILE, SECOND_MOBILE, SEND_TIME
from .drivers import sync_client


def test_a_message_without_parameters_has_none(example_server: ExampleServer) -> None:
    with sync_client(example_server.base_url) as jsms:
        jsms.messages.send(MOBILE, temp_id=1250)
        jsms.schedules.create(MOBILE, temp_id=1250, send_time=SEND_TIME)
    assert example_server.violations == []
    assert [request.value for request in example_server.requests] == [
        {"mobile": MOBILE, "temp_id": 1250},
        {"mobile": MOBILE, "temp_id": 1250, "send_time": "2030-07-01 09:00:00"},
    ]


def test_recipients_without_parameters_have_none(example_server: ExampleServer) -> None:
    with sync_client(example_server.base_url) as jsms:
        jsms.messages.send_batch([MOBILE, (SECOND_MOBILE, {"code": 5})], temp_id=1250)
        jsms.messages.send_batch([MOBILE], temp_id=1250, sign_id=1, tag="spring")
        jsms.schedules.create_batch([MOBILE], temp_id=1250, send_time=SEND_TIME)
    assert example_server.violations == []
    assert [request.value for request in example_server.requests] == [
        {"temp_id": 1250, "recipients": [{"mobile": MOBILE}, {"mobile": SECOND_MOBILE, "temp_para": {"code": "5"}}]},
        {"temp_id": 1250, "sign_id": 1, "tag": "spring", "recipients": [{"mobile": MOBILE}]},
        {"temp_id": 1250, "send_time": "2030-07-01 09:00:00", "recipients": [{"mobile": MOBILE}]},
    ]


def test_a_code_template_needs_the_life_of_its_codes(example_server: ExampleServer) -> None:
    with sync_client(example_server.base_url) as jsms:
        with pytest.raises(
            ArgumentError, match="^ttl is missing, and a template of type 1 .VERIFICATION_CODE. needs it"
        ):
            jsms.templates.create("您的验证码是{{code}}", type=1)
        assert example_server.requests == []
        jsms.templates.create("您的验证码是{{code}}", type=1, ttl=60)
    assert example_server.violations == []


@pytest.mark.parametrize(
    ("kind", "image"), [(1, "business_license_image"), (3, "icp_app_screenshot"), (6, "trademark_image")]
)
def test_a_signature_needs_the_proof_of_its_type(example_server: ExampleServer, kind: int, image: str) -> None:
    with (
        sync_client(example_server.base_url) as jsms,
        pytest.raises(ArgumentError, match=f"^{image} is missing, and a signature of type {kind} .[A-Z_]+. needs it"),
    ):
        jsms.signs.create(
            "极光",
            type=kind,
            legal_person_name="张三丰",
            legal_person_id_number="11010519491231002X",
            id_card_image=PNG,
            social_credit_code="91350100M000100Y43",
        )
    assert example_server.requests == []
