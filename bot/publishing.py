"""Publishing as the settings ask for it; the command and the set-up do it alike."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.database import open_sessions
from bot.settings import Settings
from knowledge import snapshot
from knowledge.encoder import EncoderError
from knowledge.gate import Limits, Verdict
from knowledge.house import HOUSE, read_house
from knowledge.manifest import SnapshotError
from knowledge.publishing import Published, Refused, Terms, publish
from nlu.clock import Clock

Say = Callable[[str], None]

LOST_SHOWN = 10
"""Test questions that are told one by one; the report has them all."""


def publish_approved(
    settings: Settings, engine: Engine, by: str, clock: Clock, say: Say, *, override: str = ""
) -> Published:
    """See ``knowledge.publishing.publish``.

    Raises:
        HouseError: the house list cannot be used.
    """
    writing = open_sessions(engine)
    reading = open_sessions(engine, reads_only=True)

    def written() -> AbstractContextManager[Session]:
        return writing.begin()

    return publish(
        settings.home, reading, written, by, clock(), terms_of(settings), override=override,
        progress=say,
    )  # fmt: skip


def terms_of(settings: Settings) -> Terms:
    return Terms(
        regions=settings.regions,
        model="" if settings.encoder == "static" else settings.encoder,
        instruction=settings.encoder_instruction,
        house=read_house(settings.house_list or HOUSE),
        limits=Limits(tolerance=settings.gate_tolerance),
        kept=settings.snapshots_kept,
    )


def summary(verdict: Verdict) -> list[str]:
    """A verdict in a few lines: counts, and which test questions find their entry no longer."""
    counts = [f"{len(rows)} {kind}" for kind, rows in verdict.by_kind().items() if rows]
    before, after = verdict.recall
    was = "" if before is None else f"{before:.3f} before, "
    lost = verdict.lost_tests()
    lines = [
        f"asked      {', '.join(counts) or 'nothing'}",
        f"recall@1   {was}{after:.3f} after",
        f"lost       {len(lost)} test questions no longer find their entry first",
        *(f"           {row.question.text} ({row.question.entry})" for row in lost[:LOST_SHOWN]),
    ]
    return lines if before is not None else lines[:2]


def answers(home: Path) -> bool:
    """Whether what is published can be opened, and so answered from."""
    try:
        snapshot.open_current(home)
    except (SnapshotError, EncoderError):
        return False
    return True


def refusal(refused: Refused) -> str:
    """What to say when the gate refuses."""
    lines = [
        "the gate refuses; what residents get stays as it was",
        *(f"  {fault}" for fault in refused.verdict.faults),
        f"every question before and after: {refused.report}",
        "mend the entries, or do it all the same: --override REASON",
    ]
    return "\n".join(lines)
