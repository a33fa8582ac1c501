import logging
from pathlib import Path

import httpx
import pytest

from channels.attachments import Attachments
from channels.telegram.channel import WHY_OFF, WHY_WARNED, Telegram, build_telegram
from tests.channels.house import OWNER, House
from tests.channels.telegram.conftest import TOKEN, Scene

pytestmark = pytest.mark.anyio


@pytest.fixture
def off(house: House, tmp_path: Path) -> Telegram:
    return build_telegram(
        "",
        "",
        house.sessions,
        polls=False,
        url="http://telegram.test",
        attachments=Attachments(tmp_path, 1000),
        vault=house.vault,
        wording=house.wording,
        clock=house.clock,
        owner=OWNER,
    )


async def test_it_is_off_unless_a_token_is_given(
    off: Telegram, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert (off.writers, off.fetchers) == ({}, {})
    await off.run(house.gateway())
    assert [(r.levelname, r.message) for r in caplog.records] == [("INFO", WHY_OFF)]
    await off.close()


async def test_switched_on_it_warns_and_names_the_law(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    await scene.telegram.run(scene.gateway)
    assert [(r.levelname, r.message) for r in caplog.records] == [("WARNING", WHY_WARNED)]
    assert "art. 36" in WHY_WARNED
    assert TOKEN not in caplog.text


async def test_off_there_is_no_webhook(off: Telegram, house: House) -> None:
    from fastapi import FastAPI

    app = FastAPI()
    app.include_router(off.routes(house.gateway()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
        answer = await client.post("http://linli.test/channels/telegram", json={})
    assert answer.status_code == 404


async def test_a_picture_that_is_too_large_or_none_or_gone_is_not_kept(
    scene: Scene, picture: bytes
) -> None:
    scene.platform.files = {"good": picture, "none": b"not a picture"}
    assert await scene.telegram.fetch("7000001", "good", "telegram/1/0") is not None
    assert await scene.telegram.fetch("7000001", "none", "telegram/1/1") is None
    assert await scene.telegram.fetch("7000001", "gone", "telegram/1/2") is None
    assert await scene.telegram.fetch("7000002", "good", "telegram/1/3") is None
    asked = scene.platform.calls["file"]
    scene.telegram.attachments.limit = len(picture) - 1
    assert await scene.telegram.fetch("7000001", "good", "telegram/1/4") is None
    assert scene.platform.calls["file"] == asked
