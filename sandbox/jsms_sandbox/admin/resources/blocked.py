"""Opt-outs and blocked words of an app."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from pydantic import Field

from jsms_sandbox.admin.endpoint import delete, get, post
from jsms_sandbox.admin.models import Body, Mobile, Query, ResponseModel, conflict, not_found
from jsms_sandbox.admin.request import AdminRequest
from jsms_sandbox.simulation.delivery import opt_in, opt_out
from jsms_sandbox.state.entities import App

MOST = 10_000
LONGEST_WORD = 100
Word = Annotated[str, Field(min_length=1, max_length=LONGEST_WORD)]


class OptOut(ResponseModel):
    """A number that opted out of an app's messages (50024)."""

    app_key: str
    mobile: str


class OptOuts(ResponseModel):
    """Numbers that opted out."""

    opt_outs: list[OptOut]


class NumberToBlock(Body):
    """A number."""

    mobile: Mobile


class BlockedWord(ResponseModel):
    """A word that an app may not send (50037)."""

    app_key: str
    word: str


class BlockedWords(ResponseModel):
    """Words that are blocked."""

    words: list[BlockedWord]


class WordToBlock(Body):
    """A word."""

    word: Word


def list_opt_outs(call: AdminRequest, query: Query) -> OptOuts:
    """List the numbers that opted out."""
    return OptOuts(
        opt_outs=[OptOut(app_key=app.app_key, mobile=mobile) for app in _apps(call, query) for mobile in app.opt_outs]
    )


def create_opt_out(call: AdminRequest, query: Query, body: NumberToBlock) -> OptOut:
    """Opt a number out."""
    app = call.app(query)
    _check_room(app.opt_outs)
    opt_out(call.state, app, body.mobile)
    return OptOut(app_key=app.app_key, mobile=body.mobile)


def delete_opt_out(call: AdminRequest, query: Query) -> None:
    """Undo an opt-out."""
    if not opt_in(call.state, call.app(query), call.path["mobile"]):
        raise not_found("This number did not opt out.", "GET /_sandbox/api/opt-outs lists them.", "path.mobile")


def list_words(call: AdminRequest, query: Query) -> BlockedWords:
    """List the words that are blocked."""
    return BlockedWords(
        words=[BlockedWord(app_key=app.app_key, word=word) for app in _apps(call, query) for word in app.words]
    )


def create_word(call: AdminRequest, query: Query, body: WordToBlock) -> BlockedWord:
    """Block a word."""
    app = call.app(query)
    _check_room(app.words)
    if body.word not in app.words:
        app.words.append(body.word)
        call.state.app_changed(app)
    return BlockedWord(app_key=app.app_key, word=body.word)


def delete_word(call: AdminRequest, query: Query) -> None:
    """Unblock a word."""
    app, word = call.app(query), call.path["word"]
    if word not in app.words:
        raise not_found("This word is not blocked.", "GET /_sandbox/api/words lists them.", "path.word")
    app.words.remove(word)
    call.state.app_changed(app)


def _apps(call: AdminRequest, query: Query) -> list[App]:
    selected = call.selected(query)
    return [selected] if selected else list(call.state.apps.values())


def _check_room(kept: list[str]) -> None:
    if len(kept) >= MOST:
        raise conflict(f"There are {MOST} already.", "Delete some first.")


ENDPOINTS = (
    get("/opt-outs", list_opt_outs, Query, OptOuts),
    post("/opt-outs", create_opt_out, NumberToBlock, OptOut, "conflict", status=HTTPStatus.CREATED),
    delete("/opt-outs/{mobile}", delete_opt_out, None, "not_found"),
    get("/words", list_words, Query, BlockedWords),
    post("/words", create_word, WordToBlock, BlockedWord, "conflict", status=HTTPStatus.CREATED),
    delete("/words/{word:path}", delete_word, None, "not_found"),
)
