"""Fetching updates, for a developer's trial without an address that Telegram could reach.

One process fetches at a time, by a turn kept in the database. Telegram is told that an update has
arrived only after it is written down: the next call's offset says so.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker
from telegram.error import Conflict, InvalidToken, RetryAfter

from channels.tables import PassRow
from channels.telegram.incoming import LISTENS_TO
from channels.telegram.reception import Reception
from nlu.clock import Clock

logger = logging.getLogger(__name__)

HELD_OPEN = 20
"""Seconds that Telegram keeps a call open while there is nothing."""

TURN = timedelta(seconds=40)
"""How long one process's turn lasts without a sign of life; longer than a call."""

PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0)
"""Seconds after the first, second … failed call."""


class Poller:
    """Fetches while it is this process's turn.

    Args:
        owner: the process.
    """

    def __init__(
        self, reception: Reception, sessions: sessionmaker[Session], *, clock: Clock, owner: str
    ) -> None:
        self.reception = reception
        self.sessions = sessions
        self.clock = clock
        self.owner = owner
        self.offset: int | None = None
        self.failures = 0

    async def run(self) -> None:
        """Fetch, for ever."""
        try:
            while True:
                pause = await self.fetch()
                if pause:
                    await asyncio.sleep(pause)
        finally:
            await self.change(end_turn)

    async def fetch(self) -> float:
        """One call, where it is our turn; the seconds to wait before the next."""
        try:
            if not await self.change(take_turn):
                return PAUSES[2]
            await self.fetch_once()
        except Conflict as error:
            told = "a webhook is set; `linli telegram remove` removes it"
            logger.error("telegram: cannot fetch: %s", told if "webhook" in str(error) else OTHER)
            return PAUSES[-1]
        except InvalidToken:
            logger.error("telegram: LINLI_TELEGRAM_TOKEN is not a bot's token")
            return PAUSES[-1]
        except RetryAfter as error:
            return timedelta_of(error).total_seconds()
        except Exception as error:
            # Whatever broke, fetching goes on; what was not written down is fetched again.
            logger.warning("telegram: could not fetch: %s", type(error).__name__)
            pause = PAUSES[min(self.failures, len(PAUSES) - 1)]
            self.failures += 1
            return pause
        self.failures = 0
        return 0

    async def fetch_once(self) -> None:
        updates = await self.reception.bot.get_updates(
            offset=self.offset, timeout=timedelta(seconds=HELD_OPEN), allowed_updates=LISTENS_TO
        )
        for update in updates:
            await self.reception.gateway.wait_for_room()
            await self.reception.take_update(update)
            self.offset = update.update_id + 1

    async def change(self, change: Callable[[Session, str, str, datetime], bool]) -> bool:
        def run() -> bool:
            with self.sessions.begin() as session:
                return change(session, self.reception.account, self.owner, self.clock())

        return await asyncio.to_thread(run)


OTHER = "another program fetches this bot's updates"


def timedelta_of(error: RetryAfter) -> timedelta:
    after = error.retry_after
    return after if isinstance(after, timedelta) else timedelta(seconds=after)


def take_turn(session: Session, account: str, owner: str, now: datetime) -> bool:
    """Whether it is ``owner``'s turn to fetch, from now for a while."""
    key = f"telegram-turn:{account}"
    row = session.get(PassRow, key, with_for_update=True)
    if row is None:
        row = PassRow(account=key, sealed="", expires=now, renewed_by=None, renewing_until=now)
        session.add(row)
    elif row.renewed_by != owner and row.renewing_until > now:
        return False
    row.renewed_by, row.renewing_until = owner, now + TURN
    return True


def end_turn(session: Session, account: str, owner: str, now: datetime) -> bool:
    row = session.get(PassRow, f"telegram-turn:{account}", with_for_update=True)
    if row is None or row.renewed_by != owner:
        return False
    row.renewing_until = now
    return True
