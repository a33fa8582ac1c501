"""Measuring the search on questions whose right answer is known.

Plain BM25 and the encoder alone stand beside it, on the same pool. Of the published entries it is
also counted what a resident would get: the right answer, a wrong one, or the choice among a few.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.analysis import plain
from knowledge.confidence import consider
from knowledge.encoder import Encoder
from knowledge.gathering import Item
from knowledge.index import Index
from knowledge.lexical import Lexical
from knowledge.nearness import near
from knowledge.questions import Questions, read_negatives, read_questions
from knowledge.search import Decision, Finding, Searcher, items_of

DEPTH = 10
NEAREST = 200
"""So many nearest texts are looked at to find the nearest items."""

Progress = Callable[[str], None]
Rank = Callable[[str], Sequence[int] | NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Measured:
    """Shares are between 0 and 1, times in milliseconds."""

    recall_at: dict[int, float]
    mrr: float
    p50: float
    p99: float

    def to_json(self) -> dict[str, Any]:
        return {
            **{f"recall@{k}": round(share, 4) for k, share in self.recall_at.items()},
            "mrr@10": round(self.mrr, 4),
            "p50_ms": round(self.p50, 2),
            "p99_ms": round(self.p99, 2),
        }


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Which shares of the questions got what; together they are 1."""

    answered_right: float
    answered_wrong: float
    asked_with_right: float
    asked_without: float
    unknown: float

    def to_json(self) -> dict[str, float]:
        return {name: round(getattr(self, name), 4) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Report:
    """What ``linli knowledge evaluate`` prints."""

    n: int
    pool: int
    hybrid: Measured
    bm25: Measured
    dense: Measured
    outcomes: Outcomes | None = None
    negatives: tuple[int, int] | None = None

    def to_json(self) -> dict[str, Any]:
        """One object with the names of the command line's contract."""
        report = {"n": self.n, "pool": self.pool, **self.hybrid.to_json()}
        report["bm25"] = self.bm25.to_json()
        report["dense"] = self.dense.to_json()
        if self.outcomes is not None:
            report["outcomes"] = self.outcomes.to_json()
        if self.negatives is not None:
            report["negatives"] = {"n": self.negatives[0], "answered": self.negatives[1]}
        return report


def evaluate(
    path: Path,
    searcher: Searcher,
    *,
    as_of: date,
    regions: Sequence[str],
    negatives: Path | None = None,
    progress: Progress = lambda line: None,
) -> Report:
    """Measures the search on the rows of a file.

    Args:
        searcher: lends encoder and operating threshold, and its entries where ids are asked for.
        as_of, regions: what is in force where the published entries are asked.
        negatives: rows ``{text}`` of which none should be answered from the pool.

    Raises:
        EvaluationError: a row is not as it should be.
    """
    places = {entry.id: number for number, entry in enumerate(searcher.entries)}
    questions = read_questions(path, places)
    sayings = read_negatives(negatives) if negatives else None

    def found(text: str, limit: int = 3) -> Finding:
        return searcher.find(text, as_of=as_of, regions=regions, limit=limit)

    if questions.pool is None and searcher.index is not None:
        pool, index = items_of(searcher.entries), searcher.index
        hybrid = _measure(questions, lambda text: _places(found(text, DEPTH), places))
        outcomes = _outcomes([found(text) for text in questions.queries], questions, places)
        answers = [found(text).decision is Decision.ANSWER for text in sayings or ()]
    else:
        pool, outcomes = questions.pool or [], None
        progress(f"indexing {len(pool)} to search for {len(questions.queries)} questions")
        index = Index.build(pool, searcher.encoder, progress)
        hybrid = _measure(questions, lambda text: _ranked(index, searcher, text))
        answers = [_sure(index, searcher, text) for text in sayings or ()]
    return Report(
        n=len(questions.queries),
        pool=len(pool),
        hybrid=hybrid,
        bm25=_measure(questions, _plain_bm25(pool)),
        dense=_measure(questions, lambda text: _nearest(index, searcher, text)),
        outcomes=outcomes,
        negatives=None if sayings is None else (len(sayings), sum(answers)),
    )


def measure_encoder(questions: Questions, encoder: Encoder) -> Measured:
    """The search as it would be with an encoder, on a pool of its own."""
    index = Index.build(questions.pool or [], encoder)
    return _measure(questions, lambda text: index.rank(index.query(text, encoder)).items)


def _places(finding: Finding, places: dict[str, int]) -> list[int]:
    return [places[hit.entry.id] for hit in finding.hits]


def _ranked(index: Index, searcher: Searcher, text: str) -> NDArray[np.int64]:
    return index.rank(index.query(text, searcher.encoder)).items


def _nearest(index: Index, searcher: Searcher, text: str) -> list[int]:
    """Items in the order of their nearest text, by the encoder alone."""
    vector = index.query(text, searcher.encoder).vector
    texts = near(index.vectors, vector, min(NEAREST, len(index.owners)))
    return list(dict.fromkeys(index.owners[texts].tolist()))


def _plain_bm25(pool: Sequence[Item]) -> Rank:
    """BM25 over characters and bigrams with bm25s's own settings, the best text counting."""
    texts = [(text, n) for n, item in enumerate(pool) for text in (*item.phrasings, *item.passages)]
    lexical = Lexical.build([text for text, _ in texts], plain)
    owners = np.array([owner for _, owner in texts])

    def rank(query: str) -> NDArray[np.int64]:
        best = np.zeros(len(pool), dtype=np.float32)
        np.maximum.at(best, owners, lexical.scores(plain(query)))
        order = np.argsort(-best, kind="stable")
        return order[best[order] > 0]

    return rank


def _measure(questions: Questions, rank: Rank) -> Measured:
    places, times = [], []
    for query, right in zip(questions.queries, questions.right, strict=True):
        begun = time.perf_counter()
        found = rank(query)[:DEPTH]
        times.append((time.perf_counter() - begun) * 1000)
        hits = (n for n, number in enumerate(found, 1) if int(number) in right)
        places.append(next(hits, np.inf))
    place = np.array(places)
    return Measured(
        recall_at={k: float(np.mean(place <= k)) for k in (1, 3, 10)},
        mrr=float(np.mean(1 / place)),
        p50=float(np.percentile(times, 50)),
        p99=float(np.percentile(times, 99)),
    )


def _outcomes(
    findings: Sequence[Finding], questions: Questions, places: dict[str, int]
) -> Outcomes:
    counts = dict.fromkeys(Outcomes.__slots__, 0)
    for finding, right in zip(findings, questions.right, strict=True):
        counts[_outcome(finding, _places(finding, places), right)] += 1
    return Outcomes(**{name: count / len(findings) for name, count in counts.items()})


def _outcome(finding: Finding, shown: Sequence[int], right: frozenset[int]) -> str:
    match finding.decision:
        case Decision.ANSWER:
            return "answered_right" if shown[0] in right else "answered_wrong"
        case Decision.ASK_WHICH:
            return "asked_without" if right.isdisjoint(shown) else "asked_with_right"
        case Decision.UNKNOWN:
            return "unknown"


def _sure(index: Index, searcher: Searcher, text: str) -> bool:
    """Whether the pool would answer a text that it should not."""
    query = index.query(text, searcher.encoder)
    confidences = searcher.calibration.confidence(consider(index, query, index.rank(query)))
    return bool(len(confidences) and confidences.max() >= searcher.calibration.answer_at)
