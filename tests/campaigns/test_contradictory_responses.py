"""Responses that contradict themselves, or come from a proxy, compared with the server's own record."""

from __future__ import annotations

import contextlib
import itertools
import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import pytest

from jsms_client import JSMS, RetryPolicy, UnknownOutcomeError
from jsms_client.campaigns import StopReason, open_campaign

from .recipients import people

Respond = Callable[[list[str]], tuple[int, object, set[str]]]
"""Makes a response to a batch: status, body (bytes as they are), and whom it is sent to."""


class Service(ThreadingHTTPServer):
    """A service with the responses of a test, and its own record."""

    daemon_threads = True

    def __init__(self, respond: Respond, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.respond = respond
        self.sent: Counter[str] = Counter()
        self.requests = 0
        self.lock: AbstractContextManager[object] = threading.Lock()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def service(self) -> Service:
        assert isinstance(self.server, Service)
        return self.server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        mobiles = [each["mobile"] for each in body.get("recipients", [body])]
        with self.service.lock:
            self.service.requests += 1
            status, response, sent = self.service.respond(mobiles)
            self.service.sent.update(sent)
        content = response if isinstance(response, bytes) else json.dumps(response).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Say nothing."""


@contextmanager
def serving(respond: Respond) -> Generator[Service]:
    with Service(respond) as service:
        thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield service
        finally:
            service.shutdown()
            thread.join()


def client(service: Service) -> JSMS:
    return JSMS("a" * 24, "b" * 24, base_url=service.base_url, retry=RetryPolicy(attempts=3, backoff=0))


def accepted(mobiles: list[str]) -> dict[str, Any]:
    entries = [{"mobile": mobile, "msg_id": str(number + 1)} for number, mobile in enumerate(mobiles)]
    return {"success_count": len(entries), "failure_count": 0, "recipients": entries}


def is_entry(entry: object) -> bool:
    return isinstance(entry, dict) and "msg_id" in entry


CODES = (50009, 50014, 50006, 50034, 50002, 50013, 59999)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("status", [200, 403])
def test_an_error_beside_everyones_ids_is_never_a_reason_to_send_again(tmp_path: Path, status: int, code: int) -> None:
    def respond(mobiles: list[str]) -> tuple[int, object, set[str]]:
        return status, accepted(mobiles) | {"error": {"code": code, "message": "no"}}, set(mobiles)

    with serving(respond) as service, client(service) as jsms:
        jsms.campaigns.send(people(30), temp_id=1250, journal=tmp_path / "j.db")
        campaign = jsms.campaigns.send(people(30), temp_id=1250, journal=tmp_path / "j.db")
        assert set(service.sent.values()) == {1}
        assert (campaign.counts.waiting, campaign.counts.refused) == (0, 0)
        assert campaign.counts.accepted == (30 if status == 200 else 0)


ERROR = {"code": 50009, "message": "no"}
SUCCESS_BESIDE_AN_ERROR: dict[str, Callable[[list[str]], object]] = {
    "an error code beside the error": lambda mobiles: {"success_count": len(mobiles), "error_code": "50009"},
    "recipients without ids": lambda mobiles: {"recipients": [{"mobile": mobile} for mobile in mobiles]},
    "ids in another spelling": lambda mobiles: {"recipients": [{"mobile": mobile, "msgId": "7"} for mobile in mobiles]},
    "another list": lambda mobiles: {"success_recipients": mobiles},
    "ids alone": lambda mobiles: {"msg_ids": ["7"] * len(mobiles)},
    "a result inside": lambda mobiles: {"data": accepted(mobiles)},
    "a schedule": lambda _: {"schedule_id": "s", "error_code": "50009"},
}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("kind", SUCCESS_BESIDE_AN_ERROR)
@pytest.mark.parametrize("status", [200, 403, 500])
@pytest.mark.parametrize("scheduled", [False, True])
def test_a_success_in_any_form_beside_an_error_is_never_a_reason_to_send_again(
    tmp_path: Path, status: int, kind: str, scheduled: bool
) -> None:
    def respond(mobiles: list[str]) -> tuple[int, object, set[str]]:
        return (
            status,
            {**cast("dict[str, object]", SUCCESS_BESIDE_AN_ERROR[kind](mobiles)), "error": ERROR},
            set(mobiles),
        )

    send_time = "2999-01-01 09:00:00" if scheduled else None
    with serving(respond) as service, client(service) as jsms:
        for _ in range(2):
            campaign = jsms.campaigns.send(people(4), temp_id=1250, journal=tmp_path / "j.db", send_time=send_time)
            assert campaign.counts.unknown == 4
    assert set(service.sent.values()) == {1}


@pytest.mark.usefixtures("quick")
def test_a_schedule_that_counts_everyone_as_accepted_is_not_made_again_for_those_it_lists(tmp_path: Path) -> None:
    def respond(mobiles: list[str]) -> tuple[int, object, set[str]]:
        listed = [{"mobile": mobiles[0], "error_code": "50014", "error_message": "no"}]
        counts = {"success_count": len(mobiles), "failure_count": 0}
        return 200, {"schedule_id": "s", **counts, "failure_recipients": listed}, set(mobiles)

    with serving(respond) as service, client(service) as jsms:
        for _ in range(2):
            jsms.campaigns.send(people(4), temp_id=1250, journal=tmp_path / "j.db", send_time="2999-01-01 09:00:00")
    assert set(service.sent.values()) == {1}


@pytest.mark.parametrize("error", [None, "", {}, {"code": 0}, {"code": 50000.0, "message": "success"}])
def test_an_error_that_is_none_stops_no_campaign(tmp_path: Path, error: object) -> None:
    def respond(mobiles: list[str]) -> tuple[int, object, set[str]]:
        return 200, accepted(mobiles) | {"error": error}, set(mobiles)

    with serving(respond) as service, client(service) as jsms:
        campaign = jsms.campaigns.send(people(50), temp_id=1250, journal=tmp_path / "j.db", batch_size=10)
    assert (campaign.stop, campaign.counts.accepted) == (None, 50)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("error", [{"error": "no"}, {"error_code": "50009"}])
def test_an_error_beside_successes_is_not_called_a_dead_service(tmp_path: Path, error: dict[str, object]) -> None:
    def respond(mobiles: list[str]) -> tuple[int, object, set[str]]:
        body: dict[str, object] = {
            "schedule_id": "s",
            "success_count": len(mobiles),
            "failure_count": 0,
            "failure_recipients": [],
        }
        return 200, body | error, set(mobiles)

    with serving(respond) as service, client(service) as jsms:
        campaign = jsms.campaigns.send(
            people(60), temp_id=1250, journal=tmp_path / "j.db", batch_size=10, send_time="2999-01-01 09:00:00"
        )
    assert campaign.stop is not None
    assert campaign.stop.reason is StopReason.UNCLEAR_RESPONSES


def test_no_batch_calls_somebody_refused_whom_it_calls_accepted_too() -> None:
    def respond(mobiles: list[str]) -> tuple[int, object, set[str]]:
        body = accepted(mobiles)
        body["recipients"].append({"mobile": mobiles[0], "error_code": "50024", "msg_id": ""})
        return 200, body, set(mobiles)

    with serving(respond) as service, client(service) as jsms:
        result = jsms.messages.send_batch([{"mobile": "13900139000"}, {"mobile": "13900139001"}], temp_id=1250)
    assert (len(result.accepted), len(result.refused)) == (2, 0)


@pytest.mark.parametrize("status", [301, 307, 308, 400, 401, 403, 404, 405, 409, 413, 418, 422, 429, 451, 502, 600])
def test_a_response_without_a_code_after_everyone_was_sent_to_is_never_a_reason_to_send_again(
    tmp_path: Path, status: int
) -> None:
    def respond(mobiles: list[str]) -> tuple[int, object, set[str]]:
        return status, b"<html>blocked</html>", set(mobiles)

    with serving(respond) as service, client(service) as jsms:
        for _ in range(2):
            campaign = jsms.campaigns.send(people(5), temp_id=1250, journal=tmp_path / "j.db")
            assert campaign.counts.unknown == 5
        with pytest.raises(UnknownOutcomeError):
            jsms.messages.send("13900139000", temp_id=1250)
        assert set(service.sent.values()) == {1}


def test_several_contradictory_responses_in_a_row_stop_it(tmp_path: Path, small_batches: int) -> None:
    def respond(mobiles: list[str]) -> tuple[int, object, set[str]]:
        return 200, accepted(mobiles) | {"success_count": 0, "failure_count": len(mobiles)}, set(mobiles)

    with serving(respond) as service, client(service) as jsms:
        campaign = jsms.campaigns.send(people(10 * small_batches), temp_id=1250, journal=tmp_path / "j.db")
        assert campaign.stop is not None
        assert campaign.stop.reason is StopReason.UNCLEAR_RESPONSES
        assert service.requests == 3


@pytest.mark.usefixtures("quick", "small_batches")
@pytest.mark.parametrize("seed", range(12))
def test_whatever_it_responds_nothing_is_sent_twice_and_no_recipient_is_lost(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)

    def respond(mobiles: list[str]) -> tuple[int, object, set[str]]:
        if dice.random() < 0.5:
            return 200, accepted(mobiles), set(mobiles)
        if dice.random() < 0.2:
            # An honest refusal of the whole request: nothing is sent.
            return 403, {"error": {"code": dice.choice(CODES), "message": "no"}}, set()
        body = accepted(mobiles)
        entries: list[Any] = body["recipients"]
        for _ in range(dice.randrange(4)):
            change = dice.choice(("malform", "drop", "stranger", "plus", "double", "message", "counts", "error"))
            entry: Any = dice.choice(entries) if entries else None
            if change == "malform" and entries:
                entries[dice.randrange(len(entries))] = dice.choice([7, None, [], {}, {"mobile": 5.5}])
            elif change == "drop" and entries:
                entries.remove(entry)
            elif change == "stranger":
                entries.append({"mobile": dice.choice(["13900139000", "x"]), "msg_id": "1"})
            elif change == "plus" and is_entry(entry):
                entry["mobile"] = f"+86{entry['mobile']}"
            elif change == "double" and is_entry(entry):
                entries.append({**entry, "msg_id": "", "error_code": dice.choice(["50024", "50014"])})
            elif change == "message" and is_entry(entry):
                entry["error_message"] = "odd"
            elif change == "counts":
                body[dice.choice(["success_count", "failure_count"])] = dice.randrange(9)
            else:
                body["error"] = {"code": dice.choice(CODES)}
        status = dice.choice([200, 200, 200, 403, 500, 307])
        return status, dice.choice([body, body, b"<html>"]), set(mobiles)

    with serving(respond) as service, client(service) as jsms:
        for _ in range(8):
            jsms.campaigns.send(people(60), temp_id=1250, journal=tmp_path / "j.db", concurrency=3)
        campaign = open_campaign(tmp_path / "j.db")
        assert max(service.sent.values(), default=0) <= 1
        counts = campaign.counts
        assert counts.accepted + counts.refused + counts.unknown + counts.waiting == 60
        for outcome in campaign.outcomes():
            if outcome.state in ("waiting", "refused"):
                assert service.sent[outcome.mobile] == 0


def test_an_outage_of_seconds_ends_no_campaign(tmp_path: Path) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    services: list[Service] = []

    def come_back() -> None:
        service = Service(lambda mobiles: (200, accepted(mobiles), set(mobiles)), port)
        services.append(service)
        service.serve_forever(poll_interval=0.01)

    timer = threading.Timer(1.5, come_back)
    timer.start()
    with JSMS("a" * 24, "b" * 24, base_url=f"http://127.0.0.1:{port}/v1", retry=RetryPolicy(attempts=1)) as jsms:
        campaign = jsms.campaigns.send(people(30), temp_id=1250, journal=tmp_path / "j.db")
    (service,) = services
    service.shutdown()
    timer.join()
    service.server_close()
    assert (campaign.stop, campaign.counts.accepted) == (None, 30)
    assert set(service.sent.values()) == {1}


@pytest.mark.usefixtures("quick", "small_batches")
def test_what_fails_at_one_moment_is_one_failure(tmp_path: Path) -> None:
    together = threading.Barrier(8)
    seen = itertools.count()

    def respond(mobiles: list[str]) -> tuple[int, object, set[str]]:
        if 7 <= next(seen) < 15:
            together.wait(10)
            return 502, b"<html>", set(mobiles)
        return 200, accepted(mobiles), set(mobiles)

    with serving(respond) as service, client(service) as jsms:
        service.lock = contextlib.nullcontext()
        campaign = jsms.campaigns.send(people(400), temp_id=1250, journal=tmp_path / "j.db", concurrency=8)
        assert (campaign.stop, campaign.counts.accepted, campaign.counts.unknown) == (None, 320, 80)


@pytest.mark.parametrize("rate", [1500, 40])
def test_no_more_recipients_arrive_than_the_rate_allows_until_then(tmp_path: Path, rate: int) -> None:
    arrived: list[tuple[float, int]] = []
    total = 0

    def respond(mobiles: list[str]) -> tuple[int, object, set[str]]:
        nonlocal total
        total += len(mobiles)
        arrived.append((time.monotonic(), total))
        return 200, accepted(mobiles), set(mobiles)

    with serving(respond) as service, client(service) as jsms:
        start = time.monotonic()
        jsms.campaigns.send(people(3 * rate), temp_id=1250, journal=tmp_path / "j.db", max_rate=rate, concurrency=8)
    assert total == 3 * rate
    # A busy machine delays requests, so a single second may see more: test_throttle has those, with its own clock.
    assert all(number <= rate * (int(at - start) + 1) for at, number in arrived)


@pytest.mark.parametrize("idle", [0.1, 0.9])
def test_a_service_that_closes_idle_connections_costs_no_batch(tmp_path: Path, idle: float) -> None:
    class Closing(_Handler):
        timeout = idle

    with serving(lambda mobiles: (200, accepted(mobiles), set(mobiles))) as service, client(service) as jsms:
        service.RequestHandlerClass = Closing
        campaign = jsms.campaigns.send(
            people(40), temp_id=1250, journal=tmp_path / "j.db", batch_size=10, max_rate=12 if idle > 0.5 else 200
        )
        assert (campaign.stop, campaign.counts.accepted) == (None, 40)


def test_each_batch_has_a_connection_of_its_own(tmp_path: Path) -> None:
    ports: list[int] = []

    class Noting(_Handler):
        def do_POST(self) -> None:
            ports.append(self.client_address[1])
            assert self.headers["Connection"] == "close"
            super().do_POST()

    with serving(lambda mobiles: (200, accepted(mobiles), set(mobiles))) as service, client(service) as jsms:
        service.RequestHandlerClass = Noting
        jsms.campaigns.send(people(40), temp_id=1250, journal=tmp_path / "j.db", batch_size=10)
    assert len(ports) == len(set(ports)) == 4
