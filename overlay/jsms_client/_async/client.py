"""The client: settings, connections, and the resources on top of them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Never, NoReturn, ParamSpec, Self, TypeVar

from jsms_client._async.executor import AsyncHTTPExecutor
from jsms_client._config import change_config, read_config
from jsms_client._events import OnEvent
from jsms_client._options import RetryPolicy, Telemetry, Timeouts
from jsms_client._response import AsyncMethod, RawResponse, collect_responses, raw_response
from jsms_client.errors import ConfigurationError, MissingDependencyError
from jsms_client.store._store import StoreLike, open_store
from jsms_runtime.resource import lazy_property
from jsms_surface.resources import AsyncResources

if TYPE_CHECKING:
    import httpx
    import httpx2

    from jsms_client._async.api import AsyncAPIClient
    from jsms_client._async.campaigns import AsyncCampaigns
    from jsms_client._async.customised import AsyncCodes, AsyncReceipts

_T = TypeVar("_T")
_P = ParamSpec("_P")

_log = logging.getLogger("jsms_client")


class AsyncJSMS(AsyncResources):
    """The client of one application; may be shared by all of its tasks.

    ```python
    async with AsyncJSMS() as jsms:
        sent = await jsms.codes.send("13800138000", temp_id=1)
    ```

    Connections are kept between calls, for each process and each event loop their own, so a client made before a
    fork works on both sides of it. TLS is always verified, and a redirect is never followed. ``HTTPS_PROXY``,
    ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` are honoured, though never for this machine itself.

    A call that is cancelled may have reached the service all the same: cancelling a send after it left is an
    unknown outcome that no exception tells of.

    Args:
        app_key: The application's key; else ``JSMS_APP_KEY``.
        master_secret: Its master secret; else ``JSMS_MASTER_SECRET``.
        dev_key: The developer account's key, for ``accounts.dev()`` alone; else ``JSMS_DEV_KEY``.
        dev_secret: Its secret; else ``JSMS_DEV_SECRET``.
        base_url: The service's address with its version, ``…/v1``; else ``JSMS_BASE_URL``, else the real service.
        timeout: Seconds for each phase of an attempt, or a `Timeouts` (or httpx.Timeout) for each phase by itself.
            The defaults: 5 to connect, 30 to read, 30 to write, 5 for a free connection.
        http_client: The AsyncClient of httpx or httpx2 to send with, as it is: its TLS, proxies, headers and, where
            ``timeout`` is left out, its timeouts. Closing it is up to you.
        retry: When to try again; never a send that may have arrived, whatever it says.
        store: What several processes share, for ``once=`` and for receipts: a file (``"jsms.db"``), an address
            (``postgresql+psycopg://…``, ``mysql+pymysql://…``, ``redis://…``) or a `Store`. Nothing is shared without.
        on_event: A plain function that gets a `CallEvent` after each attempt and each call, in the task or thread of
            the call. What it returns or raises changes nothing.
        transport: ``"httpx"`` (the default) or ``"fast"``, which needs the extra ``fast`` and takes less CPU time; else
            ``JSMS_TRANSPORT``. It has no effect beside ``http_client``.
        telemetry: True for a span for each attempt and for metrics, with OpenTelemetry's global providers; or a
            `Telemetry` with others. It needs the extra ``otel``.

    Attributes:
        store: The store; None where there is none.

    Raises:
        ConfigurationError: A setting is missing or cannot work; the message names argument and variable.
        MissingDependencyError: The extra ``fast`` or ``otel`` is asked for, and not installed.
    """

    def __init__(
        self,
        app_key: str | None = None,
        master_secret: str | None = None,
        *,
        dev_key: str | None = None,
        dev_secret: str | None = None,
        base_url: str | None = None,
        timeout: float | Timeouts | httpx.Timeout | None = None,
        http_client: httpx.AsyncClient | httpx2.AsyncClient | None = None,
        retry: RetryPolicy | None = None,
        store: StoreLike | None = None,
        on_event: OnEvent | None = None,
        transport: Literal["httpx", "fast"] | None = None,
        telemetry: bool | Telemetry = False,
    ) -> None:
        try:
            config = read_config(
                app_key,
                master_secret,
                dev_key=dev_key,
                dev_secret=dev_secret,
                base_url=base_url,
                timeout=timeout,
                retry=retry,
                on_event=on_event,
                transport=transport,
                telemetry=telemetry,
            )
        except (ConfigurationError, MissingDependencyError) as error:
            # Error trackers send away what is in the frames: no malformed secret, nor the environment.
            del app_key, master_secret, dev_key, dev_secret
            raise error.with_traceback(None) from None
        self._base_url = config.base_url
        self._executor = AsyncHTTPExecutor(config, http_client)
        self.store = self._executor.store = None if store is None else open_store(store)
        self._closes_store = self.store is not store
        self._origin = self

    def with_options(
        self,
        *,
        timeout: float | Timeouts | httpx.Timeout | None = None,
        retry: RetryPolicy | None = None,
        headers: Mapping[str, str] | None = None,
        **others: Never,
    ) -> Self:
        """Return this client with other options, for one call or many: ``jsms.with_options(timeout=3).codes.send(…)``.

        It is cheap, and shares connections, store and fetched records with this one; closing either closes both.

        Args:
            timeout: Seconds for each phase of an attempt, or a `Timeouts` (or httpx.Timeout) for each by itself.
            retry: When to try again.
            headers: More headers for each request, such as ``{"X-Request-ID": "…"}``.
            others: Nothing else can be changed.

        Raises:
            ConfigurationError: Something that cannot be changed or cannot work; the message names it.
        """
        config = change_config(self._executor.config, timeout=timeout, retry=retry, headers=headers, others=others)
        other = type(self).__new__(type(self))
        # All but the resources, which belong to the client that made them.
        vars(other).update(
            (name, value)
            for name, value in vars(self).items()
            if not isinstance(getattr(type(self), name, None), lazy_property)
        )
        other._executor = self._executor.with_config(config)
        return other

    async def with_raw_response(
        self, method: AsyncMethod[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> RawResponse[_T]:
        """Call a method of this client, and get the response together with the result.

        ```python
        raw = await jsms.with_raw_response(jsms.codes.send, "13800138000", temp_id=1)
        print(raw.http_status, raw.headers, raw.parsed.msg_id)
        ```

        Args:
            method: Any method that makes a request, such as ``jsms.codes.send``.
            args: Its arguments.
            kwargs: Its arguments by name.

        Returns:
            The result with status, headers and body of its response; of the last one where there were more.

        Raises:
            JSMSError: Whatever the method raises; an `APIError` has ``http_status``, ``headers`` and ``body``.
        """
        with collect_responses() as responses:
            return raw_response(await method(*args, **kwargs), responses)

    @lazy_property
    def api(self) -> AsyncAPIClient:
        """Make the client for the generated functions: ``await get_app_balance.asyncio_detailed(client=jsms.api)``."""
        from jsms_client._async.api import AsyncAPIClient  # noqa: PLC0415 - brings attrs, which takes a while

        return AsyncAPIClient(self._base_url, self._executor)

    @lazy_property
    def codes(self) -> AsyncCodes:
        """Verification codes: send, send by voice, verify."""
        from jsms_client._async.customised import AsyncCodes  # noqa: PLC0415 - a program loads what it calls

        return AsyncCodes(self._executor)

    @lazy_property
    def receipts(self) -> AsyncReceipts:
        """Delivery reports and replies, by polling."""
        from jsms_client._async.customised import AsyncReceipts  # noqa: PLC0415 - a program loads what it calls

        return AsyncReceipts(self._executor, None if self._origin is self else self._origin.receipts)

    @lazy_property
    def campaigns(self) -> AsyncCampaigns:
        """Return lists of any length, sent once, with a journal."""
        from jsms_client._async.campaigns import AsyncCampaigns  # noqa: PLC0415 - a program loads what it calls

        return AsyncCampaigns(self, self._executor)

    def _carrier(self) -> AsyncHTTPExecutor:
        return self._executor

    async def aclose(self) -> None:
        """Close the connections; calls after it raise `ClientClosedError`."""
        if self._origin is not self:
            await self._origin.aclose()
            return
        await self._executor.aclose()
        if self.store is not None and self._closes_store:
            self.store.close()
        receipts: AsyncReceipts | None = vars(self).get("receipts")
        if receipts is not None and (left := receipts.undelivered):
            _log.warning(
                "closed with %d records that were fetched and not read; the service does not hand them out "
                "again, but iterating on with this client still does",
                left,
            )

    async def __aenter__(self) -> Self:
        """Return the client itself.

        Raises:
            ClientClosedError: It was closed.
        """
        self._executor.ensure_open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.aclose()

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled: secrets do not belong into a file or a queue, and connections do not fit.

        Raises:
            TypeError: Always.
        """
        raise TypeError("a client holds secrets and cannot be pickled; make one where it is needed")

    def __repr__(self) -> str:
        """Return the address, and nothing that opens an account."""
        return f"<{type(self).__name__} {self._base_url}>"
