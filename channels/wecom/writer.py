"""Writing first on WeCom: application messages to members, customer service to residents."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from actions.reply import Reply
from actions.vault import Vault
from actions.wording import Wording
from channels.allowance import sent_since
from channels.client import ApiError, Client
from channels.courier import NotNow, Undeliverable
from channels.outgoing import Key
from channels.recipients import Recipient, lose_recipient
from channels.rests import keep_rest
from channels.wecom.account import Account
from channels.wecom.api import UNTIL_THEY_WRITE, WRONG_STATE
from channels.wecom.attended import WAITING, WITH_A_PERSON, attend, is_attended, state_of
from channels.wecom.menu import menu_of
from channels.wecom.person import Person
from channels.wecom.render import show
from nlu.clock import Clock

TO_MEMBER = "/cgi-bin/message/send"
TO_CUSTOMER = "/cgi-bin/kf/send_msg"

MEMBER_LIMITS = ((timedelta(minutes=1), 30), (timedelta(hours=1), 1000))
"""An application may write so often to one member; what is beyond is dropped without a word
(发送应用消息, 频率限制)."""

CUSTOMER_WINDOW = timedelta(hours=48)
"""So long after a customer's message, and five times (微信客服, 发送消息); WeCom counts these."""

A_PERSON_IS_AT_IT = timedelta(hours=1)


class Writer:
    """Sends as WeCom allows; what it does not allow waits until the resident writes again."""

    def __init__(
        self,
        accounts: Mapping[str, Account],
        clients: Mapping[str, Client],
        sessions: sessionmaker[Session],
        *,
        vault: Vault,
        wording: Wording,
        clock: Clock,
    ) -> None:
        self.accounts = accounts
        self.clients = clients
        self.sessions = sessions
        self.vault = vault
        self.wording = wording
        self.clock = clock

    async def send(self, to: Recipient, reply: Reply, *, inbound: int | None, key: Key) -> None:
        """See ``channels.courier.Writer``."""
        account = self.accounts.get(to.account)
        if account is None:
            raise Undeliverable("no such account any more")
        person = Person.of(to.person)
        if person.service:
            await self.to_customer(to, person, reply, inbound, key)
        else:
            await self.to_member(account, to, person, reply, inbound)

    async def to_member(
        self, account: Account, to: Recipient, person: Person, reply: Reply, inbound: int | None
    ) -> None:
        wait = await asyncio.to_thread(self.pause, to)
        if wait is not None:
            raise NotNow("allowance", wait)
        text, rest = self.texts(reply)
        body = {
            "touser": person.user,
            "msgtype": "text",
            "agentid": account.agent_id,
            "text": {"content": text},
        }
        try:
            answer = await self.clients[account.name].call(TO_MEMBER, body)
            if answer.get("invaliduser"):
                raise Undeliverable("no such member within the application's reach")
        except Undeliverable:
            await asyncio.to_thread(self.lose, to)
            raise
        await self.keep(to, rest, inbound)

    async def to_customer(
        self, to: Recipient, person: Person, reply: Reply, inbound: int | None, key: Key
    ) -> None:
        if await asyncio.to_thread(self.is_attended, to):
            raise silence(inbound)
        if self.clock() - to.heard > CUSTOMER_WINDOW:
            raise NotNow("allowance", UNTIL_THEY_WRITE)
        menu = menu_of(reply)
        text, rest = ("", "") if menu else self.texts(reply)
        body: dict[str, Any] = {
            "touser": person.user,
            "open_kfid": person.service,
            "msgid": key.text,
        }
        if menu:
            body |= {"msgtype": "msgmenu", "msgmenu": menu}
        else:
            body |= {"msgtype": "text", "text": {"content": text}}
        client = self.clients[to.account]
        try:
            await client.call(TO_CUSTOMER, body)
        except ApiError as refusal:
            if refusal.code != WRONG_STATE:
                if key.again:
                    # Refused as a repeat: it was taken when it was sent before. No document says
                    # by which code, so any that means nothing else is taken for it.
                    return
                raise
            if await state_of(client, person) in {WAITING, WITH_A_PERSON}:
                await asyncio.to_thread(self.note_attended, to)
                raise silence(inbound) from refusal
            raise NotNow(str(refusal), UNTIL_THEY_WRITE) from refusal
        await self.keep(to, rest, inbound)

    def texts(self, reply: Reply) -> Sequence[str]:
        shown = show(reply, self.wording)
        return shown.text, shown.rest

    def pause(self, to: Recipient) -> timedelta | None:
        """For how long a member must not be written to; None where they may be."""
        now = self.clock()
        with self.sessions() as session:
            for window, most in MEMBER_LIMITS:
                if sent_since(session, to.conversation, now - window) >= most:
                    return window
        return None

    def is_attended(self, to: Recipient) -> bool:
        with self.sessions() as session:
            return is_attended(session, to.conversation)

    def note_attended(self, to: Recipient) -> None:
        with self.sessions.begin() as session:
            attend(session, to.conversation, self.clock())

    def lose(self, to: Recipient) -> None:
        with self.sessions.begin() as session:
            lose_recipient(session, to.conversation)

    async def keep(self, to: Recipient, rest: str, inbound: int | None) -> None:
        def change() -> None:
            with self.sessions.begin() as session:
                keep_rest(session, to.conversation, rest, inbound, self.vault, self.clock())

        if rest:
            await asyncio.to_thread(change)


def silence(inbound: int | None) -> Exception:
    """A person is at it: an answer is not wanted any more, news can wait."""
    if inbound is not None:
        return Undeliverable("a servicer holds the conversation")
    return NotNow("a servicer holds the conversation", A_PERSON_IS_AT_IT)
