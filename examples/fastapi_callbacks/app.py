"""JSMS callbacks inside a FastAPI app.

Install:  pip install "jsms-client[callbacks]" fastapi uvicorn
Run:      JSMS_APP_KEY=… JSMS_MASTER_SECRET=… JSMS_STORE=jsms.db uvicorn app:app --port 8000 --workers 4
Then enter https://<your host>/jsms/callback in the JSMS console: the app responds to the service's check by itself.

``CallbackApp`` does the work: signature, age, duplicates, status codes. You write a function that takes events.
Workers share the nonces of handled callbacks in JSMS_STORE: a file (jsms.db), or the address of Redis or a database.
Without it, run one worker: a callback that one has handled would pass again at another.
"""

from __future__ import annotations

import os

from fastapi import FastAPI
from starlette.routing import Route

from jsms_client.callbacks import (
    CallbackApp,
    CallbackReceiver,
    DeliveryReport,
    Event,
    ReviewStatus,
    SignReviewed,
    TemplateReviewed,
    UserReply,
)

delivered: dict[str, int] = {}  # in place of a database
opted_out: set[str] = set()
reviewed: dict[str, bool] = {}


async def on_event(event: Event) -> None:
    """Keep what happened; an exception in here makes the service try again, so an event can come twice."""
    match event:
        case DeliveryReport(msg_id=msg_id, status=status):
            delivered[msg_id] = int(status)
        case UserReply(phone=phone, content=content):
            if content.strip().upper() == "TD":
                opted_out.add(phone)
        case TemplateReviewed(temp_id=temp_id, status=status):
            reviewed[f"template {temp_id}"] = status == ReviewStatus.PASSED
        case SignReviewed(sign_id=sign_id, status=status):
            reviewed[f"signature {sign_id}"] = status == ReviewStatus.PASSED


receiver = CallbackReceiver(nonce_store=os.environ.get("JSMS_STORE"))
app = FastAPI(title="An app that sends SMS")
# A route of its own, not app.mount(): a mount redirects POST /jsms/callback to /jsms/callback/.
app.router.routes.append(Route("/jsms/callback", endpoint=CallbackApp(receiver, on_event)))


@app.get("/messages/{msg_id}")
async def message(msg_id: str) -> dict[str, int | None]:
    """Handle the outcome of a message."""
    return {"status": delivered.get(msg_id)}
