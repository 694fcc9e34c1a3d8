"""Who may use the page and the test API: nobody that comes from another site, whatever name it gives this machine."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from jsms_sandbox.settings import Settings
from sandbox.running import WITHOUT_TLS, AppUnderTest, RunningSandbox

from .calling import read_problem

GUARDED = [
    "/_sandbox/",
    "/_sandbox/api/messages",
    "/_sandbox/api/events",
    "/_sandbox/api/openapi.json",
    "/_sandbox/x.js",
]


def get(sandbox: RunningSandbox, path: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{sandbox.url}{path}", headers=headers, verify=WITHOUT_TLS, trust_env=False)


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "localhost.evil.example"]
)
def test_a_foreign_host_is_refused(sandbox: RunningSandbox, path: str, host: str) -> None:
    answer = get(sandbox, path, host=host.format(port=urlsplit(sandbox.url).port))
    assert (answer.status_code, read_problem(answer)["type"]) == (403, "refused_host")
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "host", ["", ":80", "[::1", "[::1]x", "127.0.0.1:80:80", "127.0.0.1:x", "0.0.0.0", "192.0.2.1", "localhost..", "@"]
)
def test_a_host_that_is_none_of_ours_is_refused(sandbox: RunningSandbox, host: str) -> None:
    assert get(sandbox, "/_sandbox/api/messages", host=host).status_code == 403


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:1", "localhost", "LOCALHOST:80", "localhost.", "[::1]:80", "app.localhost", "127.0.0.2"],
)
def test_names_of_this_machine_are_allowed(sandbox: RunningSandbox, host: str) -> None:
    assert get(sandbox, "/_sandbox/api/clock", host=host).status_code == 200


@pytest.mark.parametrize("hosts", [(), ("127.0.0.1", "evil.example"), ("evil.example", "127.0.0.1")])
def test_a_call_has_exactly_one_host(sandbox: RunningSandbox, hosts: tuple[str, ...]) -> None:
    lines = "".join(f"Host: {host}\r\n" for host in hosts)
    parts = urlsplit(sandbox.url)
    with socket.create_connection((parts.hostname or "", parts.port or 80)) as connection:
        connection.sendall(f"GET /_sandbox/api/clock HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.split()[1] in (b"400", b"403")


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://{netloc}", "http://localhost:1", "http://127.0.0.1"]
)
def test_a_foreign_origin_is_refused(sandbox: RunningSandbox, path: str, origin: str) -> None:
    answer = get(sandbox, path, origin=origin.format(netloc=urlsplit(sandbox.url).netloc))
    assert (answer.status_code, read_problem(answer)["type"]) == (403, "refused_origin")


def test_a_foreign_origin_changes_nothing(sandbox: RunningSandbox, app: AppUnderTest) -> None:
    app.sent_code()
    answer = httpx.post(
        f"{sandbox.url}/_sandbox/api/reset?app={app.app.app_key}",
        headers={"origin": "http://evil.example", "content-type": "text/plain"},
        verify=WITHOUT_TLS,
        trust_env=False,
    )
    assert answer.status_code == 403
    assert app.sandbox.look(lambda world: [m for m in world.messages.values() if m.app_key == app.app.app_key])


def test_its_own_origin_is_allowed(sandbox: RunningSandbox) -> None:
    assert get(sandbox, "/_sandbox/api/clock", origin=sandbox.url).status_code == 200


def test_no_other_site_is_let_read_or_ask_beforehand(sandbox: RunningSandbox) -> None:
    asked = httpx.options(
        f"{sandbox.url}/_sandbox/api/reset",
        headers={"origin": "http://evil.example", "access-control-request-method": "POST"},
        verify=WITHOUT_TLS,
        trust_env=False,
    )
    assert asked.status_code == 403
    assert not any(name.startswith("access-control") for name in asked.headers)


def test_answers_may_not_be_framed_guessed_at_or_kept(sandbox: RunningSandbox) -> None:
    headers = get(sandbox, "/_sandbox/api/clock").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    "name",
    [
        "a" * 300,
        "a" * 5_000,
        "a" * 300 + ".js",
        "%00",
        "a%00.js",
        "..%2Fserver.py",
        "%5C",
        "index.html%2F",
        "x.py",
    ],
)
def test_a_name_that_is_no_file_of_the_page_is_not_found(sandbox: RunningSandbox, name: str) -> None:
    answer = httpx.get(f"{sandbox.url}/_sandbox/{name}", trust_env=False)
    assert (answer.status_code, answer.text) == (404, "There is no such file.\n")


def test_the_service_itself_answers_under_any_name(app: AppUnderTest) -> None:
    # An app under development may reach it under whatever name its containers give it; it has credentials to show.
    assert app.http.get("/accounts/app", headers={"host": "jsms:8025"}).status_code == 200


@pytest.fixture(scope="module")
def named_sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox(Settings(hosts=frozenset({"sandbox.test"}))) as running:
        yield running


@pytest.mark.parametrize(("host", "status"), [("sandbox.test", 200), ("SANDBOX.test:80", 200), ("x.sandbox.test", 403)])
def test_a_name_that_is_allowed_is_let_in(named_sandbox: RunningSandbox, host: str, status: int) -> None:
    answer = get(named_sandbox, "/_sandbox/api/clock", host=host)
    assert answer.status_code == status
    if status == 200:
        assert json.loads(answer.content)["frozen"] is False
