"""WeChat put together: its accounts, their clients, the writer and the routes."""

from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from fastapi import APIRouter
from sqlalchemy.orm import Session, sessionmaker

from actions.vault import Vault
from actions.wording import Wording
from channels.attachments import Attachments
from channels.client import WITHIN, Client, clients_of
from channels.gateway import Gateway
from channels.pictures import fetch_picture
from channels.wechat.account import Account
from channels.wechat.api import CODES, renewal
from channels.wechat.routes import wechat_routes
from channels.wechat.writer import Writer
from nlu.clock import Clock


@dataclass(frozen=True, slots=True)
class WeChat:
    """Official accounts; ``page`` is the address of the residents' page, empty for none."""

    accounts: dict[str, Account]
    apis: dict[str, Client]
    writer: Writer
    http: httpx.AsyncClient
    attachments: Attachments
    page: str

    def routes(self, gateway: Gateway, *, within: float) -> APIRouter:
        return wechat_routes(gateway, self.accounts, within=within, page=self.page)

    async def fetch(self, account: str, media: str, name: str) -> str | None:
        """See ``channels.handling.Fetch``."""
        return await fetch_picture(self.apis.get(account), self.attachments, media, name)

    async def close(self) -> None:
        await self.http.aclose()


def build_wechat(
    accounts: Sequence[Account],
    sessions: sessionmaker[Session],
    *,
    url: str,
    page: str,
    attachments: Attachments,
    vault: Vault,
    wording: Wording,
    clock: Clock,
    owner: str,
    transport: httpx.AsyncBaseTransport | None = None,
) -> WeChat:
    """Nothing is connected yet.

    Args:
        url: WeChat's API, or that of a stand-in.
        transport: another way to it than the network.
    """
    http = httpx.AsyncClient(base_url=url, timeout=WITHIN, transport=transport)
    by_name = {account.name: account for account in accounts}
    renewals = {
        account.name: renewal(http, account.app_id, account.secret.get_secret_value())
        for account in accounts
        if account.secret.get_secret_value()
    }
    about = (CODES, http, sessions)
    apis = clients_of("wechat", renewals, *about, vault=vault, clock=clock, owner=owner)
    writer = Writer(by_name, apis, sessions, vault=vault, wording=wording, clock=clock, page=page)
    return WeChat(by_name, apis, writer, http, attachments, page)
