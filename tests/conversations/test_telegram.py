"""A whole report on Telegram: buttons, a place, a photo, a new wording; the real service."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from socket import socket

import pytest
import uvicorn
from PIL import Image

from channels.telegram.standin import StandIn, photo
from tests.channels.house import until
from tests.conversations.conftest import TELEGRAM, Running

pytestmark = [pytest.mark.rasa, pytest.mark.anyio]

ANNE = 5001
NUMBER = re.compile(r"LL\d+-\d+-\d")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def platform(linli: Running, telegram: socket) -> AsyncIterator[StandIn]:
    platform = StandIn(TELEGRAM.token)
    platform.webhook = f"{linli.http.base_url}/channels/telegram"
    platform.secret = TELEGRAM.secret
    config = uvicorn.Config(platform.api(), log_level="error")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[telegram]))
    await until(lambda: server.started)
    yield platform
    server.should_exit = True
    await serving
    await platform.close()


async def heard(platform: StandIn, count: int) -> str:
    """What stands last on the screen, once there are so many messages."""
    await until(lambda: len(platform.screens[ANNE]) >= count)
    return platform.seen(ANNE)[-1]


async def test_a_report_with_a_place_a_photo_and_a_new_wording(platform: StandIn) -> None:
    out = io.BytesIO()
    Image.new("RGB", (1280, 960), "gray").save(out, "JPEG")
    platform.files["p1"] = out.getvalue()

    await platform.say(ANNE, "/start")
    await heard(platform, 1)
    await platform.press(ANNE, "我要反映问题")
    await heard(platform, 2)
    said = await platform.say(ANNE, "门口的路灯坏了三天")
    assert "路灯" in await heard(platform, 3)
    point = {"latitude": 39.95, "longitude": 116.31}
    venue = {"location": point, "title": "石榴园小区3号楼", "address": ""}
    await platform.send(ANNE, venue=venue, location=point)
    assert "电话" in await heard(platform, 4)
    await platform.send(ANNE, photo=photo("p1"))
    assert "照片收到" in await heard(platform, 5)
    await platform.press(ANNE, "不留电话")
    summary = await heard(platform, 6)
    assert "石榴园小区3号楼" in summary
    assert "1张" in summary
    await platform.edit(ANNE, said, text="石榴园小区5号楼门口的路灯坏了三天")
    assert "石榴园小区5号楼" in await heard(platform, 7)
    await platform.press(ANNE, "确认提交")
    filed = await heard(platform, 8)
    assert "工单号" in filed
    shown = platform.screens[ANNE][6]
    await until(lambda: "✓ 确认提交" in shown.titles)
    await platform.press(ANNE, "✓ 确认提交", shown=shown)
    await platform.say(ANNE, "/tickets")
    mine = await heard(platform, 9)
    assert NUMBER.findall(mine) == NUMBER.findall(filed)
    assert set(platform.deliveries) == {200}
