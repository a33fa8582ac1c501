import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from actions.tickets.export import UnknownFormat, export
from tests.actions.tickets.desk import NEW, Office

TELLING = replace(NEW, description="请回电13900000000，身份证110101199003070003", title="=1+1")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
def test_no_contact_leaves_the_house_unasked(office: Office, tmp_path: Path, name: str) -> None:
    office.file(TELLING)
    path = tmp_path / name
    with office.sessions() as session:
        assert export(session, path) == 1
    text = path.read_text(encoding="utf-8-sig")
    for private in ("13800000000", "13900000000", "110101199003070003", "示例居民", "sealed"):
        assert private not in text
    assert "139****0000" in text


def test_asked_for_the_contact_is_there(office: Office, tmp_path: Path) -> None:
    office.file(TELLING)
    office.file(replace(NEW, anonymous=True))
    path = tmp_path / "t.csv"
    with office.sessions() as session:
        assert export(session, path, vault=office.vault) == 2
    first, second = rows_of(path)
    assert (first["contact_name"], first["contact_phone"]) == ("示例居民", "13800000000")
    assert second["contact_phone"] == ""
    assert "139****0000" in first["description"]


def test_a_row_holds_the_ticket_in_beijing_time(office: Office, tmp_path: Path) -> None:
    ticket = office.file()
    path = tmp_path / "t.jsonl"
    with office.sessions() as session:
        export(session, path)
    row = json.loads(path.read_text(encoding="utf-8"))
    assert row["number"] == ticket.number
    assert row["filed_at"] == "2026-03-02T10:00:00+08:00"
    assert (row["status"], row["category_1"]) == ("submitted", "城乡建设")


def test_no_cell_becomes_a_formula(office: Office, tmp_path: Path) -> None:
    office.file(TELLING)
    path = tmp_path / "t.csv"
    with office.sessions() as session:
        export(session, path)
    assert rows_of(path)[0]["title"] == "'=1+1"


def test_without_tickets_there_is_a_heading(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    with office.sessions() as session:
        assert export(session, path) == 0
    assert path.read_text(encoding="utf-8-sig").startswith("number,kind,")


def test_another_ending_is_refused(office: Office, tmp_path: Path) -> None:
    with office.sessions() as session, pytest.raises(UnknownFormat, match=r"t\.xls"):
        export(session, tmp_path / "t.xls")


def test_every_page_is_in_the_file_once(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actions.tickets.export.PAGE", 2)
    numbers = [office.file(NEW).number for _ in range(5)]
    path = tmp_path / "t.csv"
    with office.sessions() as session:
        assert export(session, path) == 5
    assert [row["number"] for row in rows_of(path)] == numbers
