"""From a template, a signature and parameters to the text of one SMS, with the checks on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..checks.content import check_length, check_values, check_words
from ..checks.fields import problems
from ..checks.parameters import fill, variables
from ..checks.recipient import check_magic_number, check_opt_out
from ..checks.signature import usable_sign
from ..checks.template import usable_template
from ..known import known
from ..refusal import Refusal
from ..request import Request
from ..segments import full_text
from ..state.entities import CODE, MARKETING, NOTICE, App, Sign, Template
from ..state.world import World

REPEAT_SEND = 50034
CODE_TEMPLATE = (
    "A code template is sent as a notice, with the code of the caller: verifyCode does not know it. Official examples "
    "send template 1 so; the schedules' page lists 50025 against it."
)

SeenTexts = set[tuple[str, str]]
"""Numbers and texts that occurred in a batch before."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One number with the text for it."""

    mobile: str
    temp_para: dict[str, str] | None
    text: str


def chosen(world: World, request: Request) -> tuple[Template, Sign]:
    """The template and signature that a request names.

    Raises:
        Refusal: One of them cannot be sent.
    """
    app, fields = request.known_app, request.fields
    template = usable_template(world, app, fields["temp_id"], (CODE, NOTICE, MARKETING))
    if template.type == CODE:
        request.warn(CODE_TEMPLATE)
    return template, usable_sign(world, app, fields.get("sign_id"))


def compose(
    request: Request, app: App, template: Template, sign: Sign, parameters: Mapping[str, str] | None, mobile: str
) -> str:
    """The whole text for one number, checked up to the opt-out.

    Raises:
        Refusal: The parameters or the content are wrong, or the number opted out.
    """
    body = fill(template.template, parameters)
    names = variables(template.template)
    for name in (parameters or {}).keys() - set(names):
        request.warn("temp_para has a value for %r, which the template does not have.", name[:50])
    check_values((parameters or {}).values())
    text = full_text(sign.sign, body, marketing=template.type == MARKETING)
    check_words(app, text)
    check_length(text)
    check_opt_out(app, mobile)
    return text


def check_recipient(
    request: Request, template: Template, sign: Sign, values: Mapping[str, Any], seen: SeenTexts
) -> Recipient:
    """One recipient of a batch, checked up to repeats.

    Raises:
        Refusal: With a code for this recipient alone.
    """
    operation = request.known_operation
    item = known(known(operation.schema).fields["recipients"].item)
    for code, name, said in problems(item, values):
        raise Refusal(code, f"field {name}", said)
    mobile: str = values["mobile"]
    check_magic_number(request, mobile, operation.recipient_codes)
    text = compose(request, request.known_app, template, sign, values.get("temp_para"), mobile)
    if (mobile, text) in seen:
        raise Refusal(REPEAT_SEND, "repeat", "%s gets the same text twice in this batch.", mobile)
    seen.add((mobile, text))
    return Recipient(mobile, values.get("temp_para"), text)
