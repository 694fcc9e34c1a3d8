"""Send from RQ: one message for each key, whatever happens to workers, Redis and responses.

Install:  pip install "jsms-client[redis]" rq
Run:      JSMS_APP_KEY=… JSMS_MASTER_SECRET=… JSMS_STORE=redis://… rq worker --url redis://…
Enqueue:  queue.enqueue(rq_tasks.send_code, "42", "13800138000", retry=Retry(max=3, interval=[1, 10, 60]))
"""

from __future__ import annotations

import os

from jsms_client import JSMS

jsms = JSMS(store=os.environ["JSMS_STORE"])


def send_code(login: str, mobile: str) -> str:
    """Send a verification code; gives the msg_id to verify it with. Retries are harmless: the key sends once."""
    return jsms.codes.send(mobile, temp_id=1, once=f"login-{login}").msg_id
