"""A wrong call gets a problem: what is wrong, where, and what to do; never a traceback."""

from __future__ import annotations

import pytest

from jsms_sandbox.admin.models import STATUSES
from jsms_sandbox.admin.request import BODY_LIMIT
from jsms_sandbox.state.storage import Storage, StorageError
from sandbox.threaded_sandbox import AppUnderTest, RunningSandbox

from .api_client import API, APP_HEADER, read_problem
from .document import PARAMETER, Document

Problem = tuple[str, str, object, dict[str, object], int, str, str | None]
PROBLEMS: list[Problem] = [
    ("GET", "/nothing", None, {}, 404, "not_found", "path"),
    ("PUT", "/clock", None, {}, 405, "wrong_method", "method"),
    ("DELETE", "/openapi.json", None, {}, 405, "wrong_method", "method"),
    ("GET", "/messages", None, {"limt": 1}, 400, "invalid", "query.limt"),
    ("GET", "/messages", None, {"limit": "many"}, 400, "invalid", "query.limit"),
    ("GET", "/messages", None, {"limit": 1001}, 400, "invalid", "query.limit"),
    ("GET", "/messages", None, {"limit": ["1", "2"]}, 400, "invalid", "query.limit"),
    ("GET", "/messages", None, {"wait": "nan"}, 400, "invalid", "query.wait"),
    ("GET", "/messages", None, {"wait": 61}, 400, "invalid", "query.wait"),
    ("GET", "/messages", None, {"kind": "fax"}, 400, "invalid", "query.kind"),
    ("GET", "/messages", None, {"after": "no such"}, 400, "invalid", "query.after"),
    ("GET", "/messages", None, {"app": "unknown"}, 404, "not_found", "query.app"),
    ("GET", "/messages/1", None, {}, 404, "not_found", "path.msg_id"),
    ("POST", "/messages/1/expire", {}, {}, 404, "not_found", "path.msg_id"),
    ("GET", "/codes/latest", None, {"mobile": "13999999999"}, 404, "not_found", None),
    ("GET", "/codes/latest", None, {"after": "1"}, 400, "invalid", "query.after"),
    ("GET", "/requests/0", None, {}, 404, "not_found", "path.number"),
    ("GET", "/requests/x", None, {}, 404, "not_found", "path.number"),
    ("GET", "/requests/99999999999999999999", None, {}, 404, "not_found", "path.number"),
    ("GET", "/schedules/x", None, {}, 404, "not_found", "path.schedule_id"),
    ("GET", "/templates/999", None, {}, 404, "not_found", "path.temp_id"),
    ("GET", "/signs/999", None, {}, 404, "not_found", "path.sign_id"),
    ("POST", "/signs/4321/review", {}, {}, 400, "invalid", "body.passed"),
    ("POST", "/signs/4321/review", {"passed": 1}, {}, 400, "invalid", "body.passed"),
    ("POST", "/replies", {"mobile": "1", "content": "x"}, {}, 400, "invalid", "body.mobile"),
    ("POST", "/replies", {"mobile": "13800138000", "content": ""}, {}, 400, "invalid", "body.content"),
    ("POST", "/clock", {"now": 1, "real": True}, {}, 400, "invalid", "body.real"),
    ("POST", "/clock", {"beijing": "tomorrow"}, {}, 400, "invalid", "body.beijing"),
    ("POST", "/clock", {"beijing": "1969-12-31 23:59:59"}, {}, 400, "invalid", "body.beijing"),
    ("POST", "/clock", {"now": 10**18}, {}, 400, "invalid", "body.now"),
    ("POST", "/clock", [], {}, 400, "invalid", "body"),
    ("POST", "/clock/advance", {"seconds": -1}, {}, 400, "invalid", "body.seconds"),
    ("POST", "/clock/advance", {"seconds": "1"}, {}, 400, "invalid", "body.seconds"),
    ("POST", "/clock/advance", {"second": 1, "seconds": 1}, {}, 400, "invalid", "body.second"),
    ("POST", "/clock/advance", {}, {}, 400, "invalid", "body.seconds"),
    ("POST", "/apps", {"app_key": "has space"}, {}, 400, "invalid", "body.app_key"),
    ("POST", "/apps", {"credit": {"blance": 1}}, {}, 400, "invalid", "body.credit.blance"),
    ("POST", "/apps", {"allowed_ips": ["everyone"]}, {}, 400, "invalid", "body.allowed_ips.0"),
    ("POST", "/apps", {"report_status": 4999}, {}, 400, "invalid", "body.report_status"),
    ("POST", "/apps", {"fixed_code": "12345"}, {}, 400, "invalid", "body.fixed_code"),
    ("POST", "/apps", {"callback_url": "ftp://a"}, {}, 400, "invalid", "body.callback_url"),
    ("POST", "/apps", {"callback_url": "http://127.0.0.1:9/"}, {}, 409, "conflict", "body.callback_url"),
    ("GET", "/apps/unknown", None, {}, 404, "not_found", "path.app_key"),
    ("DELETE", "/opt-outs/13899999999", None, {}, 404, "not_found", "path.mobile"),
    ("DELETE", "/words/nothing", None, {}, 404, "not_found", "path.word"),
    ("POST", "/faults", {"kind": "explode"}, {}, 400, "invalid", "body.kind"),
    ("POST", "/faults", {"kind": "code"}, {}, 400, "invalid", "body.code"),
    ("POST", "/faults", {"kind": "status"}, {}, 400, "invalid", "body.status"),
    ("POST", "/faults", {"kind": "delay"}, {}, 400, "invalid", "body.delay"),
    ("POST", "/faults", {"kind": "drop", "code": 50014}, {}, 400, "invalid", "body.code"),
    ("POST", "/faults", {"kind": "drop", "operation": "send"}, {}, 400, "invalid", "body.operation"),
    ("POST", "/faults", {"kind": "drop", "probability": 2}, {}, 400, "invalid", "body.probability"),
    ("DELETE", "/faults/0", None, {}, 404, "not_found", "path.number"),
    ("GET", "/callbacks/0", None, {}, 404, "not_found", "path.number"),
    ("POST", "/callbacks/samples", {}, {}, 400, "invalid", "body.url"),
    ("POST", "/callbacks/samples", {"url": "nonsense"}, {}, 400, "invalid", "body.url"),
    ("POST", "/seed", {"samples": 1001}, {}, 400, "invalid", "body.samples"),
    ("POST", "/seed", {"templates": [{}]}, {}, 400, "invalid", "body.templates.0.template"),
    ("GET", "/events", None, {"app": "unknown"}, 404, "not_found", "query.app"),
]


@pytest.mark.parametrize(("method", "path", "body", "query", "status", "kind", "where"), PROBLEMS)
def test_a_problem_says_what_is_wrong(
    api: API,
    method: str,
    path: str,
    body: object,
    query: dict[str, object],
    status: int,
    kind: str,
    where: str | None,
) -> None:
    documented = kind != "wrong_method" and path != "/nothing"
    if documented:
        assert api.problem(method, path, body, **query) == (status, kind, where)
        return
    response = api.send(method, path, body)
    problem = read_problem(response)
    assert (response.status_code, problem["type"], problem["where"]) == (status, kind, where)
    assert ("allow" in response.headers) == (status == 405)


def test_every_operation_refuses_what_it_does_not_know(api: API) -> None:
    for operation in api.document.operations.values():
        path = PARAMETER.sub("1", operation.path)
        assert api.problem(operation.method, path, nonsense=1) == (400, "invalid", "query.nonsense"), operation.name
        if "requestBody" in operation.content:
            bodies: tuple[object, ...] = ([], "text", 1)
            for body in bodies:
                assert api.problem(operation.method, path, body) == (400, "invalid", "body"), operation.name
            assert api.problem(operation.method, path, {"nonsense": 1})[:2] == (400, "invalid"), operation.name


def test_the_problem_of_an_unknown_field_lists_the_known_ones(api: API) -> None:
    bodies: tuple[object, ...] = ({"seconds": 1, "second": 1}, {"second": 1})
    for body in bodies:
        problem = read_problem(api.send("POST", "/clock/advance", body))
        assert problem["error"] == "There is nothing called 'second' here."
        assert problem["remedy"] == "Known are: seconds."


def test_every_type_of_problem_has_a_status() -> None:
    assert {status // 100 for status in STATUSES.values()} == {4, 5}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b"null",
        b'"\\ud800"',
        b'{"seconds": NaN}',
        b'{"seconds": 1e999}',
        b'{"seconds": 1} x',
        b'{"seconds": "\\ud800"}',
        b'{"\\ud800": 1}',
        b"[" * 100_000,
        b'{"seconds": ' + b"9" * 5_000 + b"}",
        "{\"seconds\": '１'}".encode(),
        b"seconds=1",
    ],
)
def test_a_body_that_cannot_be_parsed_is_a_problem(api: API, body: bytes) -> None:
    response = api.http.post("/clock/advance", content=body)
    assert response.status_code == 400
    assert read_problem(response)["where"].startswith("body")


def test_a_body_needs_no_media_type_so_that_curl_needs_no_header(api: API) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert api.http.post("/clock/advance", content=b'{"seconds": 0}', headers=form).status_code == 200


def test_a_body_that_is_too_large_is_not_read(api: API) -> None:
    response = api.http.post("/seed", content=b" " * (BODY_LIMIT + 1))
    assert (response.status_code, read_problem(response)["type"]) == (413, "too_large")


def test_an_empty_body_is_an_empty_object(api: API, app: AppUnderTest) -> None:
    assert api.http.post(f"/apps/{app.app.app_key}/reset").status_code == 200


@pytest.mark.parametrize("path", ["/messages/%00", "/messages/%ff", "/templates/%D9%A1", "/words/%0a", "/apps/..%2f"])
def test_strange_ids_are_not_found(api: API, path: str) -> None:
    response = api.http.request("DELETE" if path.startswith("/words") else "GET", path)
    assert (response.status_code, read_problem(response)["type"]) == (404, "not_found")


def test_a_blocked_word_may_hold_any_character(api: API) -> None:
    api.post("/words", {"word": "a\nb/.."})
    assert api.http.delete("/words/a%0Ab%2F..").status_code == 204


def test_an_app_that_is_named_must_be_there(api: API) -> None:
    response = api.http.get("/apps", headers={APP_HEADER: ""})
    assert (response.status_code, read_problem(response)["where"]) == (404, "query.app")


def test_the_first_app_stays(alone: API) -> None:
    (first,) = alone.get("/apps")["apps"]
    assert alone.problem("DELETE", f"/apps/{first['app_key']}") == (409, "conflict", None)


def test_keys_are_given_once(api: API, app: AppUnderTest) -> None:
    assert api.problem("POST", "/apps", {"app_key": app.app.app_key})[:2] == (409, "conflict")


def test_what_cannot_be_done_to_a_message_is_a_problem(api: API, app: AppUnderTest) -> None:
    msg_id, code = app.sent_code()
    app.ok("POST", f"/codes/{msg_id}/valid", {"code": code})
    assert api.problem("POST", f"/messages/{msg_id}/expire")[1] == "conflict"
    assert api.problem("POST", f"/messages/{msg_id}/report", {"status": 1})[2] == "body.status"
    api.patch(f"/apps/{app.app.app_key}", {"credit": {"balance": 0, "industry": 0}})
    assert api.problem("POST", f"/messages/{msg_id}/resend")[1] == "conflict"
    notice = app.sandbox.app()
    notice.http.close()
    assert api.problem("GET", f"/messages/{msg_id}", app=notice.app.app_key)[0] == 404


def test_a_bug_is_a_problem_without_a_traceback(
    api: API, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sandbox.state.clock, "beijing", lambda: 1 / 0)
    response = api.http.get("/clock")
    assert (response.status_code, response.json()["type"]) == (500, "internal")
    assert "ZeroDivisionError" in caplog.text


class FullDisk(Storage):
    """A storage that fails on demand."""

    full = False

    def commit(self) -> None:
        """Fail."""
        if self.full:
            raise StorageError("Cannot write state.db: database or disk is full.")


def test_a_full_file_is_a_problem(document: Document) -> None:
    storage = FullDisk()
    with RunningSandbox(storage=storage) as sandbox, API(sandbox.url, document) as api:
        storage.full = True
        problem = read_problem(api.send("POST", "/replies", {"mobile": "13800138000", "content": "好"}))
        storage.full = False
    assert (problem["type"], problem["error"]) == ("storage", "Cannot write state.db: database or disk is full.")
