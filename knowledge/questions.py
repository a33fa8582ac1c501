"""Questions whose right answer is known, read from a file.

Rows ``{query, question}`` make a pool of their questions, rows ``{question, document}`` a pool of
their documents, cut into passages; rows ``{query, id, also?}`` are asked of the published entries.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.gathering import Item
from knowledge.windows import windows_of

_KINDS = (("query", "id"), ("query", "question"), ("question", "document"))


class EvaluationError(Exception):
    """The rows cannot be measured; the message names file, row and fault."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked, and which of the pool is right for each question.

    ``pool`` is None where the published entries are asked.
    """

    queries: list[str]
    pool: list[Item] | None
    right: list[frozenset[int]]


def read_questions(path: Path, places: Mapping[str, int] | None = None) -> Questions:
    """Rows of one of the three kinds, of which the first row decides.

    Args:
        places: of the published entries by id; None leaves ids unchecked, and no row right.

    Raises:
        EvaluationError: a row is not as it should be.
    """
    rows = _rows(path)
    if not rows:
        raise EvaluationError(f"{path}: has no rows")
    kind = next((kind for kind in _KINDS if set(kind) <= set(rows[0][1])), None)
    if kind is None:
        raise EvaluationError(
            f"{path}, row {rows[0][0]}: needs query and question, query and id, "
            "or question and document"
        )
    for number, row in rows:
        for name in kind:
            if not isinstance(row.get(name), str) or not row[name].strip():
                raise EvaluationError(f"{path}, row {number}: {name} must be a text")
    asked, wanted = kind
    queries = [row[asked] for _, row in rows]
    if wanted == "id":
        return Questions(queries, None, [_entries(path, n, row, places) for n, row in rows])
    texts = list(dict.fromkeys(row[wanted] for _, row in rows))
    place = {text: number for number, text in enumerate(texts)}
    return Questions(
        queries=queries,
        pool=[_item(text, wanted) for text in texts],
        right=[frozenset({place[row[wanted]]}) for _, row in rows],
    )


def read_negatives(path: Path) -> list[str]:
    """Texts of rows ``{text}``.

    Raises:
        EvaluationError: a row is not as it should be.
    """
    texts = []
    for number, row in _rows(path):
        if not isinstance(row.get("text"), str):
            raise EvaluationError(f"{path}, row {number}: text must be a text")
        texts.append(row["text"])
    return texts


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """``(query, question)`` of rows that have both.

    Raises:
        EvaluationError: a row is not as it should be, or there is none.
    """
    rows = _rows(path)
    if not rows:
        raise EvaluationError(f"{path}: has no rows")
    for number, row in rows:
        for name in ("query", "question"):
            if not isinstance(row.get(name), str) or not row[name].strip():
                raise EvaluationError(f"{path}, row {number}: {name} must be a text")
    return [(row["query"], row["question"]) for _, row in rows]


def _item(text: str, kind: str) -> Item:
    return Item((), tuple(windows_of(text)), text) if kind == "document" else Item((text,), ())


def _entries(
    path: Path, number: int, row: Mapping[str, Any], places: Mapping[str, int] | None
) -> frozenset[int]:
    also = row.get("also", [])
    if not isinstance(also, list) or not all(isinstance(name, str) for name in also):
        raise EvaluationError(f"{path}, row {number}: also must be a list of ids")
    if places is None:
        return frozenset()
    for name in (row["id"], *also):
        if name not in places:
            raise EvaluationError(f"{path}, row {number}: no entry {name!r} is published")
    return frozenset(places[name] for name in (row["id"], *also))


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
