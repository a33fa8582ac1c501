"""What the stand-ins for the platforms have in common."""

import asyncio

import httpx
import pytest

from channels.standin import Platform
from channels.wechat.standin import StandIn
from tests.channels.wechat.conftest import account

pytestmark = pytest.mark.anyio

DEAD, ALIVE = "http://dead.invalid/", "http://alive.invalid/"


async def answer(request: httpx.Request) -> httpx.Response:
    await asyncio.sleep(0)
    if request.url.host == "dead.invalid":
        raise httpx.ConnectError("nothing listens")
    return httpx.Response(200, text="success")


async def test_no_delivery_is_lost_to_a_process_where_nothing_listens() -> None:
    """However many come at once: each is passed on to the other one."""
    platform: Platform = StandIn(account(), urls=[DEAD, ALIVE])
    platform.clients = [httpx.AsyncClient(transport=httpx.MockTransport(answer))]
    sent = await asyncio.gather(*(platform.deliver(n, 0, "", {}) for n in range(50)))
    await platform.close()
    assert sent == ["success"] * 50
