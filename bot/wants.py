"""Taking a message with several wants apart, by what Rasa makes of each piece."""

from dataclasses import dataclass, replace
from typing import Any

from bot.engine import Engine
from nlu.wants import Mark, Want, are_two, cuts, trim

MOST_WANTS = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """A want and its span in the text."""

    start: int
    end: int
    want: Want


async def pieces_of(engine: Engine, text: str, *, in_report: bool) -> list[Piece]:
    """The wants in ``text`` (as read, phones masked), in order; empty where there is but one.

    Raises:
        EngineUnavailable: as for ``Engine.parse``.
    """
    pieces: list[Piece] = []
    start = 0
    while len(pieces) < MOST_WANTS:
        found = await divide(engine, text[start:], in_report=in_report)
        if found is None:
            break
        at, first, second = found
        pieces[-1:] = [Piece(start, start + at, first), Piece(start + at, len(text), second)]
        start += at
    return [trimmed(piece, text) for piece in pieces]


def trimmed(piece: Piece, text: str) -> Piece:
    start, end = trim(text[piece.start : piece.end])
    return replace(piece, start=piece.start + start, end=piece.start + end)


async def divide(engine: Engine, text: str, *, in_report: bool) -> tuple[int, Want, Want] | None:
    """The cut after which both sides are surest to be wants of their own, and what they want."""
    best: tuple[int, float] = (Mark.NONE, 0.0)
    found = None
    for cut in cuts(text):
        first = await understood(engine, text[: cut.at])
        second = await understood(engine, text[cut.at :])
        rank = cut.mark, min(first.confidence, second.confidence)
        if rank > best and are_two(first, second, mark=cut.mark, in_report=in_report):
            best, found = rank, (cut.at, first, second)
    return found


async def understood(engine: Engine, piece: str) -> Want:
    """What a piece wants, read without the words that only join it to the others."""
    start, end = trim(piece)
    return want_of(await engine.parse(piece[start:end]), piece[start:end])


def want_of(parsed: dict[str, Any], text: str) -> Want:
    intent = parsed.get("intent") or {}
    category: dict[str, Any] = next(iter(parsed.get("category") or ()), {})
    return Want(
        str(intent.get("name") or ""),
        float(intent.get("confidence") or 0.0),
        str(category.get("name") or ""),
        float(category.get("confidence") or 0.0),
        text,
    )
