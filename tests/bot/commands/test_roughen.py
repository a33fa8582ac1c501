import json
from pathlib import Path

import click
import pytest

from bot.commands.roughen import roughen
from tests.bot.commands.running import fault, run

GROUP = click.Group(commands=[roughen])


def write(folder: Path, *lines: str) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_every_row_is_printed_rough_with_its_labels(tmp_path: Path) -> None:
    rows = [{"text": "望溪路12号的灯坏了，没人修", "address": "望溪路12号", "kind": "报修"}] * 6
    path = write(tmp_path, *(json.dumps(row, ensure_ascii=False) for row in rows))
    printed = [json.loads(line) for line in run(GROUP, "roughen", path, "--seed", 3).splitlines()]
    assert len(printed) == 6
    assert all(row["address"] in row["text"] and row["kind"] == "报修" for row in printed)
    assert all(row["text"] != rows[0]["text"] for row in printed)


def test_one_seed_prints_one_file_and_another_another(tmp_path: Path) -> None:
    path = write(tmp_path, '{"text": "楼道里堆满了东西，走不过去，物业也不管"}')
    first = run(GROUP, "roughen", path, "--seed", 1)
    assert run(GROUP, "roughen", path, "--seed", 1) == first
    assert run(GROUP, "roughen", path, "--seed", 2) != first


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("[1]", "must be an object"),
        ('{"texts": "灯"}', "must be an object"),
        ("{", "is not JSON"),
        ('{"text": "灯", "address": "望溪路"}', "does not stand in the text"),
        ('{"text": "灯", "address": "灯", "parts": ["灯"]}', "parts"),
        ('{"text": "灯", "address": 3}', "address"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_by_file_row_and_fault(
    tmp_path: Path, line: str, told: str
) -> None:
    path = write(tmp_path, '{"text": "好"}', "", line)
    error = fault(GROUP, "roughen", path)
    assert f"{path}, row 3" in error
    assert told in error


def test_a_file_without_rows_is_told(tmp_path: Path) -> None:
    assert "has no rows" in fault(GROUP, "roughen", write(tmp_path, ""))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert "No such file" in fault(GROUP, "roughen", tmp_path / "none.jsonl")
