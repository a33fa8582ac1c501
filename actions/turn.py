"""One turn of a conversation, as the flows see it, and what they work with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from actions.reply import Reply
from actions.tickets.calendar import WorkingCalendar
from actions.tickets.deadlines import Rule
from actions.vault import Vault
from actions.wording import Wording
from knowledge.gaps import Gap, note
from knowledge.search import Searcher
from nlu.clock import Clock
from nlu.phone import find_phones, mask_phones, star_phone
from nlu.text import legible


@dataclass(frozen=True, slots=True)
class Location:
    """A point the resident sent; degrees, in the datum the channel uses."""

    latitude: float
    longitude: float
    label: str | None = None
    datum: str = "GCJ-02"


@dataclass(frozen=True, slots=True)
class Said:
    """What a resident sent: normalised text (identity numbers masked), a place, pictures.

    ``spoken``: a machine has heard the text. ``media`` are pictures that still lie with the
    channel, by its own names. ``notice``: nothing that could be read; this line answers it.
    ``edited``: the new wording of an earlier message.
    """

    text: str
    location: Location | None = None
    images: tuple[str, ...] = ()
    spoken: bool = False
    media: tuple[str, ...] = field(default=(), repr=False)
    notice: str = ""
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Guess:
    """A class that a model thinks of, with its probability."""

    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Turn:
    """A message with what was understood of it.

    ``message`` is the inbound record's number: the same turn run twice has the same one.
    Of a message with several wants each is a turn of its own, ``part`` is where it begins.
    ``said`` holds the resident's own words, ``text`` the same as everything reads them
    (``nlu.text.legible``).
    ``at`` is when it was said, timezone-aware: “昨晚” counts from there.
    ``in_report`` says that the report form is active; ``interrupted`` that another action has
    already answered this message, so that the form only has to ask again.
    """

    conversation: str
    channel: str
    message: int
    said: Said
    intent: Guess
    categories: tuple[Guess, ...] = ()
    in_report: bool = False
    interrupted: bool = False
    part: int = 0
    at: datetime = field(kw_only=True)
    text: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", legible(self.said.text).text)

    @property
    def words(self) -> str:
        """The resident's own words with every phone in them starred out, to be kept in a ticket.

        A number that only the reading shows (spoken, with hesitation between) is masked as well.
        """
        words = mask_phones(self.said.text)
        reading = legible(self.said.text)
        for phone in find_phones(reading.text):
            start, end = reading.written_span(phone.start, phone.end)
            if words[start:end] == self.said.text[start:end]:
                words = words[:start] + star_phone(words[start:end]) + words[end:]
        return words


@dataclass(frozen=True, slots=True)
class Outcome:
    """Replies, and what the dialogue engine has to do about them.

    ``slots`` are set; ``continue_with`` names the action that must follow; ``declined`` leaves
    the message to another flow; ``restarts`` makes the engine forget where it was.
    """

    replies: tuple[Reply, ...] = ()
    slots: Mapping[str, Any] = field(default_factory=dict)
    continue_with: str | None = None
    declined: bool = False
    restarts: bool = False


NoteGap = Callable[[Session, Gap, str, datetime], bool]
"""Keeps what was asked in vain: ``knowledge.gaps.note``, or nothing at all."""


@dataclass(frozen=True, slots=True)
class PersonRule:
    """What leads to a person straight away: every part that is named must fit.

    ``words`` stand in the message; ``intents`` and ``categories`` are the likeliest ones.
    """

    words: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Means:
    """What flows are handed to work with; ``bot.service`` puts it together.

    ``reading`` makes sessions that write nothing and so keep nobody waiting; ``recall`` gives
    back what a message said, None where it has been answered already. Below the probability
    ``ask_category_below`` of the likeliest category the resident is asked which it is. ``note_gap``
    keeps what was asked in vain. ``person_rules``: what leads to a person straight away.
    """

    sessions: sessionmaker[Session]
    reading: sessionmaker[Session]
    searcher: Callable[[], Searcher]
    recall: Callable[[Session, int], Said | None]
    wording: Wording
    vault: Vault
    clock: Clock
    rules: Sequence[Rule]
    calendar: WorkingCalendar
    regions: tuple[str, ...]
    ask_category_below: float = 0.0
    note_gap: NoteGap = note
    person_rules: tuple[PersonRule, ...] = ()


Flow = Callable[[Turn, Means], Outcome]
"""A flow answers one turn. It runs in a worker thread and may be run again for the same turn."""
