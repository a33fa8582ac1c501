"""Access tokens of platforms: one for all processes, renewed before it expires, by one of them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from actions.vault import Vault
from channels.metrics import PASS_RENEWALS
from channels.tables import PassRow
from nlu.clock import Clock

logger = logging.getLogger(__name__)

EARLY = timedelta(minutes=5)
"""A token is renewed so long before it expires, while the old one still serves."""

RENEWING = timedelta(seconds=15)
"""For so long one process renews and the others wait; then it has died, and another tries."""

LOOKS_EVERY = 0.2


@dataclass(frozen=True, slots=True)
class Fresh:
    """A token as the platform gave it out, and for how long it holds."""

    token: str
    holds: timedelta


Renew = Callable[[bool], Awaitable[Fresh]]
"""Asks the platform for a token; True: for another one than it gave out last."""


class Passes:
    """The token of one account.

    Args:
        renew: asks the platform for a new one; it may raise whatever its client raises.
    """

    def __init__(
        self,
        account: str,
        renew: Renew,
        sessions: sessionmaker[Session],
        *,
        vault: Vault,
        clock: Clock,
        owner: str,
    ) -> None:
        self.account = account
        self.renew = renew
        self.sessions = sessions
        self.vault = vault
        self.clock = clock
        self.owner = owner

    async def token(self, *, refused: str = "") -> str:
        """A token that holds.

        Args:
            refused: the one the platform did not take; it is given out no more.
        """
        while True:
            token, expires = await asyncio.to_thread(self.read)
            holds = bool(token) and token != refused and expires > self.clock()
            if holds and expires - EARLY > self.clock():
                return token
            if await asyncio.to_thread(self.begin_renewal):
                return await self.renew_now(refused)
            if holds:
                return token
            await asyncio.sleep(LOOKS_EVERY)

    async def renew_now(self, refused: str) -> str:
        try:
            fresh = await self.renew(False)
            if fresh.token == refused:
                fresh = await self.renew(True)
        except BaseException:
            PASS_RENEWALS.labels(self.account, "failed").inc()
            await asyncio.to_thread(self.end_renewal, None)
            raise
        PASS_RENEWALS.labels(self.account, "renewed").inc()
        await asyncio.to_thread(self.end_renewal, fresh)
        return fresh.token

    def read(self) -> tuple[str, datetime]:
        """The token, empty where there is none, and when it expires."""
        with self.sessions() as session:
            row = session.get(PassRow, self.account)
            if row is None or not row.sealed:
                return "", self.clock()
            return self.vault.open(row.sealed), row.expires

    def begin_renewal(self) -> bool:
        """Whether it is this process that renews."""
        now = self.clock()
        with self.sessions.begin() as session:
            row = session.get(PassRow, self.account, with_for_update=True)
            if row is None:
                row = PassRow(account=self.account, sealed="", expires=now, renewing_until=now)
                session.add(row)
            if row.renewing_until > now:
                return False
            row.renewed_by, row.renewing_until = self.owner, now + RENEWING
            return True

    def end_renewal(self, fresh: Fresh | None) -> None:
        now = self.clock()
        with self.sessions.begin() as session:
            row = session.get_one(PassRow, self.account, with_for_update=True)
            if fresh is not None:
                row.sealed = self.vault.seal(fresh.token)
                row.renewed, row.expires = now, now + fresh.holds
            row.renewing_until = now
