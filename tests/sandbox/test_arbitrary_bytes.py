"""Any bytes get a response of the contract: the sandbox never fails, and each operation returns its own codes only."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jsms_contract.service import ROUTING_CODES
from jsms_sandbox.contract import operations
from sample_sizes import sample_size

from .threaded_sandbox import AppUnderTest

PATHS = sorted({path for _, path in operations()})
SEGMENT = st.text(
    st.characters(codec="ascii", exclude_characters="?#%/ \t\r\n\x00", categories=("L", "N", "P", "S")), max_size=12
)
IDS = st.one_of(
    SEGMENT,
    st.sampled_from(["1", "0", "1250", "9" * 30, "%2F", "..%2f", "%00", "%ff", "dd3f8aa5-9c60-4c2c-9d29-3b1ff7a51a2e"]),
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.sampled_from(["13800138000", "1\uff13800138000", "2099-07-01 09:00:00", "9999-99-99 99:99:99"]),
    st.sampled_from([1, 1250, "1250", 10**30]),
)  # fmt: skip
NAMES = st.sampled_from(
    ["mobile", "temp_id", "sign_id", "temp_para", "recipients", "tag", "send_time", "code", "ttl", "type", "template",
     "remark", "voice_lang", "other"]
)  # fmt: skip
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))
JSON_BODIES = st.dictionaries(NAMES, VALUES, max_size=6).map(lambda value: json.dumps(value).encode())
BODIES = st.one_of(st.binary(max_size=60), JSON_BODIES)
TYPES = st.sampled_from(
    ["application/json", "", "text/plain", "application/xml", "multipart/form-data; boundary=x",
     "multipart/form-data", "multipart/form-data; boundary=\"\"", "application/json; charset=gbk"]
)  # fmt: skip
METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])


@given(
    method=METHODS,
    path=st.one_of(st.sampled_from(PATHS), SEGMENT.map(lambda text: f"/{text}")),
    path_id=IDS,
    body=BODIES,
    kind=TYPES,
)
@example("POST", "/codes", "", b"[" * 100_000, "application/json")
@example("POST", "/codes", "", b'{"mobile":' + b"9" * 5_000 + b"}", "application/json")
@example("POST", "/codes", "", b'{"mobile":"1","mobile":"1"}', "application/json")
@example("POST", "/codes", "", b'{"mobile":"\\ud800"}', "application/json")
@example("POST", "/codes", "", b'{"mobile":NaN}', "application/json")
@example("POST", "/codes", "", b'\xef\xbb\xbf{"mobile":"1"}', "application/json")
@example("POST", "/codes", "", b'{"temp_id":1e400}', "application/json")
@example(
    "POST",
    "/sign",
    "",
    b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--\r\n",
    "multipart/form-data; boundary=x",
)
@example("POST", "/sign", "", b"--x\r\n\r\n\r\n--x", "multipart/form-data; boundary=x")
@settings(
    max_examples=sample_size(150, 50),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
def test_no_bytes_make_it_fail(app: AppUnderTest, method: str, path: str, path_id: str, body: bytes, kind: str) -> None:
    before, brace, rest = path.partition("{")
    whole = f"{before}{path_id}{rest.partition('}')[2]}" if brace else path
    response = app.send(method, whole, body, headers={"Content-Type": kind} if kind else {})

    entry = app.last_entry()
    assert entry.check != "sandbox"
    if response.status_code == 200:
        assert entry.code is None
        return
    content: dict[str, Any] = response.json()
    code = content["error"]["code"]
    assert code == entry.code
    if entry.operation is None:
        assert code in ROUTING_CODES
    else:
        operation = next(found for found in operations().values() if found.id == entry.operation)
        assert code in operation.codes
    assert response.status_code < 500
