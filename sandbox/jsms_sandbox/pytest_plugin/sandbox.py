"""The fixture's class: one app of a running sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Self, Unpack

from jsms_sandbox.admin.resources.apps import App, Credit
from jsms_sandbox.admin.resources.callbacks import Callback, Callbacks
from jsms_sandbox.admin.resources.faults import Fault, Faults
from jsms_sandbox.admin.resources.messages import LatestCode, Message, Messages
from jsms_sandbox.admin.resources.replies import NewReply, Reply
from jsms_sandbox.admin.resources.requests import Request, Requests
from jsms_sandbox.admin.resources.reviews import Sign, Template
from jsms_sandbox.admin.resources.seeding import Seeded
from jsms_sandbox.pytest_plugin.api import Api, ClientSettings, Pools, SandboxCallError, SandboxClock, Switches
from jsms_sandbox.pytest_plugin.report import Wanted, summary
from jsms_sandbox.simulation.faults import FaultKind
from jsms_sandbox.simulation.response_variants import Variant
from jsms_sandbox.state.entities import CallbackType, MessageKind

DEFAULT_TIMEOUT = 20.0
PAGE = 1_000


class Sandbox:
    """A JSMS for one test: an app of its own on a running sandbox.

    Calls block until the sandbox responds. In an async test whose app runs in the same event loop, run calls that wait
    for the app in a thread: ``await asyncio.to_thread(sandbox.wait_code, mobile)``.

    Attributes:
        settings: What a client is made with: ``JSMS(**sandbox.settings)``.
        environment: The same as JSMS_* variables, for a process of its own.
        url: The base URL.
        page_url: The inbox, to look at in a browser.
        clock: The sandbox's time.
    """

    def __init__(self, api: Api, app: App, *, base_url: str, page_url: str, clock: SandboxClock) -> None:
        self._api = api
        self._path = f"/apps/{app.app_key}"
        self._failures_set = False
        self.settings = ClientSettings(
            app_key=app.app_key,
            master_secret=app.master_secret,
            dev_key=app.dev_key,
            dev_secret=app.dev_secret,
            base_url=base_url,
        )
        self.environment: Mapping[str, str] = {
            f"JSMS_{name.upper()}": str(value) for name, value in self.settings.items()
        }
        self.url = base_url
        self.page_url = page_url
        self.clock = clock

    def __enter__(self) -> Self:
        """Use it for a block, and delete the app after it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Delete the app, with all that belongs to it, unless it was deleted before."""
        try:
            self._api.of_all().delete(self._path)
        except SandboxCallError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise

    # What happened

    @property
    def messages(self) -> list[Message]:
        """Every message that was accepted, oldest first; a thousand at most."""
        return self._messages(Wanted())[::-1]

    @property
    def requests(self) -> list[Request]:
        """Every request that came with this app's credentials, oldest first; a thousand at most."""
        return self._api.get("/requests", Requests, limit=PAGE).requests[::-1]

    @property
    def callbacks(self) -> list[Callback]:
        """Every callback to the app, with its attempts, oldest first; a thousand at most."""
        return self._api.get("/callbacks", Callbacks, limit=PAGE).callbacks[::-1]

    def wait_code(
        self, mobile: str | None = None, *, after: str | None = None, timeout: float = DEFAULT_TIMEOUT
    ) -> str:
        """Get the newest verification code, sent or spoken; wait for one if there is none yet.

        Args:
            mobile: The number it went to; None for any.
            after: Only a code newer than this msg_id.
            timeout: Real seconds to wait, 60 at most.

        Raises:
            SandboxCallError: There was none.
        """
        try:
            latest = self._api.get("/codes/latest", LatestCode, mobile=mobile, after=after, wait=timeout)
        except SandboxCallError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            recipient = f" to {mobile}" if mobile is not None else ""
            raise SandboxCallError(f"No code was sent{recipient} within {timeout:g} s.\n{self.account()}") from error
        return latest.code

    def wait_message(
        self,
        mobile: str | None = None,
        *,
        text: str | None = None,
        kind: MessageKind | None = None,
        temp_id: int | None = None,
        tag: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> Message:
        """Get the newest message of that kind; wait for one if there is none yet.

        Args:
            mobile: The number it went to.
            text: A part of its text, in any case.
            kind: code, voice, notice or marketing.
            temp_id: Its template.
            tag: Its tag.
            timeout: Real seconds to wait, 60 at most.

        Raises:
            SandboxCallError: There was none.
        """
        wanted = Wanted(mobile, text, kind, temp_id, tag)
        found = self._messages(wanted, wait=timeout)
        if not found:
            raise SandboxCallError(f"No message ({wanted}) within {timeout:g} s.\n{self.account()}")
        return found[0]

    def wait_callback(
        self, type: CallbackType | None = None, *, delivered: bool = True, timeout: float = DEFAULT_TIMEOUT
    ) -> Callback:
        """Get the newest callback to the app; wait for one if there is none yet.

        Args:
            type: SMS_REPORT, SMS_REPLY, SMS_TEMPLATE or SMS_SIGN; None for any.
            delivered: Whether the app must have taken it.
            timeout: Real seconds to wait, 60 at most.

        Raises:
            SandboxCallError: There was none.
        """
        state = "delivered" if delivered else None
        found = self._api.get("/callbacks", Callbacks, type=type, state=state, wait=timeout).callbacks
        if not found:
            raise SandboxCallError(f"No callback of type {type or 'any'} within {timeout:g} s.")
        return found[0]

    def assert_sent(
        self,
        mobile: str | None = None,
        *,
        text: str | None = None,
        kind: MessageKind | None = None,
        temp_id: int | None = None,
        tag: str | None = None,
        count: int | None = None,
    ) -> list[Message]:
        """Fail unless such messages were accepted, and list what was accepted and refused instead.

        Args:
            mobile: The number they went to.
            text: A part of their text, in any case.
            kind: code, voice, notice or marketing.
            temp_id: Their template.
            tag: Their tag.
            count: How many exactly; None for at least one.

        Returns:
            The messages, oldest first.

        Raises:
            AssertionError: There are none, or another number of them.
        """
        wanted = Wanted(mobile, text, kind, temp_id, tag)
        found = self._messages(wanted)
        if len(found) != count if count is not None else not found:
            expected = "at least one message" if count is None else f"{count} message{'' if count == 1 else 's'}"
            raise AssertionError(f"Expected {expected} ({wanted}), found {len(found)}.\n{self.account()}")
        return found[::-1]

    def assert_not_sent(self, mobile: str | None = None, *, text: str | None = None) -> None:
        """Fail if such a message was accepted.

        Args:
            mobile: The number it would have gone to; None for any.
            text: A part of its text.

        Raises:
            AssertionError: There is one.
        """
        self.assert_sent(mobile, text=text, count=0)

    def account(self) -> str:
        """List what was accepted and what was refused, in lines; numbers and codes masked."""
        refused = self._api.get("/requests", Requests, refused=True, limit=PAGE).requests
        return summary(self._messages(Wanted()), refused)

    # Make things happen

    def fail_next(
        self,
        code: int | None = None,
        *,
        status: int | None = None,
        kind: FaultKind | None = None,
        operation: str | None = None,
        mobile: str | None = None,
        variant: Variant | None = None,
        times: int | None = 1,
        delay: float = 0.0,
    ) -> Fault:
        """Let the next request fail. A test that passes without such a request fails at its end.

        Args:
            code: The error code to respond with.
            status: The bare HTTP status to respond with.
            kind: Another way to fail: delay, reset, truncate, broken_json, html, empty, variant, or drop (the default):
                the request is carried out, and its response is lost.
            operation: Only this operationId, such as sendCode.
            mobile: Only requests about this number.
            variant: The form of the response of the kind variant, such as numeric_msg_id or time_text; None for all
                that can be applied together.
            times: How many requests; None for all to come.
            delay: Real seconds before the response, 60 at most.

        Raises:
            SandboxCallError: The sandbox cannot fail like that; the message says why.
        """
        if kind is None:
            implied: list[tuple[FaultKind, object]] = [("variant", variant), ("code", code), ("status", status)]
            named: list[FaultKind] = [each for each, value in implied if value is not None]
            kind = named[0] if named else "drop"
        body: dict[str, object] = {"kind": kind, "times": times, "delay": delay}
        given = {"code": code, "status": status, "operation": operation, "mobile": mobile, "variant": variant}
        body |= {name: value for name, value in given.items() if value is not None}
        fault = self._api.post("/faults", Fault, body)
        self._failures_set = True
        return fault

    def clear_faults(self) -> None:
        """Remove every fault."""
        self._api.delete("/faults")
        self._failures_set = False

    def unmet_faults(self) -> str:
        """List the faults of fail_next that hit no request, in lines; empty if there are none."""
        faults = self._api.get("/faults", Faults).faults if self._failures_set else []
        unmet = [f"{each.text}, for {each.operation or 'any operation'}" for each in faults if not each.hits]
        if not unmet:
            return ""
        advice = f"fail_next met no request: {'; '.join(unmet)}. Compare operation and mobile with what was sent, or "
        return f"{advice}take it back with clear_faults().\n{self.account()}"

    def reply(self, mobile: str, content: str) -> Reply:
        """Reply as the user of a phone. TD, T and R opt the number out.

        Args:
            mobile: The user's number.
            content: What they write.
        """
        return self._api.post("/replies", NewReply, {"mobile": mobile, "content": content})

    def report(self, msg_id: str, status: int | None = None) -> Message:
        """Report the delivery status of a message now.

        Args:
            msg_id: The message.
            status: A documented delivery status; None for delivered.
        """
        return self._api.post(f"/messages/{msg_id}/report", Message, {} if status is None else {"status": status})

    def review_template(self, temp_id: int, *, passed: bool = True, reason: str | None = None) -> Template:
        """Decide on a template.

        Args:
            temp_id: The template.
            passed: Whether it may be used.
            reason: Why not.
        """
        return self._api.post(f"/templates/{temp_id}/review", Template, {"passed": passed, "reason": reason})

    def review_sign(self, sign_id: int, *, passed: bool = True, reason: str | None = None) -> Sign:
        """Decide on a signature.

        Args:
            sign_id: The signature.
            passed: Whether it may be used.
            reason: Why not.
        """
        return self._api.post(f"/signs/{sign_id}/review", Sign, {"passed": passed, "reason": reason})

    # The app itself

    def add_template(self, template: str, *, type: int = 2, temp_id: int | None = None, ttl: int | None = None) -> int:
        """Add a template that has passed its review.

        Args:
            template: Its text, with {{parameters}}.
            type: 1 code, 2 notice, 3 marketing.
            temp_id: The id that the app knows it by; None for a new one.
            ttl: Seconds that its codes are valid; for type 1 only.

        Returns:
            The temp_id.
        """
        wanted = {"template": template, "type": type, "temp_id": temp_id, "ttl": ttl}
        seed = {"templates": [{name: value for name, value in wanted.items() if value is not None}]}
        return self._api.post("/seed", Seeded, seed).templates[0].temp_id

    def add_sign(self, sign: str, *, sign_id: int | None = None) -> int:
        """Add a signature that has passed its review.

        Args:
            sign: Its text, without brackets.
            sign_id: The id that the app knows it by; None for a new one.

        Returns:
            The sign_id.
        """
        wanted = {"sign": sign, "sign_id": sign_id}
        seed = {"signs": [{name: value for name, value in wanted.items() if value is not None}]}
        return self._api.post("/seed", Seeded, seed).signs[0].sign_id

    @property
    def app(self) -> App:
        """The app as it is now: credentials, switches and credit."""
        return self._api.of_all().get(self._path, App)

    @property
    def credit(self) -> Credit:
        """What is left in each of the app's pools, in SMS."""
        return self.app.credit

    def set_credit(self, **pools: Unpack[Pools]) -> Credit:
        """Set what is left in the app's pools.

        Args:
            **pools: balance (for all types), voice, industry (codes and notices), market; what is left out stays. Too
                little is refused with 50014. None removes a pool.
        """
        return self._api.of_all().patch(self._path, App, {"credit": dict(pools)}).credit

    def switch(self, **switches: Unpack[Switches]) -> App:
        """Change the app's switches; what is left out stays.

        Args:
            **switches: See `Switches`.

        Raises:
            SandboxCallError: A value is invalid; the message says why.
        """
        return self._api.of_all().patch(self._path, App, dict(switches))

    def reset(self) -> None:
        """Reset the app under the same credentials."""
        self._api.of_all().post(f"{self._path}/reset", App)

    def _messages(self, wanted: Wanted, wait: float = 0.0) -> list[Message]:
        """List messages, newest first."""
        return self._api.get("/messages", Messages, **wanted.query(), limit=PAGE, wait=wait).messages
