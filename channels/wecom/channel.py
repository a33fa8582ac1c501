"""WeCom put together: its accounts, their clients, the writer, the collector and the routes."""

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
from channels.wecom.account import Account
from channels.wecom.api import CODES, renewal
from channels.wecom.collector import Collector
from channels.wecom.routes import wecom_routes
from channels.wecom.writer import Writer
from nlu.clock import Clock


@dataclass(slots=True)
class WeCom:
    """Applications of enterprises on WeCom; ``within`` are seconds to answer a request in."""

    accounts: dict[str, Account]
    clients: dict[str, Client]
    writer: Writer
    http: httpx.AsyncClient
    attachments: Attachments
    within: float
    collector: Collector | None = None

    def collect_for(self, gateway: Gateway) -> Collector:
        """Fetches what customers wrote."""
        if self.collector is None:
            serving = [
                account.name for account in self.accounts.values() if account.customer_service
            ]
            self.collector = Collector({name: self.clients[name] for name in serving}, gateway)
        return self.collector

    def routes(self, gateway: Gateway) -> APIRouter:
        collector = self.collect_for(gateway)
        return wecom_routes(gateway, self.accounts, collector, within=self.within)

    async def run(self, gateway: Gateway) -> None:
        """Look after customer service, for ever."""
        await self.collect_for(gateway).run()

    async def fetch(self, account: str, media: str, name: str) -> str | None:
        """See ``channels.handling.Fetch``."""
        return await fetch_picture(self.clients.get(account), self.attachments, media, name)

    async def close(self) -> None:
        if self.collector is not None:
            await self.collector.close()
        await self.http.aclose()


def build_wecom(
    accounts: Sequence[Account],
    sessions: sessionmaker[Session],
    *,
    url: str,
    within: float,
    attachments: Attachments,
    vault: Vault,
    wording: Wording,
    clock: Clock,
    owner: str,
    transport: httpx.AsyncBaseTransport | None = None,
) -> WeCom:
    """Nothing is connected yet.

    Args:
        url: WeCom's API, or that of a stand-in.
        within: seconds in which a request is answered; WeCom gives up after 5.
        transport: another way to it than the network.
    """
    http = httpx.AsyncClient(base_url=url, timeout=WITHIN, transport=transport)
    by_name = {account.name: account for account in accounts}
    renewals = {
        account.name: renewal(http, account.corp_id, account.secret.get_secret_value())
        for account in accounts
    }
    about = (CODES, http, sessions)
    clients = clients_of("wecom", renewals, *about, vault=vault, clock=clock, owner=owner)
    writer = Writer(by_name, clients, sessions, vault=vault, wording=wording, clock=clock)
    return WeCom(by_name, clients, writer, http, attachments, within)
