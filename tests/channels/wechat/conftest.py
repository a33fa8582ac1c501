"""An official account before a house, with a stand-in for WeChat on the other side."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from channels.attachments import Attachments
from channels.courier import Courier
from channels.standin import WAITS
from channels.wechat.account import Account
from channels.wechat.channel import WeChat, build_wechat
from channels.wechat.standin import StandIn
from tests.channels.house import OWNER, PATIENCE, Answerer, House

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
PAGE = "https://linli.example/"


def account(**told: object) -> Account:
    given = {
        "name": "yunxi",
        "app_id": "wx0123456789",
        "secret": "secret-of-the-account",
        "token": "token-of-the-account",
        "aes_key": KEY,
        "writes_first": True,
        "notice": "template-1",
        **told,
    }
    return Account.model_validate(given)


class Scene:
    """One account, its service and its WeChat, whose five seconds are long enough here."""

    def __init__(self, house: House, folder: Path, account: Account) -> None:
        house.now = datetime.now(UTC)
        house.clock = lambda: house.now  # type: ignore[method-assign]
        self.house = house
        self.answerer = Answerer()
        self.transport = httpx.ASGITransport(app=FastAPI())
        self.platform = StandIn(
            account,
            urls=[f"http://linli.test/channels/wechat/{account.name}"],
            pace=PATIENCE / WAITS,
            clients=[httpx.AsyncClient(transport=self.transport)],
        )
        self.wechat: WeChat = build_wechat(
            [account],
            house.sessions,
            url="http://wechat.test",
            page=PAGE,
            attachments=Attachments(folder / "attachments", 5_000_000),
            vault=house.vault,
            wording=house.wording,
            clock=house.clock,
            owner=OWNER,
            transport=httpx.ASGITransport(app=self.platform.api()),
        )
        self.gateway = house.gateway(self.answerer)
        self.gateway.fetchers = {"wechat": self.wechat.fetch}
        self.courier = Courier(
            house.sessions,
            {"wechat": self.wechat.writer},
            vault=house.vault,
            clock=house.clock,
            owner=OWNER,
        )
        self.serve()

    def serve(self, within: float = 0.9 * PATIENCE) -> None:
        """From now on every request is answered within so many seconds."""
        app = FastAPI()
        app.include_router(self.wechat.routes(self.gateway, within=within))
        self.transport.app = app

    async def close(self) -> None:
        await self.platform.close()
        await self.wechat.close()


@pytest.fixture
async def scene(house: House, tmp_path: Path) -> AsyncIterator[Scene]:
    made = Scene(house, tmp_path, account())
    yield made
    await made.close()
