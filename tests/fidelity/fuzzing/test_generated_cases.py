"""Thousands of cases that schemathesis makes from the contract, against a strict sandbox.

Valid data must be successful, with every id in place; invalid data must be refused with a code that the
contract gives the operation. A fixed seed makes the cases the same in every run.
"""

# schemathesis leaves the type parameters of its own classes open.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
import schemathesis
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test

from fidelity.fields import document
from jsms_contract.operations import OPERATIONS
from jsms_sandbox.service.operations import OPERATIONS as BEHAVIOUR
from sandbox.threaded_sandbox import RunningSandbox

from .checks import OTHERS_ABOUT_CREDENTIALS, CaseChecks

SEED = 20_250_701
RANDOM_CASES = 75
"""Beside those that schemathesis derives for each boundary, and the contract's examples."""
CASES: Mapping[str, int] = {each.id: 100 if each.body and each.id in BEHAVIOUR else 80 for each in OPERATIONS.values()}
"""How many cases there must be at least."""
MIN_SUCCESSFUL = 20
"""How many of them must be successful for each operation, at least."""
CONFIG = {
    "seed": SEED,
    "generation": {"max-examples": RANDOM_CASES, "database": "none", "no-shrink": True},
    "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx"]}},
}


@pytest.fixture(scope="module")
def schema() -> schemathesis.BaseSchema:
    load_all_checks()
    return schemathesis.openapi.from_dict(document(), config=schemathesis.Config.from_dict(CONFIG))


@pytest.fixture(params=OPERATIONS)
def checks(request: pytest.FixtureRequest, strict: RunningSandbox) -> Iterator[CaseChecks]:
    made = CaseChecks(strict, request.param)
    yield made
    made.close()


def test_every_response_is_as_the_contract_says(schema: schemathesis.BaseSchema, checks: CaseChecks) -> None:
    operation = OPERATIONS[checks.operation]
    project = schema.config
    api_operation = schema[operation.path][operation.method]
    run = create_test(
        operation=api_operation,
        test_func=checks,
        config=HypothesisTestConfig(
            project=project,
            modes=list(HypothesisTestMode),
            settings=project.get_hypothesis_settings(operation=api_operation, phase="fuzzing"),
            seed=SEED,
        ),
    )
    run()
    print(f"{checks.operation}: {checks.cases} cases, {checks.successful} successful, refused: {dict(checks.codes)}")
    assert checks.cases >= CASES[checks.operation]
    assert checks.successful >= MIN_SUCCESSFUL
    assert sum(checks.codes.values()) >= MIN_SUCCESSFUL


def test_the_cases_are_thousands() -> None:
    assert sum(CASES.values()) >= 2_000


def test_all_checks_are_made_but_two() -> None:
    load_all_checks()
    assert len(CHECKS.get_all_names()) == 14
    assert [check.__name__ for check in OTHERS_ABOUT_CREDENTIALS] == ["ignored_auth", "missing_required_header"]
