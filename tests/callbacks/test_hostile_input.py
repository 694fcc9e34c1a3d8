"""Any posted input, signed or not, gives an event or a CallbackError."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from jsms_client.callbacks import CallbackError, CallbackReason, CallbackReceiver, MemoryNonceStore, sign

from .signed_posts import APP_KEY, MASTER_SECRET, REPLY, REPORT, SIGN, TEMPLATE, Clock

NOW = 1_800_000_000_000
RECEIVER = CallbackReceiver(
    APP_KEY, MASTER_SECRET, clock=Clock(NOW / 1000), nonce_store=MemoryNonceStore(100, clock=Clock(NOW / 1000))
)
SAMPLES = {"SMS_REPORT": REPORT, "SMS_REPLY": REPLY, "SMS_TEMPLATE": TEMPLATE, "SMS_SIGN": SIGN}

scalars = (
    st.none() | st.booleans() | st.integers() | st.integers(10**17, 10**400) | st.floats() | st.text(st.characters())
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=10
)
types = st.sampled_from([*SAMPLES, "SMS_NEW"]) | st.text()


@st.composite
def mutated_records(draw: st.DrawFn) -> object:
    record: dict[str, object] = dict(draw(st.sampled_from(list(SAMPLES.values()))))
    for name in draw(st.lists(st.sampled_from(list(record)), max_size=2)):
        record[name] = draw(anything)
    if draw(st.booleans()):
        record.pop(draw(st.sampled_from(list(record))))
    return draw(st.sampled_from([record, [record], [record, draw(anything)]]))


def outcome(body: bytes | str | dict[str, object]) -> CallbackReason | None:
    try:
        with RECEIVER.accept(body) as callback:
            for event in callback.events:
                repr(event)
                hash(event)
            return None
    except CallbackError as error:
        return error.reason


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_no_body_gets_anything_but_a_refusal(body: bytes | str) -> None:
    assert outcome(body) in set(CallbackReason)


@given(st.dictionaries(st.sampled_from(["nonce", "timestamp", "signature", "type", "data"]) | st.text(), anything))
def test_no_form_of_a_framework_gets_anything_but_a_refusal(fields: dict[str, object]) -> None:
    assert outcome(fields) in set(CallbackReason)


@given(
    st.integers(),
    types,
    mutated_records().map(json.dumps) | anything.map(json.dumps) | st.text(),
    st.integers(-(10**9), 10**9),
)
def test_signed_data_gives_events_or_a_refusal(nonce: int, kind: str, data: str, age: int) -> None:
    timestamp = str(NOW - age)
    fields = {
        "nonce": str(nonce),
        "timestamp": timestamp,
        "signature": sign(APP_KEY, MASTER_SECRET, str(nonce), timestamp),
        "type": kind,
        "data": data,
    }
    outcome(urlencode(fields, errors="surrogatepass").encode())
    outcome(dict(fields))


@given(st.text(st.characters()), st.text(st.characters()), st.text(st.characters()))
def test_no_three_texts_verify_but_signed_ones(nonce: str, timestamp: str, signature: str) -> None:
    try:
        RECEIVER.verify(nonce, timestamp, signature)
    except CallbackError:
        return
    raise AssertionError("verified")


@given(st.text(st.characters()) | st.text("<>&\"'abc", max_size=64))
def test_an_echo_is_the_text_and_no_markup(text: str) -> None:
    try:
        echo = RECEIVER.check(text)
    except CallbackError:
        return
    assert echo == text
    assert not set(echo) & set("<>&\"'\r\n")
