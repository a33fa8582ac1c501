"""The residents' page as a channel: its parts put together."""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from pydantic import SecretStr
from sqlalchemy.orm import Session, sessionmaker

from actions.vault import Vault
from channels.attachments import Attachments
from channels.bells import Bells
from channels.gateway import Gateway
from channels.web.chat import chat_routes
from channels.web.streams import Streams
from channels.web.tokens import Tokens
from channels.web.visitors import Visitors
from nlu.clock import Clock


@dataclass(frozen=True, slots=True)
class Web:
    """What the page and its API need besides the gateway."""

    attachments: Attachments
    visitors: Visitors
    streams: Streams

    def routes(self, gateway: Gateway) -> APIRouter:
        return chat_routes(gateway, self.attachments, self.visitors, self.streams)


def build_web(
    sessions: sessionmaker[Session],
    reading: sessionmaker[Session],
    *,
    attachments: Attachments,
    vault: Vault,
    clock: Clock,
    lasts: timedelta,
    key: SecretStr | None = None,
    at_once: int = 500,
) -> Web:
    """The channel over its tables.

    Args:
        sessions: with which lines are written; what they write is told at once.
        reading: sessions that write nothing.
        lasts: how long who does not come back is still known.
        key: of clients that name conversations themselves.
        at_once: streams that may be open.
    """
    bells = Bells(reading)
    bells.hear(sessions)
    return Web(
        attachments,
        Visitors(Tokens(vault, clock, lasts), key),
        Streams(reading, vault, bells, at_once=at_once),
    )
