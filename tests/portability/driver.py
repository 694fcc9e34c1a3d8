"""A handwritten driver, right except for the mistakes that its first argument names."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx

from jsms_contract.operations import OPERATIONS

WRONG = sys.argv[1].split(",") if len(sys.argv) > 1 else []
http = httpx.Client(base_url=f"{os.environ['JSMS_BASE_URL']}/", trust_env=False)


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(respond(json.loads(line))), flush=True)


def respond(request: dict[str, Any]) -> dict[str, Any]:
    if request["do"] == "callback":
        return {"value": callback(request["form"])}
    if "stops" in WRONG and request["do"] == "pollReplies":
        sys.exit("stopped by itself")
    try:
        response = call(request)
    except httpx.TransportError as error:
        if "resends" not in WRONG:
            return {"failure": repr(error)}
        response = call(request)
    if response.is_success:
        return {"value": value(response)}
    if "trusts" in WRONG and response.status_code == 502:
        return {"value": None}
    return {"status": response.status_code, "code": code(response)}


def call(request: dict[str, Any]) -> httpx.Response:
    operation = OPERATIONS[request["do"]]
    method, path = operation.method, operation.path.lstrip("/").format_map(request)
    pair = ("DEV_KEY", "DEV_SECRET") if operation.credentials == "dev" else ("APP_KEY", "MASTER_SECRET")
    name, secret = (os.environ[f"JSMS_{key}"] for key in pair)
    body: Any = request.get("body")
    if operation.body != "multipart":
        return http.request(method, path, auth=(name, secret), json=body)
    texts = {key: str(text) for key, text in body.items() if not key.endswith("Image")}
    files = {key: (text, Path(text).read_bytes(), "image/png") for key, text in body.items() if key.endswith("Image")}
    if "garbles" in WRONG:
        texts["remark"] = texts["remark"].encode("ascii", "replace").decode()
    return http.request(method, path, auth=(name, secret), data=texts, files=files)


def value(response: httpx.Response) -> Any:
    found: Any = response.json() if response.content else None
    if "numbers" not in WRONG and "msg_id" in (found or {}):
        found["msg_id"] = str(found["msg_id"])
    return found


def code(response: httpx.Response) -> int | None:
    try:
        return int(response.json()["error"]["code"])
    except ValueError:
        return None


def callback(posted: str) -> dict[str, Any]:
    form = {name: values[0] for name, values in parse_qs(posted).items()}
    signed = (
        f"appKey={os.environ['JSMS_APP_KEY']}&appMasterSecret={os.environ['JSMS_MASTER_SECRET']}"
        f"&nonce={form['nonce']}&timestamp={form['timestamp']}"
    )
    digest = hashlib.sha1(signed.encode()).hexdigest()
    genuine = "believes" in WRONG or hmac.compare_digest(digest, form["signature"])
    data: dict[str, Any] = json.loads(form["data"])
    if "fills" in WRONG:
        data |= {"absent": None, "list": [], "object": {}}
    if "loses" in WRONG:
        data.popitem()
    return {"genuine": genuine, "data": data}


if __name__ == "__main__":
    main()
