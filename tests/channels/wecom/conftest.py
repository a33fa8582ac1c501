"""An application before a house, with a stand-in for WeCom on the other side."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from channels.attachments import Attachments
from channels.courier import Courier
from channels.standin import WAITS
from channels.wecom.account import Account
from channels.wecom.channel import WeCom, build_wecom
from channels.wecom.collector import Collector
from channels.wecom.standin import StandIn
from tests.channels.house import OWNER, PATIENCE, Answerer, House, until

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def account(**told: object) -> Account:
    given = {
        "name": "yunxi",
        "corp_id": "ww0123456789",
        "secret": "secret-of-the-application",
        "token": "token-of-the-application",
        "aes_key": KEY,
        "agent_id": 1000002,
        "customer_service": True,
        **told,
    }
    return Account.model_validate(given)


class Scene:
    """One application, its service and its WeCom, whose five seconds are long enough here."""

    def __init__(
        self, house: House, folder: Path, account: Account, *, within: float = 0.9 * PATIENCE
    ) -> None:
        house.now = datetime.now(UTC)
        house.clock = self.clock  # type: ignore[method-assign]
        self.house = house
        self.answerer = Answerer()
        self.app = FastAPI()
        transport = httpx.ASGITransport(app=self.app)
        self.platform = StandIn(
            account,
            urls=[f"http://linli.test/channels/wecom/{account.name}"],
            pace=PATIENCE / WAITS,
            now=lambda: house.now.timestamp(),
            clients=[httpx.AsyncClient(transport=transport)],
        )
        self.wecom: WeCom = build_wecom(
            [account],
            house.sessions,
            url="http://wecom.test",
            within=within,
            attachments=Attachments(folder / "attachments", 5_000_000),
            vault=house.vault,
            wording=house.wording,
            clock=house.clock,
            owner=OWNER,
            transport=httpx.ASGITransport(app=self.platform.api()),
        )
        self.gateway = house.gateway(self.answerer)
        self.gateway.fetchers = {"wecom": self.wecom.fetch}
        self.collector: Collector = self.wecom.collect_for(self.gateway)
        self.courier = Courier(
            house.sessions,
            {"wecom": self.wecom.writer},
            vault=house.vault,
            clock=house.clock,
            owner=OWNER,
            joining=("wecom",),
        )
        self.app.include_router(self.wecom.routes(self.gateway))

    def clock(self) -> datetime:
        """A moment passes with every look, so that what was sent apart was not sent at once."""
        self.house.now += timedelta(milliseconds=1)
        return self.house.now

    async def settle(self) -> None:
        """Until everything that lies with WeCom is fetched, answered and sent."""
        await until(lambda: not self.collector.under_way and not self.gateway.running)
        sent = 1
        while sent:
            sent = await self.courier.bring()

    async def close(self) -> None:
        await self.platform.close()
        await self.wecom.close()


@pytest.fixture
async def scene(house: House, tmp_path: Path) -> AsyncIterator[Scene]:
    made = Scene(house, tmp_path, account())
    yield made
    await made.close()
