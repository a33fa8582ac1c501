"""What Linli makes of a text, label by label, to be shown or set against what is right."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from actions.draft import KINDS
from actions.reading import best_address
from bot.commands.labelled import LabelledRow
from bot.engine import Engine, EngineUnavailable
from bot.responder import READ_BY_ENGINE, plain
from nlu.address import find_addresses
from nlu.emergency import find_emergency
from nlu.evaluation import (
    Scores,
    places_of,
    score_alarms,
    score_classes,
    score_spans,
)
from nlu.phone import mask_identities, mask_phones
from nlu.text import normalise

AT_ONCE = 3
"""Messages that Rasa is asked about at the same time."""

RANKED = 5
FALLBACK = "nlu_fallback"

Progress = Callable[[int], None]


async def understood(engine: Engine, text: str) -> dict[str, Any]:
    """Everything that is made of a text before a word is answered, as plain JSON.

    Raises:
        EngineUnavailable: Rasa does not answer.
    """
    said = normalise(text)
    parsed = await engine.parse(as_engine_reads(said))
    emergency = find_emergency(said)
    return {
        "text": parsed.get("text", ""),
        "intent": parsed.get("intent", {}),
        "intent_ranking": parsed.get("intent_ranking", [])[:RANKED],
        "kind": kind_of(parsed),
        "category": parsed.get("category", []),
        "entities": [
            {name: entity.get(name) for name in ("entity", "value", "start", "end")}
            for entity in parsed.get("entities", [])
        ],
        "addresses": [
            {"text": found.text, "parts": [[part.level, part.text] for part in found.parts]}
            for found in find_addresses(said)
        ],
        "emergency": emergency.kind.value if emergency else None,
    }


def as_engine_reads(text: str) -> str:
    """A normalised text as the service hands it to Rasa."""
    masked, _ = mask_identities(text)
    return plain(mask_phones(masked)[:READ_BY_ENGINE])


def intent_of(parsed: Mapping[str, Any]) -> str | None:
    """The intent acted upon; None where none was likely enough."""
    name = (parsed.get("intent") or {}).get("name")
    return None if name in (None, FALLBACK) else str(name)


def kind_of(parsed: Mapping[str, Any]) -> str | None:
    """The kind a report would get; None where the message begins none."""
    kind = KINDS.get(intent_of(parsed) or "")
    return kind.value if kind else None


def category_of(parsed: Mapping[str, Any]) -> str | None:
    ranking = parsed.get("category") or []
    return str(ranking[0]["name"]) if ranking else None


PARSED: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "category": category_of,
    "kind": kind_of,
    "intent": intent_of,
}
"""Labels that need Rasa."""


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


def score_parsed(
    rows: Sequence[LabelledRow], label: str, parsed: Sequence[Mapping[str, Any]]
) -> Scores:
    """Scores of a label that needs Rasa."""
    found = map(PARSED[label], parsed)
    return score_classes([(row.label, name) for row, name in zip(rows, found, strict=True)])


def score_emergencies(rows: Sequence[LabelledRow]) -> Scores:
    return score_alarms([(bool(r.label), find_emergency(r.text) is not None) for r in rows])


def score_addresses(rows: Sequence[LabelledRow]) -> Scores:
    """The address that says most in a text, against the one told, wherever it stands there."""
    pairs = []
    for row in rows:
        found = best_address(find_addresses(row.text))
        span = (found.start, found.end) if found else None
        pairs.append((places_of(row.label or "", row.text), span))
    return score_spans(pairs)


READ: Mapping[str, Callable[[Sequence[LabelledRow]], Scores]] = {
    "emergency": score_emergencies,
    "address": score_addresses,
}
"""Labels that rules alone decide."""
