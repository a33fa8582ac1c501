import json
from collections.abc import Iterable
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Body, FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from channels.limits import BodyLimit, JsonRoute

pytestmark = pytest.mark.anyio

LIMIT = 100
WORDS = "太大了。"


async def read(request: Request) -> Response:
    return JSONResponse({"read": len(await request.body())})


async def swallow(request: Request) -> Response:
    """As a framework that makes a fault of its own of whatever goes wrong with a body."""
    try:
        return JSONResponse({"read": len(await request.body())})
    except Exception:
        return JSONResponse({"error": "bad body"}, status_code=400)


APP = Starlette(
    routes=[Route("/", read, methods=["POST"]), Route("/swallow", swallow, methods=["POST"])]
)


async def ask(
    *parts: bytes, lengths: Iterable[bytes] = (), path: str = "/"
) -> tuple[int, dict[str, object]]:
    """Status and body that a request of these parts and declared lengths gets."""
    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(b"content-length", length) for length in lengths],
    }
    waiting = [
        {"type": "http.request", "body": part, "more_body": n < len(parts)}
        for n, part in enumerate(parts, 1)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await BodyLimit(APP, LIMIT, WORDS)(scope, receive, send)
    assert [m["type"] for m in sent] == ["http.response.start", "http.response.body"]
    return sent[0]["status"], json.loads(sent[1]["body"])


REFUSED = (413, {"error": {"message": WORDS}})


async def test_a_body_within_the_limit_is_read() -> None:
    body = b"x" * LIMIT
    assert await ask(body, lengths=[b"100"]) == (200, {"read": LIMIT})
    assert await ask(body[:50], body[50:]) == (200, {"read": LIMIT})
    assert await ask(b"") == (200, {"read": 0})


async def test_a_body_that_says_it_is_too_large_is_refused_unread() -> None:
    async def receive() -> Message:
        raise AssertionError("read all the same")

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "http", "path": "/", "headers": [(b"content-length", b"101")]}
    await BodyLimit(APP, LIMIT, WORDS)(scope, receive, send)
    assert sent[0]["status"] == 413


@pytest.mark.parametrize("path", ["/", "/swallow"])
async def test_a_body_that_does_not_say_so_is_refused_when_it_is_too_large(path: str) -> None:
    assert await ask(b"x" * 60, b"x" * 60, path=path) == REFUSED
    assert await ask(b"x" * 101, path=path) == REFUSED


async def test_a_body_longer_than_it_says_is_refused() -> None:
    assert await ask(b"x" * 101, lengths=[b"5"]) == REFUSED


@pytest.mark.parametrize(
    "length", [b"", b"-1", b"+5", b"5.0", b"0x5", b"1e9", b"abc", b"\xb2", b"9" * 5000]
)
async def test_a_length_that_is_no_length_is_refused(length: bytes) -> None:
    assert await ask(b"x", lengths=[length]) == REFUSED


@pytest.mark.parametrize(("path", "limit"), [("/channels/x", 50), ("/channelsx", 100), ("/", 100)])
async def test_a_path_may_have_a_limit_of_its_own(path: str, limit: int) -> None:
    bounded = BodyLimit(APP, LIMIT, WORDS, {"/channels/": 50})
    assert bounded.limit_of(path) == limit


async def test_a_path_of_its_own_never_gets_more() -> None:
    assert BodyLimit(APP, LIMIT, WORDS, {"/": 500}).limit_of("/") == LIMIT


def sizes() -> Iterable[tuple[bytes, int]]:
    """Bodies, and the status each gets from a route that takes anything."""
    yield b"[" + b"0," * 20_000 + b"0]", 200
    yield json.dumps({"image": "A" * 500_000}).encode(), 200
    yield json.dumps({"text": "路灯坏了，三号楼。" * 20_000}).encode(), 200
    yield b"[" + b"0," * 40_000 + b"0]", 413
    yield json.dumps({str(n): 0 for n in range(20_000)}).encode(), 413
    yield b"[" * 70_000, 413
    yield b"[" * 60_000, 400


@pytest.mark.parametrize(("body", "status"), list(sizes()), ids=lambda given: str(given)[:20])
async def test_a_large_body_is_one_picture_or_text(body: bytes, status: int) -> None:
    app = FastAPI()
    router = APIRouter(route_class=JsonRoute)

    @router.post("/")
    async def take(content: Annotated[Any, Body()]) -> str:
        return "taken"

    app.include_router(router)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://linli") as client:
        answer = await client.post("/", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status


async def test_of_several_lengths_the_largest_counts() -> None:
    assert await ask(b"x", lengths=[b"1", b"101"]) == REFUSED


async def test_what_is_no_request_passes() -> None:
    passed: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        passed.append(scope["type"])

    async def nothing() -> Message:
        raise AssertionError

    async def no_one(message: Message) -> None:
        raise AssertionError

    await BodyLimit(app, LIMIT, WORDS)({"type": "lifespan"}, nothing, no_one)
    assert passed == ["lifespan"]
