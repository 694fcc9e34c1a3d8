"""Whether a template can be sent: 50013, 50020, 50021, 50025."""

from __future__ import annotations

from ..hints import Hint
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
        known = ", ".join(str(known) for known in list(world.templates[app.app_key])[:20]) or Hint("none")
        raise Refusal(INVALID_TEMP_ID, "template", "The app has no template %s; it has %s.", temp_id, known)
    return template


def usable_template(world: World, app: App, temp_id: int, types: tuple[int, ...]) -> Template:
    """The app's template, passed and of a type that the operation sends.

    Raises:
        Refusal: It is unknown, in review, rejected or of the wrong type.
    """
    template = own_template(world, app, temp_id)
    if template.status == IN_REVIEW:
        raise Refusal(TEMPLATE_AUDITING, "template", "Template %s is still in review; decide on it first.", temp_id)
    if template.status == REJECTED:
        reason = template.refuse_reason or Hint("no reason given")
        raise Refusal(TEMPLATE_NOT_PASS, "template", "Template %s was rejected: %s.", temp_id, reason)
    if template.type not in types:
        wanted = ", ".join(str(kind) for kind in types)
        raise Refusal(
            WRONG_TEMPLATE_TYPE,
            "template",
            "Template %s has type %s; this sends type %s.",
            temp_id,
            template.type,
            wanted,
        )
    return template
