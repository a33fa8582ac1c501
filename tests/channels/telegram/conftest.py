"""A bot before a house, with a stand-in for Telegram on the other side."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from channels.attachments import Attachments
from channels.courier import Courier
from channels.telegram.channel import Telegram, build_telegram
from channels.telegram.standin import StandIn
from tests.channels.house import OWNER, Answerer, House, until

TOKEN = "7000001:key-of-the-bot_key-of-the-bot"
SECRET = "secret-of-the-webhook"
URL = "http://linli.test/channels/telegram"
ANNE, BOB = 5001, 5002


class Scene:
    """One bot, its service and its Telegram; no time passes unless a test lets it."""

    def __init__(self, house: House, folder: Path, *, polls: bool = False) -> None:
        house.now = datetime.now(UTC)
        house.clock = lambda: house.now  # type: ignore[method-assign]
        self.house = house
        self.app = FastAPI()
        transport = httpx.ASGITransport(app=self.app)
        self.platform = StandIn(TOKEN, pause=0, http=httpx.AsyncClient(transport=transport))
        if not polls:
            self.platform.webhook, self.platform.secret = URL, SECRET
        self.telegram: Telegram = build_telegram(
            TOKEN,
            SECRET,
            house.sessions,
            polls=polls,
            url="http://telegram.test",
            attachments=Attachments(folder / "attachments", 5_000_000),
            vault=house.vault,
            wording=house.wording,
            clock=house.clock,
            owner=OWNER,
            transport=httpx.ASGITransport(app=self.platform.api()),
        )
        self.answerer = Answerer()
        self.gateway = house.gateway(self.answerer)
        self.gateway.fetchers = self.telegram.fetchers
        writers = self.telegram.writers
        about = (house.sessions, writers)
        self.courier = Courier(*about, vault=house.vault, clock=house.clock, owner=OWNER)
        self.app.include_router(self.telegram.routes(self.gateway))

    async def settle(self) -> None:
        """Until everything that came in has been answered, and the answers sent."""
        await until(lambda: not self.gateway.running)
        while await self.courier.bring():
            pass

    async def say(self, text: str, person: int = ANNE) -> list[str]:
        """What a resident sees after their words."""
        before = len(self.platform.screens[person])
        await self.platform.say(person, text)
        await self.settle()
        return self.platform.seen(person)[before:]

    async def close(self) -> None:
        await self.platform.close()
        await self.telegram.close()


@pytest.fixture
async def scene(house: House, tmp_path: Path) -> AsyncIterator[Scene]:
    made = Scene(house, tmp_path)
    yield made
    await made.close()


@pytest.fixture
def picture() -> bytes:
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "JPEG")
    return out.getvalue()
