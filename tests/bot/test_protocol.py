import asyncio
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.engine import free_port
from bot.protocol import HEAD, BoundedProtocol

pytestmark = pytest.mark.anyio

GET = b"GET / HTTP/1.1\r\nHost: linli\r\n"
LAST = b"Connection: close\r\n\r\n"


async def length(request: Request) -> Response:
    return PlainTextResponse(f"read {len(await request.body())}")


@pytest.fixture
async def port() -> AsyncIterator[int]:
    app = Starlette(routes=[Route("/", length, methods=["GET", "POST"])])
    port = free_port()
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, http=BoundedProtocol, log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(60):
        while not server.started:  # noqa: ASYNC110  # nothing tells us
            await asyncio.sleep(0.01)
    yield port
    server.should_exit = True
    await serving


async def talk(port: int, *parts: bytes) -> bytes:
    """All that is answered to what is sent, until the other side closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(60):
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.05)
        heard = await reader.read()
    writer.close()
    return heard


async def test_a_request_as_browsers_send_it_is_answered(port: int) -> None:
    cookie = b"Cookie: " + b"a" * 8000 + b"\r\n"
    assert b"read 0" in await talk(port, GET + cookie + LAST)


async def test_a_body_longer_than_a_head_may_be_is_read(port: int) -> None:
    post = b"POST / HTTP/1.1\r\nHost: linli\r\nContent-Length: 300000\r\n" + LAST
    assert b"read 300000" in await talk(port, post, b"x" * 150_000, b"x" * 150_000)


async def test_several_requests_of_one_connection_are_each_bounded_alone(port: int) -> None:
    request = GET + b"X: " + b"a" * (HEAD // 2) + b"\r\n"
    heard = await talk(port, request + b"\r\n", request + b"\r\n", request + LAST)
    assert heard.count(b"read 0") == 3


@pytest.mark.parametrize(
    "head",
    [
        GET + b"X: " + b"a" * (2 * HEAD),
        b"GET /?" + b"a" * (2 * HEAD),
        GET + b"X: a\r\n" * (HEAD // 3),
    ],
)
async def test_a_head_that_does_not_end_is_refused(port: int, head: bytes) -> None:
    # What is sent beyond the bound is little, so that nothing is left unread at the other side.
    heard = await talk(port, head[:100], head[100:HEAD], head[HEAD : HEAD + 200])
    assert b"400" in heard
    assert b"read" not in heard
