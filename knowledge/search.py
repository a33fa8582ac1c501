"""Searching the entries in force: what to answer, what to ask back, or that nothing is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

import numpy as np

from knowledge.confidence import Calibration, features
from knowledge.encoder import Encoder
from knowledge.entry import Entry
from knowledge.index import Index, Item, Mask

_FOR_EVER = date.max.toordinal()


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
        index: of the entries, in their order; None where there are no entries.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        index: Index | None,
        encoder: Encoder,
        calibration: Calibration,
    ) -> None:
        self.entries = tuple(entries)
        self.index = index
        self.encoder = encoder
        self.calibration = calibration
        self._by_id = {entry.id: entry for entry in self.entries}
        self._effective = np.array([e.effective.toordinal() for e in self.entries], dtype=np.int64)
        self._expires = np.array(
            [e.expires.toordinal() if e.expires else _FOR_EVER for e in self.entries],
            dtype=np.int64,
        )
        names = sorted({entry.region for entry in self.entries})
        self._region_numbers = {name: number for number, name in enumerate(names)}
        self._regions = np.array([self._region_numbers[e.region] for e in self.entries], dtype=int)
        self._in_force = lru_cache(maxsize=64)(self._mask)

    def find(self, query: str, *, as_of: date, regions: Sequence[str], limit: int = 3) -> Finding:
        """The best entries that are in force on a day and stand for one of the regions.

        Args:
            as_of: the day in the residents' time zone.
            regions: the place and everything it belongs to, such as 全国, 北京市, 云溪街道.
            limit: at most so many hits; no more than three get a confidence above 0.
        """
        allowed = self._in_force(as_of, frozenset(regions))
        if self.index is None or not allowed.any():
            return Finding(Decision.UNKNOWN, ())
        prepared = self.index.query(query, self.encoder)
        if not prepared.analysed.wording:
            return Finding(Decision.UNKNOWN, ())
        ranking = self.index.rank(prepared, None if allowed.all() else allowed)
        confidences = self.calibration.confidence(features(self.index, prepared, ranking))
        hits = [
            Hit(
                entry=self.entries[number],
                confidence=float(confidences[place]) if place < len(confidences) else 0.0,
                score=float(ranking.scores[place]),
            )
            for place, number in enumerate(ranking.items[:limit])
        ]
        hits.sort(key=lambda hit: -hit.confidence)
        return Finding(decide(hits, self.calibration), tuple(hits))

    def entry(self, entry_id: str) -> Entry | None:
        """An entry by id, in force or not."""
        return self._by_id.get(entry_id)

    def _mask(self, as_of: date, regions: frozenset[str]) -> Mask:
        day = as_of.toordinal()
        wanted = [self._region_numbers[name] for name in regions if name in self._region_numbers]
        begun, ended = self._effective <= day, self._expires < day
        mask: Mask = begun & ~ended & np.isin(self._regions, wanted)
        mask.setflags(write=False)
        return mask


def decide(hits: Sequence[Hit], calibration: Calibration) -> Decision:
    """The first hit is answered where it is sure enough; a fair guess is asked back."""
    if hits and hits[0].confidence >= calibration.answer_at:
        return Decision.ANSWER
    if hits and sum(hit.confidence for hit in hits) >= calibration.ask_at:
        return Decision.ASK_WHICH
    return Decision.UNKNOWN


def items_of(entries: Sequence[Entry]) -> list[Item]:
    """Entries as the index takes them."""
    return [Item(phrasings=entry.phrasings, passages=(entry.answer,)) for entry in entries]
