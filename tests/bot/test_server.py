import asyncio
from collections.abc import AsyncIterator
from socket import socket

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from bot.server import FAILED_TO_START, Server, serve

pytestmark = pytest.mark.anyio


async def test_what_is_open_is_told_before_it_is_waited_for() -> None:
    ended = asyncio.Event()
    app = FastAPI()

    @app.get("/")
    async def stream() -> StreamingResponse:
        async def lines() -> AsyncIterator[str]:
            yield "begun"
            await ended.wait()

        return StreamingResponse(lines())

    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        config = uvicorn.Config(app, log_level="error", ws="none", lifespan="off")
        server = Server(config, ending=ended.set)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        async with (
            httpx.AsyncClient(trust_env=False, timeout=60) as http,
            http.stream("GET", f"http://127.0.0.1:{port}/") as answer,
        ):
            parts = answer.aiter_text()
            assert await anext(parts) == "begun"
            server.should_exit = True
            assert [part async for part in parts] == []
        async with asyncio.timeout(60):
            await serving


async def test_nothing_is_waited_for_for_ever() -> None:
    assert uvicorn.Config(FastAPI()).timeout_graceful_shutdown is None
    assert Server(uvicorn.Config(FastAPI()), ending=lambda: None).config.timeout_graceful_shutdown


def test_a_port_that_is_taken_ends_the_program() -> None:
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        config = uvicorn.Config(
            FastAPI(), port=port, log_level="critical", ws="none", lifespan="off"
        )
        with pytest.raises(SystemExit) as ended:
            serve(config, ending=lambda: None)
    assert ended.value.code in {1, FAILED_TO_START}
