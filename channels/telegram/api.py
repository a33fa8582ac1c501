"""Telegram's Bot API as python-telegram-bot speaks it: with timeouts, and refusals understood."""

import contextlib
import logging
import os
import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter
from telegram.request import HTTPXRequest

from channels.courier import NotNow, Undeliverable

WITHIN = 5.0
"""Seconds for one call."""

LONGEST_WAIT = timedelta(hours=1)

TOKEN_REFUSED = timedelta(minutes=10)
"""Until a refused token is tried again; somebody has to put another one into the settings."""

WORDS = re.compile(r"[A-Za-z _:,.'-]{1,120}")
"""A description that can be passed on: Telegram's own words, no number and no name."""

# The library's own switch for durations as durations; without it, it warns at every 429.
os.environ.setdefault("PTB_TIMEDELTA", "true")


class Blocked(Undeliverable):
    """They have blocked the bot, deleted their account, or never spoken to it."""


def build_bot(token: str, url: str, transport: httpx.AsyncBaseTransport | None = None) -> Bot:
    """A client of the Bot API; nothing is connected yet.

    Args:
        url: of the Bot API, without a slash at the end.
        transport: another way to it than the network.
    """
    # Its log quotes messages and, in addresses, the token.
    logging.getLogger("telegram").setLevel(logging.CRITICAL)
    request = HTTPXRequest(
        connection_pool_size=100,
        read_timeout=WITHIN,
        write_timeout=WITHIN,
        connect_timeout=WITHIN,
        pool_timeout=WITHIN,
        httpx_kwargs={"transport": transport} if transport else None,
    )
    base, files = f"{url}/bot", f"{url}/file/bot"
    return Bot(token, base, files, request=request, get_updates_request=request)


@contextlib.contextmanager
def understood() -> Iterator[None]:
    """What Telegram refuses, in the courier's terms.

    Raises:
        NotNow: it is too much at present (429), or the token is refused (401, 404).
        Blocked: they cannot be written to (403, or there is no such chat).
        Undeliverable: it takes no such message (400).
        TelegramError: the network, or a fault of Telegram's; to be tried again.
    """
    try:
        yield
    except RetryAfter as error:
        after = error.retry_after
        asked = after if isinstance(after, timedelta) else timedelta(seconds=after)
        raise NotNow("HTTP 429", min(asked, LONGEST_WAIT)) from error
    except InvalidToken as error:
        raise NotNow("token refused", TOKEN_REFUSED) from error
    except (Forbidden, ChatMigrated) as error:
        raise Blocked("HTTP 403") from error
    except BadRequest as error:
        told = description(error)
        if "chat not found" in told.lower():
            raise Blocked(f"HTTP 400: {told}") from error
        raise Undeliverable(f"HTTP 400: {told}") from error


def description(error: Exception) -> str:
    """Telegram's words on what is wrong, where nothing of a message can be in them."""
    text = str(error)
    return text if WORDS.fullmatch(text) else type(error).__name__
