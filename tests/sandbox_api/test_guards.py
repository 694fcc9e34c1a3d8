"""The page and the test API refuse requests of other sites, under any name of this machine."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from jsms_sandbox.admin.app import guard
from jsms_sandbox.admin.models import Problem
from jsms_sandbox.settings import Settings
from sandbox.threaded_sandbox import WITHOUT_TLS, AppUnderTest, RunningSandbox

from .api_client import read_problem

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
    response = get(sandbox, path, host=host.format(port=urlsplit(sandbox.url).port))
    assert (response.status_code, read_problem(response)["type"]) == (403, "refused_host")
    assert "access-control-allow-origin" not in response.headers


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
        response = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert response.split()[1] in (b"400", b"403")


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://{netloc}", "http://localhost:1", "http://127.0.0.1"]
)
def test_a_foreign_origin_is_refused(sandbox: RunningSandbox, path: str, origin: str) -> None:
    response = get(sandbox, path, origin=origin.format(netloc=urlsplit(sandbox.url).netloc))
    assert (response.status_code, read_problem(response)["type"]) == (403, "refused_origin")


def test_a_foreign_origin_changes_nothing(sandbox: RunningSandbox, app: AppUnderTest) -> None:
    app.sent_code()
    response = httpx.post(
        f"{sandbox.url}/_sandbox/api/reset?app={app.app.app_key}",
        headers={"origin": "http://evil.example", "content-type": "text/plain"},
        verify=WITHOUT_TLS,
        trust_env=False,
    )
    assert response.status_code == 403
    assert app.sandbox.look(lambda state: [m for m in state.messages.values() if m.app_key == app.app.app_key])


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


def test_responses_forbid_framing_sniffing_and_caching(sandbox: RunningSandbox) -> None:
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
    response = httpx.get(f"{sandbox.url}/_sandbox/{name}", trust_env=False)
    assert (response.status_code, response.text) == (404, "There is no such file.\n")


def test_the_service_itself_responds_under_any_name(app: AppUnderTest) -> None:
    # An app under development may reach it under whatever name its containers give it; it has credentials to show.
    assert app.http.get("/accounts/app", headers={"host": "jsms:5767"}).status_code == 200


@pytest.mark.parametrize("host", ["jsms:5767", "host.docker.internal.evil.example", "test"])
def test_a_name_without_a_dot_is_refused_on_the_loopback_address(sandbox: RunningSandbox, host: str) -> None:
    assert get(sandbox, "/_sandbox/api/clock", host=host).status_code == 403


@pytest.mark.parametrize("host", ["host.docker.internal:5767", "host.containers.internal", "jsms.test"])
def test_names_that_cannot_be_registered_are_allowed(sandbox: RunningSandbox, host: str) -> None:
    assert get(sandbox, "/_sandbox/api/clock", host=host).status_code == 200


def guarded(host: str, reached_at: str, *names: str) -> Problem | None:
    return guard(
        {"headers": [(b"host", host.encode())], "scheme": "http", "server": (reached_at, 5767)}, frozenset(names)
    )


@pytest.mark.parametrize("reached_at", ["172.18.0.2", "fd00::2", "::ffff:172.18.0.2"])
@pytest.mark.parametrize("host", ["jsms:5767", "jsms_sandbox", "jsms-sandbox-1:5767"])
def test_a_container_is_reached_under_its_name(host: str, reached_at: str) -> None:
    assert guarded(host, reached_at) is None


@pytest.mark.parametrize("reached_at", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_a_containers_name_is_none_of_ours_on_the_loopback_address(reached_at: str) -> None:
    assert guarded("jsms:5767", reached_at) is not None


@pytest.mark.parametrize("host", ["evil.example", "jsms.evil.example", "-jsms", "js ms", "192.0.2.9"])
def test_a_container_is_not_reached_under_any_name(host: str) -> None:
    assert guarded(host, "172.18.0.2") is not None


def test_the_address_that_a_connection_came_in_on_is_ours() -> None:
    assert guarded("172.18.0.2:5767", "172.18.0.2") is None


def test_the_error_for_a_refused_name_says_what_to_set(sandbox: RunningSandbox) -> None:
    problem = read_problem(get(sandbox, "/_sandbox/api/clock", host="jsms.default.svc.cluster.local:5767"))
    assert problem["remedy"] == (
        "Start the sandbox with --allow-host jsms.default.svc.cluster.local or "
        "JSMS_SANDBOX_ALLOW_HOST=jsms.default.svc.cluster.local, or use 127.0.0.1 or localhost."
    )


def test_what_is_no_name_is_not_recommended(sandbox: RunningSandbox) -> None:
    problem = read_problem(get(sandbox, "/_sandbox/api/clock", host="a$(reboot)"))
    assert "reboot" not in problem["remedy"]


@pytest.fixture(scope="module")
def named_sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox(Settings(hosts=frozenset({"sandbox.example", ".svc.cluster.local"}))) as running:
        yield running


@pytest.fixture(scope="module")
def open_sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox(Settings(hosts=frozenset({"*"}))) as running:
        yield running


def test_a_star_allows_any_name_but_no_other_origin(open_sandbox: RunningSandbox) -> None:
    assert get(open_sandbox, "/_sandbox/api/clock", host="any.example").status_code == 200
    response = get(open_sandbox, "/_sandbox/api/clock", host="any.example", origin="http://evil.example")
    assert response.status_code == 403


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("sandbox.example", 200),
        ("SANDBOX.example:80", 200),
        ("x.sandbox.example", 403),
        ("jsms.default.svc.cluster.local", 200),
        ("svc.cluster.local", 403),
    ],
)
def test_a_name_that_is_allowed_is_let_in(named_sandbox: RunningSandbox, host: str, status: int) -> None:
    response = get(named_sandbox, "/_sandbox/api/clock", host=host)
    assert response.status_code == status
    if status == 200:
        assert json.loads(response.content)["frozen"] is False
