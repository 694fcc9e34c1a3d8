"""Which signature stands in front: 50046, 50102."""

from __future__ import annotations

from ..hints import Hint
from ..refusal import Refusal
from ..state.entities import PASSED, App, Sign
from ..state.world import World

SIGNATURE_NOT_SET, INVALID_SIGN_ID = 50046, 50102


def own_sign(world: World, app: App, sign_id: int) -> Sign:
    """The app's signature of this id.

    Raises:
        Refusal: There is none (50102).
    """
    sign = world.signs[app.app_key].get(sign_id)
    if sign is None:
        known = ", ".join(str(known) for known in list(world.signs[app.app_key])[:20]) or Hint("none")
        raise Refusal(INVALID_SIGN_ID, "signature", "The app has no signature %s; it has %s.", sign_id, known)
    return sign


def usable_sign(world: World, app: App, sign_id: int | None) -> Sign:
    """The chosen signature, or the default one.

    Raises:
        Refusal: The app has none that passed (50046), or the chosen one is unknown or did not pass (50102).
    """
    passed = [sign for sign in world.signs[app.app_key].values() if sign.status == PASSED]
    if not passed:
        raise Refusal(SIGNATURE_NOT_SET, "signature", "The app has no signature that passed review.")
    if sign_id is None:
        return next((sign for sign in passed if sign.is_default), passed[0])
    sign = own_sign(world, app, sign_id)
    if sign.status != PASSED:
        raise Refusal(INVALID_SIGN_ID, "signature", "Signature %s did not pass review.", sign_id)
    return sign
