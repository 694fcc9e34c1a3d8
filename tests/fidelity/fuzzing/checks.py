"""Send the cases of one operation to a strict sandbox, and check the responses."""

# schemathesis leaves the type parameters of its own classes open.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, cast

import requests
from jsonschema import Draft202012Validator
from schemathesis import Case, Response
from schemathesis.checks import CheckFunction
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import ignored_auth, missing_required_header, negative_data_rejection

from fidelity.fields import body_schema, document, documented, found, response_schema
from jsms_contract.errors import ERRORS
from jsms_contract.operations import OPERATIONS
from jsms_contract.service import ROUTING_CODES
from jsms_sandbox.contract import operations
from jsms_sandbox.state.entities import App, JournalEntry
from jsms_sandbox.state.state import State
from sandbox.threaded_sandbox import RunningSandbox

from .seeds import furnish, path_ids, with_seeds, with_times

OTHERS_ABOUT_CREDENTIALS: list[CheckFunction] = [ignored_auth, missing_required_header]
"""They want 401 without credentials, where JSMS responds 400 with 50001: ``test_credentials`` takes their place."""
BATCHES = frozenset(each.id for each in OPERATIONS.values() if each.recipient_error_codes)


@dataclass
class CaseChecks:
    """Judges the cases of one operation.

    Attributes:
        sandbox: A strict sandbox.
        operation: The operationId.
        cases: How many cases ran.
        successful: How many of them were successful.
        codes: How often each error code was returned.
    """

    sandbox: RunningSandbox
    operation: str
    cases: int = 0
    successful: int = 0
    codes: Counter[int] = field(default_factory=Counter[int])

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False

    def __call__(self, case: Case[Any]) -> None:
        """Send one case, with an app of its own, and check the response."""
        assert case.meta is not None
        self.cases += 1
        wrong_path, other_credentials = map(
            case.meta.is_negative_at, (ParameterLocation.PATH, ParameterLocation.HEADER)
        )
        # Past the case's own setters: what they set is checked again, which files cannot be.
        if not wrong_path:
            ids = path_ids(self.operation)
            given = {name: ids.get(name, value) for name, value in case.path_parameters.items()}
            object.__setattr__(case, "path_parameters", given)
        query = cast("object", case.query)
        if isinstance(query, dict):
            object.__setattr__(case, "query", with_times(cast("dict[str, Any]", query)))
        body: object = case.body
        if isinstance(body, dict):
            body = with_seeds(self.operation, cast("dict[str, Any]", body))
            object.__setattr__(case, "body", body)
        app = self.sandbox.look(lambda state: furnish(state, self.operation, body))
        auth = None if other_credentials else self._credentials(app)
        response = case.call(base_url=f"{self.sandbox.url}/v1", session=self._session, auth=auth)
        entry = self.sandbox.look(_last_entry)
        self._check_code(response, entry)
        excluded = list(OTHERS_ABOUT_CREDENTIALS)
        if self.operation in BATCHES and response.status_code == 200 and self._check_recipients(body, response.json()):
            excluded.append(negative_data_rejection)
        try:
            case.validate_response(response, excluded_checks=excluded, transport_kwargs={"auth": auth})
        except BaseException as error:
            error.add_note(f"The sandbox says: {entry.hint}")
            raise

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _credentials(self, app: App) -> tuple[str, str]:
        if OPERATIONS[self.operation].credentials == "dev":
            return app.dev_key, app.dev_secret
        return app.app_key, app.master_secret

    def _check_code(self, response: Response, entry: JournalEntry) -> None:
        """Check that the code is one of the operation's, with the status and message of the contract."""
        reached = next((each for each in operations().values() if each.id == entry.operation), None)
        content: object = json.loads(response.content) if response.content else None
        if response.status_code == 200:
            assert reached is not None
            self.successful += reached.id == self.operation
        else:
            code: int = cast("dict[str, Any]", content)["error"]["code"]
            self.codes[code] += 1
            if entry.modelled:  # what it has no behaviour for, it refuses by rules that all operations share
                assert code in (ROUTING_CODES if reached is None else reached.codes | {50018}), entry
            info = ERRORS[code].info
            assert info is not None
            assert (response.status_code, info.message) == (info.http_status, cast("Any", content)["error"]["message"])
        schema = (
            response_schema(reached.id, response.status_code) if reached else {"$ref": "#/components/schemas/ErrorBody"}
        )
        if schema is None:
            assert content is None
        else:
            assert set(found(schema, content, "response")) <= set(documented(schema, "response")) | {"response"}

    def _check_recipients(self, body: object, content: dict[str, Any]) -> bool:
        """Return whether only recipients of a batch are wrong; then JSMS responds 200 and refuses them one by one."""
        schema: dict[str, Any] = document()["components"]["schemas"]["Recipient"]
        wrong = [each for each in cast("Any", body)["recipients"] if not Draft202012Validator(schema).is_valid(each)]
        if not wrong:
            return False
        allowed = next(each for each in operations().values() if each.id == self.operation).recipient_codes
        results: list[dict[str, Any]] = content.get("recipients") or content["failure_recipients"]
        refused = [each for each in results if "error_code" in each]
        assert content["failure_count"] == len(refused) >= len(wrong)
        assert {int(each["error_code"]) for each in refused} <= allowed
        for each in wrong:
            assert any(result["mobile"] == (each.get("mobile") or "") for result in refused)
        return _is_right_but_for_recipients(self.operation, cast("dict[str, Any]", body))


def _is_right_but_for_recipients(operation: str, body: dict[str, Any]) -> bool:
    schema = dict(body_schema(operation))
    recipients = {key: value for key, value in schema["properties"]["recipients"].items() if key != "items"}
    schema["properties"] = {**schema["properties"], "recipients": recipients}
    return Draft202012Validator(schema).is_valid(body)


def _last_entry(state: State) -> JournalEntry:
    return next(reversed(state.journal.values()))
