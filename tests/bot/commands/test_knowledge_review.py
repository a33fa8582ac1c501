"""Editing from the command line: submit, approve, reject, archive, restore, show, history, diff."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands.knowledge import knowledge
from knowledge.entry import Entry, to_content
from nlu.clock import SHANGHAI, system_clock
from tests.bot.commands.running import fault, invoke, run
from tests.knowledge.corpus import LIBRARY, POOL

LATER = replace(POOL, answer="每天早上七点开门。", tests=())


def take_in(folder: Path, *entries: Entry, by: str = "小王", more: tuple[str, ...] = ()) -> str:
    path = folder / "entries.jsonl"
    path.write_text("\n".join(json.dumps(to_content(e)) for e in entries), encoding="utf-8")
    result = invoke(knowledge, ["import", path, "--by", by, *more])
    assert result.exit_code == 0, result.output
    return result.stderr


@pytest.fixture
def drafts(home: Path, tmp_path: Path) -> Path:
    """A home with two drafts of 小王's."""
    take_in(tmp_path, POOL, LIBRARY)
    return tmp_path


def listed(status: str) -> list[str]:
    return [line.split()[0] for line in run(knowledge, "list", "--status", status).splitlines()[1:]]


@pytest.mark.usefixtures("drafts")
def test_all_drafts_go_through_review() -> None:
    assert run(knowledge, "submit", "--all", "--by", "小王") == "2 submitted\n"
    assert listed("in_review") == ["library-card", "pool-hours"]
    assert run(knowledge, "approve", "--all", "--topic", "游泳馆", "--by", "老李") == "1 approved\n"
    assert (
        run(knowledge, "reject", LIBRARY.id, "--reason", "缺押金", "--by", "老李")
        == "1 sent back\n"
    )
    assert (listed("approved"), listed("draft")) == (["pool-hours"], ["library-card"])


@pytest.mark.usefixtures("drafts")
def test_the_author_may_not_approve_unless_the_office_has_one_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run(knowledge, "submit", POOL.id)
    line = fault(knowledge, "approve", POOL.id, "--by", "小王")
    assert line.startswith("pool-hours (version 1) was written by 小王; somebody else must approve")
    assert listed("approved") == []
    monkeypatch.setenv("LINLI_ONE_PERSON_OFFICE", "true")
    assert run(knowledge, "approve", POOL.id, "--by", "小王") == "1 approved\n"


@pytest.mark.usefixtures("drafts")
def test_what_is_not_allowed_is_one_line() -> None:
    assert "is draft (草稿) and cannot become approved" in fault(knowledge, "approve", POOL.id)
    assert fault(knowledge, "submit", "no-such") == "no-such: no such entry or document"
    assert "either name ids, or say --all" in fault(knowledge, "submit")
    assert "either name ids, or say --all" in fault(knowledge, "submit", POOL.id, "--all")
    assert "--topic goes with --all" in fault(knowledge, "submit", POOL.id, "--topic", "馆")
    assert "is not archived" in fault(knowledge, "restore", POOL.id)
    assert fault(knowledge, "show", "no-such") == "no-such: no such entry or document"
    assert fault(knowledge, "show", POOL.id, "--version", 7) == "pool-hours: has no version 7"


@pytest.mark.usefixtures("drafts")
def test_archived_entries_are_listed_and_restored() -> None:
    assert (
        run(knowledge, "archive", POOL.id, "--by", "老李", "--reason", "馆关了") == "1 archived\n"
    )
    assert listed("archived") == ["pool-hours"]
    assert run(knowledge, "restore", POOL.id, "--by", "老李") == "1 restored\n"
    assert "pool-hours" in listed("draft")


def test_show_tells_everything_with_warnings(drafts: Path) -> None:
    take_in(drafts, replace(POOL, id="pool-again"))
    shown = run(knowledge, "show", "pool-again")
    assert shown.startswith("pool-again  第 1 版，最新  草稿\n主题      游泳馆\n")
    assert all(text in shown for text in (POOL.answer, "第三条", "2024-01-01", *POOL.variants))
    assert "写        小王  " in shown
    assert "提醒      和 pool-hours“游泳馆几点开门？”问得很像（1.00）" in shown


def test_import_warns_and_says_what_is_next(drafts: Path) -> None:
    told = take_in(drafts, replace(POOL, id="pool-again"))
    assert "note: pool-again：和 pool-hours“游泳馆几点开门？”问得很像（1.00）" in told
    assert "linli knowledge submit --all" in told
    told = take_in(drafts, LATER, more=("--approved-by", "老李"))
    assert "1 approved" in told
    assert "submit" not in told


def test_an_import_that_its_author_approves_is_refused_whole(drafts: Path) -> None:
    path = drafts / "entries.jsonl"
    path.write_text(json.dumps(to_content(LATER)), encoding="utf-8")
    line = fault(knowledge, "import", path, "--by", "小王", "--approved-by", "小王")
    assert "somebody else must approve" in line
    assert "第 1 版，最新" in run(knowledge, "show", POOL.id)


def test_history_and_diff_tell_how_it_became_what_it_is(drafts: Path) -> None:
    run(knowledge, "submit", POOL.id, "--by", "小王")
    run(knowledge, "reject", POOL.id, "--by", "老李", "--reason", "太长")
    take_in(drafts, LATER, more=("--note", "改短"))
    lines = [line.split()[2:] for line in run(knowledge, "history", POOL.id).splitlines()[1:]]
    assert lines == [
        ["小王", "保存", "1"],
        ["小王", "送审", "1"],
        ["老李", "退回", "1", "太长"],
        ["小王", "保存", "2", "改短"],
    ]
    first, *changes = run(knowledge, "diff", POOL.id).splitlines()
    assert first == "pool-hours：第 1 版 → 第 2 版（小王）"
    assert changes[0].startswith("~ 答案  ")
    assert changes[1:] == ["- 测试问法  泳池几点开", "- 测试问法  游泳馆周日开吗"]
    assert run(knowledge, "diff", POOL.id, 2, 2).endswith("没有不同\n")


def test_expiring_lists_what_ends_soon(drafts: Path) -> None:
    today = system_clock().astimezone(SHANGHAI).date()
    soon = replace(POOL, expires=today + timedelta(days=3))
    take_in(drafts, soon, replace(LIBRARY, expires=today + timedelta(days=40)))
    assert len(run(knowledge, "expiring").splitlines()) == 1
    run(knowledge, "submit", "--all")
    run(knowledge, "approve", "--all", "--by", "老李")
    (line,) = run(knowledge, "expiring").splitlines()[1:]
    assert line.split()[1] in {"还有3天", "还有2天"}
    assert "pool-hours" in line
    assert len(run(knowledge, "expiring", "--within", 60).splitlines()) == 3
