"""From the database to a published snapshot: encoder, snapshot, gate, pointer, audit trail."""

import json
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from knowledge import gate, pointer, snapshot
from knowledge.audit import Event, record
from knowledge.encoder import Encoder, EncoderError
from knowledge.entry_file import EntryFile
from knowledge.gate import Limits, Verdict
from knowledge.home_encoder import encoder_for
from knowledge.house import House
from knowledge.manifest import Manifest, SnapshotError
from knowledge.release import mark_published, next_release
from knowledge.search import Searcher
from knowledge.version import person
from nlu.clock import SHANGHAI

REPORTS = "gate"
REPORTS_KEPT = 20

Progress = Callable[[str], None]
Sessions = Callable[[], AbstractContextManager[Session]]


class Refused(Exception):
    """The gate refuses; what is current stays so."""

    def __init__(self, verdict: Verdict, report: Path) -> None:
        super().__init__("; ".join(verdict.faults))
        self.verdict, self.report = verdict, report


@dataclass(frozen=True, slots=True)
class Terms:
    """How a publish is done.

    Attributes:
        model: a sentence-transformers model, by name or path; empty for the built-in encoder.
        instruction: put before queries, where the model wants one.
        regions: of the place, for the questions of the gate.
        kept: how many snapshots are kept.
    """

    regions: Sequence[str]
    model: str = ""
    instruction: str = ""
    house: House = field(default_factory=House)
    limits: Limits = field(default_factory=Limits)
    kept: int = 5


@dataclass(frozen=True, slots=True)
class Published:
    """What a publish came to; nothing was asked and ``verdict`` is None where nothing changed."""

    manifest: Manifest
    verdict: Verdict | None = None
    report: Path | None = None


def publish(
    home: Path,
    reading: Sessions,
    writing: Sessions,
    by: str,
    now: datetime,
    terms: Terms,
    *,
    override: str = "",
    progress: Progress = lambda line: None,
) -> Published:
    """Publishes what is approved; nothing happens where nothing changed.

    Args:
        reading: sessions for reading what is approved.
        writing: sessions that keep what was done when they end well.
        by: who publishes.
        now: timezone-aware.
        override: why it is published even where the gate refuses; empty to obey it.

    Raises:
        EncoderError: the model cannot be loaded.
        Refused: by the gate; the snapshot is thrown away, the report stays.
        ReviewFault: an approval was taken back meanwhile, or ``by`` is no name.
    """
    by = person(by)
    with pointer.alone(home, lambda: progress("another publish is running; waiting for it …")):
        with reading() as session:
            release = next_release(session, snapshot.known_entries(home))
        before = pointer.readable(home)
        encoder = encoder_for(release.entries, home, terms.model, terms.instruction, progress)
        manifest = snapshot.build(release.entries, home, encoder, now, progress=progress)
        verdict, report = None, None
        try:
            if before is None or manifest.id != before.id:
                verdict = judged(home, before, manifest, encoder, now, terms, progress)
                report = reported(home, manifest, verdict)
                if verdict.faults and not override:
                    raise Refused(verdict, report)
            with writing() as session:
                if verdict is not None and verdict.faults:
                    reason = f"{override} ({len(verdict.faults)} faults: {report})"
                    record(
                        session,
                        Event(now, by, "gate_overridden", "snapshot", manifest.id, reason=reason),
                    )
                if verdict is not None or release.arriving or release.leaving:
                    mark_published(session, by, now, manifest.id, release)
                pointer.switch(home, manifest.id)
        except BaseException:
            pointer.discard(home, manifest.id)
            raise
        if verdict is None:
            progress(f"nothing changed since {manifest.id}")
            return Published(manifest)
        progress(f"published {manifest.entries} entries as {manifest.id}")
        for gone in pointer.prune(home, terms.kept):
            progress(f"removed the old snapshot {gone}")
    return Published(manifest, verdict, report)


def roll_back(
    home: Path,
    writing: Sessions,
    by: str,
    now: datetime,
    *,
    to: str | None = None,
    reason: str = "",
) -> Manifest:
    """Makes an earlier snapshot current, by default the one before, and writes it down.

    Raises:
        SnapshotError: there is none before, or no such snapshot.
    """
    left = pointer.current_id(home)
    manifest = pointer.rollback(home, to)
    said = "; ".join(filter(None, (f"from {left}", reason)))
    with writing() as session:
        record(session, Event(now, by, "rolled_back", "snapshot", manifest.id, reason=said))
    return manifest


def judged(
    home: Path,
    before: Manifest | None,
    manifest: Manifest,
    encoder: Encoder,
    now: datetime,
    terms: Terms,
    progress: Progress,
) -> Verdict:
    """What the gate says of a snapshot beside the one that residents have."""
    entries = EntryFile(home / "snapshots" / manifest.id)
    changed = list(range(len(entries)))
    if before is not None:
        changed = snapshot.changed_since(entries, home, before).tolist()
    return gate.judge(
        _opened(home, before, encoder),
        snapshot.open_snapshot(home, manifest, encoder),
        terms.house,
        as_of=now.astimezone(SHANGHAI).date(),
        regions=terms.regions,
        changed=changed,
        limits=terms.limits,
        report=_report_of(home, before),
        progress=progress,
    )


def _report_of(home: Path, manifest: Manifest | None) -> dict[str, Any] | None:
    """The report of the publish of a snapshot, where it is still there."""
    try:
        path = home / REPORTS / f"{manifest.id if manifest else ''}.json"
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return report


def _opened(home: Path, manifest: Manifest | None, encoder: Encoder) -> Searcher | None:
    """None where it cannot be: what does not answer has no answers to lose."""
    try:
        return None if manifest is None else snapshot.open_snapshot(home, manifest, encoder)
    except (SnapshotError, EncoderError):
        return None


def reported(home: Path, manifest: Manifest, verdict: Verdict) -> Path:
    """Writes every question before and after to a file; the oldest files go."""
    folder = home / REPORTS
    folder.mkdir(exist_ok=True)
    path = folder / f"{manifest.id}.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(verdict.to_json(), ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(fresh, path)
    for old in sorted(folder.glob("*.json"))[:-REPORTS_KEPT]:
        old.unlink()
    return path
