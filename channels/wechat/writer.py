"""Writing first on WeChat: customer-service messages within their allowance, notices beyond."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from actions.reply import Reply, TicketCard
from actions.vault import Vault
from actions.wording import Wording
from channels.allowance import is_being_answered, sent_since
from channels.client import Client
from channels.courier import NotNow, Undeliverable
from channels.outgoing import Key
from channels.recipients import Recipient, lose_recipient
from channels.rests import keep_rest
from channels.wechat.account import Account
from channels.wechat.render import show
from nlu.clock import SHANGHAI, Clock

WINDOWS: Mapping[str, tuple[timedelta, int]] = {
    "message": (timedelta(hours=48), 5),
    "menu": (timedelta(minutes=1), 3),
}
"""How long after what, and how often, an account may write (客服消息下发条数限制: 5 within 48
hours of a message, 3 within a minute of a menu, follow or scan)."""

LAST_WAITS = timedelta(seconds=1)
"""The last message that is allowed takes along the answers that are still being made."""

SEND = "/cgi-bin/message/custom/send"
NOTICE = "/cgi-bin/message/subscribe/bizsend"


class Writer:
    """Sends as WeChat allows; what it does not allow waits until the resident writes again."""

    def __init__(
        self,
        accounts: Mapping[str, Account],
        apis: Mapping[str, Client],
        sessions: sessionmaker[Session],
        *,
        vault: Vault,
        wording: Wording,
        clock: Clock,
        page: str,
    ) -> None:
        self.accounts = accounts
        self.apis = apis
        self.sessions = sessions
        self.vault = vault
        self.wording = wording
        self.clock = clock
        self.page = page

    async def send(self, to: Recipient, reply: Reply, *, inbound: int | None, key: Key) -> None:
        """See ``channels.courier.Writer``."""
        account = self.accounts.get(to.account)
        if account is None:
            raise Undeliverable("no such account any more")
        left = await asyncio.to_thread(self.left, to)
        if left is None and reply.ticket is not None and inbound is None and account.notice:
            await self.notify(account, to, reply.ticket)
            return
        if not account.writes_first:
            raise Undeliverable("the account may not write first")
        if not left:
            raise NotNow("allowance", WINDOWS["message"][0])
        if left == 1 and await asyncio.to_thread(self.more_to_come, to):
            raise NotNow("the last one waits for all answers", LAST_WAITS)
        shown = show((reply,), self.wording.text("more"))
        body = {"touser": to.person, "msgtype": "text", "text": {"content": shown.text}}
        try:
            await self.apis[account.name].call(SEND, body)
        except Undeliverable as refusal:
            if "43004" in str(refusal):
                await asyncio.to_thread(self.lose, to)
            raise
        if shown.rest:
            await asyncio.to_thread(self.keep, to, shown.rest, inbound)

    def left(self, to: Recipient) -> int | None:
        """How often they may still be written to; None where the window is closed."""
        window, allowed = WINDOWS.get(to.heard_by, WINDOWS["message"])
        if self.clock() - to.heard > window:
            return None
        with self.sessions() as session:
            return max(allowed - sent_since(session, to.conversation, to.heard), 0)

    def more_to_come(self, to: Recipient) -> bool:
        with self.sessions() as session:
            return is_being_answered(session, to.conversation)

    async def notify(self, account: Account, to: Recipient, ticket: TicketCard) -> None:
        """News of a ticket as a subscription notice (订阅通知), beyond 48 hours."""
        number, status, at = account.notice_fields
        now = self.clock().astimezone(SHANGHAI)
        data = {
            number: {"value": ticket.number},
            status: {"value": ticket.status},
            at: {"value": moment(now)},
        }
        body = {"touser": to.person, "template_id": account.notice, "data": data}
        if self.page:
            body["page"] = self.page
        await self.apis[account.name].call(NOTICE, body)

    def lose(self, to: Recipient) -> None:
        with self.sessions.begin() as session:
            lose_recipient(session, to.conversation)

    def keep(self, to: Recipient, rest: str, inbound: int | None) -> None:
        with self.sessions.begin() as session:
            keep_rest(session, to.conversation, rest, inbound, self.vault, self.clock())


def moment(now: datetime) -> str:
    return f"{now:%Y-%m-%d %H:%M}"
