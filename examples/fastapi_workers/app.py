"""Send login codes from FastAPI with several workers: one message for each login, whichever worker a retry reaches.

Install:  pip install "jsms-client[sql]" "psycopg[binary]" fastapi uvicorn
Run:      JSMS_APP_KEY=… JSMS_MASTER_SECRET=… JSMS_STORE=postgresql+psycopg://… uvicorn app:app --workers 4
Send:     curl --request POST 'localhost:8000/logins/42/code?mobile=13800138000'      (42: a new id for each login page)
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI, HTTPException, Request

from jsms_client import AsyncJSMS, NotSentError, UnknownOutcomeError


class State(TypedDict):
    jsms: AsyncJSMS


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncGenerator[State]:
    async with AsyncJSMS(store=os.environ["JSMS_STORE"]) as jsms:
        yield {"jsms": jsms}


app = FastAPI(lifespan=lifespan)


@app.post("/logins/{login}/code", status_code=202)
async def send_code(login: str, mobile: str, request: Request) -> dict[str, str]:
    jsms: AsyncJSMS = request.state.jsms
    try:
        sent = await jsms.codes.send(mobile, temp_id=1, once=f"login-{login}")
    except UnknownOutcomeError as error:  # it may be on its way, and cannot be verified: a new login has a new key
        raise HTTPException(409, "A code may be on its way. Please start a new login.") from error
    except NotSentError as error:  # the same login may try again
        raise HTTPException(503, "No code was sent. Please try again.") from error
    return {"msg_id": sent.msg_id}  # keep it with the login on your side: codes.verify needs it
