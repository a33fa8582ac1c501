"""Takes an update in, whether it was brought or fetched: written down, then answered."""

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from telegram import Bot, Update
from telegram.error import TelegramError

from actions.turn import Said
from actions.vault import Vault
from channels.arrival import Arrival
from channels.cleaning import clean
from channels.gateway import Gateway
from channels.hearing import said_in
from channels.metrics import REFUSED
from channels.recipients import lose_recipient
from channels.tables import InboundRow, Late
from channels.telegram.incoming import Incoming, Press, read
from channels.telegram.keyboard import meant_by, ticked

logger = logging.getLogger(__name__)

CHANNEL = "telegram"

MALFORMED = (
    ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, OSError,
    RecursionError,
)  # fmt: skip
"""What python-telegram-bot raises on what Telegram never sends."""


class Reception:
    """The way in of one bot.

    Args:
        account: the bot's number, under which its chats are kept.
    """

    def __init__(self, gateway: Gateway, bot: Bot, account: str) -> None:
        self.gateway = gateway
        self.bot = bot
        self.account = account
        self.acknowledging: set[asyncio.Task[None]] = set()

    async def take_json(self, content: Mapping[str, Any]) -> None:
        """Write down what an update says; what cannot be read is counted and passed over."""
        try:
            update = Update.de_json(dict(content), self.bot)
        except MALFORMED as error:
            pass_over(error)
        else:
            await self.take_update(update)

    async def take_update(self, update: Update) -> None:
        try:
            incoming = read(update)
        except MALFORMED as error:
            pass_over(error)
        else:
            if incoming is not None:
                await self.take(incoming)

    async def take(self, incoming: Incoming) -> None:
        """Write it down; it is kept when this returns."""
        key = self.gateway.vault.pseudonym(str(incoming.chat))
        conversation = f"{CHANNEL}:{self.account}:{key}"
        if incoming.leaves:
            await self.gateway.change(lose_recipient, conversation)
            return
        number, said = incoming.number, incoming.said
        if incoming.press is not None:
            number = f"{number}{digest(incoming.press.data)}"
            said = await self.said_by(incoming.press, conversation)
        arrival = Arrival(
            channel=CHANNEL,
            account=self.account,
            external=f"{key}/{number}",
            conversation=conversation,
            said=said,
            late=Late.SEND,
            recipient=str(incoming.chat),
        )
        if incoming.edits:
            original = (self.account, f"{key}/{incoming.edits}", self.gateway.vault)
            before = await self.gateway.read(said_before, *original)
            if before is not None and before.text == clean(arrival)[0].said.text:
                return
        is_new = await self.gateway.accept(arrival)
        if incoming.press is not None:
            self.acknowledge(incoming, incoming.press, is_new=is_new)

    async def said_by(self, press: Press, conversation: str) -> Said:
        about = (conversation, press.data, self.gateway.vault)
        text = await self.gateway.read(meant_by, *about) or press.title
        return Said(text) if text else Said("", notice="button_old")

    def acknowledge(self, incoming: Incoming, press: Press, *, is_new: bool) -> None:
        task = asyncio.create_task(self.show_pressed(incoming.chat, press, is_new=is_new))
        self.acknowledging.add(task)
        task.add_done_callback(self.acknowledging.discard)

    async def show_pressed(self, chat: int, press: Press, *, is_new: bool) -> None:
        """End the button's turning and mark it; should it fail, nothing that was said is lost."""
        told = None if is_new else self.gateway.wording.text("pressed_already")
        try:
            await self.bot.answer_callback_query(press.query, text=told)
            markup = ticked(press.titles, press.data)
            if markup is not None:
                await self.bot.edit_message_reply_markup(chat, press.message, reply_markup=markup)
        except TelegramError as error:
            logger.info("telegram: a press was not acknowledged: %s", type(error).__name__)


def pass_over(error: Exception) -> None:
    REFUSED.labels(CHANNEL, "malformed").inc()
    logger.warning("telegram: malformed: %s", type(error).__name__)


def digest(data: str) -> str:
    """One press of one button of one message, whatever the button carries."""
    return hashlib.sha256(data.encode("utf-8", "replace")).hexdigest()[:16]


def said_before(session: Session, account: str, external: str, vault: Vault) -> Said | None:
    """What a message said before it was edited; None where it never came here."""
    inbound = session.scalar(
        select(InboundRow.id).where(
            InboundRow.channel == CHANNEL,
            InboundRow.account == account,
            InboundRow.external == external,
        )
    )
    return said_in(session, inbound, vault) if inbound is not None else None
