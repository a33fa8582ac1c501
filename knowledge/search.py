"""Searching the entries in force: what to answer, what to ask back, or that nothing is known."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from knowledge.by_name import named
from knowledge.citing import resting
from knowledge.confidence import Calibration, consider
from knowledge.encoder import Encoder
from knowledge.entry import Entry
from knowledge.gathering import Item
from knowledge.index import Allowed, Index
from knowledge.scope import Scope
from knowledge.windows import windows
from nlu.spans import spanned

DAYS = 8
"""For so many pairs of a day and regions it is kept what is in force."""


SHOWN = 3
"""So many hits count when it is decided whether to ask which was meant."""


class Decision(StrEnum):
    """What to do with a question."""

    ANSWER = "answer"
    ASK_WHICH = "ask_which"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry found; ``confidence`` between 0 and 1 that it answers the question."""

    entry: Entry
    confidence: float
    score: float


@dataclass(frozen=True, slots=True)
class Finding:
    """The hits, the most likely first; to be shown as the decision says."""

    decision: Decision
    hits: tuple[Hit, ...]


class Searcher:
    """Searches a fixed set of entries; any number of threads may use it at once.

    Args:
        entries: ordered by id.
        index: of the entries, in their order; None where there are no entries.
        scope: of the entries, in their order; found out by default.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        index: Index | None,
        encoder: Encoder,
        calibration: Calibration,
        scope: Scope | None = None,
    ) -> None:
        self.entries = entries
        self.index = index
        self.encoder = encoder
        self.calibration = calibration
        self.scope = Scope.of(entries) if scope is None else scope
        self._in_force = lru_cache(maxsize=DAYS)(self._allowed)

    @spanned("knowledge.search")
    def find(self, query: str, *, as_of: date, regions: Sequence[str], limit: int = 3) -> Finding:
        """The best entries that are in force on a day and stand for one of the regions.

        An entry that answers goes before a document's passage that does so too, and where nothing
        answers, the likeliest entry goes before likelier passages. A passage that an entry rests
        on makes it surer, another one less sure. One that is asked for by its name is the answer.

        Args:
            as_of: the day in the residents' time zone.
            regions: the place and everything it belongs to, such as 全国, 北京市, 云溪街道.
            limit: at most so many hits; no more than three entries and three passages get a
                confidence above 0.
        """
        allowed = self._in_force(as_of, frozenset(regions))
        if self.index is None or allowed is None:
            return Finding(Decision.UNKNOWN, ())
        if (passage := self._named(query, as_of, regions)) is not None:
            return Finding(Decision.ANSWER, (Hit(passage, 1.0, 0.0),))
        prepared = self.index.query(query, self.encoder)
        if not prepared.analysed.wording:
            return Finding(Decision.UNKNOWN, ())
        ranking = self.index.rank(prepared, allowed)
        found = consider(self.index, prepared, ranking)
        if found.written.any():
            entries = [self.entries[item] for item in ranking.items[found.places].tolist()]
            found = replace(found, rests=resting(entries))
        confidences = self.calibration.confidence(found)
        known = dict(zip(found.places.tolist(), confidences.tolist(), strict=True))
        places = [*known, *(n for n in range(min(limit, len(ranking.items))) if n not in known)]
        hits = [
            Hit(
                entry=self.entries[ranking.items[place]],
                confidence=known.get(place, 0.0),
                score=float(ranking.scores[place]),
            )
            for place in places
        ]
        sure = self.calibration.answer_at
        hits.sort(key=lambda hit: (hit.entry.quoted or hit.confidence < sure, -hit.confidence))
        if hits and hits[0].confidence < sure:
            entry = _likeliest_entry(hits)
            hits.sort(key=lambda hit: hit is not entry)
        return Finding(decide(hits[:SHOWN], self.calibration), tuple(hits[:limit]))

    def entry(self, entry_id: str) -> Entry | None:
        """An entry by id, in force or not."""
        place = self.number(entry_id)
        return None if place is None else self.entries[place]

    def number(self, entry_id: str) -> int | None:
        """The place of an entry among the entries."""
        place = bisect_left(self.entries, entry_id, key=lambda entry: entry.id)
        there = place < len(self.entries) and self.entries[place].id == entry_id
        return place if there else None

    def _named(self, query: str, as_of: date, regions: Sequence[str]) -> Entry | None:
        places = list(named(query, self.entries))
        if not places:
            return None
        in_force = self.scope.in_force(as_of, frozenset(regions))
        return next((self.entries[place] for place in places if in_force[place]), None)

    def _allowed(self, as_of: date, regions: frozenset[str]) -> Allowed | None:
        """None where nothing is in force."""
        mask = self.scope.in_force(as_of, regions)
        return self.index.only(mask) if self.index is not None and mask.any() else None


def decide(hits: Sequence[Hit], calibration: Calibration) -> Decision:
    """The first hit is answered where it is sure enough; a fair guess is asked back."""
    if hits and hits[0].confidence >= calibration.answer_at:
        return Decision.ANSWER
    if hits and sum(hit.confidence for hit in hits) >= calibration.ask_at:
        return Decision.ASK_WHICH
    return Decision.UNKNOWN


def _likeliest_entry(hits: Sequence[Hit]) -> Hit | None:
    """Of hits with the likeliest first; None where all are passages."""
    return next((hit for hit in hits if not hit.entry.quoted), None)


def items_of(entries: Sequence[Entry]) -> list[Item]:
    """Entries as the index takes them; a passage is found by its windows alone."""
    return [
        Item((), tuple(windows(entry.answer, entry.question)))
        if entry.quoted
        else Item(phrasings=entry.phrasings, passages=(entry.answer,))
        for entry in entries
    ]
