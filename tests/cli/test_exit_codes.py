"""The exit codes: one table, in the code and in the documentation."""

from __future__ import annotations

import inspect

from jsms_cli import errors as command_errors
from jsms_cli import output
from jsms_cli.errors import EXIT_CODES, FAILURE, UNKNOWN, as_markdown, exit_code_of
from jsms_client import errors
from jsms_client.campaigns import _errors as campaign_errors
from jsms_contract.errors import FAMILIES

from .runner import ROOT


def kinds() -> list[type[BaseException]]:
    modules = (errors, campaign_errors, command_errors, output)
    found = [each for module in modules for _, each in inspect.getmembers(module, inspect.isclass)]
    return [each for each in found if issubclass(each, BaseException)]


def made(kind: type[BaseException]) -> BaseException:
    return kind.__new__(kind)


def test_the_documentation_has_the_table_as_it_is() -> None:
    assert as_markdown() in (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def test_every_exception_of_the_client_has_an_exit_code_of_its_family() -> None:
    roots = {"APIError", "JSMSError", "NotSentError", "RequestTimeoutError", "ClientClosedError"}
    assert {each.__name__ for each in kinds() if exit_code_of(made(each)) == FAILURE} - {"Exception"} <= roots


def test_every_exception_of_the_table_exists() -> None:
    names = {each.__name__ for each in kinds()} | {"OSError", "Exception"}
    assert [name for row in EXIT_CODES for name in row.kinds if name not in names] == []


def test_no_number_is_used_twice() -> None:
    numbers = [row.number for row in EXIT_CODES]
    assert len(numbers) == len(set(numbers))


def test_every_family_of_the_contract_has_a_number_of_its_own() -> None:
    assert len({exit_code_of(made(family)) for family in FAMILIES.values()}) == len(FAMILIES)


def test_whatever_may_have_been_sent_ends_with_the_code_that_says_so() -> None:
    doubtful = [each for each in kinds() if issubclass(each, errors.UnknownOutcomeError)]
    assert len(doubtful) > 4
    assert {exit_code_of(made(each)) for each in doubtful} == {UNKNOWN}
