"""Whether a template can be sent: 50013, 50020, 50021, 50025."""

from __future__ import annotations

from ..refusal import Refusal
from ..state.entities import IN_REVIEW, REJECTED, App, Template
from ..state.world import World

INVALID_TEMP_ID, TEMPLATE_AUDITING, TEMPLATE_NOT_PASS, WRONG_TEMPLATE_TYPE = 50013, 50020, 50021, 50025


def own_template(world: World, app: App, temp_id: int) -> Template:
    """The app's template of this id.

    Raises:
        Refusal: There is none (50013).
    """
    template = world.templates[app.app_key].get(temp_id)
    if template is None:
        known = ", ".join(str(known) for known in list(world.templates[app.app_key])[:20]) or "none"
        raise Refusal(INVALID_TEMP_ID, "template", f"The app has no template {temp_id}; it has {known}.")
    return template


def usable_template(world: World, app: App, temp_id: int, types: tuple[int, ...]) -> Template:
    """The app's template, passed and of a type that the operation sends.

    Raises:
        Refusal: It is unknown, in review, rejected or of the wrong type.
    """
    template = own_template(world, app, temp_id)
    if template.status == IN_REVIEW:
        raise Refusal(TEMPLATE_AUDITING, "template", f"Template {temp_id} is still in review; decide on it first.")
    if template.status == REJECTED:
        reason = template.refuse_reason or "no reason given"
        raise Refusal(TEMPLATE_NOT_PASS, "template", f"Template {temp_id} was rejected: {reason}.")
    if template.type not in types:
        wanted = " or ".join(str(kind) for kind in types)
        raise Refusal(
            WRONG_TEMPLATE_TYPE, "template", f"Template {temp_id} has type {template.type}; this sends type {wanted}."
        )
    return template
