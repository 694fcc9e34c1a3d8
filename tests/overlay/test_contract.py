"""What the contract says, as data for apps and tools."""

from __future__ import annotations

import json

from jsms_client.contract import ARGUMENTS, ERRORS, OPERATIONS, openapi
from servers.contract import load_document


def test_the_document_is_there_in_both_forms() -> None:
    assert json.loads(openapi("json")) == load_document()
    assert "\nopenapi: 3.1" in openapi()


def test_every_operation_has_a_summary_and_arguments() -> None:
    assert ARGUMENTS.keys() == OPERATIONS.keys()
    assert all(operation.summary for operation in OPERATIONS.values())
    assert all(error.info is not None for error in ERRORS.values())


def test_the_fields_of_what_is_in_a_list_are_there_too() -> None:
    (recipients,) = (each for each in ARGUMENTS["sendMessageBatch"] if each.name == "recipients")
    assert (recipients.entries, [each.name for each in recipients.members]) == ("object", ["mobile", "temp_para"])
