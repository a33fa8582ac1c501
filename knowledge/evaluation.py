"""Measuring the search on questions whose right answer is known.

A file of ``{query, question}`` rows makes a pool of its questions; one of ``{question, document}``
rows a pool of its documents, cut into passages. Plain BM25 on the same pool stands beside it.
"""

import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.analysis import plain
from knowledge.confidence import Calibration, features
from knowledge.encoder import Encoder
from knowledge.gathering import Item
from knowledge.index import Index
from knowledge.lexical import Lexical

PASSAGE_LENGTH = 150
HEAD_LENGTH = 30
_SENTENCE = re.compile(r"(?<=[。！？；\n])")

Progress = Callable[[str], None]


class EvaluationError(Exception):
    """The rows cannot be measured; the message names file, row and fault."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked, the pool, and which of the pool is right for each question."""

    queries: list[str]
    pool: list[Item]
    right: list[int]


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
class Report:
    """What ``linli knowledge evaluate`` prints."""

    n: int
    pool: int
    hybrid: Measured
    bm25: Measured
    negatives: tuple[int, int] | None = None

    def to_json(self) -> dict[str, Any]:
        """One object with the names of the command line's contract."""
        report = {"n": self.n, "pool": self.pool, **self.hybrid.to_json()}
        report["bm25"] = self.bm25.to_json()
        if self.negatives is not None:
            report["negatives"] = {"n": self.negatives[0], "answered": self.negatives[1]}
        return report


def evaluate(
    path: Path,
    encoder: Encoder,
    *,
    negatives: Path | None = None,
    calibration: Calibration | None = None,
    progress: Progress = lambda line: None,
) -> Report:
    """Measures the search on the rows of a file.

    Args:
        negatives: rows ``{text}`` of which none should be answered from the pool.
        calibration: gives the operating threshold; needed for negatives.

    Raises:
        EvaluationError: a row is not as it should be, or negatives come without calibration.
    """
    questions = read_questions(path)
    sayings = read_negatives(negatives) if negatives else None
    if sayings is not None and calibration is None:
        raise EvaluationError("negatives need an operating threshold: publish first")
    progress(f"indexing {len(questions.pool)} to search for {len(questions.queries)} questions")
    index = Index.build(questions.pool, encoder, progress)
    return Report(
        n=len(questions.queries),
        pool=len(questions.pool),
        hybrid=_measure(questions, lambda text: _hybrid(index, encoder, text)),
        bm25=_measure(questions, _plain_bm25(questions.pool)),
        negatives=None
        if sayings is None or calibration is None
        else (len(sayings), _answered(index, encoder, calibration, sayings)),
    )


def read_questions(path: Path) -> Questions:
    """Rows of one of the two kinds, of which the first row decides."""
    rows = _rows(path)
    if not rows:
        raise EvaluationError(f"{path}: has no rows")
    first = rows[0][1]
    kinds = {("query", "question"), ("question", "document")}
    kind = next((kind for kind in sorted(kinds) if set(kind) <= set(first)), None)
    if kind is None:
        raise EvaluationError(
            f"{path}, row {rows[0][0]}: needs query and question, or question and document"
        )
    asked, wanted = kind
    for number, row in rows:
        for name in kind:
            if not isinstance(row.get(name), str) or not row[name].strip():
                raise EvaluationError(f"{path}, row {number}: {name} must be a text")
    texts = list(dict.fromkeys(row[wanted] for _, row in rows))
    place = {text: number for number, text in enumerate(texts)}
    return Questions(
        queries=[row[asked] for _, row in rows],
        pool=[_item(text, wanted) for text in texts],
        right=[place[row[wanted]] for _, row in rows],
    )


def read_negatives(path: Path) -> list[str]:
    texts = []
    for number, row in _rows(path):
        if not isinstance(row.get("text"), str):
            raise EvaluationError(f"{path}, row {number}: text must be a text")
        texts.append(row["text"])
    return texts


def passages(document: str) -> list[str]:
    """A document in pieces of about 150 characters, whole sentences where they are short enough.

    Every piece is headed by the document's first 30 characters, which mostly are its title.
    """
    head = document[:HEAD_LENGTH]
    pieces, piece = [], ""
    for sentence in _SENTENCE.split(document):
        if piece and len(piece) + len(sentence) > PASSAGE_LENGTH:
            pieces.append(piece)
            piece = ""
        piece += sentence
        while len(piece) > PASSAGE_LENGTH:
            pieces.append(piece[:PASSAGE_LENGTH])
            piece = piece[PASSAGE_LENGTH:]
    pieces.append(piece)
    return [f"{head}\n{piece}" for piece in pieces if piece.strip()]


def _item(text: str, kind: str) -> Item:
    return Item((), tuple(passages(text)), text) if kind == "document" else Item((text,), ())


def _hybrid(index: Index, encoder: Encoder, text: str) -> NDArray[np.int64]:
    return index.rank(index.query(text, encoder)).items


def _plain_bm25(pool: Sequence[Item]) -> Callable[[str], NDArray[np.int64]]:
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


def _measure(questions: Questions, rank: Callable[[str], NDArray[np.int64]]) -> Measured:
    places, times = [], []
    for query, right in zip(questions.queries, questions.right, strict=True):
        begun = time.perf_counter()
        found = rank(query)[:10]
        times.append((time.perf_counter() - begun) * 1000)
        hits = np.flatnonzero(found == right)
        places.append(int(hits[0]) + 1 if len(hits) else np.inf)
    place = np.array(places)
    return Measured(
        recall_at={k: float(np.mean(place <= k)) for k in (1, 3, 10)},
        mrr=float(np.mean(1 / place)),
        p50=float(np.percentile(times, 50)),
        p99=float(np.percentile(times, 99)),
    )


def _answered(
    index: Index, encoder: Encoder, calibration: Calibration, sayings: Sequence[str]
) -> int:
    answered = 0
    for text in sayings:
        query = index.query(text, encoder)
        confidences = calibration.confidence(features(index, query, index.rank(query)))
        answered += bool(len(confidences) and confidences.max() >= calibration.answer_at)
    return answered


def _rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise EvaluationError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{path}: is not UTF-8 text") from error
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise EvaluationError(f"{path}, row {number}: is not JSON: {error}") from error
        if not isinstance(row, dict):
            raise EvaluationError(f"{path}, row {number}: must be an object")
        rows.append((number, row))
    return rows
