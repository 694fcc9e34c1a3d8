"""The ``/v1`` endpoint: one request in, one answer out, the same order of checks for every operation."""

from __future__ import annotations

import logging
from time import perf_counter

from ..contract import FORM_TYPE, contract
from ..state.storage import StorageError
from ..state.world import World
from .access import NO_SUCH_METHOD, authenticate, check_access, route
from .body import read_body
from .journal import record
from .leniency import Leniency, tolerate
from .operations import OPERATIONS
from .refusal import Refusal
from .request import Request, RoutedRequest, is_verification
from .response import EMPTY, Answer, Receive, Scope, Send, json_answer, send_answer

log = logging.getLogger("jsms_sandbox")

JSON_LIMIT = 4 * 2**20
FORM_LIMIT = 32 * 2**20
"""How large a body the sandbox reads, in bytes; larger ones are refused."""
SERVER_ERROR = 50019


class Service:
    """The ASGI app for everything that is not the sandbox's own.

    Args:
        world: Whose rules and state to answer with.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the whole request, answer it in one go, send the answer."""
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        raw_path = scope.get("raw_path") or scope["path"].encode()
        client = scope["client"][0] if scope.get("client") else ""
        request = Request(scope["method"], raw_path.decode("latin-1"), headers, b"", client)
        await _read(request, receive)
        await send_answer(send, self.answer(request))

    def answer(self, request: Request) -> Answer:
        """Answer a request: check it, let it take effect, note it in the journal and commit it."""
        started = perf_counter()
        world = self.world
        world.clock.run_due()
        request.strict = world.settings.strict
        refusal: Refusal | None = None
        try:
            answer = self._answer(request)
        except Refusal as refused:
            refusal, answer = refused, refused_answer(refused, request)
        except Exception:
            log.exception("The sandbox itself failed at %s %s", request.method, request.path)
            refusal = Refusal(SERVER_ERROR, "sandbox", "This is a bug of the sandbox; its log has the details.")
            answer = refused_answer(refusal, request)
        answer = world.faults.after(request, answer)
        record(world, request, answer, refusal, perf_counter() - started)
        try:
            world.commit()
        except StorageError as error:
            log.error("%s", error)  # noqa: TRY400  # the sentence says all
            return refused_answer(Refusal(SERVER_ERROR, "storage", str(error)), request)
        return answer

    def _answer(self, request: Request) -> Answer:
        world = self.world
        try:
            if request.method == "HEAD" and request.path == "/":
                tolerate(request, Leniency.HEAD_ROOT, NO_SUCH_METHOD, "method", allow=())
                return EMPTY
            routed: RoutedRequest | Refusal = route(request)
        except Refusal as refused:
            routed = refused  # an injected fault goes first
        injected = world.faults.before(request)
        if injected is not None:
            return injected
        if isinstance(routed, Refusal):
            raise routed
        authorized = authenticate(world, routed)
        check_access(authorized)
        read_body(authorized)
        return OPERATIONS[authorized.operation.id](world, authorized)


def refused_answer(refusal: Refusal, request: Request) -> Answer:
    """The error response of a refusal, in the contract's words."""
    error = contract().errors[refusal.code]
    body: dict[str, object] = {"error": {"code": error.code, "message": error.message}}
    if is_verification(request):
        body = {"is_valid": False, **body}
    return json_answer(body, error.http_status, () if refusal.allow is None else (("allow", ", ".join(refusal.allow)),))


async def _read(request: Request, receive: Receive) -> None:
    content_type = request.header("content-type") or ""
    most = FORM_LIMIT if content_type.lower().startswith(FORM_TYPE) else JSON_LIMIT
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > most:
            request.too_large = True
            return
        if chunk:
            chunks.append(chunk)
        if not message.get("more_body"):
            break
    request.body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
