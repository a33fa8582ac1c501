"""Rows ``{text, title?, LABEL}`` with the right answer, as ``linli nlu evaluate`` reads them.

Bare addresses, ``{address, parts?}`` without a text, are put into sentences
(``nlu.address_shapes``), each row into the next shape.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from actions.tickets.ticket import KIND_NAMES, Kind
from bot.training import known_intents
from nlu.address_shapes import in_a_sentence
from nlu.confusions import NONE
from nlu.evaluation import EMERGENCY
from nlu.text import normalise

NO_EMERGENCY = (NONE, "无")
KINDS = {name: kind for kind in Kind for name in (kind.value, KIND_NAMES[kind])}


class RowFault(Exception):
    """The rows cannot be measured; the message names file, row and fault."""


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """``number`` is the line in the file; ``label`` None where there is none.

    ``parts`` are an address's own: a label and a text each, in their order.
    """

    number: int
    text: str = field(repr=False)
    label: str | None
    parts: tuple[tuple[str, str], ...] = ()


def read_labelled(path: Path, label: str) -> list[LabelledRow]:
    """The rows of a file, texts normalised, with the title on a line of its own before the text.

    Args:
        label: one of ``LABELS``.

    Raises:
        RowFault: the file cannot be read, has no rows, or a row is not as it should be.
    """
    return _rows(path, lambda fields, row: _labelled(fields, row, label))


def read_texts(path: Path) -> list[LabelledRow]:
    """The rows of a file ``{text, title?, intent?}``; the label is the intent, None where none is.

    Raises:
        RowFault: as for ``read_labelled``.
    """

    def read(fields: dict[str, Any], row: Place) -> LabelledRow:
        text = _text(fields)
        return LabelledRow(row.number, text, _intent(fields.get("intent"), text))

    return _rows(path, read)


@dataclass(frozen=True, slots=True)
class Place:
    """Of a row: its line in the file, and how many rows come before it."""

    number: int
    before: int


def _rows(path: Path, read: Callable[[dict[str, Any], Place], LabelledRow]) -> list[LabelledRow]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise RowFault(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RowFault(f"{path}: is not UTF-8 text") from error
    rows: list[LabelledRow] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            rows.append(read(_fields(line), Place(number, len(rows))))
        except ValueError as error:
            raise RowFault(f"{path}, row {number}: {error}") from error
    if not rows:
        raise RowFault(f"{path}: has no rows")
    return rows


def _fields(line: str) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except ValueError as error:
        raise ValueError(f"is not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise ValueError("must be an object")
    return fields


def _labelled(fields: dict[str, Any], row: Place, label: str) -> LabelledRow:
    if label not in fields:
        raise ValueError(f"has no {label}; where there is none, write null")
    bare = label == "address" and "text" not in fields and isinstance(fields["address"], str)
    if bare:
        fields = {**fields, "text": in_a_sentence(fields["address"], row.before)}
    text = _text(fields)
    parts = _parts(fields.get("parts")) if label == "address" else ()
    return LabelledRow(row.number, text, LABELS[label](fields[label], text), parts)


def _parts(value: Any) -> tuple[tuple[str, str], ...]:
    pairs = value if isinstance(value, list) else [] if value is None else [value]
    for pair in pairs:
        if not (
            isinstance(pair, list) and len(pair) == 2 and all(isinstance(p, str) for p in pair)
        ):
            raise ValueError("parts must be pairs of a label and a text")
    return tuple((name, normalise(text)) for name, text in pairs)


def _text(fields: dict[str, Any]) -> str:
    title, text = fields.get("title") or "", fields.get("text")
    if not isinstance(text, str) or not isinstance(title, str):
        raise ValueError("text, and title where there is one, must be texts")
    joined = normalise(f"{title}\n{text}")
    if not joined:
        raise ValueError("text is empty")
    return joined


def _name(value: Any, text: str) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ValueError(f"the label must be a text or null, not {json.dumps(value)}")
    return value.strip() or None


def _kind(value: Any, text: str) -> str | None:
    name = _name(value, text)
    if name is not None and name not in KINDS:
        raise ValueError(f"kind {name!r} is not known; known are {', '.join(KINDS)}")
    return None if name is None else KINDS[name].value


def _intent(value: Any, text: str) -> str | None:
    name, known = _name(value, text), _intents()
    if name is not None and name not in known:
        raise ValueError(f"intent {name!r} is not known; known are {', '.join(sorted(known))}")
    return name


@cache
def _intents() -> frozenset[str]:
    return known_intents()


def _emergency(value: Any, text: str) -> str | None:
    if isinstance(value, bool):
        return EMERGENCY if value else None
    name = _name(value, text)
    return None if name in NO_EMERGENCY else name


def _address(value: Any, text: str) -> str | None:
    name = _name(value, text)
    said = normalise(name) if name else None
    if said and said not in text:
        raise ValueError(f"address {name!r} does not stand in the text")
    return said


LABELS: dict[str, Callable[[Any, str], str | None]] = {
    "category": _name,
    "kind": _kind,
    "intent": _intent,
    "emergency": _emergency,
    "address": _address,
}
"""What a row's label is taken for: the label as it stands, and the row's text."""
