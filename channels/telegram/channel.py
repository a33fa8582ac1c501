"""Telegram put together: off unless a token is given, and then with a warning."""

import asyncio
import logging
from dataclasses import dataclass

import httpx
from fastapi import APIRouter
from sqlalchemy.orm import Session, sessionmaker
from telegram import Bot
from telegram.error import TelegramError

from actions.vault import Vault
from actions.wording import Wording
from channels.attachments import Attachments, NoPicture
from channels.courier import Writer as AnyWriter
from channels.gateway import Gateway
from channels.handling import Fetch
from channels.telegram.api import build_bot
from channels.telegram.polling import Poller
from channels.telegram.reception import CHANNEL, Reception
from channels.telegram.routes import telegram_routes
from channels.telegram.writer import Writer
from nlu.clock import Clock

logger = logging.getLogger(__name__)

LAW = (
    "personal data handled by or for state organs must be stored in mainland China, and may go "
    "abroad only after a security assessment (Personal Information Protection Law, art. 36); "
    "Telegram's servers are abroad"
)
WHY_OFF = f"telegram is off: {LAW}. See docs/telegram.md"
WHY_WARNED = (
    f"telegram is ON: {LAW}. Do not use it for a subdistrict office, a hotline or anybody working "
    "for one. See docs/telegram.md"
)


@dataclass(frozen=True, slots=True)
class Telegram:
    """One bot, or none.

    ``secret`` is what its webhook must bring; ``polls``: its updates are fetched instead.
    """

    bot: Bot | None
    account: str
    writer: Writer | None
    secret: str
    polls: bool
    sessions: sessionmaker[Session]
    attachments: Attachments
    clock: Clock
    owner: str

    @property
    def writers(self) -> dict[str, AnyWriter]:
        return {} if self.writer is None else {CHANNEL: self.writer}

    @property
    def fetchers(self) -> dict[str, Fetch]:
        return {} if self.bot is None else {CHANNEL: self.fetch}

    def routes(self, gateway: Gateway) -> APIRouter:
        secret = "" if self.polls else self.secret
        return telegram_routes(self.reception(gateway), secret)

    def reception(self, gateway: Gateway) -> Reception | None:
        return None if self.bot is None else Reception(gateway, self.bot, self.account)

    async def run(self, gateway: Gateway) -> None:
        """Say whether it is on, and why that matters; fetch updates where it is so set up."""
        reception = self.reception(gateway)
        if reception is None:
            logger.info(WHY_OFF)
            return
        logger.warning(WHY_WARNED)
        if self.polls:
            await Poller(reception, self.sessions, clock=self.clock, owner=self.owner).run()

    async def fetch(self, account: str, media: str, name: str) -> str | None:
        """See ``channels.handling.Fetch``."""
        if self.bot is None or account != self.account:
            return None
        try:
            file = await self.bot.get_file(media)
            if file.file_size is None or file.file_size > self.attachments.limit:
                return None
            content = bytes(await file.download_as_bytearray())
            return await asyncio.to_thread(self.attachments.keep_content, content, name)
        except (NoPicture, TelegramError, RuntimeError, ValueError):
            return None

    async def close(self) -> None:
        if self.bot is not None:
            await self.bot.request.shutdown()


def build_telegram(
    token: str,
    secret: str,
    sessions: sessionmaker[Session],
    *,
    polls: bool,
    url: str,
    attachments: Attachments,
    vault: Vault,
    wording: Wording,
    clock: Clock,
    owner: str,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Telegram:
    """Nothing is connected yet.

    Args:
        token: the bot's; empty: Telegram is off.
        url: the Bot API, or that of a stand-in.
        transport: another way to it than the network.
    """
    account = token.partition(":")[0]
    bot = build_bot(token, url, transport) if token else None
    writer = None
    if bot is not None:
        writer = Writer(bot, account, sessions, vault=vault, wording=wording, clock=clock)
    return Telegram(bot, account, writer, secret, polls, sessions, attachments, clock, owner)
