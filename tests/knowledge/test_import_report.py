from datetime import UTC, datetime
from pathlib import Path

from knowledge.drafting import Draft, judge
from knowledge.import_report import import_report
from knowledge.store import Saved
from tests.knowledge.documents import document_of

NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
TEXT = "第一条 {}点开门。\n第二条 本办法自{}年3月1日起施行。"
OLD, NEW = (document_of(TEXT.format(*words)) for words in (("六", 2024), ("七", 2026)))


def test_the_report_tells_days_differences_and_what_to_check() -> None:
    drafts = [Draft(Path("old.md"), OLD, ("look at this",)), Draft(Path("new.md"), NEW, ())]
    judged = list(judge(drafts, {}))
    report = import_report(judged, Saved(1, 2, 3), [], [Path("picture.jpg")], NOW)
    assert "1 added, 2 changed, 3 unchanged" in report
    assert "## Documents: 2 (1 new, 1 new version, 0 changed, 0 unchanged)" in report
    assert "2024-03-01 | 2026-02-28 | 2 | new |" in report
    assert "- old.md: look at this" in report
    assert "~ 第一条  [-六-]{+七+}点开门。" in report
    assert f"{OLD.id} is closed on 2026-02-28" in report
    assert "- picture.jpg" in report


def test_with_a_fault_the_report_tells_that_nothing_was_imported() -> None:
    report = import_report([], None, ["a.pdf: is broken", "b.xlsx: is empty"], [], NOW)
    assert "## Faults: 2; nothing was imported\n\n- a.pdf: is broken\n- b.xlsx: is empty" in report
