import json
from pathlib import Path
from typing import Any

import pytest

from bot.commands.labelled import LabelledRow, RowFault, read_labelled, read_texts
from nlu.address_shapes import SHAPES, in_a_sentence


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


def test_bare_addresses_are_put_into_one_shape_of_sentence_after_another(tmp_path: Path) -> None:
    bare = {"address": "云溪路12号", "parts": [["road", "云溪路"], ["roadno", "１２号"]]}
    rows = read_labelled(write(tmp_path, "", *[bare] * (len(SHAPES) + 1)), "address")
    assert [row.text for row in rows[:2]] == [in_a_sentence("云溪路12号", i) for i in (0, 1)]
    assert rows[-1].text == rows[0].text
    assert rows[0] == LabelledRow(
        2, rows[0].text, "云溪路12号", (("road", "云溪路"), ("roadno", "12号"))
    )


def test_an_address_in_a_text_may_have_parts_too(tmp_path: Path) -> None:
    row = {"text": "灯坏了，云溪路", "address": "云溪路", "parts": [["road", "云溪路"]]}
    (read,) = read_labelled(write(tmp_path, row), "address")
    assert (read.text, read.parts) == ("灯坏了，云溪路", (("road", "云溪路"),))


def test_texts_may_name_their_intent_and_anything_else_beside_it(tmp_path: Path) -> None:
    rows = [{"text": "放首歌", "kind": "music"}, {"title": "灯", "text": "坏了", "intent": "greet"}]
    assert read_texts(write(tmp_path, *rows)) == [
        LabelledRow(1, "放首歌", None),
        LabelledRow(2, "灯\n坏了", "greet"),
    ]


def test_a_text_of_an_unknown_intent_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, {"text": "放首歌", "intent": "music"})
    with pytest.raises(RowFault, match=r"rows\.jsonl, row 1: intent 'music' is not known"):
        read_texts(path)


@pytest.mark.parametrize(
    ("label", "row", "told"),
    [
        ("kind", "{", "is not JSON"),
        ("kind", "[]", "must be an object"),
        ("kind", {"text": "灯坏了"}, "has no kind; where there is none, write null"),
        ("kind", {"text": "灯坏了", "kind": "app"}, "kind 'app' is not known; known are inquiry"),
        ("kind", {"text": "灯坏了", "kind": 3}, "the label must be a text or null, not 3"),
        ("kind", {"text": " ", "kind": None}, "text is empty"),
        ("kind", {"kind": None}, "must be texts"),
        ("kind", {"title": 1, "text": "灯坏了", "kind": None}, "must be texts"),
        ("intent", {"text": "灯坏了", "intent": "nonsense"}, "intent 'nonsense' is not known"),
        ("address", {"text": "灯坏了", "address": "东里"}, "address '东里' does not stand in"),
        ("address", {"address": None}, "must be texts"),
        ("address", {"address": "东里", "parts": "东里"}, "parts must be pairs"),
        ("address", {"address": "东里", "parts": [["road"]]}, "parts must be pairs"),
        ("address", {"address": "东里", "parts": [["road", 3]]}, "parts must be pairs"),
        ("kind", {"kind": "求助", "address": "东里"}, "must be texts"),
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
