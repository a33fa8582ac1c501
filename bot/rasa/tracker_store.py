"""Rasa's conversations on disk, of which the running ones stay in memory.

Rasa's own SQL store opens a connection, reads and rebuilds the whole conversation for every
message; that took a third of a turn. Here a conversation is read when it is not in memory, or
another Rasa has gone on with it, and only what is new is written, before the answer leaves. Only
the current session of a conversation is kept: the full record lies, sealed, in the service's
transcript.
"""

import logging
from collections import OrderedDict
from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa.events import Events, Stale

logger = logging.getLogger(__name__)

IN_MEMORY = 2000
"""Conversations kept in memory; the one longest silent makes way."""


class Known(NamedTuple):
    """A conversation in memory.

    ``written``: how many of its events are on disk; ``last``: the number of the last of them
    there; not ``settled``: handed out to a turn that has not been saved yet, so that what it
    holds is not to be trusted when it breaks.
    """

    tracker: DialogueStateTracker
    written: int
    last: int
    settled: bool


class LocalTrackerStore(TrackerStore):
    """A conversation outlives a kill of Rasa; the last turn may be lost with a power cut only.

    Several Rasas may share the file, or a PostgreSQL database: the gateway hands out one message
    of a conversation at a time. A turn that comes to its end after another Rasa has gone on with
    the conversation is dropped.
    """

    def __init__(
        self,
        domain: Domain | None,
        event_broker: EventBroker | None = None,
        db: str = "conversations.db",
        **kwargs: dict[str, Any],
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self.events = Events(db)
        self.known: OrderedDict[str, Known] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write what is new; a new session takes the place of the last one."""
        await self.stream_events(tracker)
        conversation = tracker.sender_id
        known = self.known.get(conversation)
        if known is None or known.tracker is not tracker:
            known = Known(tracker, 0, 0, settled=False)
            if self.events.last(conversation):
                logger.warning("a turn without a beginning is dropped")
                return
        new = [event.as_dict() for event in islice(tracker.events, known.written, None)]
        begins = [i for i, event in enumerate(new) if event["event"] == "session_started"]
        anew = bool(begins and known.written)
        kept = new[max(begins[-1] - 1, 0) :] if begins else new
        try:
            last = self.events.append(conversation, kept, after=known.last, anew=anew)
        except Stale:
            logger.warning("a turn that came too late is dropped")
            self.known.pop(conversation, None)
            return
        self.known[conversation] = Known(tracker, len(tracker.events), last, settled=True)
        self.known.move_to_end(conversation)
        while len(self.known) > IN_MEMORY:
            self.known.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation, from memory; from disk after a start or a turn that broke.

        What another Rasa has gone on with is read and added.
        """
        known = self.known.get(sender_id)
        if known is not None and known.settled:
            known = self.brought_up_to_date(sender_id, known)
        if known is None or not known.settled:
            known = self.read(sender_id)
        if known is None:
            self.known.pop(sender_id, None)
            return None
        self.known[sender_id] = known._replace(settled=False)
        self.known.move_to_end(sender_id)
        return known.tracker

    def brought_up_to_date(self, conversation: str, known: Known) -> Known | None:
        """With what came since; None where another session has taken its place."""
        found = self.events.read(conversation, since=known.last)
        if not found or found[0][0] != known.last:
            return None
        for _, event in found[1:]:
            known.tracker.update(Event.from_parameters(event))
        return known._replace(written=len(known.tracker.events), last=found[-1][0])

    def read(self, conversation: str) -> Known | None:
        """As it lies on disk; None where there is nothing."""
        found = self.events.read(conversation)
        if not found:
            return None
        slots = self.domain.slots if self.domain else []
        events = [event for _, event in found]
        tracker = DialogueStateTracker.from_dict(conversation, events, slots)
        return Known(tracker, len(tracker.events), found[-1][0], settled=True)

    async def keys(self) -> Iterable[str]:
        return self.events.conversations()
