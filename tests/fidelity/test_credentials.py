"""Credentials of every operation: without them JSMS responds 400, which general tools report as a fault."""

from __future__ import annotations

import pytest

from jsms_contract.operations import OPERATIONS, Operation
from sandbox.threaded_sandbox import AppUnderTest

IDS = {
    "{msg_id}": "288193860302",
    "{schedule_id}": "dd3f8aa5-9c60-4c2c-9d29-3b1ff7a51a2e",
    "{temp_id}": "1250",
    "{sign_id}": "4321",
}


def path_of(operation: Operation) -> str:
    path = operation.path
    for name, value in IDS.items():
        path = path.replace(name, value)
    return path


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_wrong_credentials_are_refused_before_anything_else(app: AppUnderTest, operation: Operation) -> None:
    path = path_of(operation)
    right, other = (app.auth, app.dev_auth) if operation.credentials == "app" else (app.dev_auth, app.auth)
    missing = app.send(operation.method, path, auth=None)
    assert (missing.status_code, missing.json()["error"]["code"]) == (400, 50001)
    empty = app.send(operation.method, path, auth=None, headers={"Authorization": ""})
    assert (empty.status_code, empty.json()["error"]["code"]) == (400, 50001)
    for wrong in (other, (right[0], "wrong"), ("wrong", right[1]), (right[0], "")):
        refused = app.send(operation.method, path, auth=wrong)
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, 50002)
    bearer = app.send(operation.method, path, auth=None, headers={"Authorization": "Bearer token"})
    assert (bearer.status_code, bearer.json()["error"]["code"]) == (401, 50002)
