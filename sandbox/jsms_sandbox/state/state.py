"""The sandbox's state, in memory; each change is written through to the storage."""

from __future__ import annotations

import logging
import secrets
from collections import deque
from dataclasses import replace
from typing import TypeVar

from jsms_contract.values import (
    REVIEW_STATUS_PASSED,
    SIGN_TYPE_COMPANY_NAME,
    TEMPLATE_TYPE_MARKETING,
    TEMPLATE_TYPE_NOTICE,
    TEMPLATE_TYPE_VERIFICATION_CODE,
)
from jsms_sandbox.settings import Credentials, Settings
from jsms_sandbox.simulation.clock import Clock
from jsms_sandbox.state.entities import (
    App,
    Callback,
    Counters,
    Credit,
    Entity,
    JournalEntry,
    Message,
    Reply,
    Review,
    Schedule,
    Sign,
    Template,
    Time,
)
from jsms_sandbox.state.events import EventLog
from jsms_sandbox.state.rate_limits import RateLimits
from jsms_sandbox.state.storage import Storage, StorageError

log = logging.getLogger("jsms_sandbox")

K = TypeVar("K")
E = TypeVar("E", bound=Entity)
Owned = TypeVar("Owned", Template, Sign, Message, Schedule, Reply, Callback)

APPS_KEPT = 10_000
MESSAGES_KEPT = 100_000
SCHEDULES_KEPT = 20_000
REPLIES_KEPT = 20_000
CALLBACKS_KEPT = 20_000
JOURNAL_KEPT = 5_000
RECEIPTS_KEPT = 100_000
"""Reports, and replies, that one app has not fetched yet."""

BLOCKED_WORD = "沙箱敏感词"
"""The one word that is blocked at first; it means "sandbox's sensitive word" and is harmless."""

DEFAULT_SIGN_ID = 4321


class State:
    """All state. Touched by the event loop's thread only, with no await between a check and its commit.

    Args:
        settings: What the sandbox was started with.
        storage: Where it keeps its state; in memory only by default.

    Attributes:
        clock: Its time.
        events: Where it publishes what happens.
    """

    def __init__(self, settings: Settings | None = None, *, storage: Storage | None = None) -> None:
        self.settings = settings or Settings()
        self.clock = Clock()
        self.events = EventLog()
        self.storage = storage or Storage()
        self.rate_limits = RateLimits()
        self.clear()
        self.clock.after_work = self._commit_work
        self.clock.on_move = self._keep_time

    def clear(self) -> None:
        """Forget every entity; what the storage keeps stays there."""
        self.counters = Counters()
        self.apps: dict[str, App] = {}
        self.apps_by_dev_key: dict[str, App] = {}
        self.templates: dict[str, dict[int, Template]] = {}
        self.signs: dict[str, dict[int, Sign]] = {}
        self.messages: dict[str, Message] = {}
        self.schedules: dict[str, Schedule] = {}
        self.replies: dict[int, Reply] = {}
        self.callbacks: dict[int, Callback] = {}
        self.journal: dict[int, JournalEntry] = {}
        self.reports_to_fetch: dict[str, deque[str]] = {}
        self.replies_to_fetch: dict[str, deque[int]] = {}

    # --- apps --------------------------------------------------------------------------------------------------------

    def create_app(
        self,
        credentials: Credentials | None = None,
        *,
        name: str = "",
        review: Review | None = None,
        with_signature: bool = True,
    ) -> App:
        """Add an app with its first templates and, by default, a signature.

        Args:
            credentials: Its keys; None makes fresh ones, 24 hexadecimal characters each.
            name: What people call it.
            review: How its templates and signatures are decided on.
            with_signature: Whether it starts with a signature that passed.

        Returns:
            The app.

        Raises:
            ValueError: One of the keys is taken, or there are too many apps.
        """
        keys = credentials or Credentials(*(secrets.token_hex(12) for _ in range(4)))
        if len(self.apps) >= APPS_KEPT:
            raise ValueError(f"There are {APPS_KEPT} apps already; reset the sandbox first.")
        if keys.app_key in self.apps:
            raise ValueError(f"There is an app with the key {keys.app_key} already.")
        if keys.dev_key in self.apps_by_dev_key:
            raise ValueError(f"There is a developer account with the key {keys.dev_key} already.")
        app = App(
            keys.app_key,
            keys.master_secret,
            keys.dev_key,
            keys.dev_secret,
            name=name,
            review=review or Review(),
            words=[BLOCKED_WORD],
            dev_credit=Credit(100_000, 10_000, 100_000, 10_000),
        )
        self.register_app(app)
        self.save(app)
        now = self.clock.now()
        for template in first_templates(app.app_key, now):
            self.add_template(template)
        if with_signature:
            self.add_sign(first_sign(app.app_key, now))
        self.app_changed(app)
        return app

    def app_changed(self, app: App) -> None:
        """Save an app as it is now, and publish the change."""
        self.save(app)
        self.events.publish("app", {"app_key": app.app_key, "name": app.name})

    def register_app(self, app: App) -> None:
        """Register an app, with empty collections for its entities."""
        self.apps[app.app_key] = app
        self.apps_by_dev_key[app.dev_key] = app
        self.templates[app.app_key] = {}
        self.signs[app.app_key] = {}
        self.reports_to_fetch[app.app_key] = deque(maxlen=RECEIPTS_KEPT)
        self.replies_to_fetch[app.app_key] = deque(maxlen=RECEIPTS_KEPT)

    def remove_app(self, app: App) -> None:
        """Remove an app and all that belongs to it, except for the journal."""
        key = app.app_key
        self._remove_of(key, self.templates.pop(key))
        self._remove_of(key, self.signs.pop(key))
        self._remove_of(key, self.messages)
        self._remove_of(key, self.schedules)
        self._remove_of(key, self.replies)
        self._remove_of(key, self.callbacks)
        del self.apps[key], self.apps_by_dev_key[app.dev_key]
        del self.reports_to_fetch[key], self.replies_to_fetch[key]
        self.rate_limits.forget(key)
        self.storage.remove(app)

    def _remove_of(self, app_key: str, kept: dict[K, Owned]) -> None:
        for name in [name for name, entity in kept.items() if entity.app_key == app_key]:
            self.storage.remove(kept.pop(name))

    def reset_app(self, app: App) -> App:
        """Reset an app under the same keys."""
        self.remove_app(app)
        keys = Credentials(app.app_key, app.master_secret, app.dev_key, app.dev_secret)
        fresh = self.create_app(keys, name=app.name, review=self._first_review())
        if fresh.app_key == self.settings.credentials.app_key:
            self._set_by_flags(fresh)
        self.events.publish("reset", {"app_key": app.app_key})
        return fresh

    # --- entities ----------------------------------------------------------------------------------------------------

    def add_template(self, template: Template) -> None:
        """Add a template."""
        self.templates[template.app_key][template.temp_id] = template
        self.save(template)

    def add_sign(self, sign: Sign) -> None:
        """Add a signature."""
        self.signs[sign.app_key][sign.sign_id] = sign
        self.save(sign)

    def add_message(self, message: Message) -> None:
        """Add a message; the oldest are removed if there are too many."""
        self._add(self.messages, message.msg_id, message, MESSAGES_KEPT)
        self.events.publish("message", {"msg_id": message.msg_id, "app_key": message.app_key})

    def add_schedule(self, schedule: Schedule) -> None:
        """Add a schedule; the oldest are removed if there are too many."""
        self._add(self.schedules, schedule.schedule_id, schedule, SCHEDULES_KEPT)

    def add_reply(self, reply: Reply) -> None:
        """Add a user's reply; the oldest are removed if there are too many."""
        self._add(self.replies, reply.number, reply, REPLIES_KEPT)

    def add_callback(self, callback: Callback) -> None:
        """Add a callback; the oldest are removed if there are too many."""
        self._add(self.callbacks, callback.number, callback, CALLBACKS_KEPT)

    def add_journal_entry(self, entry: JournalEntry) -> None:
        """Add a request and its response; the oldest are removed if there are too many."""
        self._add(self.journal, entry.number, entry, JOURNAL_KEPT)

    def next_number(self, what: str) -> int:
        """Take the next number of the counter ``message``, ``reply``, ``callback`` or ``journal``."""
        number: int = getattr(self.counters, what) + 1
        setattr(self.counters, what, number)
        self.save(self.counters)
        return number

    def _add(self, kept: dict[K, E], key: K, entity: E, most: int) -> None:
        kept[key] = entity
        self.save(entity)
        while len(kept) > most:
            self.storage.remove(kept.pop(next(iter(kept))))

    # --- the first app ----------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Remove everything, and start over with the first app alone."""
        self.storage.clear()
        self.rate_limits.forget()
        self.clock.forget()
        self.clear()
        self._create_first_app()
        self.commit()
        self.events.publish("reset", {})

    def set_up_first_app(self) -> None:
        """Create the first app, or give the kept one the keys and switches of this start."""
        credentials = self.settings.credentials
        owner = self.apps_by_dev_key.pop(credentials.dev_key, None)
        if owner is not None and owner.app_key != credentials.app_key:
            owner.dev_key, owner.dev_secret = secrets.token_hex(12), secrets.token_hex(12)
            self.apps_by_dev_key[owner.dev_key] = owner
            self.save(owner)
        app = self.apps.get(credentials.app_key)
        if app is None:
            self._create_first_app()
            return
        self.apps_by_dev_key.pop(app.dev_key, None)
        app.master_secret = credentials.master_secret
        app.dev_key, app.dev_secret = credentials.dev_key, credentials.dev_secret
        self.apps_by_dev_key[app.dev_key] = app
        self._set_by_flags(app)

    def _create_first_app(self) -> None:
        app = self.create_app(self.settings.credentials, name="first", review=self._first_review())
        self._set_by_flags(app)

    def _first_review(self) -> Review:
        return replace(self.settings.review or Review())

    def _set_by_flags(self, app: App) -> None:
        """Give an app the settings that the sandbox was started with; the others stay."""
        settings = self.settings
        app.review = replace(settings.review or app.review)
        app.fixed_code = settings.fixed_code or app.fixed_code
        app.callback_url = settings.callback_url or app.callback_url
        self.save(app)

    # --- keeping -----------------------------------------------------------------------------------------------------

    def save(self, entity: Entity) -> None:
        """Mark an entity as changed; the next commit writes it."""
        self.storage.save(entity)

    def _keep_time(self) -> None:
        clock = self.clock
        self.save(Time(clock.shift(), clock.now() if clock.frozen else None))
        self.commit()
        self.events.publish("clock", {"now": clock.now_ms(), "frozen": clock.frozen})

    def _commit_work(self) -> None:
        """Commit what due work changed; what cannot be written now is written with the next commit."""
        try:
            self.commit()
        except StorageError as error:
            log.error("%s", error)  # noqa: TRY400 - the message says all

    def commit(self) -> None:
        """Write every change since the last commit. Called before a response is sent."""
        self.storage.commit()


def first_templates(app_key: str, now: float) -> list[Template]:
    """Create template 1, which every app has, and one of each other type."""
    rows = [
        (1, "您的验证码是{{code}}，五分钟内有效。", TEMPLATE_TYPE_VERIFICATION_CODE, 300, "登录验证码"),
        (1250, "您的订单{{number}}已发货。", TEMPLATE_TYPE_NOTICE, None, "发货通知"),
        (1251, "您的快递已送达，请及时领取。", TEMPLATE_TYPE_NOTICE, None, "到货通知"),
        (1252, "新品上架，{{name}}邀您选购。", TEMPLATE_TYPE_MARKETING, None, "新品推广"),
    ]
    return [
        Template(app_key, temp_id, text, type_, ttl, remark, REVIEW_STATUS_PASSED, now)
        for temp_id, text, type_, ttl, remark in rows
    ]


def first_sign(app_key: str, now: float) -> Sign:
    """Create the default signature."""
    return Sign(
        app_key, DEFAULT_SIGN_ID, "极光", SIGN_TYPE_COMPANY_NAME, "", REVIEW_STATUS_PASSED, now, is_default=True
    )
