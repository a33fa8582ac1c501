import contextlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.files.block import FileFault
from knowledge.files.workbook import read_csv, read_workbook
from tests.knowledge.files.made import fault_of, sheet, with_member


def test_rows_have_their_places_and_empty_ones_are_left_out(tmp_path: Path) -> None:
    moment = datetime(2026, 5, 6, 7, tzinfo=UTC).replace(tzinfo=None)
    rows: list[list[object]] = [["问题", "日期"], [], ["停车", date(2026, 1, 2)], [3.0, moment]]
    path = sheet(tmp_path / "some.xlsx", rows)
    assert read_workbook(path) == [
        ("sheet Sheet, row 1", ["问题", "日期"]),
        ("sheet Sheet, row 3", ["停车", "2026-01-02"]),
        ("sheet Sheet, row 4", ["3", "2026-05-06"]),
    ]


@pytest.mark.parametrize(
    "formula", ["=1+1", "=cmd|'/c calc'!A0", '=HYPERLINK("https://example.org")']
)
def test_formulas_are_refused_with_their_cell(tmp_path: Path, formula: str) -> None:
    path = sheet(tmp_path / "some.xlsx", [["问题"], [formula]])
    with pytest.raises(FileFault, match="row 2, column A: is a formula"):
        read_workbook(path)
    with pytest.raises(FileFault, match=r"row 2: .* is a formula"):
        read_csv(f'问题\n"{formula.replace(chr(34), chr(34) * 2)}"\n'.encode())


def test_a_sheet_that_says_it_is_huge_is_read_for_what_it_has(tmp_path: Path) -> None:
    path = sheet(tmp_path / "some.xlsx", [["问题"], ["停车"]])
    cells = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<dimension ref="A1:XFD1048576"/><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>问题</t></is></c></row>'
        '<row r="2"><c r="XFD2" t="inlineStr"><is><t>停车</t></is></c></row>'
        "</sheetData></worksheet>"
    )
    with_member(path, "xl/worksheets/sheet1.xml", cells.encode())
    assert [row[1][0] for row in read_workbook(path)] == ["问题"]


def test_a_row_far_down_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.files.workbook.ROWS", 2000)
    path = sheet(tmp_path / "some.xlsx", [["问题"]])
    cells = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>停车</t></is></c></row>'
        "</sheetData></worksheet>"
    )
    with_member(path, "xl/worksheets/sheet1.xml", cells.encode())
    with pytest.raises(FileFault, match="more than 2000 rows"):
        read_workbook(path)


@pytest.mark.parametrize(
    "content", [b"", b"no xml", b"<a>" * 10_000, b"<worksheet/>"], ids=range(4)
)
@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_workbook_without_sense_inside_is_read_or_refused(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = with_member(sheet(tmp_path / "some.xlsx", [["问题"], ["停车"]]), name, content)
    assert fault_of(path) or read_workbook(path) == []


def test_entities_are_not_blown_up(tmp_path: Path) -> None:
    bomb = "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
        f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(8)
    )
    content = f"<?xml version='1.0'?>{bomb}]><worksheet>&i;</worksheet>"
    path = with_member(
        sheet(tmp_path / "some.xlsx", [["问题"]]), "xl/worksheets/sheet1.xml", content.encode()
    )
    assert "is broken" in fault_of(path)


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_csv_is_read_however_it_is_parted_and_encoded(delimiter: str, encoding: str) -> None:
    text = f'问题{delimiter}答案\n停车{delimiter}"免费，\n不限时"\n\n骑车{delimiter}免费\n'
    assert read_csv(text.encode(encoding)) == [
        ("row 1", ["问题", "答案"]),
        ("row 2", ["停车", "免费，\n不限时"]),
        ("row 5", ["骑车", "免费"]),
    ]


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_refused(data: bytes) -> None:
    with contextlib.suppress(FileFault):
        read_csv(data)
