"""What was asked in vain is forgotten after a while, without anybody having to think of it."""

import asyncio
import logging
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from knowledge.gaps import forget
from nlu.clock import Clock

logger = logging.getLogger(__name__)

EVERY = timedelta(hours=6)


def forget_old(sessions: sessionmaker[Session], now: datetime, kept: timedelta) -> int:
    """Strikes out what was asked longer ago than this; how many there were.

    Args:
        now: timezone-aware.
    """
    with sessions.begin() as session:
        return forget(session, now - kept)


async def keep_forgetting(sessions: sessionmaker[Session], clock: Clock, kept: timedelta) -> None:
    """Does so for ever, at the start and every few hours; a database that is away is waited for."""
    while True:
        try:
            struck = await asyncio.to_thread(forget_old, sessions, clock(), kept)
            if struck:
                logger.info("%d old questions without an answer are forgotten", struck)
        except SQLAlchemyError as error:
            logger.error("old questions cannot be forgotten: %s", type(error).__name__)
        await asyncio.sleep(EVERY.total_seconds())
