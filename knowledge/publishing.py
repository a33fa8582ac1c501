"""From the database to a published snapshot, with the encoder the settings ask for."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from knowledge import snapshot
from knowledge.analysis import fingerprint
from knowledge.encoder import Encoder, EncoderError, load_encoder
from knowledge.entry import Entry
from knowledge.release import publishable
from knowledge.training import train

NEW = 0.1
"""The built-in encoder is trained anew when more than this share of the entries is new to it."""

LEARNT = "learnt.txt"

Progress = Callable[[str], None]


def publish(
    session: Session,
    home: Path,
    now: datetime,
    *,
    model: str = "",
    instruction: str = "",
    progress: Progress = lambda line: None,
) -> snapshot.Manifest:
    """Publishes what is approved; nothing happens where nothing changed.

    ``knowledge.release.mark_published`` is still to be called.

    Args:
        now: timezone-aware.
        model: a sentence-transformers model, by name or path; empty for the built-in encoder.
        instruction: put before queries, where the model wants one.

    Raises:
        EncoderError: the model cannot be loaded.
    """
    entries = publishable(session)
    encoder = (
        load_encoder(model, instruction) if model else built_in_encoder(entries, home, progress)
    )
    return snapshot.publish(entries, home, encoder, now, progress=progress)


def built_in_encoder(
    entries: Sequence[Entry], home: Path, progress: Progress = lambda line: None
) -> Encoder:
    """The trained encoder in ``home``, or a new one where it does not know the entries yet."""
    groups = [(*entry.phrasings, entry.answer) for entry in entries]
    present = {_digest(group) for group in groups}
    kept = _current_encoder(home, present)
    if kept is not None:
        return kept
    name = hashlib.sha256("".join((fingerprint(), *sorted(present))).encode()).hexdigest()[:16]
    folder = home / "encoders" / name
    encoder = train(groups, folder, progress=progress)
    (folder / LEARNT).write_text("\n".join(sorted(present)), encoding="utf-8")
    return encoder


def _current_encoder(home: Path, present: set[str]) -> Encoder | None:
    """The encoder of the current snapshot, if it is a built-in one and knows most entries."""
    try:
        current = snapshot.status(home).current
        if current is None or not (home / current.encoder / LEARNT).exists():
            return None
        learnt = set((home / current.encoder / LEARNT).read_text(encoding="utf-8").split())
        if len(present - learnt) > NEW * len(present):
            return None
        return snapshot.encoder_of(home, current)
    except (snapshot.SnapshotError, EncoderError):
        return None


def _digest(group: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(group).encode()).hexdigest()[:16]
