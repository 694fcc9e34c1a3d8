"""For each rule of the linter, the smallest edits that break it, and where it has to say so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

WHOLE = Path(__file__).parent / "documents" / "whole.yaml"


@dataclass(frozen=True, slots=True)
class Broken:
    """One edit of the whole document.

    Attributes:
        rule: The rule that it breaks.
        old: What the document says; the first occurrence is edited.
        new: What it says instead.
        at: Texts on the way to the line of the problem, each on the line of the one before or further down.
    """

    rule: str
    old: str
    new: str
    at: tuple[str, ...]

    @property
    def text(self) -> str:
        """The broken document."""
        whole = WHOLE.read_text(encoding="utf-8")
        assert self.old in whole, self.old
        return whole.replace(self.old, self.new, 1)

    @property
    def line(self) -> int:
        """The line of the problem."""
        lines, line = self.text.splitlines(), 0
        for text in self.at:
            line = next(number for number in range(line, len(lines)) if text in lines[number])
        return line + 1


def broken(rule: str, old: str, new: str, *at: str) -> Broken:
    return Broken(rule, old, new, at)


_KIND = "        kind:\n          type: integer\n          format: int32\n          description: What it is.\n"
_STAMP = "        stamp:\n          type: string\n"
_STAMPED = f"{_STAMP}          description: Needed for kind 1.\n"
_EXAMPLES = """\
            examples:
              plain:
                value: {number: '12', kind: 1, words: {name: Li}}
"""
_SEND = "      operationId: sendLetter\n"
_LIMIT = "      x-limits: [{per: mobil, count: 1, seconds: 60}]\n"
_PATTERN = "pattern: '^[0-9]+$'"

BROKEN = (
    broken("structure", "  version: 1.0.0\n", "", "info:"),
    broken("structure", "operationId: sendLetter", "operationId: [sendLetter]", "operationId: [sendLetter]"),
    broken("structure", "      responses:\n", "      replies:\n", "/letters:", "replies:"),
    broken("structure", "  /letters:\n", "  letters:\n", "  letters:"),
    broken("structure", "          minLength: 1\n", "          minLength: few\n", "minLength: few"),
    broken("structure", _STAMP, "        stamp:\n          type: text\n", "stamp:", "type: text"),
    broken("reference-resolves", "schemas/LetterRequest'", "schemas/Nothing'", "schemas/Nothing"),
    broken("reference-resolves", "responses/Missing'", "responses/Nothing'", "responses/Nothing"),
    broken("reference-resolves", "parameters/LetterId'", "parameters/Nothing'", "parameters/Nothing"),
    broken("reference-resolves", "pathItems/LetterArrived'", "pathItems/Nothing'", "pathItems/Nothing"),
    broken("reference-local", "'#/components/schemas/LetterRequest'", "other.yaml#/A", "other.yaml"),
    broken(
        "reference-circle",
        "  schemas:\n",
        "  schemas:\n    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}\n",
        "    A:",
    ),
    broken("reference-kind", "responses/Missing'", "schemas/Letter'", "        '400':", "schemas/Letter'"),
    broken(
        "reference-siblings",
        "              $ref: '#/components/schemas/LetterRequest'\n",
        "              $ref: '#/components/schemas/LetterRequest'\n              description: Beside.\n",
        "description: Beside.",
    ),
    broken(
        "webhook-reference",
        "    $ref: '#/components/pathItems/LetterArrived'\n",
        "    post: {operationId: onIt, tags: [callbacks], security: [], responses: {default: {description: x}}}\n",
        "  letterArrived:",
    ),
    broken("values-known", "x-values: LetterKind", "x-values: Letter", "x-values: Letter"),
    broken("needed-when-known", "x-needed-when: {kind: [1]}", "x-needed-when: {sort: [1]}", "{sort: [1]}"),
    broken("payload-known", "ARRIVED: '#/components/schemas/Arrival'", "ARRIVED: Arrival", "ARRIVED: Arrival"),
    broken("operation-id-missing", _SEND, "", "    post:"),
    broken("operation-id-unique", "operationId: scanLetter", "operationId: sendLetter", "put:", "operationId"),
    broken("operation-id-unique", "operationId: scanLetter", "operationId: send_letter", "put:", "operationId"),
    broken(
        "operation-id-unique", "operationId: onLetterArrived", "operationId: sendLetter", "pathItems:", "operationId"
    ),
    broken("operation-id-form", "operationId: sendLetter", "operationId: Send-letter", "operationId: Send-letter"),
    broken("security-explicit", "      security: [{appAuth: []}]\n", "", "    post:"),
    broken("security-one", "[{appAuth: []}]", "[{appAuth: []}, {appAuth: []}]", "      security:"),
    broken("security-one", "[{appAuth: []}]", "[]", "      security:"),
    broken("security-known", "[{appAuth: []}]", "[{otherAuth: []}]", "otherAuth"),
    broken("security-callback", "        security: []\n", "", "pathItems:", "post:"),
    broken("tag-one", "tags: [letters]", "tags: [letters, errors]", "tags: [letters, errors]"),
    broken("tag-one", "      tags: [letters]\n", "", "    post:"),
    broken("tag-known", "tags: [letters]", "tags: [parcels]", "tags: [parcels]"),
    broken("path-parameter-declared", "/letters/{letter_id}:", "/letters/{letter_id}/{page}:", "    put:"),
    broken("path-parameter-used", "/letters/{letter_id}:", "/letter:", "    put:"),
    broken("extension-value", "x-retry: never", "x-retry: sometimes", "x-retry: sometimes"),
    broken("extension-missing", "      x-retry: never\n", "", "    post:"),
    broken("extension-missing", "      x-error-codes: [101, 103]\n", "", "    put:"),
    broken("extension-missing", "      x-summary-zh: 寄信\n", "", "    post:"),
    broken("response-range", "        '401':\n", "        4XX:\n", "4XX:"),
    broken(
        "response-default",
        "        default:\n          $ref: '#/components/responses/Unknown'\n",
        "",
        "/letters:",
        "responses:",
    ),
    broken("response-success", "        '204':\n", "        '304':\n", "    put:", "responses:"),
    broken(
        "example-missing",
        _EXAMPLES,
        "",
        "application/json:",
    ),
    broken(
        "example-missing",
        "          examples:\n            missing:\n              value: {error: {code: 102, message: no number}}\n",
        "",
        "    Missing:",
        "application/json:",
    ),
    broken("parameter-example", "      example: 7\n", "", "    LetterId:"),
    broken(
        "content-schema",
        "        '204':\n          description: Added.\n",
        "        '204':\n          description: Added.\n          content:\n            application/json: {}\n",
        "application/json: {}",
    ),
    broken(
        "content-encoding",
        "          multipart/form-data:\n",
        "          multipart/form-data:\n            encoding: {picture: {contentType: image/png}}\n",
        "encoding:",
    ),
    broken(
        "form-named",
        "              $ref: '#/components/schemas/PictureForm'\n",
        "              type: object\n",
        "multipart/form-data:",
        "schema:",
    ),
    broken("schema-union", _STAMPED, f"{_STAMPED}          oneOf: [{{type: string}}]\n", "oneOf:"),
    broken("schema-union", _STAMPED, f"{_STAMPED}          anyOf: [{{type: string}}]\n", "anyOf:"),
    broken("schema-union", _STAMPED, f"{_STAMPED}          allOf: [{{type: string}}]\n", "allOf:"),
    broken("schema-const", _STAMPED, f"{_STAMPED}          const: red\n", "const:"),
    broken("schema-unread", _STAMPED, f"{_STAMPED}          not: {{type: integer, format: int32}}\n", "not:"),
    broken("schema-unread", _STAMPED, f"{_STAMPED}          $vocabulary: {{}}\n", "$vocabulary:"),
    broken("schema-title", "      description: A letter.\n", "      title: Post\n", "title: Post"),
    broken("schema-types", _STAMP, "        stamp:\n          type: [string, boolean]\n", "type: [string, boolean]"),
    broken("schema-types", _STAMP, "        stamp:\n          type: ['null']\n", "type: ['null']"),
    broken("schema-types", _STAMP, "        stamp:\n          type: 'null'\n", "type: 'null'"),
    broken("schema-untyped", _STAMP, "        stamp:\n", "        stamp:"),
    broken("format-beside-pattern", "          minLength: 1\n", "          format: phone\n", "format: phone"),
    broken("integer-format", _KIND, _KIND.replace("          format: int32\n", ""), "        kind:"),
    broken("integer-format", "        format: int64\n      example: 7\n", "      example: 7\n", "LetterId:", "schema:"),
    broken("request-default", _STAMPED, f"{_STAMPED}          default: red\n", "default: red"),
    broken(
        "request-default",
        "        format: int64\n      example",
        "        format: int64\n        default: 1\n      example",
        "default: 1",
    ),
    broken(
        "object-unnamed",
        _STAMP,
        "        stamp:\n          type: object\n          properties: {a: {type: string}}\n",
        "        stamp:",
    ),
    broken(
        "object-unnamed",
        "            $ref: '#/components/schemas/Refusal'\n",
        "            type: object\n            properties: {a: {type: string}}\n",
        "        refused:",
        "items:",
    ),
    broken("component-object", "  schemas:\n", "  schemas:\n    Words:\n      type: string\n", "    Words:"),
    broken("array-items", _STAMP, "        stamp:\n          type: array\n", "        stamp:"),
    broken("required-declared", "required: [number]", "required: [number, post]", "required: [number, post]"),
    broken("nullable-required", _STAMP, "        stamp:\n          type: [string, 'null']\n", "        stamp:"),
    broken("nullable-keyword", _STAMPED, f"{_STAMPED}          nullable: true\n", "nullable: true"),
    broken("bounds", "maxLength: 4", "maxLength: 0", "maxLength: 0"),
    broken("property-reserved", "        stamp:\n", "        field_dict:\n", "        field_dict:"),
    broken("property-reserved", "        stamp:\n", "        fieldDict:\n", "        fieldDict:"),
    broken("property-reserved", "        stamp:\n", "        d:\n", "        d:"),
    broken("property-keyword", "        stamp:\n", "        from:\n", "        from:"),
    broken("name-characters", "        stamp:\n", "        ｃｌａｓｓ:\n", "        ｃｌａｓｓ:"),
    broken("name-characters", "        stamp:\n", '        "sta\\u200Bmp":\n', '        "sta'),
    broken("name-characters", "- name: letters\n", "- name: ｌetters\n", "- name: ｌetters"),
    broken("property-like-schema", "        stamp:\n", "        letter_request:\n", "        letter_request:"),
    broken("property-unique", "        stamp:\n", "        Kind:\n", "        Kind:"),
    broken("parameter-reserved", "      name: letter_id\n", "      name: headers\n", "name: headers"),
    broken(
        "schema-reserved",
        "  schemas:\n",
        "  schemas:\n    Error: {type: object, properties: {a: {type: string}}}\n",
        " Error:",
    ),
    broken(
        "schema-name",
        "  schemas:\n",
        "  schemas:\n    my_post: {type: object, properties: {a: {type: string}}}\n",
        "my_post:",
    ),
    broken(
        "component-unique",
        "    Refusal:\n",
        "    LETTER: {type: object, properties: {a: {type: string}}}\n    Refusal:\n",
        "LETTER:",
    ),
    broken("enum-names-missing", "      x-enum-varnames: [PRIVATE, OFFICIAL]\n", "", "    LetterKind:"),
    broken("enum-count", "[PRIVATE, OFFICIAL]", "[PRIVATE]", "[PRIVATE]"),
    broken("enum-count", "[PRIVATE, OFFICIAL]", "[PRIVATE, OFFICIAL, OTHER]", "[PRIVATE, OFFICIAL, OTHER]"),
    broken("enum-names-form", "[PRIVATE, OFFICIAL]", "[PRIVATE, '2ND']", "2ND"),
    broken("enum-names-unique", "[PRIVATE, OFFICIAL]", "[PRIVATE, PRIVATE]", "[PRIVATE, PRIVATE]"),
    broken("enum-names-unique", "[PRIVATE, OFFICIAL]", "[PRIVATE, SUCCESS]", "x-enum-varnames:", "        - SUCCESS"),
    broken("enum-count", "[From a person, From an office]", "[From a person]", "[From a person]"),
    broken("enum-values-unique", "enum: [1, 2]", "enum: [1, 1]", "enum: [1, 1]"),
    broken("enum-values-type", "enum: [1, 2]", "enum: [1, two]", "enum: [1, two]"),
    broken("enum-values-type", "enum: [1, 2]", "enum: [1, true]", "enum: [1, true]"),
    broken("enum-field", _STAMPED, f"{_STAMPED}          enum: [red]\n", "enum: [red]"),
    broken(
        "enum-field",
        f"{_KIND}          x-values: LetterKind\n",
        "        kind:\n          $ref: '#/components/schemas/LetterKind'\n",
        "schemas/LetterKind",
    ),
    broken("pattern-compiles", _PATTERN, "pattern: '^[0-9+$'", "pattern:"),
    broken("pattern-anchored", _PATTERN, "pattern: '[0-9]+$'", "pattern:"),
    broken("pattern-anchored", _PATTERN, r"pattern: '^[0-9]+\$'", "pattern:"),
    broken("pattern-anchored", _PATTERN, "pattern: '^1|[0-9]+$'", "pattern:"),
    broken("pattern-classes", _PATTERN, r"pattern: '^\d+$'", "pattern:"),
    broken("pattern-classes", _PATTERN, r"pattern: '^\w+$'", "pattern:"),
    broken("pattern-compiles", _PATTERN, "pattern: '^[0-9]{99999999999}$'", "pattern:"),
    broken("pattern-compiles", _PATTERN, f"pattern: '^{'(' * 2000}1{')' * 2000}$'", "pattern:"),
    broken("pattern-slow", _PATTERN, "pattern: '^(1+)+$'", "pattern:"),
    broken("pattern-slow", _PATTERN, f"pattern: '^{'1' * 600}$'", "pattern:"),
    broken(
        "pattern-slow", _STAMPED, f"{_STAMPED}          patternProperties: {{'^(a+)+$': {{}}}}\n", "patternProperties"
    ),
    broken("pattern-dialect", _PATTERN, "pattern: '^(?=1)[0-9]+$'", "pattern:"),
    broken("pattern-dialect", _PATTERN, r"pattern: '^\\\A[0-9]+$'", "pattern:"),
    broken("pattern-dialect", _PATTERN, "pattern: '^[0-9]++$'", "pattern:"),
    broken("text-comment", "        Sends one letter.", "        Sends a/*b*/c.", "    post:", "description:"),
    broken("text-comment", "meaning: The key is wrong.", "meaning: The */ key.", "The */ key."),
    broken("text-escape", "description: What it says.", r"description: What \u0041 says.", "What \\u0041"),
    broken("info-short", "description: Short.", f"description: {'Long. ' * 60}", "Long."),
    broken("extension-value", "  '104':\n    name", "  'E104':\n    name", "'E104'"),
    broken("extension-value", "    remedy: Give the number.\n", "", "  '102':"),
    broken("extension-value", "    http_status: 400\n", "    http_status: 4000\n", "http_status: 4000"),
    broken("extension-value", "    repeat: after_change\n", "    repeat: perhaps\n", "repeat: perhaps"),
    broken("extension-value", "    name: AUTH_FAILED\n", "    name: auth-failed\n", "name: auth-failed"),
    broken("code-name-unique", "    name: INVALID_NUMBER\n", "    name: MISSING_NUMBER\n", "  '103':", "name:"),
    broken("code-family-known", "    family: authentication\n", "    family: luck\n", "family: luck"),
    broken("extension-value", "    summary_zh: 密钥错误。\n", "", "  authentication:"),
    broken("extension-value", "http_statuses: [401]", "http_statuses: [forbidden]", "http_statuses: [forbidden]"),
    broken("family-status-unique", "http_statuses: [400, 404]", "http_statuses: [400, 401]", "[400, 401]"),
    broken(
        "family-unused",
        "  request:\n",
        "  luck: {summary: Bad luck., summary_zh: 运气。, http_statuses: []}\n  request:\n",
        "  luck:",
    ),
    broken("class-unique", "    name: AUTH_FAILED\n", "    name: REQUEST\n", "name: REQUEST"),
    broken("class-unique", "    name: AUTH_FAILED\n", "    name: API_ERROR\n", "name: API_ERROR"),
    broken("enum-code-missing", "        - 104\n", "", "  '104':"),
    broken("enum-code-extra", "        - 104\n", "        - 105\n", "- 105"),
    broken("enum-code-agrees", "        - NO_SUCH_PLACE\n", "        - NO_PLACE\n", "- NO_PLACE"),
    broken("enum-code-agrees", "        - The path is wrong.\n", "        - The way is wrong.\n", "The way is wrong"),
    broken("description-agrees", "| 103, HTTP 403: bad", "| 103, HTTP 404: bad", "  - name: errors", "description:"),
    broken("description-agrees", "| The path is wrong. |", "| A path. |", "  - name: errors", "description:"),
    broken(
        "description-agrees",
        "      | 104, HTTP 404: no such place | The path is wrong. |\n",
        "",
        "  - name: errors",
        "description:",
    ),
    broken("code-known", "[101, 102, 103]", "[101, 102, 103, 999]", "[101, 102, 103, 999]"),
    broken("code-known", "x-routing-error-codes: [104]", "x-routing-error-codes: [104, 999]", "[104, 999]"),
    broken("code-success", "[101, 102, 103]", "[100, 101, 102, 103]", "[100, 101, 102, 103]"),
    broken("code-twice", "[101, 102, 103]", "[101, 102, 103, 103]", "[101, 102, 103, 103]"),
    broken("code-status-declared", "[101, 102, 103]", "[101, 102, 103, 104]", "[101, 102, 103, 104]"),
    broken("code-unused", "x-routing-error-codes: [104]\n", "", "  '104':"),
    broken("field-error-key", "{missing: 102, pattern: 103}", "{missing: 102, enum: 103}", "enum: 103"),
    broken("field-error-listed", "{missing: 102, pattern: 103}", "{missing: 104}", "{missing: 104}"),
    broken("field-error-listed", "x-errors: {invalid: 103}", "x-errors: {invalid: 102}", "{invalid: 102}"),
    broken("field-error-known", "{missing: 102, pattern: 103}", "{missing: 999}", "{missing: 999}"),
    broken("example-fits", "value: {number: '12',", "value: {number: twelve,", "number: twelve"),
    broken("example-fits", "value: {letter_id: 7,", "value: {letter_id: seven,", "letter_id: seven"),
    broken("example-fits", "      example: 7\n", "      example: seven\n", "example: seven"),
    broken("example-content", '{"letterId": 7}', '{"letterId": "7"}', '{"letterId": "7"}'),
    broken("example-content", '{"letterId": 7}', "letterId=7", "letterId=7"),
    broken(
        "component-unique",
        "    Missing:\n",
        "    letterRequest:\n      description: x\n    Missing:\n",
        "    LetterRequest:",
    ),
    broken(
        "response-in-place",
        "        '204':\n          description: Added.\n",
        "        '204':\n          $ref: '#/components/responses/Unknown'\n",
        "        '204':",
    ),
    broken("schema-content", _STAMP, f"{_STAMP}          contentMediaType: text/html\n", "contentMediaType"),
    broken("digits-format", "          format: digits\n", "", "        error_code:"),
    broken(
        "schema-same",
        "    Refusal:\n",
        "    Rejection:\n      type: object\n"
        "      properties: {error_code: {type: string}, error_message: {type: string}}\n"
        "    Refusal:\n",
        "    Refusal:",
    ),
    broken(
        "description-agrees",
        "codes: HTTP 401: 101; HTTP 403: 103.",
        "codes: HTTP 401: 101.",
        "    put:",
        "description: >-",
    ),
    broken(
        "description-agrees",
        "x-error-codes: [101, 102, 103]",
        "x-error-codes: [101, 102]",
        "    post:",
        "description: >-",
    ),
    broken(
        "description-agrees",
        "| letterId | integer | Which. |",
        "| letterId | string | Which. |",
        "- name: callbacks",
        "description: |-",
    ),
    broken("server-name", "example.test/v1\n", "example.test/v1\n    description: The real one.\n", "The real one"),
    broken("info-contact", ", url: https://service.example.test}\nexternal", "}\nexternal", "info:", "contact:"),
    broken("info-version", "  version: 1.0.0\n", "  version: '1.0'\n", "version:"),
    broken("info-version", "  version: 1.0.0\n", "  version: 01.0.0\n", "version:"),
    broken("external-docs", "description: The pages, ", "", "externalDocs"),
    broken("server-sandbox", "http://127.0.0.1:8025/v1", "https://sandbox.example.test/v1", "servers:"),
    broken("example-code-known", "{code: 103, message: bad number}", "{code: 999, message: bad}", "code: 999"),
    broken("example-message", "{code: 103, message: bad number}", "{code: 103, message: bad}", "message: bad}"),
    broken("example-message", "error_message: bad number", "error_message: bad", "error_message: bad}"),
    broken("example-status", "{code: 103, message: bad number}", "{code: 102, message: no number}", "code: 102"),
    broken(
        "example-code-listed",
        "{error_code: '103', error_message: bad number}",
        "{error_code: '104', error_message: no such place}",
        "'104', error_message",
    ),
    broken(
        "proof-in-refusal",
        "{error: {code: 103, message: bad number}}",
        "{letter_id: 7, error: {code: 103, message: bad number}}",
        "letter_id: 7, error",
    ),
    broken("extension-value", f"{_STAMP}", f"{_STAMP}          x-proof: true\n", "x-proof: true"),
    broken("extension-spelling", "x-error-codes: [101, 103]", "x-eror-codes: [101, 103]", "x-eror-codes"),
    broken("extension-place", "      x-retry: safe\n", "      x-retry: safe\n      x-kind: id\n", "x-kind: id"),
    broken("extension-value", "x-retry: safe", "x-retry: perhaps", "x-retry: perhaps"),
    broken("extension-value", f"{_STAMP}", f"{_STAMP}          x-kind: phone\n", "x-kind: phone"),
    broken("extension-value", "    name: AUTH_FAILED\n", "    name: AUTH_FAILED\n    remedy_en: x\n", "remedy_en"),
    broken("extension-value", "x-needed-when: {kind: [1]}", "x-needed-when: {kind: [one]}", "kind: [one]"),
    broken("extension-value", "      x-retry: never\n", f"      x-retry: never\n{_LIMIT}", "per: mobil"),
    broken(
        "extension-value",
        "      x-retry: never\n",
        "      x-retry: never\n      x-limits: {per: mobil, count: two}\n",
        "x-limits: {per: mobil",
    ),
    broken("extension-spelling", "x-errors: {missing", "x-erors: {missing", "x-erors"),
    broken("extension-place", "      responses:\n", "      responses:\n        x-errors: {missing: 102}\n", "x-errors"),
    broken("extension-place", "paths:\n", "paths:\n  x-limits: []\n", "x-limits"),
    broken("schema-keyword", "          minLength: 1\n", "          minlength: 1\n", "minlength"),
    broken("schema-keyword", "x-errors: {missing", "xerrors: {missing", "xerrors"),
    broken("kind-type", f"{_KIND}", f"{_KIND}          x-kind: mobile\n", "x-kind: mobile"),
    broken("method-unique", "operationId: scanLetter", "operationId: scanLetter\n      x-method: send", "    put:"),
    broken("method-name", "operationId: scanLetter", "operationId: scanLetter\n      x-method: import", "    put:"),
    broken("positional-known", _SEND, f"{_SEND}      x-positional: [number, place]\n", "[number, place]"),
    broken("effect-retry", "x-retry: safe", "x-effect: sends\n      x-retry: safe", "x-effect: sends"),
    broken("extension-value", "    name: AUTH_FAILED\n", "    name: AUTH_FAILED\n    concerns: all\n", "concerns: all"),
    broken(
        "validator",
        "          description: The same in words.\n",
        "          description: The same in words.\n          default: 3\n",
        "# A small document",
    ),
)
