"""Send from Celery: one message for each key, whatever happens to workers, brokers and responses.

Install:  pip install "jsms-client[redis]" "celery[redis]"
Run:      JSMS_APP_KEY=… JSMS_MASTER_SECRET=… JSMS_STORE=redis://… BROKER=redis://… celery --app celery_tasks worker
"""

from __future__ import annotations

import os

from celery import Celery  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs] - it has no types

from jsms_client import JSMS, ConnectionFailedError, RateLimitError, StoreError

app = Celery("sms", broker=os.environ["BROKER"])
# A task whose worker dies is delivered again; its key keeps it from being sent again.
app.conf.update(task_acks_late=True, task_reject_on_worker_lost=True)  # pyright: ignore[reportUnknownMemberType]
jsms = JSMS(store=os.environ["JSMS_STORE"])


# Retried is what certainly was not sent. An UnknownOutcomeError fails the task: find out first.
@app.task(autoretry_for=(ConnectionFailedError, RateLimitError, StoreError), retry_backoff=True, max_retries=5)  # type: ignore[untyped-decorator]  # as above
def send_code(login: str, mobile: str) -> str:
    """Send a verification code; gives the msg_id to verify it with."""
    return jsms.codes.send(mobile, temp_id=1, once=f"login-{login}").msg_id
