"""Sends and verifies a code, by hand; sends it twice where its first argument is ``twice``."""

from __future__ import annotations

import os
import sys

import httpx

http = httpx.Client(
    base_url=os.environ["JSMS_BASE_URL"],
    auth=(os.environ["JSMS_APP_KEY"], os.environ["JSMS_MASTER_SECRET"]),
    trust_env=False,
)
times = 2 if sys.argv[1] == "twice" else 1
*_, msg_id = (http.post("/codes", json={"mobile": sys.argv[-1], "temp_id": 1}).json()["msg_id"] for _ in range(times))
print(msg_id)
valid = http.post(f"/codes/{msg_id}/valid", json={"code": input()}).json()["is_valid"]
print("right" if valid else "wrong")
