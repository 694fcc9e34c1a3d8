"""The contract as data, made from a document."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path

import pytest

from contract_tools.emit.catalogue import emit_errors, emit_limits
from contract_tools.emit.model import Surface, SurfaceError
from contract_tools.emit.operations import emit_operations
from contract_tools.python_source import constant_name, docstring, error_class_name, family_class_name, literal
from jsms_contract.service import KIND_PATTERNS
from jsms_runtime.times import FORM_PATTERN
from jsms_runtime.validation import MOBILE_PATTERN

from .command import python_with


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("MISSING_AUTH", "MissingAuthError"),
        ("SERVER_ERROR", "ServerError"),
        ("API_NOT_FOUND", "APINotFoundError"),
        ("ILLEGAL_IP", "IllegalIPError"),
        ("NO_SMS_CODE_AUTH", "NoSMSCodeAuthError"),
        ("INVALID_TTL_VALUE", "InvalidTTLValueError"),
        ("WRONG_MSG_ID", "WrongMsgIDError"),
        ("ERROR", "ErrorError"),
    ],
)
def test_a_code_names_its_exception(name: str, expected: str) -> None:
    assert error_class_name(name) == expected


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        ("permission", "PermissionDeniedError"),
        ("rate_limit", "RateLimitError"),
        ("no_credit", "NoCreditError"),
        ("service", "ServiceError"),
    ],
)
def test_a_family_names_its_exception(family: str, expected: str) -> None:
    assert family_class_name(family) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("SendCodeRequest", "temp_id", "maxLength"), "SEND_CODE_REQUEST_TEMP_ID_MAX_LENGTH"),
        (("SignForm", "legalPersonIdNumber", "pattern"), "SIGN_FORM_LEGAL_PERSON_ID_NUMBER_PATTERN"),
        (("SMSReport", "msgID", "minimum"), "SMS_REPORT_MSG_ID_MINIMUM"),
    ],
)
def test_words_of_every_style_make_one_constant(parts: tuple[str, ...], expected: str) -> None:
    assert constant_name(*parts) == expected


@pytest.mark.parametrize(
    "value", ["", '"', "'''", "\\", 'a"""b', "\n\t\r\x00\x1f\x7f", "极光", "\u2028\ufeff", "😀", "{x}", "\\N{DASH}"]
)
def test_a_text_comes_back_from_its_source(value: str) -> None:
    assert eval(literal(value)) == value
    assert "\n" not in literal(value)


def test_a_docstring_of_any_words_is_source() -> None:
    for words in ('He said "no"', 'three """ quotes', "C:\\new", "x" * 300, "好" * 200, "ends with \\"):
        scope: dict[str, object] = {}
        exec(f"def f():\n{docstring(words, words)}", scope)
        assert words.split()[0] in inspect.cleandoc(str(scope["f"].__doc__)).replace("\n", "")


def test_each_code_has_an_exception_below_its_family_that_says_what_the_contract_says(built: Path) -> None:
    said = python_with(
        built,
        "import copy, pickle\n"
        "from jsms_contract.errors import *\n"
        "from jsms_runtime.errors import JSMSError, NotSentError\n"
        "assert ERRORS[50004] is MissingMobileError and MissingMobileError.__mro__[1:5] == "
        "(InvalidRequestError, APIError, NotSentError, JSMSError)\n"
        "assert sorted(ERRORS) == [50002, 50004, 50009, 50019, 50035]\n"
        "assert FAMILIES['permission'] is PermissionDeniedError\n"
        "info = OutOfFreqError.info\n"
        "assert (info.code, info.name, info.http_status, info.message) == (50009, 'OUT_OF_FREQ', 403, 'out of freq')\n"
        "assert (info.family, info.repeat, info.meaning_zh) == ('rate_limit', 'later', '发送过于频繁。')\n"
        "assert RateLimitError.info is None\n"
        "assert IllegalIPError.info.meaning == 'The caller\\'s address \"is\" not on the \\\\ list.'\n"
        "error = OutOfFreqError('out of freq', operation='sendCode', code=50009, http_status=403)\n"
        "assert pickle.loads(pickle.dumps(error)).__dict__ == error.__dict__ and copy.copy(error).code == 50009\n"
        "print(error)\n",
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout.strip() == (
        "sendCode: out of freq (code 50009, HTTP 403). Sent too often. Wait, then send again."
    )


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        (50004, 400, "MissingMobileError"),
        (50004, 500, "MissingMobileError"),
        (None, 401, "AuthenticationError"),
        (99999, 403, "PermissionDeniedError"),
        (99999, 418, "InvalidRequestError"),
        (None, 404, "InvalidRequestError"),
        (None, 429, "RateLimitError"),
        (None, 599, "ServiceError"),
        (50000, 503, "ServiceError"),
        (None, 302, "APIError"),
        (99999, 0, "APIError"),
        (99999, -1, "APIError"),
    ],
)
def test_every_response_has_an_exception(built: Path, code: int | None, status: int, expected: str) -> None:
    said = python_with(
        built, f"from jsms_contract.errors import error_class; print(error_class({code}, {status}).__name__)"
    )
    assert said.stdout.strip() == expected, said.stderr


def test_an_operation_says_what_sending_it_needs(built: Path) -> None:
    said = python_with(
        built,
        "from jsms_contract.operations import OPERATIONS\n"
        "for o in OPERATIONS.values():\n"
        "    print(o.id, o.method, o.path, o.tag, o.credentials, o.retry, o.statuses, o.body)\n"
        "print(sorted(OPERATIONS['getDevBalance'].error_codes), OPERATIONS['deleteSign'].response)\n"
        "def fields(shape):\n"
        "    return ', '.join(f'{f.name} {f.shape.type} {f.shape.nullable} {f.required}' for f in shape.fields)\n"
        "balance = OPERATIONS['getDevBalance'].response\n"
        "print(fields(balance), fields(balance.fields[2].shape.of), sep='\\n')",
    )
    assert said.stdout.splitlines()[:5] == [
        "sendCode POST /codes codes app never (200,) json",
        "getDevBalance GET /accounts/dev accounts dev safe (200,) None",
        "updateSign POST /sign/{sign_id} signs app never (200,) multipart",
        "deleteSign DELETE /sign/{sign_id} signs app safe (200, 204) None",
        "[50002, 50019] None",
    ]
    assert said.stdout.splitlines()[5] == (
        "dev_balance integer True True, dev_voice integer True True, histories array False False"
    )
    assert said.stdout.splitlines()[6] == "spent integer False True, on string False False, tags texts False False"


def test_the_limits_are_constants(built: Path) -> None:
    said = python_with(
        built,
        "from jsms_contract import limits as l\n"
        "print(l.SERVER_URL, l.VERSION, l.SEND_CODE_REQUEST_MOBILE_PATTERN, l.SEND_CODE_REQUEST_MOBILE_MAX_LENGTH, "
        "l.SEND_CODE_REQUEST_TEMP_ID_MINIMUM, l.SIGN_FORM_SIGN_MIN_LENGTH, l.DEVELOPER_BALANCE_HISTORIES_MAX_ITEMS)",
    )
    assert said.stdout.strip() == "https://sms.example.test/v1 1.2.0 ^1[0-9]{10}$ 11 1 2 500", said.stderr


def test_a_document_without_a_catalogue_has_no_codes_and_works() -> None:
    made: dict[str, object] = {}
    exec(emit_errors({}), made)
    assert (made["ERRORS"], made["FAMILIES"], made["SUCCESS_CODES"]) == ({}, {}, frozenset())


def test_two_limits_of_one_name_are_refused() -> None:
    schemas = {"AB": {"properties": {"c": {"maxLength": 1}}}, "Ab": {"properties": {"c": {"maxLength": 2}}}}
    with pytest.raises(SurfaceError, match="AB_C_MAX_LENGTH"):
        emit_limits({"components": {"schemas": schemas}})


def _with_response(schema: Mapping[str, object], **more: Mapping[str, object]) -> dict[str, object]:
    responses = {"200": {"content": {"application/json": {"schema": schema}}}}
    operation = {"operationId": "look", "tags": ["a"], "responses": responses}
    return {"paths": {"/a": {"get": operation}}, "components": {"schemas": more}}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, 'response=Shape("string")'),
        ({"type": ["integer", "null"]}, 'response=Shape("integer", nullable=True)'),
        ({"type": "array", "items": {"type": "boolean"}}, 'response=Shape("array", of=Shape("boolean"))'),
        ({"type": "object"}, 'response=Shape("object", fields=())'),
        ({"type": "object", "additionalProperties": {"type": "string"}}, 'response=Shape("texts")'),
        ({"type": "number"}, 'response=Shape("number")'),
        ({"type": "array", "items": {}}, 'response=Shape("array", of=Shape("anything", nullable=True))'),
        (
            {"type": "object", "properties": {"a": {}, "b": {"type": "string"}}},
            '(Field("a", Shape("anything", nullable=True), False), ',
        ),
        (
            {"type": "object", "properties": {"a": {"type": "integer", "x-kind": "epoch-millis"}}},
            'response=Shape("object", fields=(Field("a", Shape("time"), False),))',
        ),
        (
            {"$ref": "#/components/schemas/Named"},
            '_NAMED = Shape("object", fields=(Field("a", Shape("time", strict=True',
        ),
        ({"$ref": "#/components/schemas/Alias"}, 'response=Shape("string")'),
    ],
)
def test_a_schema_has_a_shape(schema: Mapping[str, object], expected: str) -> None:
    named = {"type": "object", "properties": {"a": {"type": "integer", "x-kind": "epoch-millis"}}}
    assert expected in emit_operations(Surface(_with_response(schema, Alias={"type": "string"}, Named=named)))


def test_an_object_inside_itself_is_checked_one_level_deep() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
    source = emit_operations(Surface(_with_response({"$ref": "#/components/schemas/Node"}, Node=node)))
    assert '_NODE = Shape("object", fields=(Field("next", Shape("object"), False),))' in source


@pytest.mark.parametrize("schema", [{"type": "array", "items": {}}, {"type": "object", "additionalProperties": {}}])
def test_a_list_or_a_map_inside_itself_is_anything_there(schema: dict[str, object]) -> None:
    of = "items" if "items" in schema else "additionalProperties"
    source = emit_operations(
        Surface(
            _with_response(
                {"$ref": "#/components/schemas/Tree"}, Tree={**schema, of: {"$ref": "#/components/schemas/Tree"}}
            )
        )
    )
    assert 'of=Shape("anything", nullable=True)' in source


@pytest.mark.parametrize("schema", [{}, {"oneOf": []}])
def test_a_response_without_a_shape_is_refused(schema: Mapping[str, object]) -> None:
    with pytest.raises(SurfaceError, match="200 of look"):
        emit_operations(Surface(_with_response(schema)))


def test_the_client_and_the_sandbox_take_a_kind_in_one_form() -> None:
    assert KIND_PATTERNS == {"mobile": MOBILE_PATTERN, "beijing-time": FORM_PATTERN}
