"""Telling the app under development what happened: the four callback types, queued for delivery."""

from __future__ import annotations

import json
from collections.abc import Mapping

from .state.entities import App, Callback, CallbackType
from .state.world import World


def raise_notice(world: World, app: App, notice: CallbackType, data: Mapping[str, object]) -> Callback | None:
    """Queue a callback, due now; None where the app has no callback URL.

    The clock's handler ``callback`` delivers it.
    """
    if app.callback_url is None:
        return None
    now = world.clock.now()
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    callback = Callback(world.next_number("callback"), app.app_key, notice, text, now, next_at=now)
    world.add_callback(callback)
    world.clock.at(now, "callback", callback.key)
    world.events.publish("callback", {"callback": callback.number, "app_key": app.app_key, "type": notice})
    return callback
