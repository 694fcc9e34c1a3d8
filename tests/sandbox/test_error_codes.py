"""Every documented error code can be provoked."""

from __future__ import annotations

import re
from typing import Any, cast

import pytest

from jsms_contract.errors import ERRORS
from jsms_contract.service import ROUTING_CODES
from jsms_sandbox.contract import operations
from jsms_sandbox.state.entities import Credit
from jsms_sandbox.state.state import State

from .error_recipes import ERROR_RECIPES, Call, ErrorRecipe, Switch, Wait
from .sign_forms import multipart
from .threaded_sandbox import AppUnderTest, refused

CHINESE_TEXT = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("recipe", ERROR_RECIPES, ids=lambda recipe: str(recipe.code))
def test_code_is_returned(app: AppUnderTest, recipe: ErrorRecipe) -> None:
    held: dict[str, Any] = {}
    for step in recipe.given:
        match step:
            case Wait():
                app.sandbox.advance(step.seconds)
            case Switch():
                _switch(app, step)
            case Call():
                response = _send(app, step, held)
                assert response.status_code == 200, response.text
                held |= response.json() if response.content else {}
    response = _send(app, recipe.call, held, recipe.code)

    entry = app.last_entry()
    if recipe.recipient:
        assert response.status_code == 200
        codes = [recipient.get("error_code") for recipient in response.json()["recipients"]]
        assert str(recipe.code) in codes
    else:
        assert refused(response) == recipe.code
        assert entry.code == recipe.code
        assert entry.check
        assert entry.hint
        assert CHINESE_TEXT.search(entry.hint_zh or ""), entry.hint


def test_every_code_of_the_contract_but_success_is_in_the_table() -> None:
    assert {recipe.code for recipe in ERROR_RECIPES} == set(ERRORS)
    assert len(ERROR_RECIPES) == len(ERRORS)


def test_every_provoked_code_is_one_that_the_contract_gives_the_operation() -> None:
    by_id = {(method, path): operation for (method, path), operation in operations().items()}
    for recipe in ERROR_RECIPES:
        call = recipe.call
        if recipe.code in ROUTING_CODES:
            continue
        operation = next(
            found
            for (method, path), found in by_id.items()
            if method == call.method and path.partition("{")[0] == _template(call.path).partition("{")[0]
        )
        allowed = operation.recipient_codes if recipe.recipient else operation.codes
        assert recipe.code in allowed, recipe


def _template(path: str) -> str:
    for literal in ("/codes/1/valid", "/schedule/dd3f8aa5-9c60-4c2c-9d29-3b1ff7a51a2e", "/sign/4321"):
        if path == literal:
            head, _, tail = path.strip("/").partition("/")
            return f"/{head}/{{{tail}}}"
    return path


def _switch(app: AppUnderTest, switch: Switch) -> None:
    if switch.field == "credit":
        app.switch(credit=Credit(*switch.value))
    elif switch.field == "signs":

        def clear(state: State) -> None:
            state.signs[app.app.app_key].clear()

        app.sandbox.look(clear)
    else:
        app.switch(**{switch.field: switch.value})


def _send(app: AppUnderTest, call: Call, held: dict[str, Any], code: int = 0) -> Any:
    more: dict[str, Any] = {"headers": call.headers}
    if call.auth != "app":
        key = f"sandboxapp000000000{code}"
        more["auth"] = {"none": None, "wrong": (app.app.app_key, "wrong"), "magic": (key, key)}[call.auth]
    if call.form is not None:
        more["files"] = multipart(call.form)
    body = call.raw if call.raw is not None else _filled(call.body, held)
    return app.send(call.method, call.path.format(**held), body, **more)


def _filled(body: Any, held: dict[str, Any]) -> Any:
    """Return the body, with placeholders replaced by values of an earlier response."""
    if not isinstance(body, dict):
        return body
    fields = cast("dict[str, Any]", body)
    return {name: held.get(value[1:-1], value) if isinstance(value, str) else value for name, value in fields.items()}
