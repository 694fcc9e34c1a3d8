"""A batch of 1,000 recipients: from the app's data to its result, without the network."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast

import httpx

from benchmarks.figures import Row, Section, Target
from benchmarks.profiles import profile
from benchmarks.server import batch_response
from benchmarks.sync_calls import KEY, SECRET
from benchmarks.timing import side_by_side
from jsms_client import JSMS
from jsms_client._decode import JSON, conform
from jsms_client._request import encode_json, open_json
from jsms_contract.operations import OPERATIONS
from jsms_runtime.operation import Operation
from jsms_surface.requests.messages import make_send_message_batch_request
from jsms_surface.results.messages import read_batch_result

COUNT = 1000
BARE = "json alone, both bodies"
STANDARD, FAST = "build and parse", 'build and parse, `transport="fast"`'


def measure() -> Section:
    """Build and parse, in all and step by step."""
    recipients = [(f"138{number:08}", {"name": f"Member {number}", "points": str(number)}) for number in range(COUNT)]
    body = {
        "temp_id": 1,
        "tag": "spring",
        "recipients": [{"mobile": mobile, "temp_para": parameters} for mobile, parameters in recipients],
    }
    response = batch_response(json.dumps(body).encode()).partition(b"\r\n\r\n")[2]
    operation: Operation = OPERATIONS["sendMessageBatch"]
    assert operation.response is not None
    shape = operation.response
    value = json.loads(response)
    standard, fast = open_json(fast=False), open_json(fast=True)

    def bare() -> object:
        json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return json.loads(response)

    def ours(codec: JSON) -> Callable[[], object]:
        def both() -> object:
            encode_json(make_send_message_batch_request(1, recipients, None, "spring"), operation, codec)
            return read_batch_result(cast("dict[str, object]", conform(codec.parse(response), shape)))

        return both

    # As a user sees it, with everything that a call does but a network.
    here = httpx.MockTransport(lambda _: httpx.Response(200, content=response))
    with httpx.Client(transport=here) as http_client:
        jsms = JSMS(KEY, SECRET, base_url="http://127.0.0.1:9/v1", http_client=http_client)
        timings = side_by_side(
            {
                BARE: bare,
                STANDARD: ours(standard),
                FAST: ours(fast),
                "… check and build the request": lambda: make_send_message_batch_request(1, recipients, None, "spring"),
                "… write it as JSON": lambda: encode_json(body, operation, standard),
                '… write it as JSON, `transport="fast"`': lambda: encode_json(body, operation, fast),
                "… read the response's JSON": lambda: standard.parse(response),
                '… read the response\'s JSON, `transport="fast"`': lambda: fast.parse(response),
                "… check it": lambda: conform(value, shape),
                "… make the results": lambda: read_batch_result(value),
                "`messages.send_batch` over httpx's mock transport": lambda: jsms.messages.send_batch(
                    recipients, temp_id=1, tag="spring"
                ),
            },
            number=20,
            rounds=15,
        )
    bare_cpu = timings[BARE].cpu
    rows = [
        Row(
            name,
            {"of json": timing.cpu / bare_cpu, "CPU µs": timing.cpu, "recipients/s": COUNT / timing.cpu * 1e6},
            ours=name != BARE,
        )
        for name, timing in timings.items()
    ]
    note = (
        "One dict for each recipient that goes and one frozen result for each that comes back, made by C loops over "
        "the whole batch: below that, results would have to be something else than typed objects."
    )
    targets = [
        Target(
            "build and parse of 1,000 recipients, in CPU of `json` alone",
            timings[STANDARD].cpu / bare_cpu,
            2.0,
            note=note,
        ),
        Target('the same with `transport="fast"`', timings[FAST].cpu / bare_cpu, 1.2, note=note),
    ]
    missed = [ours(codec) for codec, target in zip((standard, fast), targets, strict=True) if not target.reached]
    return Section(
        "A batch of 1,000",
        "Recipients as pairs of number and parameters in, a `BatchResult` out. The steps add up to the whole.",
        {"of json": "{:.2f}", "CPU µs": "{:,.0f}", "recipients/s": "{:,.0f}"},
        rows,
        targets,
        profile(missed[0], number=200) if missed else "",
    )
