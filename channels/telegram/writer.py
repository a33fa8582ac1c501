"""Writing to a chat on Telegram, which a bot may do at any time once it has been spoken to."""

import asyncio

from sqlalchemy.orm import Session, sessionmaker
from telegram import Bot, LinkPreviewOptions

from actions.reply import Reply
from actions.vault import Vault
from actions.wording import Wording
from channels.courier import Undeliverable
from channels.outgoing import Key
from channels.recipients import Recipient, lose_recipient
from channels.rests import keep_rest
from channels.tables import RestRow
from channels.telegram.api import Blocked, understood
from channels.telegram.keyboard import keyboard
from channels.telegram.render import show
from nlu.clock import Clock

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""Telegram would fetch whatever is linked."""


class Writer:
    """Sends replies as plain text: nothing a resident wrote is taken for markup."""

    def __init__(
        self,
        bot: Bot,
        account: str,
        sessions: sessionmaker[Session],
        *,
        vault: Vault,
        wording: Wording,
        clock: Clock,
    ) -> None:
        self.bot = bot
        self.account = account
        self.sessions = sessions
        self.vault = vault
        self.wording = wording
        self.clock = clock

    async def send(self, to: Recipient, reply: Reply, *, inbound: int | None, key: Key) -> None:
        """See ``channels.courier.Writer``; Telegram knows no key by which it would drop repeats."""
        if to.account != self.account:
            raise Undeliverable("another bot's chat")
        shown = show(reply, self.wording.text("more"))
        if not shown.text:
            raise Undeliverable("nothing to show")
        try:
            with understood():
                await self.bot.send_message(
                    int(to.person),
                    shown.text,
                    reply_markup=keyboard(shown.buttons),
                    link_preview_options=NO_PREVIEW,
                )
        except Blocked:
            await asyncio.to_thread(self.lose, to)
            raise
        await asyncio.to_thread(self.keep, to, shown.rest, inbound)

    def lose(self, to: Recipient) -> None:
        with self.sessions.begin() as session:
            lose_recipient(session, to.conversation)

    def keep(self, to: Recipient, rest: str, inbound: int | None) -> None:
        """Keep the rest; an answer that fits ends what was left of an earlier one."""
        with self.sessions.begin() as session:
            row = session.get(RestRow, to.conversation)
            earlier = row is not None and inbound is not None and row.inbound < inbound
            if rest or earlier:
                keep_rest(session, to.conversation, rest, inbound, self.vault, self.clock())
