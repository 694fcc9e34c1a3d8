"""Which callbacks are accepted, and for how long."""

from __future__ import annotations

import pickle
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from jsms_client.callbacks import (
    CallbackError,
    CallbackReason,
    CallbackReceiver,
    DeliveryReport,
    MemoryNonceStore,
    sign,
)
from jsms_client.errors import ConfigurationError, JSMSError

from .signed_posts import APP_KEY, MASTER_SECRET, PHONE, REPORT, Clock, encoded, form

if TYPE_CHECKING:
    from collections.abc import Callable

KNOWN = ("7659972084945889195", "1492150740274", "57858e063e5a802e09f7e87169b587701537d4d9")


def refused(call: Callable[[], object]) -> CallbackReason:
    with pytest.raises(CallbackError) as caught:
        call()
    return caught.value.reason


def handle(receiver: CallbackReceiver, body: bytes) -> None:
    with receiver.accept(body):
        pass


def test_the_worked_example_verifies() -> None:
    receiver = CallbackReceiver(APP_KEY, MASTER_SECRET, clock=Clock(1492150741))

    receiver.verify(*KNOWN)

    assert refused(lambda: receiver.verify(*KNOWN)) is CallbackReason.REPLAYED


def test_numbers_verify_like_their_digits() -> None:
    receiver = CallbackReceiver(APP_KEY, MASTER_SECRET, clock=Clock(1492150741))

    receiver.verify(int(KNOWN[0]), int(KNOWN[1]), KNOWN[2].upper())


@pytest.mark.parametrize(
    ("nonce", "timestamp", "signature"),
    [
        ("7659972084945889196", KNOWN[1], KNOWN[2]),
        (KNOWN[0], "1492150740275", KNOWN[2]),
        (KNOWN[0], KNOWN[1], KNOWN[2][:-1] + "0"),
        (KNOWN[0], KNOWN[1], ""),
        (KNOWN[0], KNOWN[1], "签" * 40),
        (KNOWN[0], f"0{KNOWN[1]}", KNOWN[2]),
    ],
)
def test_what_is_not_signed_so_is_refused(nonce: str, timestamp: str, signature: str) -> None:
    receiver = CallbackReceiver(APP_KEY, MASTER_SECRET, clock=Clock(1492150741))

    assert refused(lambda: receiver.verify(nonce, timestamp, signature)) is CallbackReason.BAD_SIGNATURE
    receiver.verify(*KNOWN)  # and the true one has not been used up by it


@pytest.mark.parametrize(
    ("nonce", "timestamp"),
    [
        ("", "1"),
        ("-", "1"),
        ("٣", "1"),
        ("1e3", "1"),
        ("5&timestamp=1", "1"),
        ("1" * 65, "1"),
        ("\ud800", "1"),
        pytest.param(10**5000, "1", id="a huge number"),
        ("1", ""),
        ("1", "soon"),
        ("1", "1" * 30),
        ("1", "1" * 5000),
        ("1", -(10**30)),
    ],
)
def test_what_is_no_number_is_malformed(receiver: CallbackReceiver, nonce: str | int, timestamp: str | int) -> None:
    assert refused(lambda: receiver.verify(nonce, timestamp, KNOWN[2])) is CallbackReason.MALFORMED


@pytest.mark.parametrize("nonce", [-9223372036854775808, 18446744073709551616, "-0", "007"])
def test_nonces_may_be_negative_and_longer_than_64_bits(
    receiver: CallbackReceiver, clock: Clock, nonce: int | str
) -> None:
    body = encoded(form(REPORT, nonce=nonce, timestamp=clock.milliseconds))

    with receiver.accept(body) as callback:
        assert callback.nonce == str(nonce)
    assert refused(lambda: handle(receiver, body)) is CallbackReason.ALREADY_HANDLED


def test_the_whole_schedule_of_retries_is_accepted_by_default(receiver: CallbackReceiver, clock: Clock) -> None:
    fields = form(REPORT, timestamp=clock.milliseconds)
    clock.now += timedelta(minutes=3, hours=13).total_seconds()

    with receiver.accept(fields) as callback:
        assert callback.events


@pytest.mark.parametrize(("seconds", "accepted"), [(600, True), (600.001, False), (-300, True), (-300.001, False)])
def test_a_callback_is_accepted_up_to_the_window_and_five_minutes_ahead(
    clock: Clock, seconds: float, accepted: bool
) -> None:
    receiver = CallbackReceiver(APP_KEY, MASTER_SECRET, window=timedelta(minutes=10), clock=clock)
    body = encoded(form(REPORT, timestamp=clock.milliseconds - round(seconds * 1000)))

    if accepted:
        handle(receiver, body)
    else:
        assert refused(lambda: handle(receiver, body)) is CallbackReason.EXPIRED


def test_a_window_shorter_than_five_minutes_holds_for_the_future_too(clock: Clock) -> None:
    receiver = CallbackReceiver(APP_KEY, MASTER_SECRET, window=timedelta(seconds=30), clock=clock)
    body = encoded(form(REPORT, timestamp=clock.milliseconds + 31_000))

    assert refused(lambda: handle(receiver, body)) is CallbackReason.EXPIRED


@pytest.mark.parametrize("signed_ahead", [0, 299])
def test_a_nonce_is_refused_for_as_long_as_its_timestamp_is_accepted(clock: Clock, signed_ahead: int) -> None:
    receiver = CallbackReceiver(APP_KEY, MASTER_SECRET, window=timedelta(minutes=10), clock=clock)
    body = encoded(form(REPORT, timestamp=clock.milliseconds + signed_ahead * 1000))
    handle(receiver, body)

    clock.now += signed_ahead + 600
    other = encoded(form(REPORT, timestamp=clock.milliseconds))
    handle(receiver, other)  # a moment at which the store forgets what it may

    assert refused(lambda: handle(receiver, body)) is CallbackReason.ALREADY_HANDLED
    clock.now += 0.002
    assert refused(lambda: handle(receiver, body)) is CallbackReason.EXPIRED


def test_other_data_under_a_used_signature_is_refused(receiver: CallbackReceiver, clock: Clock) -> None:
    fields = form(REPORT, timestamp=clock.milliseconds)
    handle(receiver, encoded(fields))

    forged = encoded(fields | {"data": '{"msgId":"1","phone":"1","receiveTime":1,"status":4100}'})

    assert refused(lambda: handle(receiver, forged)) is CallbackReason.REPLAYED


def test_a_failing_handler_gives_the_nonce_back(receiver: CallbackReceiver, clock: Clock) -> None:
    body = encoded(form(REPORT, timestamp=clock.milliseconds))

    with pytest.raises(KeyError), receiver.accept(body):
        raise KeyError("the app's own")

    handle(receiver, body)
    assert refused(lambda: handle(receiver, body)) is CallbackReason.ALREADY_HANDLED


def test_a_refused_repeat_does_not_give_the_nonce_back(receiver: CallbackReceiver, clock: Clock) -> None:
    body = encoded(form(REPORT, timestamp=clock.milliseconds))

    with receiver.accept(body):
        assert refused(lambda: handle(receiver, body)) is CallbackReason.REPLAYED
        assert refused(lambda: handle(receiver, body)) is CallbackReason.REPLAYED


@pytest.mark.parametrize("spoiled", [{"data": "{"}, {"type": "SMS_NEW"}])
def test_a_callback_that_cannot_be_read_leaves_its_nonce_unused(
    receiver: CallbackReceiver, clock: Clock, spoiled: dict[str, str]
) -> None:
    fields = form(REPORT, timestamp=clock.milliseconds)
    with pytest.raises(CallbackError):
        handle(receiver, encoded(fields | spoiled))

    handle(receiver, encoded(fields))


def test_a_released_nonce_verifies_again() -> None:
    receiver = CallbackReceiver(APP_KEY, MASTER_SECRET, clock=Clock(1492150741))
    receiver.verify(*KNOWN)

    receiver.release(int(KNOWN[0]))

    receiver.verify(*KNOWN)


def test_of_many_threads_one_handles_the_callback(receiver: CallbackReceiver, clock: Clock) -> None:
    body = encoded(form(REPORT, timestamp=clock.milliseconds))
    gate = threading.Barrier(8)
    outcomes: list[str] = []

    def post() -> None:
        gate.wait()
        try:
            handle(receiver, body)
        except CallbackError as error:
            outcomes.append(error.reason)
        else:
            outcomes.append("handled")

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count("handled") == 1
    assert set(outcomes) <= {"handled", CallbackReason.REPLAYED, CallbackReason.ALREADY_HANDLED}


def test_receivers_share_a_store_that_is_handed_over(clock: Clock) -> None:
    store = MemoryNonceStore(clock=clock)
    first, second = (CallbackReceiver(APP_KEY, MASTER_SECRET, nonce_store=store, clock=clock) for _ in range(2))
    body = encoded(form(REPORT, timestamp=clock.milliseconds))
    handle(first, body)

    assert refused(lambda: handle(second, body)) is CallbackReason.ALREADY_HANDLED


def test_parse_reads_without_believing(receiver: CallbackReceiver, clock: Clock) -> None:
    fields = form(REPORT, timestamp=clock.milliseconds) | {"signature": "0" * 40}

    callback = receiver.parse(encoded(fields))

    assert isinstance(callback.events[0], DeliveryReport)
    assert refused(lambda: handle(receiver, encoded(fields))) is CallbackReason.BAD_SIGNATURE


def test_credentials_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setenv("JSMS_APP_KEY", APP_KEY)
    monkeypatch.setenv("JSMS_MASTER_SECRET", MASTER_SECRET)

    handle(CallbackReceiver(clock=clock), encoded(form(REPORT, timestamp=clock.milliseconds)))


@pytest.mark.parametrize("missing", ["JSMS_APP_KEY", "JSMS_MASTER_SECRET"])
def test_a_missing_credential_is_named_at_construction(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setenv("JSMS_APP_KEY", APP_KEY)
    monkeypatch.setenv("JSMS_MASTER_SECRET", MASTER_SECRET)
    monkeypatch.delenv(missing)

    with pytest.raises(ConfigurationError, match=missing):
        CallbackReceiver()


@pytest.mark.parametrize(
    "setting",
    [
        {"window": 5},
        {"nonce_store": "memory"},
        {"clock": 5},
        {"max_body": -1},
        {"max_body": 0},
        {"max_body": True},
        {"max_body": "1"},
    ],
    ids=str,
)
def test_a_setting_that_cannot_work_is_refused_before_anything_arrives(setting: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(setting))):
        CallbackReceiver(APP_KEY, MASTER_SECRET, **setting)


@pytest.mark.parametrize("window", [timedelta(), timedelta(seconds=-1), timedelta.max])
def test_a_window_that_cannot_work_is_refused(window: timedelta) -> None:
    with pytest.raises(ConfigurationError, match="window"):
        CallbackReceiver(APP_KEY, MASTER_SECRET, window=window)


def test_the_default_clock_is_the_time_of_day() -> None:
    receiver = CallbackReceiver(APP_KEY, MASTER_SECRET)

    assert refused(lambda: receiver.verify(*KNOWN)) is CallbackReason.EXPIRED


def test_neither_repr_nor_error_shows_secrets_or_contents(receiver: CallbackReceiver, clock: Clock) -> None:
    fields = form({"msgId": [PHONE]}, timestamp=clock.milliseconds)
    with pytest.raises(CallbackError) as caught:
        handle(receiver, encoded(fields))

    shown = f"{receiver!r} {caught.value!r} {caught.value} {caught.value.__cause__} {caught.value.__cause__!r}"
    assert MASTER_SECRET not in shown
    assert APP_KEY not in shown
    assert PHONE not in shown


def test_the_error_survives_pickling_and_has_the_status_to_respond_with() -> None:
    receiver = CallbackReceiver(APP_KEY, MASTER_SECRET, clock=Clock(0))
    with pytest.raises(JSMSError) as caught:
        receiver.verify("1", "0", "0" * 40)

    error = pickle.loads(pickle.dumps(caught.value))

    assert isinstance(error, CallbackError)
    assert (error.reason, error.http_status) == (CallbackReason.BAD_SIGNATURE, 403)
    assert hash(error) is not None


@pytest.mark.parametrize("echostr", ["a1B2c3D4", "x", "-._~!*()", "z" * 64])
def test_the_check_gets_its_text_back(receiver: CallbackReceiver, echostr: str) -> None:
    assert receiver.check(echostr) == echostr


@pytest.mark.parametrize(
    "echostr", [None, "", "z" * 65, "<script>alert(1)</script>", "&amp;", '"', "'", "a\r\nb", "\x00", "汉字", "\x7f"]
)
def test_what_could_be_markup_is_never_echoed(receiver: CallbackReceiver, echostr: str | None) -> None:
    assert refused(lambda: receiver.check(echostr)) is CallbackReason.MALFORMED


def test_signing_with_another_secret_does_not_pass(receiver: CallbackReceiver, clock: Clock) -> None:
    fields = form(REPORT, timestamp=clock.milliseconds, nonce=5)
    fields["signature"] = sign(APP_KEY, MASTER_SECRET[:-1], "5", fields["timestamp"])

    assert refused(lambda: handle(receiver, encoded(fields))) is CallbackReason.BAD_SIGNATURE


@pytest.mark.parametrize("odd", [None, 5, 1.5, True, b"1", [], {"a": 1}, object()])
def test_what_no_request_can_hold_is_refused_like_anything_else(receiver: CallbackReceiver, odd: Any) -> None:
    assert refused(lambda: receiver.verify(KNOWN[0], KNOWN[1], odd)) is CallbackReason.BAD_SIGNATURE
    assert refused(lambda: receiver.check(odd)) is CallbackReason.MALFORMED
    assert refused(lambda: receiver.parse(odd)) is CallbackReason.MALFORMED
    assert refused(lambda: handle(receiver, odd)) is CallbackReason.MALFORMED
    if odd != 5:
        assert refused(lambda: receiver.verify(odd, KNOWN[1], KNOWN[2])) is CallbackReason.MALFORMED
        assert refused(lambda: receiver.verify(KNOWN[0], odd, KNOWN[2])) is CallbackReason.MALFORMED
        assert refused(lambda: receiver.release(odd)) is CallbackReason.MALFORMED


@pytest.mark.parametrize("buffer", [bytes, bytearray, memoryview])
def test_a_body_is_read_from_any_buffer(
    clock: Clock, buffer: Callable[[bytes], bytes | bytearray | memoryview]
) -> None:
    body = encoded(form(REPORT, timestamp=1492150740274))
    receiver = CallbackReceiver(APP_KEY, MASTER_SECRET, clock=clock, max_body=len(body))

    assert receiver.parse(buffer(body)).type == "SMS_REPORT"
    assert refused(lambda: receiver.parse(buffer(body + b"&"))) is CallbackReason.TOO_LARGE
