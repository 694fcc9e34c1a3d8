"""A batch of 1,000 recipients: from what an app has to what it gets, without the network."""

from __future__ import annotations

import json
from typing import cast

import httpx

from jsms_client import JSMS
from jsms_client._decode import conform, parse
from jsms_client._request import encode_json
from jsms_contract.operations import OPERATIONS
from jsms_runtime.operation import Operation
from jsms_surface.requests.messages import send_message_batch_request
from jsms_surface.results.messages import read_batch_result

from .clock import side_by_side
from .figures import Row, Section, Target
from .server import batch_answer
from .sync_calls import KEY, SECRET

COUNT = 1000


def measure() -> Section:
    """Build and parse, in all and step by step."""
    recipients = [(f"138{number:08}", {"name": f"Member {number}", "points": str(number)}) for number in range(COUNT)]
    body = {
        "temp_id": 1,
        "tag": "spring",
        "recipients": [{"mobile": mobile, "temp_para": parameters} for mobile, parameters in recipients],
    }
    answer = batch_answer(json.dumps(body).encode()).partition(b"\r\n\r\n")[2]
    operation: Operation = OPERATIONS["sendMessageBatch"]
    assert operation.answer is not None
    shape = operation.answer
    value = json.loads(answer)

    def bare() -> object:
        json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return json.loads(answer)

    def ours() -> object:
        encode_json(send_message_batch_request(1, recipients, None, "spring"), operation)
        return read_batch_result(cast("dict[str, object]", conform(parse(answer), shape)))

    # As a user sees it, with everything that a call does but a network.
    here = httpx.MockTransport(lambda _: httpx.Response(200, content=answer))
    with httpx.Client(transport=here) as http_client:
        jsms = JSMS(KEY, SECRET, base_url="http://127.0.0.1:9/v1", http_client=http_client)
        timings = side_by_side(
            {
                "json alone, both bodies": bare,
                "build and parse": ours,
                "… check and build the request": lambda: send_message_batch_request(1, recipients, None, "spring"),
                "… write it as JSON": lambda: encode_json(body, operation),
                "… read the answer's JSON": lambda: parse(answer),
                "… check it": lambda: conform(value, shape),
                "… make the results": lambda: read_batch_result(value),
                "`messages.send_batch` over httpx's mock transport": lambda: jsms.messages.send_batch(
                    recipients, temp_id=1, tag="spring"
                ),
            },
            number=20,
            rounds=9,
        )
    bare_cpu = timings["json alone, both bodies"].cpu
    rows = [
        Row(
            name,
            {"of json": timing.cpu / bare_cpu, "CPU µs": timing.cpu, "recipients/s": COUNT / timing.cpu * 1e6},
            ours=name != "json alone, both bodies",
        )
        for name, timing in timings.items()
    ]
    return Section(
        "A batch of 1,000",
        "Recipients as pairs of number and parameters in, a `BatchResult` out. The steps add up to the whole.",
        {"of json": "{:.2f}", "CPU µs": "{:,.0f}", "recipients/s": "{:,.0f}"},
        rows,
        [
            Target(
                "build and parse of 1,000 recipients, in CPU of `json` alone",
                timings["build and parse"].cpu / bare_cpu,
                2.0,
                note="What is left is one dict for each recipient that goes and one frozen result for each that comes "
                "back, made by C loops over the whole batch (see the steps): below that, results would have to be "
                "something else than typed objects. The generated models alone took 7 times `json`.",
            )
        ],
    )
