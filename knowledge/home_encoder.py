"""The encoder of a home: what the settings name, trained and adapted where that is called for."""

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from knowledge import adapted, pointer
from knowledge.adapted import Adapted
from knowledge.analysis import fingerprint
from knowledge.calibrating import own_sayings
from knowledge.encoder import Encoder, EncoderError, StaticEncoder, load_encoder
from knowledge.entry import Entry
from knowledge.stock import Stock
from knowledge.training import AGAIN, train
from knowledge.unlearnt import unlearnt

NEW = 0.1
"""The built-in encoder is trained anew when more than this share of the entries is new to it."""

LEARNT = "learnt.txt"

Progress = Callable[[str], None]


def encoder_for(
    entries: Sequence[Entry],
    home: Path,
    model: str,
    instruction: str,
    progress: Progress = lambda line: None,
) -> Encoder:
    """The encoder that the settings name, adapted where it has been.

    Raises:
        EncoderError: the model cannot be loaded.
    """
    known = adapted.read(home, model)
    if not model:
        return built_in_encoder(entries, home, progress, known)
    return load_encoder(home / known.folder if known.pairs else model, instruction)


def built_in_encoder(
    entries: Sequence[Entry],
    home: Path,
    progress: Progress = lambda line: None,
    known: Adapted | None = None,
) -> StaticEncoder:
    """The trained encoder in ``home``, or a new one where it does not know the entries yet.

    Passages of documents teach it nothing: nobody asks for a law by its number.

    Args:
        known: further pairs that it must have learnt, and no others.
    """
    stock = entries if isinstance(entries, Stock) else Stock.of(entries)
    plain = _trained(home, stock, None, progress)
    if known is None or not known.pairs:
        return plain
    return _trained(home, stock, (known, plain), progress)


def learnt(entries: Stock) -> list[str]:
    """The marks, as they are written down, of the entries an encoder learns from."""
    return [f"{number:016x}" for number in np.unique(entries.marks).tolist() if number]


def _trained(
    home: Path,
    entries: Stock,
    further: tuple[Adapted, StaticEncoder] | None,
    progress: Progress,
) -> StaticEncoder:
    """One that knows most entries, and exactly the further pairs; trained where there is none."""
    token = {further[0].token} if further else set[str]()
    kept = _kept(home, entries, token)
    if kept is not None:
        return kept
    groups = [
        (entry.question, *(text for text in entry.variants if not unlearnt(text)), entry.answer)
        for entry in entries
        if not entry.quoted
    ]
    marks = sorted({*learnt(entries), *token})
    name = hashlib.sha256("".join((fingerprint(), *marks)).encode()).hexdigest()[:16]
    folder = home / "encoders" / name
    if further:
        known, plain = further
        encoder = train(
            groups,
            folder,
            pairs=known.pairs,
            talk=own_sayings().off_topic,
            start=plain.rows,
            rounds=AGAIN,
            progress=progress,
        )
    else:
        encoder = train(groups, folder, progress=progress)
    (folder / LEARNT).write_text("\n".join(marks), encoding="utf-8")
    return encoder


def _kept(home: Path, entries: Stock, token: set[str]) -> StaticEncoder | None:
    """A trained encoder that will do, the current snapshot's before all others."""
    folders = sorted(path.parent for path in (home / "encoders").glob(f"*/{LEARNT}"))
    current = pointer.readable(home)
    folders.sort(key=lambda folder: current is None or folder != home / current.encoder)
    present = np.unique(entries.marks[entries.marks > 0])
    for folder in folders:
        lines = (folder / LEARNT).read_text(encoding="utf-8").split()
        pairs = {line for line in lines if line.startswith("pairs-")}
        known = np.array([int(line, 16) for line in lines if line not in pairs], dtype=np.uint64)
        if pairs == token and len(np.setdiff1d(present, known)) <= NEW * len(present):
            with contextlib.suppress(EncoderError):
                encoder = load_encoder(folder)
                if isinstance(encoder, StaticEncoder):
                    return encoder
    return None
