import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from knowledge.importers import ImportFault, read_paths
from knowledge.table_rows import ALSO, COLUMNS, Row, named, table_rows
from knowledge.template import EXAMPLE
from tests.knowledge.files.made import sheet

HEADINGS = list(COLUMNS.values())
FILLED = {**EXAMPLE, "id": "umbrella", "region": "云溪街道"}
CELLS = [FILLED.get(name, "") for name in COLUMNS]


def rows(
    path: Path, columns: Mapping[str, str] | None = None, defaults: Mapping[str, str] | None = None
) -> tuple[list[Row], list[str]]:
    faults: list[str] = []
    return table_rows(path, columns or {}, defaults or {}, faults), faults


def test_headings_may_be_chinese_english_or_starred(tmp_path: Path) -> None:
    english = sheet(tmp_path / "a.xlsx", [list(COLUMNS), CELLS])
    chinese = sheet(tmp_path / "b.xlsx", [[f"{heading} *" for heading in HEADINGS], CELLS])
    assert read_paths([english]) == read_paths([chinese])
    (entry,) = read_paths([chinese])
    assert (entry.id, entry.region, entry.source.article) == ("umbrella", "云溪街道", "第二条")


def test_a_heading_that_is_not_known_can_be_mapped_or_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("咨询内容,备注\n有伞借吗,记一笔\n", encoding="gbk")
    found, faults = rows(path, {"咨询内容": "question", "备注": "-"})
    assert (found[0].fields["question"], faults) == ("有伞借吗", [])
    assert "备注" not in found[0].fields
    _, faults = rows(path)
    assert [re.search(r"column '(.+)' is no field; .*--columns \1=FIELD", f) for f in faults]
    assert len(faults) == 2


def test_two_columns_for_one_field_are_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("问题,标准问题\n有伞吗,有伞吗\n", encoding="utf-8")
    assert rows(path)[1] == [f"{path}, row 1: there are two columns for question"]


def test_every_further_heading_stands_for_a_field() -> None:
    assert set(ALSO) <= set(COLUMNS)
    said = [heading for also in ALSO.values() for heading in also.split()]
    assert len(set(said)) == len(said)
    assert not set(said) & {*COLUMNS.values()}


@pytest.mark.parametrize("said", ["2026年1月1日", "2026/1/1", "2026-01-01", "二〇二六年一月一日"])
def test_dates_are_taken_as_people_write_them(tmp_path: Path, said: str) -> None:
    path = sheet(tmp_path / "a.xlsx", [["施行日期"], [said]])
    assert rows(path)[0][0].fields["effective"] == "2026-01-01"


def test_a_row_without_id_gets_the_same_one_every_time(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", [["标准问题"], ["有伞借吗？"], ["有 伞借吗？"], ["有伞吗"]])
    ids = [row.fields["id"] for row in rows(path)[0]]
    assert ids[0] == ids[1] == named("有伞借吗？") != ids[2]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", ids[0])


def test_what_is_said_for_all_fills_cells_that_are_empty(tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "a.xlsx", [["标准问题", "适用地区"], ["有伞吗", ""], ["有车吗", "全国"]]
    )
    found, _ = rows(path, defaults={"region": "云溪街道"})
    assert [row.fields["region"] for row in found] == ["云溪街道", "全国"]


def test_faults_tell_file_sheet_row_and_fault(tmp_path: Path) -> None:
    wrong = [*CELLS]
    wrong[list(COLUMNS).index("effective")] = "2024-13-01"
    path = sheet(tmp_path / "a.xlsx", [HEADINGS, CELLS, wrong])
    with pytest.raises(ImportFault) as fault:
        read_paths([path])
    assert fault.value.faults[0] == (
        f"{path}, sheet Sheet, row 3 (umbrella): effective '2024-13-01' is not a date (YYYY-MM-DD)"
    )


def test_a_table_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK and nothing more")
    found, faults = rows(path)
    assert (found, len(faults)) == ([], 1)
    assert "is broken" in faults[0]
