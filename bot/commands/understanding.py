"""What Linli makes of a text, label by label, to be shown or set against what is right."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from actions.draft import KINDS
from bot.commands.address_scores import best_in, score_parts
from bot.commands.labelled import LabelledRow
from bot.engine import Engine, EngineUnavailable
from bot.reading import as_engine_reads
from bot.responder import READ_FOR_DANGER
from nlu.address import find_addresses
from nlu.confusions import HURTFUL
from nlu.emergency import Emergency, find_emergency
from nlu.evaluation import (
    EMERGENCY,
    PartScore,
    Ranking,
    Scores,
    places_of,
    score_alarms,
    score_named,
    score_ranked,
    score_spans,
)
from nlu.text import legible, normalise

AT_ONCE = 3
"""Messages that Rasa is asked about at the same time."""

RANKED = 5
FALLBACK = "nlu_fallback"

Progress = Callable[[int], None]
Parsed = Mapping[str, Any]
"""What Rasa makes of a text, as its channel gives it back."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a row was taken for; ``confidence`` is None where a rule decided."""

    row: int
    text: str = field(repr=False)
    right: str | None
    found: str | None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    scores: Scores
    answers: tuple[Answer, ...]


async def understood(engine: Engine, text: str) -> dict[str, Any]:
    """Everything that is made of a text before a word is answered, as plain JSON.

    Raises:
        EngineUnavailable: Rasa does not answer.
    """
    said = legible(normalise(text)).text
    parsed = await engine.parse(as_engine_reads(text))
    emergency = find_emergency(said)
    return {
        "text": parsed.get("text", ""),
        "intent": parsed.get("intent", {}),
        "intent_ranking": parsed.get("intent_ranking", [])[:RANKED],
        "kind": kind_of(parsed),
        "category": parsed.get("category", []),
        "addresses": [
            {"text": found.text, "parts": [[part.level, part.text] for part in found.parts]}
            for found in find_addresses(said)
        ],
        "emergency": emergency.kind.value if emergency else None,
    }


def danger_in(text: str) -> Emergency | None:
    """The emergency that the service would answer at once."""
    return find_emergency(legible(text[:READ_FOR_DANGER]).text)


def intent_of(parsed: Parsed) -> str | None:
    """The intent acted upon; None where none was likely enough."""
    name = (parsed.get("intent") or {}).get("name")
    return None if name in (None, FALLBACK) else str(name)


def kind_of(parsed: Parsed) -> str | None:
    """The kind a report would get; None where the message begins none."""
    kind = KINDS.get(intent_of(parsed) or "")
    return kind.value if kind else None


def certainty_of(parsed: Parsed) -> float:
    return float((parsed.get("intent") or {}).get("confidence") or 0.0)


def categories_of(parsed: Parsed) -> Ranking:
    return [(str(c["name"]), float(c["confidence"])) for c in parsed.get("category") or ()]


async def parse_all(
    engine: Engine, rows: Sequence[LabelledRow], progress: Progress = lambda done: None
) -> list[dict[str, Any]]:
    """What Rasa makes of each row, in their order, a few at a time.

    Raises:
        EngineUnavailable: Rasa does not answer; the message names the row.
    """
    parsed: dict[int, dict[str, Any]] = {}
    waiting: Iterator[tuple[int, LabelledRow]] = iter(enumerate(rows))

    async def work() -> None:
        for place, row in waiting:
            try:
                parsed[place] = await engine.parse(as_engine_reads(row.text))
            except EngineUnavailable as error:
                raise EngineUnavailable(
                    f"row {row.number}: no answer from Rasa ({error})"
                ) from error
            progress(len(parsed))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work())
    except* EngineUnavailable as errors:
        raise errors.exceptions[0] from errors
    return [parsed[place] for place in range(len(rows))]


def measure_categories(rows: Sequence[LabelledRow], parsed: Iterable[Parsed]) -> Measured:
    rankings = [categories_of(one) for one in parsed]
    scores = score_ranked([(r.label, found) for r, found in zip(rows, rankings, strict=True)])
    answers = (
        Answer(r.number, r.text, r.label, *(ranking[0] if ranking else (None, None)))
        for r, ranking in zip(rows, rankings, strict=True)
    )
    return Measured(scores, tuple(answers))


def measure_intents(rows: Sequence[LabelledRow], parsed: Iterable[Parsed]) -> Measured:
    return measure_named("intent", rows, parsed, intent_of, EMERGENCY)


def measure_kinds(rows: Sequence[LabelledRow], parsed: Iterable[Parsed]) -> Measured:
    return measure_named("kind", rows, parsed, kind_of, None)


def measure_named(
    label: str,
    rows: Sequence[LabelledRow],
    parsed: Iterable[Parsed],
    name_of: Callable[[Parsed], str | None],
    in_danger: str | None,
) -> Measured:
    """Named by Rasa, except what the rules take for an emergency: Rasa never sees that."""
    answers = tuple(
        Answer(r.number, r.text, r.label, in_danger)
        if danger_in(r.text)
        else Answer(r.number, r.text, r.label, name_of(one), certainty_of(one))
        for r, one in zip(rows, parsed, strict=True)
    )
    return Measured(score_named([(a.right, a.found) for a in answers], HURTFUL[label]), answers)


def measure_emergencies(rows: Sequence[LabelledRow]) -> Measured:
    found = [danger_in(row.text) for row in rows]
    scores = score_alarms(
        [
            (row.label is not None, danger is not None)
            for row, danger in zip(rows, found, strict=True)
        ]
    )
    answers = (
        Answer(
            row.number,
            row.text,
            EMERGENCY if row.label else None,
            EMERGENCY if danger else None,
        )
        for row, danger in zip(rows, found, strict=True)
    )
    return Measured(scores, tuple(answers))


def measure_addresses(rows: Sequence[LabelledRow]) -> Measured:
    """The address that says most in a text, against the one told, wherever it stands there."""
    found = [best_in(row.text) for row in rows]
    spans = score_spans(
        [
            (places_of(row.label or "", row.text), (one.start, one.end) if one else None)
            for row, one in zip(rows, found, strict=True)
        ]
    )
    parts = {
        label: PartScore(n, precision, recall, f1)
        for label, (precision, recall, f1, n) in score_parts(rows).items()
    }
    answers = (
        Answer(row.number, row.text, row.label, one.text if one else None)
        for row, one in zip(rows, found, strict=True)
    )
    return Measured(replace(spans, parts=parts), tuple(answers))


PARSED: Mapping[str, Callable[[Sequence[LabelledRow], Iterable[Parsed]], Measured]] = {
    "category": measure_categories,
    "kind": measure_kinds,
    "intent": measure_intents,
}
"""Labels that need Rasa."""

READ: Mapping[str, Callable[[Sequence[LabelledRow]], Measured]] = {
    "emergency": measure_emergencies,
    "address": measure_addresses,
}
"""Labels that rules alone decide."""
