import csv
import json
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from actions.tickets.calendar import WorkingCalendar
from actions.tickets.deadlines import load_rules
from actions.tickets.history import history
from actions.tickets.register import file
from actions.tickets.ticket import RESIDENT, EventKind, NewTicket, Status, Ticket
from actions.tickets.transitions import OPEN
from bot.cli import read_settings
from bot.commands.tickets import tickets, vault_of
from bot.commands.transaction import transaction
from channels.transcript import LINLI, transcript
from nlu.clock import system_clock
from nlu.phone import mask_phones
from tests.actions.tickets.desk import NEW
from tests.bot.commands.running import fault, run

pytestmark = pytest.mark.usefixtures("home")

PHONE = NEW.contact_phone
TALKATIVE = replace(NEW, description=f"三号楼楼道的灯坏了，打我电话{PHONE}")
UNKNOWN = "LL20261123-0042-7"


def filed(new: NewTicket = NEW) -> Ticket:
    settings = read_settings()
    with transaction(settings) as session:
        return file(
            session,
            new,
            key=uuid4().hex,
            now=system_clock(),
            vault=vault_of(settings),
            rules=load_rules(),
            calendar=WorkingCalendar(),
        )


def advance(ticket: Ticket, *steps: str) -> None:
    for step in steps:
        run(tickets, "advance", ticket.number, step, "--by", "李")


def test_list_shows_the_newest_first() -> None:
    first, second = filed(), filed()
    lines = run(tickets, "list").splitlines()
    assert [line.split()[0] for line in lines[1:]] == [second.number, first.number]
    assert "待受理" in lines[1]


def test_list_can_be_narrowed_to_statuses_in_both_languages() -> None:
    moved, incomplete = filed(), filed(replace(NEW, incomplete=True))
    advance(moved, "已受理")
    for name in ("已受理", "accepted"):
        shown = run(tickets, "list", "--status", name)
        assert (moved.number in shown, incomplete.number in shown) == (True, False)
    shown = run(tickets, "list", "--incomplete")
    assert (moved.number in shown, incomplete.number in shown) == (False, True)
    assert len(run(tickets, "list", "--limit", "1").splitlines()) == 2
    assert "status 'lost' is not known; known are" in fault(tickets, "list", "--status", "lost")


def test_no_phone_is_shown_that_was_not_asked_for(tmp_path: Path) -> None:
    ticket = filed(TALKATIVE)
    plain = run(tickets, "show", ticket.number)
    assert PHONE not in plain + run(tickets, "list")
    assert "有电话" in plain
    asked = run(tickets, "show", ticket.number, "--with-contact")
    assert f"联系人：示例居民 {PHONE}" in asked
    assert mask_phones(TALKATIVE.description) in asked


def test_show_tells_everything_and_the_history() -> None:
    ticket = filed()
    run(tickets, "advance", ticket.number, "不予受理", "--reason", "不归街道管",
        "--instead", "自来水公司", "--by", "李")  # fmt: skip
    shown = run(tickets, "show", ticket.number.lower().replace("-", " "))
    assert "状态：不予受理" in shown
    assert "分类：城乡建设 / 城市建设和市政管理 / 城市公共设施" in shown
    assert "地点：云溪家园3号楼" in shown
    first, last = shown.strip().splitlines()[-2:]
    assert (RESIDENT in first, EventKind.FILED.value in first) == (True, True)
    assert "operator:李  status  待受理 → 不予受理  不归街道管  自来水公司" in last


def test_an_anonymous_ticket_shows_nobody() -> None:
    ticket = filed(replace(NEW, anonymous=True))
    assert "联系人：匿名" in run(tickets, "show", ticket.number, "--with-contact")


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (UNKNOWN, f"no ticket {UNKNOWN}"),
        ("LL20261123-0042-8", "LL20261123-0042-8: date or check digit is wrong"),
        ("42", "'42' is not a ticket number; they look like LL"),
    ],
)
def test_numbers_that_lead_to_no_ticket_are_told(number: str, told: str) -> None:
    assert fault(tickets, "show", number).startswith(told)
    assert fault(tickets, "advance", number, "已受理", "--by", "李").startswith(told)


def test_export_has_names_and_phones_only_where_asked_for(tmp_path: Path) -> None:
    ticket = filed(TALKATIVE)
    table, lines = tmp_path / "tickets.csv", tmp_path / "tickets.jsonl"
    assert run(tickets, "export", table) == f"{table}: 1 tickets\n"
    assert PHONE not in table.read_text(encoding="utf-8-sig")
    run(tickets, "export", lines, "--with-contact")
    assert json.loads(lines.read_text(encoding="utf-8"))["contact_phone"] == PHONE
    with table.open(encoding="utf-8-sig", newline="") as written:
        assert [row["number"] for row in csv.DictReader(written)] == [ticket.number]


def test_export_to_where_it_cannot_go_is_told(tmp_path: Path) -> None:
    assert fault(tickets, "export", tmp_path / "a.xlsx") == "a.xlsx: expected .csv or .jsonl"
    gone = tmp_path / "gone" / "a.csv"
    assert fault(tickets, "export", gone) == f"{gone}: No such file or directory"


def test_contacts_sealed_with_another_key_are_told(home: Path, tmp_path: Path) -> None:
    ticket = filed()
    (home / "keys" / "vault.key").unlink()
    assert "sealed with a key" in fault(tickets, "show", ticket.number, "--with-contact")


def test_advance_goes_step_by_step_and_is_written_down() -> None:
    ticket = filed()
    assert run(tickets, "advance", ticket.number, "已受理", "--by", "李") == (
        f"{ticket.number}: 已受理\n"
    )
    run(tickets, "advance", ticket.number, "assigned", "--handler", "云溪物业", "--by", "李")
    advance(ticket, "办理中")
    with transaction(read_settings(), reads_only=True) as session:
        events = history(session, ticket.number)
    assert [e.status for e in events if e.kind is EventKind.STATUS] == [
        Status.ACCEPTED, Status.ASSIGNED, Status.IN_PROGRESS
    ]  # fmt: skip
    assert events[-1].actor == "operator:李"
    assert "承办单位：云溪物业" in run(tickets, "show", ticket.number)


def test_an_extension_ends_with_its_last_day() -> None:
    ticket = filed()
    advance(ticket, "已受理", "已派单", "办理中")
    command = ("advance", ticket.number, "延期", "--reason", "等配件", "--by", "李")
    assert "later than the deadline" in fault(tickets, *command)
    run(tickets, *command, "--until", "2099-05-01")
    assert "办理时限：2099-05-02 00:00" in run(tickets, "show", ticket.number)


def test_the_resident_is_let_know_of_what_happened_and_of_nothing_else() -> None:
    ticket = filed()
    advance(ticket, "已受理")
    fault(tickets, "advance", ticket.number, "已归档", "--by", "李")
    settings = read_settings()
    with transaction(settings, reads_only=True) as session:
        (said,) = transcript(session, NEW.conversation, vault_of(settings))
    assert said.speaker == LINLI
    assert (ticket.number in said.content["text"], "已受理" in said.content["text"]) == (True, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("已归档",), "待受理 → 已归档: not allowed"),
        (("不予受理", "--instead", "自来水公司"), "待受理 → 不予受理: a reason is required"),
        (("不予受理", "--reason", "不归街道管"), "待受理 → 不予受理: must say where to go instead"),
        (("done",), "status 'done' is not known; known are submitted, 待受理"),
        (("已受理", "--by", " "), "--by: a name is needed"),
    ],
)
def test_a_refused_change_is_told_and_changes_nothing(
    arguments: tuple[str, ...], told: str
) -> None:
    ticket = filed()
    assert fault(tickets, "advance", ticket.number, "--by", "李", *arguments).startswith(told)
    assert "状态：待受理" in run(tickets, "show", ticket.number)


def test_every_open_status_can_be_named() -> None:
    for status in OPEN:
        assert run(tickets, "list", "--status", status.value).startswith("单号")
