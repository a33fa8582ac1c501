"""Bounds on what a request may carry, kept before anything reads it."""

import contextlib
from collections.abc import Callable, Coroutine, Mapping
from types import MappingProxyType
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

WORDS_ONLY = 256_000
"""Bytes of a request that brings no more than words and the names of pictures."""

SMALL = 64_000
"""Bytes of JSON that are parsed whatever is in them."""

PARTS = 2_000
"""Quotes, commas and brackets in a larger one, which has to be a picture or a long text. Eight
megabytes of small parts would keep everybody waiting for seconds."""


class BodyTooLarge(Exception):
    """A body that turned out longer than it may be."""


class BodyLimit:
    """Refuses requests with more than ``limit`` bytes of body, whether or not they say so.

    Args:
        under: other limits, where smaller, for the paths that begin so.
    """

    def __init__(
        self,
        app: ASGIApp,
        limit: int,
        message: str,
        under: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.app = app
        self.limit = limit
        self.under = under
        self.refusal = JSONResponse({"error": {"message": message}}, status_code=413)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.limit_of(scope["path"])
        lengths = (v for k, v in scope["headers"] if k == b"content-length")
        if not all(allows(limit, length) for length in lengths):
            await self.refusal(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise BodyTooLarge
            return message

        async def unless_refused(message: Message) -> None:
            # The program may have made an answer of its own of the fault.
            if seen <= limit:
                await send(message)

        with contextlib.suppress(BodyTooLarge):
            await self.app(scope, counted, unless_refused)
        if seen > limit:
            await self.refusal(scope, receive, send)

    def limit_of(self, path: str) -> int:
        found = [limit for start, limit in self.under.items() if path.startswith(start)]
        return min([self.limit, *found])


def allows(limit: int, length: bytes) -> bool:
    return length.isdigit() and len(length) < 20 and int(length) <= limit


class JsonRoute(APIRoute):
    """A route for JSON that refuses a body of more parts than any message has, unparsed."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            if is_overgrown(await request.body()):
                raise HTTPException(413)
            return await handler(request)

        return bounded


def is_overgrown(body: bytes) -> bool:
    return len(body) > SMALL and sum(map(body.count, (b'"', b",", b"[", b"{"))) > PARTS
