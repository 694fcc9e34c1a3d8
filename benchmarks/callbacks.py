"""Delivery reports that JSMS posts: verify them, and read them into events."""

from __future__ import annotations

import itertools
import json
import time
from urllib.parse import urlencode

from benchmarks.figures import Row, Section, Target
from benchmarks.sync_calls import KEY, MOBILE, SECRET
from benchmarks.timing import side_by_side
from jsms_client.callbacks import CallbackReceiver, sign

COUNT = 2000


def measure() -> Section:
    """Return the whole of it, and reading alone."""
    receiver = CallbackReceiver(KEY, SECRET)
    bodies = itertools.cycle([_posted(number) for number in range(COUNT * 40)])
    one = _posted(0)

    def accept() -> None:
        with receiver.accept(next(bodies)) as callback:
            assert len(callback.events) == 1

    timings = side_by_side(
        {"verify and read": accept, "read only": lambda: receiver.parse(one)}, number=COUNT, rounds=9
    )
    rows = [
        Row(name, {"a second": 1e6 / timing.cpu, "CPU µs": timing.cpu}, ours=True) for name, timing in timings.items()
    ]
    return Section(
        "Callbacks",
        "`CallbackReceiver.accept` on one core: form, signature, age, nonce, and the report as an event.",
        {"a second": "{:,.0f}", "CPU µs": "{:.1f}"},
        rows,
        [Target("callbacks verified and read a second", 1e6 / timings["verify and read"].cpu, 20_000, at_least=True)],
    )


def _posted(number: int) -> bytes:
    report = {"msgId": str(number), "phone": MOBILE, "receiveTime": 1492150741000, "status": 4001}
    nonce, timestamp = str(7_659_972_084_945_889_195 + number), str(round(time.time() * 1000))
    fields = {
        "nonce": nonce,
        "timestamp": timestamp,
        "signature": sign(KEY, SECRET, nonce, timestamp),
        "type": "SMS_REPORT",
        "data": json.dumps(report),
    }
    return urlencode(fields).encode()
