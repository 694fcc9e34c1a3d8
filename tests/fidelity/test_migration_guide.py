"""Both columns of the table in docs/official-client.md, run against the sandbox."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from jsms_client import JSMS
from jsms_contract.values import REVIEW_STATUS_REJECTED
from jsms_sandbox.state.state import State
from sandbox.sign_forms import image
from sandbox.threaded_sandbox import AppUnderTest, RunningSandbox

jsms: Any = importlib.import_module("jsms")  # it has no types
PAGE = Path(__file__).parents[2] / "docs" / "official-client.md"
ROW = re.compile(r"^\| `(?P<official>[^`]+)`(?P<empty> \(does nothing\))? \| `(?P<ours>[^`]+)` \|$", re.MULTILINE)
ROWS = [match for match in ROW.finditer(PAGE.read_text(encoding="utf-8")) if match["official"] != "jsms"]
IDS = ("msg_id", "schedule_id", "sign_id")


def names(app: AppUnderTest, number: str) -> dict[str, Any]:
    """Return the variables of the table's expressions."""
    content = image()[1]

    def client(key: str, secret: str) -> JSMS:
        return JSMS(key, secret, base_url=f"{app.sandbox.url}/v1")

    return {
        "JSMS": client,
        "Jsms": jsms.Jsms,
        "app_key": app.auth[0],
        "master_secret": app.auth[1],
        "mobile": number,
        "later": "2099-07-01 09:00:00",
        "image": image(),
        "papers": {
            "legal_person_name": "张三",
            "legal_person_id_number": "11010519491231002X",
            "id_card_image": content,
            "social_credit_code": "91350100M000100Y43",
            "business_license_image": content,
        },
    }


def prepare(app: AppUnderTest, known: dict[str, Any], expression: str) -> None:
    """Prepare what a row needs before it can run."""
    if "verify" in expression:
        code = app.message(known["msg_id"]).code
        assert code is not None
        known["code"] = code.code
    if "rejected_id" in expression:
        known["rejected_id"] = known["sign_id"]

        def reject(state: State) -> None:
            state.signs[app.app.app_key][known["sign_id"]].status = REVIEW_STATUS_REJECTED

        app.sandbox.look(reject)


def run(app: AppUnderTest, known: dict[str, Any], expression: str) -> Any:
    prepare(app, known, expression)
    if re.match(r"\w+ = ", expression):
        exec(expression, known)
        if "official" in known:
            known["official"].BASE_URL = f"{app.sandbox.url}/v1/"
        return None
    value = eval(expression, known)
    for name in IDS:
        if re.search(rf"\b{name}\b(\"\])?$", expression):
            known[name] = value
    return value


@pytest.fixture
def apps(sandbox: RunningSandbox) -> tuple[AppUnderTest, AppUnderTest]:
    return sandbox.app(), sandbox.app()


def test_each_call_has_its_counterpart(apps: tuple[AppUnderTest, AppUnderTest]) -> None:
    theirs, ours = (names(app, number) for app, number in zip(apps, ("13800138000", "13800138001"), strict=True))
    for row in ROWS:
        expected = run(apps[0], theirs, row["official"])
        value = run(apps[1], ours, row["ours"])
        if row["empty"]:
            assert expected is None
            assert value
        elif "delete" in row["official"]:
            assert (expected, value) == (200, None)
        elif any(row["ours"].endswith(f".{name}") for name in IDS):
            assert type(value) is type(expected)
            assert not isinstance(value, str) or re.sub("[0-9a-f]", "0", value) == re.sub("[0-9a-f]", "0", expected)
        else:
            assert value == expected, row["ours"]


def test_the_table_has_every_method_of_the_official_client() -> None:
    methods = {name for name, _ in inspect.getmembers(jsms.Jsms, inspect.isfunction) if not name.startswith("_")}
    documented = {name for row in ROWS for name in re.findall(r"official\.(\w+)\(", row["official"])}
    assert documented == methods
