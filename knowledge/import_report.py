"""What an import did, for the editor to read and keep."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from knowledge.comparison import Change
from knowledge.drafting import Judged, Outcome
from knowledge.store import Saved

DATES = ("passed", "amended", "published", "since", "effective", "expires")


def import_report(
    judged: Sequence[Judged],
    entries: Saved | None,
    faults: Sequence[str],
    left_out: Sequence[Path],
    now: datetime,
) -> str:
    """Markdown: faults, a table of the documents, what to check, and what changed.

    Args:
        faults: with any, nothing was imported.
        now: timezone-aware.
    """
    parts = [f"# Import of {now:%Y-%m-%d %H:%M}"]
    if faults:
        lines = [f"- {fault}" for fault in faults]
        parts += [f"## Faults: {len(faults)}; nothing was imported", *lines]
    if entries is not None:
        parts += [
            "## Entries",
            f"{entries.added} added, {entries.changed} changed, {entries.unchanged} unchanged",
        ]
    if judged:
        counts = [f"{sum(j.outcome is o for j in judged)} {o.value}" for o in Outcome]
        parts += [f"## Documents: {len(judged)} ({', '.join(counts)})", _table(judged)]
        notes = [f"- {j.draft.path.name}: {note}" for j in judged for note in j.draft.notes]
        parts += [f"## To check: {len(notes)}", *notes] if notes else []
        parts += [part for j in judged for part in _differences(j)]
    if left_out:
        parts += ["## Left out", *(f"- {path}" for path in left_out)]
    return "\n\n".join(_close(parts)) + "\n"


def _close(parts: Sequence[str]) -> list[str]:
    """Lists in one piece."""
    closed: list[str] = []
    for part in parts:
        if closed and part.startswith("- ") and closed[-1].startswith("- "):
            closed[-1] += f"\n{part}"
        else:
            closed.append(part)
    return closed


def _table(judged: Sequence[Judged]) -> str:
    heading = ("title", "number", "issuer", "region", *DATES, "passages", "outcome")
    lines = [heading, ("---",) * len(heading)]
    for one in judged:
        document = one.document
        days = [getattr(document, name) for name in DATES]
        lines.append(
            (
                f"{document.title}{f'（{document.revision}）' if document.revision else ''}",
                document.number,
                document.issuer,
                document.region,
                *(_day(day) for day in days),
                str(len(document.passages)),
                one.outcome.value,
            )
        )
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


def _differences(judged: Judged) -> list[str]:
    document, before = judged.document, judged.before
    if judged.outcome is Outcome.UNCHANGED or not (before or judged.differences):
        return []
    against = "the text so far" if judged.outcome is Outcome.CHANGED or before is None else (
        f"《{before.title}》 {before.revision or before.effective}"
    )  # fmt: skip
    lines = [f"## 《{document.title}》 {document.revision or document.effective} against {against}"]
    if before is not None and judged.outcome is Outcome.VERSION:
        lines.append(
            f"{before.id} is closed on {_day(before.expires)}: this is in force from "
            f"{document.effective}. Both hold once they are approved and published."
        )
    counts = {c: sum(d.change is c for d in judged.differences) for c in Change}
    lines.append(", ".join(f"{n} {change.value}" for change, n in counts.items()))
    return [*lines, *(f"- `{difference}`" for difference in judged.differences)]


def _day(day: date | None) -> str:
    return day.isoformat() if day else "-"
