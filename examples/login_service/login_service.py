"""Log in by a code sent to a phone, with FastAPI.

Install:  pip install "jsms-client" fastapi uvicorn
Run:      JSMS_APP_KEY=… JSMS_MASTER_SECRET=… uvicorn login_service:app
Test:     pip install "jsms-client[sandbox]" pytest, then: pytest

    POST /codes     {"mobile": "13800138000"}                     → 202, and a code on its way
    POST /sessions  {"mobile": "13800138000", "code": "123456"}   → 201 {"token": "…"}

What matters here is the response when sending fails: a lost response never sends a second code, and users are asked
to try again only where that can help.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel, Field

from jsms_client import AsyncJSMS
from jsms_client.errors import (
    ConnectionFailedError,
    JSMSError,
    NoCreditError,
    RateLimitError,
    UnknownOutcomeError,
)

TEMPLATE = int(os.environ.get("LOGIN_TEMPLATE", "1"))
log = logging.getLogger("login")


class Asking(BaseModel):
    """A person who wants to log in."""

    mobile: Annotated[str, Field(pattern=r"^1[0-9]{10}$")]


class Checking(Asking):
    """A person who has received a code."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class Session(BaseModel):
    """A person who is logged in."""

    token: str


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """One client for the whole life of the app: it keeps its connections."""
    async with AsyncJSMS() as jsms:
        app.state.jsms = jsms
        app.state.asked = {}  # in place of a database: which msg_id the newest code of a number has
        yield


app = FastAPI(title="Log in by SMS", lifespan=lifespan)


@app.post("/codes", status_code=202)
async def send_code(asking: Asking, request: Request) -> dict[str, str]:
    """Send a code."""
    jsms: AsyncJSMS = request.app.state.jsms
    try:
        sent = await jsms.codes.send(asking.mobile, temp_id=TEMPLATE)
    except RateLimitError as error:
        raise HTTPException(429, "Too many codes were sent to this number. Please try again later.") from error
    except UnknownOutcomeError as error:
        # It may be on its way, but without its msg_id it cannot be verified. Not sent again by us: people ask again.
        log.warning("a code may have been sent in vain: %s", error)
        raise HTTPException(503, "A code may be on its way. Should it not work, ask again in a minute.") from error
    except NoCreditError as error:
        log.critical("no credit left: %s", error)
        raise HTTPException(503, "Codes cannot be sent at the moment.") from error
    except ConnectionFailedError as error:  # nothing left, so nothing was sent
        raise HTTPException(503, "Codes cannot be sent at the moment. Please try again.") from error
    except JSMSError as error:
        log.exception("could not send a code")
        raise HTTPException(502, "The code could not be sent.") from error
    request.app.state.asked[asking.mobile] = sent.msg_id
    return {"detail": "A code is on its way."}


@app.post("/sessions", status_code=201)
async def log_in(checking: Checking, request: Request) -> Session:
    """Verify a code."""
    jsms: AsyncJSMS = request.app.state.jsms
    msg_id: str | None = request.app.state.asked.get(checking.mobile)
    if msg_id is None:
        raise HTTPException(401, "Ask for a code first.")
    try:
        verification = await jsms.codes.verify(msg_id, checking.code)
    except UnknownOutcomeError as error:
        # The code may count as used now; which of the two cannot be known.
        raise HTTPException(503, "Please ask for another code.") from error
    except JSMSError as error:
        log.exception("could not verify a code")
        raise HTTPException(502, "The code could not be verified.") from error
    if not verification:
        reason = verification.reason.name.lower() if verification.reason else "not valid"
        raise HTTPException(401, f"This code is {reason}.")
    del request.app.state.asked[checking.mobile]
    return Session(token=secrets.token_urlsafe())
