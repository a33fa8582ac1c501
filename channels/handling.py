"""What goes into the gateway and what comes out of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from actions.reply import Reply
from actions.turn import Said
from channels.arrival import Arrival
from channels.tables import Handed

Unless = Callable[[Session], bool]
"""Asked in the transaction that writes a message down; true refuses it."""


class Refused(Exception):
    """What was to be asked before the message is written down speaks against it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message on its way to the responder; ``id`` is the number of its record."""

    id: int
    channel: str
    conversation: str
    said: Said


Fetch = Callable[[str, str, str], Awaitable[str | None]]
"""Fetches a picture that lies with a channel: account, the channel's name of it, a name of ours.
The name under which it is kept now; None where it cannot be had or is no picture."""

Responder = Callable[[Heard], Awaitable[Sequence[Reply]]]
"""Answers a message. It may raise; the resident is then told that the message is kept."""


Limit = Callable[[Arrival], Awaitable[Reply | None]]
"""Counts a new message; a word where it is beyond what may be sent at present, else None."""


async def no_limit(arrival: Arrival) -> Reply | None:
    return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a channel gives to a request.

    ``late``: it is not there in time; ``replies`` then hold at most a word for the while.
    ``again``: late, and a repeat of the message may still take it along, so the channel should
    make sure that one comes.
    """

    replies: tuple[Reply, ...] = field(repr=False)
    inbound: int = 0
    late: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was written down, and the way it goes out."""

    replies: tuple[Reply, ...] = field(repr=False)
    handed: Handed
