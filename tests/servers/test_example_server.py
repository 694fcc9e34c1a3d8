"""The example server returns the contract's examples and reports every request that breaks the contract."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
import pytest

from example_server import EXAMPLE_CREDENTIALS, ExampleResponse, ExampleServer, RecordedRequest
from jsms_contract.operations import OPERATIONS

PNG = b"\x89PNG\r\n\x1a\n\x00\r\n\r\n--\r\x00"
SEND = {"mobile": "13800138000", "temp_id": 1}
FORM = {
    "sign": "极光",
    "type": "1",
    "legalPersonName": "张三",
    "legalPersonIdNumber": "11010519491231002X",
    "socialCreditCode": "91350100M000100Y43",
}
FILES = {
    "idCardImage": ("id.png", PNG, "image/png"),
    "businessLicenseImage": ("licence.jpg", PNG, "image/jpeg"),
}


def reasons(server: ExampleServer) -> str:
    assert len(server.requests) == 1
    return "\n".join(server.requests[0].violations)


def test_a_proper_request_gets_the_first_success_example(example_server: ExampleServer, http: httpx.Client) -> None:
    response = http.post("codes", json=SEND)
    assert (response.status_code, response.json()) == (200, {"msg_id": "288193860302"})
    (request,) = example_server.requests
    assert (request.operation, request.value, request.violations) == (
        "sendCode",
        SEND,
        (),
    )
    assert example_server.violations == []


def test_every_operation_has_a_route_and_a_success_example(
    example_server: ExampleServer,
) -> None:
    assert len(example_server.routes) == len(OPERATIONS)
    for route in example_server.routes.values():
        assert 200 <= route.response().status < 300


def test_a_deletion_has_an_empty_response(example_server: ExampleServer, http: httpx.Client) -> None:
    response = http.delete("templates/1250")
    assert (response.status_code, response.content, response.headers["content-length"]) == (
        200,
        b"",
        "0",
    )
    example_server.choose("deleteTemplate", status=204)
    assert http.delete("templates/1250").status_code == 204


def test_another_example_can_be_chosen(example_server: ExampleServer, http: httpx.Client) -> None:
    example_server.choose("verifyCode", example="expired")
    response = http.post("codes/288193860302/valid", json={"code": "123456"})
    assert (response.status_code, response.json()["error"]["code"]) == (403, 50011)
    example_server.choose("verifyCode", status=401)
    assert http.post("codes/288193860302/valid", json={"code": "123456"}).status_code == 401
    with pytest.raises(LookupError, match="verifyCode has no example"):
        example_server.choose("verifyCode", status=418)


def test_a_hook_may_change_the_response(example_server: ExampleServer, http: httpx.Client) -> None:
    def spoil(request: RecordedRequest, response: ExampleResponse) -> ExampleResponse:
        assert request.operation == "sendCode"
        return ExampleResponse(response.status, response.body[:5], response.headers)

    example_server.hook = spoil
    assert http.post("codes", json=SEND).content == b'{"msg'


def test_the_longer_path_wins_over_a_parameter(example_server: ExampleServer, http: httpx.Client) -> None:
    http.post("schedule/batch", json={})
    assert example_server.requests[0].operation == "createScheduleBatch"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"mobile": "13800138000"}, "'temp_id' is a required property"),
        ({**SEND, "extra": 1}, "'extra' was unexpected"),
        ({**SEND, "temp_id": "1"}, "body.temp_id: '1' is not of type 'integer'"),
        ({**SEND, "mobile": "+8613800138000"}, "body.mobile: "),
        ([], "is not of type 'object'"),
    ],
)
def test_a_body_that_breaks_its_schema_is_found(
    example_server: ExampleServer, http: httpx.Client, body: object, reason: str
) -> None:
    response = http.post("codes", json=body)
    assert response.status_code == 400
    assert reason in reasons(example_server)
    assert reason in response.json()["error"]["message"]


def test_a_nested_object_is_closed_too(example_server: ExampleServer, http: httpx.Client) -> None:
    http.post(
        "messages/batch",
        json={"temp_id": 1, "recipients": [{"mobile": "13800138000", "name": "x"}]},
    )
    assert "body.recipients[0]: Additional properties" in reasons(example_server)


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (
            b'{"mobile": "13800138000", "temp_id": 1}',
            "text/plain",
            "the content type is 'text/plain'",
        ),
        (
            b'{"mobile": "13800138000", "temp_id": NaN}',
            "application/json",
            "NaN is not JSON",
        ),
        (
            b'{"mobile": "13800138000", "temp_id": 1, "temp_id": 2}',
            "application/json",
            "the same name twice",
        ),
        (b"\xff", "application/json", "can't decode"),
        (b"", "application/json", "Expecting value"),
    ],
)
def test_a_body_that_cannot_be_read_is_found(
    example_server: ExampleServer,
    http: httpx.Client,
    body: bytes,
    kind: str,
    reason: str,
) -> None:
    assert http.post("codes", content=body, headers={"Content-Type": kind}).status_code == 400
    assert reason in reasons(example_server)


@pytest.mark.parametrize("path", ["codes/12x/valid", "codes/%2e%2e/valid", "codes/1%2F2/valid"])
def test_a_path_parameter_that_breaks_its_pattern_is_found(
    example_server: ExampleServer, http: httpx.Client, path: str
) -> None:
    http.post(path, json={"code": "123456"})
    assert "msg_id: " in reasons(example_server)


def test_a_path_parameter_below_its_minimum_is_found(example_server: ExampleServer, http: httpx.Client) -> None:
    http.get("templates/0")
    assert "temp_id: 0 is less than the minimum of 1" in reasons(example_server)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "codes"),
        ("GET", "codes"),
        ("GET", "nothing"),
        ("POST", "codes//valid"),
    ],
)
def test_an_unknown_operation_is_found(
    example_server: ExampleServer, http: httpx.Client, method: str, path: str
) -> None:
    assert http.request(method, path).status_code == 400
    assert reasons(example_server) == "the contract has no such operation"


def test_a_path_outside_the_base_url_is_found(example_server: ExampleServer) -> None:
    httpx.get(example_server.base_url.removesuffix("/v1") + "/report", trust_env=False)
    assert reasons(example_server) == "the contract has no such operation"


def test_a_query_is_found(example_server: ExampleServer, http: httpx.Client) -> None:
    http.get("report", params={"page": 1})
    assert "query: the operation takes none, not 'page=1'" in reasons(example_server)


def test_a_body_where_none_belongs_is_found(example_server: ExampleServer, http: httpx.Client) -> None:
    http.request("GET", "report", json={})
    assert "body: the operation takes none" in reasons(example_server)


@pytest.mark.parametrize(
    ("path", "pair", "wrong"),
    [
        ("accounts/app", "appAuth", False),
        ("accounts/app", "devAuth", True),
        ("accounts/dev", "devAuth", False),
        ("accounts/dev", "appAuth", True),
    ],
)
def test_each_operation_takes_its_own_credentials(
    example_server: ExampleServer,
    http: httpx.Client,
    path: str,
    pair: str,
    *,
    wrong: bool,
) -> None:
    http.get(path, auth=EXAMPLE_CREDENTIALS[pair])
    assert ("not the credentials" in reasons(example_server)) is wrong


def test_a_request_without_credentials_is_found(example_server: ExampleServer) -> None:
    httpx.get(example_server.base_url + "/report", trust_env=False)
    assert "not the credentials of appAuth" in reasons(example_server)


def test_a_proper_form_is_read_to_the_byte(example_server: ExampleServer, http: httpx.Client) -> None:
    response = http.post("sign", data=FORM, files=FILES)
    assert reasons(example_server) == ""
    assert response.json() == {"sign_id": 4321}
    value = example_server.requests[0].value
    assert value == {
        **FORM,
        "type": 1,
        "idCardImage": f"<{len(PNG)} bytes>",
        "businessLicenseImage": f"<{len(PNG)} bytes>",
    }


@pytest.mark.parametrize(
    ("form", "files", "reason"),
    [
        ({**FORM, "extra": "1"}, FILES, "'extra' was unexpected"),
        ({**FORM, "type": "one"}, FILES, "'one' is not of type 'integer'"),
        ({**FORM, "sign": ["极光", "极光"]}, FILES, "the field sign comes twice"),
        (
            FORM,
            {"idCardImage": FILES["idCardImage"]},
            "businessLicenseImage is missing, which is needed when",
        ),
        (
            FORM,
            {**FILES, "idCardImage": ("a.gif", PNG, "image/gif")},
            "is image/gif, not one of",
        ),
        (
            FORM,
            {**FILES, "idCardImage": ("a.png", bytes(2097153), "image/png")},
            "more than 2097152",
        ),
        (
            FORM,
            {**FILES, "idCardImage": (None, PNG, "image/png")},
            "the file idCardImage has no filename",
        ),
        (
            FORM,
            {**FILES, "remark": ("a.txt", b"x", "text/plain")},
            "the field remark comes as a file",
        ),
    ],
)
def test_a_form_that_breaks_the_contract_is_found(
    example_server: ExampleServer,
    http: httpx.Client,
    form: Mapping[str, str | list[str]],
    files: Mapping[str, tuple[str | None, bytes, str]],
    reason: str,
) -> None:
    http.post("sign", data=form, files=files)
    assert reason in reasons(example_server)


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("multipart/form-data", b"--x--\r\n", "names no boundary"),
        (
            "multipart/form-data; boundary=x",
            b"--y--\r\n",
            "begin and end with its boundary",
        ),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\n\r\n1\r\n--x--\r\n",
            "no Content-Disposition",
        ),
        ("application/x-www-form-urlencoded", b"sign=a", "the content type is"),
    ],
)
def test_a_form_that_cannot_be_read_is_found(
    example_server: ExampleServer,
    http: httpx.Client,
    kind: str,
    body: bytes,
    reason: str,
) -> None:
    http.post("sign", content=body, headers={"Content-Type": kind})
    assert reason in reasons(example_server)


def test_it_can_stop_and_start_again(document: Mapping[str, object]) -> None:
    server = ExampleServer(document)
    server.stop()
    for _ in range(2):
        assert httpx.get(server.start() + "/report", trust_env=False).status_code == 400
        server.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.base_url + "/report", trust_env=False)
