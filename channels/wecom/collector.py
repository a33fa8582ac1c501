"""Collects what customers wrote: a callback only says that there is something to fetch.

A page is written down message by message before its cursor is; a process that dies in between
leaves the page to be fetched again, and what was written down already is recognised by its id.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import httpx
from sqlalchemy.exc import SQLAlchemyError

from channels.arrival import Arrival
from channels.client import ApiError, Client
from channels.courier import NotNow, Undeliverable
from channels.gateway import Gateway
from channels.metrics import REFUSED
from channels.sealed import Malformed
from channels.tables import Late
from channels.wecom.api import BAD_TOKEN
from channels.wecom.attended import (
    WAITING,
    WITH_A_PERSON,
    attend,
    is_attended,
    release,
    state_of,
)
from channels.wecom.cursors import (
    UNKNOWN,
    Round,
    advance,
    begin,
    due,
    end,
    meet,
    note_call,
    put_off,
)
from channels.wecom.customers import Brought, Origin, read
from channels.wecom.happenings import HAPPENINGS
from channels.wecom.menu import meant
from channels.wecom.person import Person

logger = logging.getLogger(__name__)

T = TypeVar("T")

CHANNEL = "wecom"
SYNC = "/cgi-bin/kf/sync_msg"
LIST = "/cgi-bin/kf/account/list"
PAGE = 100
"""Messages asked for at once; the API gives 1,000 at most."""

LOOKS_EVERY = 1.0
"""Seconds between looks at what is to be collected and nobody collects."""

PAUSE = timedelta(seconds=5)
"""How soon a collection that failed is tried again, where WeCom does not say."""

FAULTS = (NotNow, ApiError, Undeliverable, httpx.HTTPError, ValueError, KeyError)
"""What a call may end in; the last three from an answer that is none."""


class Collector:
    """Fetches the messages of customer-service accounts and hands them to the gateway.

    Args:
        clients: by name of the account; only those that do customer service.
    """

    def __init__(self, clients: Mapping[str, Client], gateway: Gateway) -> None:
        self.clients = clients
        self.gateway = gateway
        self.owner = gateway.owner
        self.under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Look after all accounts, for ever."""
        if not self.clients:
            return
        while True:
            try:
                await self.look_after()
            except SQLAlchemyError as error:
                logger.error("wecom: the cursors cannot be read: %s", type(error).__name__)
            await asyncio.sleep(LOOKS_EVERY)

    async def look_after(self) -> None:
        """Begin to collect what is due and nobody collects."""
        for account, service in await self.change(due, list(self.clients), self.gateway.clock()):
            self.start(account, service)

    async def called(self, account: str, service: str, token: str) -> None:
        """A callback: written down, and collected from here on in the background."""
        vault, now = self.gateway.vault, self.gateway.clock()
        services = await self.change(note_call, account, service, token, vault, now)
        for one in services:
            self.start(account, one)

    def start(self, account: str, service: str) -> None:
        task = asyncio.create_task(self.collect(account, service))
        self.under_way.add(task)
        task.add_done_callback(self.end)

    def end(self, task: asyncio.Task[None]) -> None:
        self.under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # It is still held, and taken up again when the hold has run out.
            logger.error("wecom: not collected: %s", type(error).__name__)

    async def collect(self, account: str, service: str) -> None:
        """Collect until there is no more, and again where WeCom called meanwhile."""
        if account not in self.clients:
            return
        while True:
            vault, now = self.gateway.vault, self.gateway.clock()
            round = await self.change(begin, account, service, self.owner, vault, now)
            if round is None:
                return
            try:
                await self.go_round(round)
            except FAULTS as error:
                logger.warning("wecom %s: not collected: %s", account, told(error))
                after = error.after if isinstance(error, NotNow) else PAUSE
                await self.change(put_off, round, self.gateway.clock() + after, self.owner)
                return
            if not await self.change(end, round, self.owner):
                return

    async def go_round(self, round: Round) -> None:
        if round.service == UNKNOWN:
            await self.find_services(round)
            return
        try:
            await self.fetch(round)
        except ApiError as error:
            if error.code != BAD_TOKEN or not round.token:
                raise
            await self.fetch(replace(round, token=""))

    async def find_services(self, round: Round) -> None:
        """Ask which accounts the application manages; each is collected from now on."""
        answer = await self.clients[round.account].call(LIST, {"offset": 0, "limit": 100})
        for found in answer.get("account_list") or ():
            if found.get("manage_privilege") is not False:
                await self.change(meet, round.account, str(found["open_kfid"]), round.begun)

    async def fetch(self, round: Round) -> None:
        """Every page from the cursor on."""
        cursor = round.cursor
        while True:
            asked: dict[str, Any] = {"open_kfid": round.service, "limit": PAGE}
            asked |= {
                name: told for name, told in (("cursor", cursor), ("token", round.token)) if told
            }
            page = await self.clients[round.account].call(SYNC, asked)
            items: Sequence[object] = page.get("msg_list") or ()
            for item in items:
                await self.take(round, item)
            before, cursor = cursor, str(page.get("next_cursor") or cursor)
            if not await self.change(advance, round, cursor, self.owner, self.gateway.clock()):
                return
            if not page.get("has_more"):
                return
            if cursor == before:
                raise ValueError("has_more without a next cursor")

    async def take(self, round: Round, item: object) -> None:
        """One item of a page, written down."""
        try:
            brought = read(item, round.service)
        except Malformed as error:
            # Nothing can be made of it, now or later, and what follows must not wait for it.
            REFUSED.labels(CHANNEL, "malformed").inc()
            logger.warning("wecom %s: malformed: %s", round.account, error)
            return
        if not brought.person.user:
            return
        conversation = conversation_of(round.account, brought.person, self.gateway)
        if brought.origin == Origin.SERVICER:
            await self.change(attend, conversation, self.gateway.clock())
        elif brought.origin == Origin.CUSTOMER:
            await self.hear(round, brought, conversation)
        elif happening := HAPPENINGS.get(str(brought.about.get("event_type")).lower()):
            client = self.clients[round.account]
            await happening(brought, conversation, client, self.gateway)

    async def hear(self, round: Round, brought: Brought, conversation: str) -> None:
        """A customer's message; where a servicer holds the conversation it is theirs."""
        is_old = brought.at is not None and brought.at < round.since
        if is_old or brought.incoming.ignored:
            return
        if await self.is_attended(round.account, brought.person, conversation):
            return
        said = brought.incoming.said
        ask = partial(meant, tappable=True)
        text = await self.gateway.read(ask, conversation, said.text, self.gateway.vault)
        await self.gateway.wait_for_room()
        await self.gateway.accept(
            Arrival(
                channel=CHANNEL,
                account=round.account,
                external=brought.id,
                conversation=conversation,
                said=replace(said, text=text),
                late=Late.SEND,
                recipient=str(brought.person),
            )
        )

    async def is_attended(self, account: str, person: Person, conversation: str) -> bool:
        """Whether a servicer holds the conversation; WeCom is asked, lest an end was missed."""
        if not await self.gateway.read(is_attended, conversation):
            return False
        try:
            state = await state_of(self.clients[account], person)
        except FAULTS:
            return True
        if state in {WAITING, WITH_A_PERSON}:
            return True
        await self.change(release, conversation)
        return False

    async def change(self, change: Callable[..., T], *arguments: object) -> T:
        return await self.gateway.change(change, *arguments)

    async def close(self) -> None:
        for task in self.under_way:
            task.cancel()
        await asyncio.gather(*self.under_way, return_exceptions=True)


def conversation_of(account: str, person: Person, gateway: Gateway) -> str:
    """A key that tells nobody who it is."""
    return f"{CHANNEL}:{account}:{gateway.vault.pseudonym(str(person))}"


def told(error: Exception) -> str:
    """What may stand in a log: the platform's own codes, else only what kind of error it was."""
    if isinstance(error, (NotNow, ApiError, Undeliverable)):
        return str(error)
    return type(error).__name__
