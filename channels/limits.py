"""Bounds on what a request may carry, kept before anything reads it."""

import contextlib

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyTooLarge(Exception):
    """A body that turned out longer than it may be."""


class BodyLimit:
    """Refuses requests with more than ``limit`` bytes of body, whether or not they say so."""

    def __init__(self, app: ASGIApp, limit: int, message: str) -> None:
        self.app = app
        self.limit = limit
        self.refusal = JSONResponse({"error": {"message": message}}, status_code=413)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if not all(self.allows(v) for k, v in scope["headers"] if k == b"content-length"):
            await self.refusal(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.limit:
                raise BodyTooLarge
            return message

        async def unless_refused(message: Message) -> None:
            # The program may have made an answer of its own of the fault.
            if seen <= self.limit:
                await send(message)

        with contextlib.suppress(BodyTooLarge):
            await self.app(scope, counted, unless_refused)
        if seen > self.limit:
            await self.refusal(scope, receive, send)

    def allows(self, length: bytes) -> bool:
        return length.isdigit() and len(length) < 20 and int(length) <= self.limit
