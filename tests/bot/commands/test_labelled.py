import json
from pathlib import Path
from typing import Any

import pytest

from bot.commands.labelled import RowFault, read_labelled


def write(folder: Path, *rows: Any) -> Path:
    path = folder / "rows.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def labels(folder: Path, label: str, *values: Any) -> list[str | None]:
    rows = [{"text": "云溪家园3号楼的灯坏了", label: value} for value in values]
    return [row.label for row in read_labelled(write(folder, *rows), label)]


def test_title_and_text_are_two_lines_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    row = {"title": "路灯", "text": "坏了 三天", "category": "城乡建设"}
    path = write(tmp_path, "", row, "", {"text": "谢谢", "category": None})
    first, second = read_labelled(path, "category")
    assert (first.number, first.text, first.label) == (2, "路灯\n坏了 三天", "城乡建设")
    assert (second.number, second.text, second.label) == (4, "谢谢", None)


def test_kinds_are_read_in_both_languages(tmp_path: Path) -> None:
    assert labels(tmp_path, "kind", "求助", "request", None) == ["request", "request", None]


def test_emergencies_may_be_named_or_only_told(tmp_path: Path) -> None:
    values = [True, "fire", False, None, "", "none", "无"]
    assert labels(tmp_path, "emergency", *values) == ["emergency", "fire", *[None] * 5]


def test_an_address_is_normalised_as_its_text_is(tmp_path: Path) -> None:
    assert labels(tmp_path, "address", "云溪家园3号楼", "") == ["云溪家园3号楼", None]


@pytest.mark.parametrize(
    ("label", "row", "told"),
    [
        ("kind", "{", "is not JSON"),
        ("kind", "[]", "must be an object with text and kind"),
        ("kind", {"text": "灯坏了"}, "has no kind; where there is none, write null"),
        ("kind", {"text": "灯坏了", "kind": "app"}, "kind 'app' is not known; known are inquiry"),
        ("kind", {"text": "灯坏了", "kind": 3}, "the label must be a text or null, not 3"),
        ("kind", {"text": " ", "kind": None}, "text is empty"),
        ("kind", {"kind": None}, "must be texts"),
        ("kind", {"title": 1, "text": "灯坏了", "kind": None}, "must be texts"),
        ("intent", {"text": "灯坏了", "intent": "nonsense"}, "intent 'nonsense' is not known"),
        ("address", {"text": "灯坏了", "address": "东里"}, "address '东里' does not stand in"),
    ],
)
def test_a_fault_names_file_and_row(tmp_path: Path, label: str, row: Any, told: str) -> None:
    path = write(tmp_path, {"text": "您好", label: None}, row)
    with pytest.raises(RowFault) as caught:
        read_labelled(path, label)
    assert str(caught.value).startswith(f"{path}, row 2: ")
    assert told in str(caught.value)


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(RowFault, match=r"none\.jsonl: No such file"):
        read_labelled(tmp_path / "none.jsonl", "kind")
    with pytest.raises(RowFault, match="has no rows"):
        read_labelled(write(tmp_path, ""), "kind")
    (tmp_path / "rows.jsonl").write_bytes("灯坏了".encode("gbk"))
    with pytest.raises(RowFault, match="is not UTF-8"):
        read_labelled(tmp_path / "rows.jsonl", "kind")
