"""Entries in tables (.xlsx, .csv): whose columns may be named in English, in Chinese, or mapped."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.days import day, plain
from knowledge.files.block import FileFault
from knowledge.files.reading import read_rows
from knowledge.naming import spelled

COLUMNS = {
    "id": "编号",
    "topic": "主题",
    "question": "标准问题",
    "variants": "其他问法",
    "answer": "答案",
    "source.title": "依据",
    "source.article": "条款",
    "source.number": "文号",
    "source.link": "链接",
    "source.revision": "版本",
    "effective": "施行日期",
    "expires": "失效日期",
    "region": "适用地区",
    "handler": "承办单位",
    "tests": "测试问法",
}
"""The fields of an entry, and the headings that the template has for them."""

ALSO = {
    "topic": "分类 类别",
    "question": "问题 问",
    "variants": "相似问法 扩展问法 问法",
    "answer": "回答 答 答复",
    "source.title": "法规名称 依据名称 source",
    "source.article": "依据条款",
    "source.link": "网址",
    "effective": "生效日期 实施日期",
    "expires": "截止日期",
    "region": "地区",
    "handler": "办理单位",
}
"""Further headings that tables out of offices have."""

LEFT_OUT = "-"
"""What a column is mapped to that is not wanted."""

DATES = ("effective", "expires")


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as written, and where it stands (``file, row 3``)."""

    place: str
    fields: Mapping[str, Any]


def table_rows(
    path: Path, columns: Mapping[str, str], defaults: Mapping[str, str], faults: list[str]
) -> list[Row]:
    """The rows of a table as fields; what is wrong is added to ``faults``.

    Several variants or tests stand in one cell, parted by ``|`` or line breaks. A row without an id
    gets one that follows from its question.

    Args:
        columns: fields by heading, for headings that are not known; ``-`` leaves one out.
        defaults: values by field, for cells that are empty.
    """
    try:
        rows = read_rows(path)
    except FileFault as fault:
        faults.append(f"{path}: {fault}")
        return []
    taken, headings, sheet = list[Row](), list[str](), ""
    for place, cells in rows:
        where = f"{path}, {place}"
        on = place.rpartition(", row ")[0]
        if not headings or on != sheet:
            sheet = on
            headings = _headings(where, cells, columns, faults)
            continue
        if any(cell.strip() for cell in cells[len(headings) :]):
            faults.append(f"{where}: has more cells than the heading")
            continue
        taken.append(Row(where, _fields(headings, cells, defaults)))
    return taken


def _headings(
    place: str, cells: Sequence[str], columns: Mapping[str, str], faults: list[str]
) -> list[str]:
    """The field of each column; ``LEFT_OUT`` for those that are not wanted."""
    by_name = {chinese: name for name, chinese in COLUMNS.items()}
    by_name |= {heading: name for name, also in ALSO.items() for heading in also.split()}
    fields = list[str]()
    for cell in cells:
        heading = re.sub(r"\s|[*＊]", "", plain(cell))
        field = columns.get(cell.strip()) or columns.get(heading) or by_name.get(heading, heading)
        if not heading or field == LEFT_OUT:
            field = LEFT_OUT
        elif field not in COLUMNS:
            faults.append(
                f"{place}: column {heading!r} is no field; say what it is with --columns "
                f"{heading}=FIELD, or leave it out with {heading}=-"
            )
        elif field in fields:
            faults.append(f"{place}: there are two columns for {field}")
        fields.append(field)
    return fields


def _fields(
    headings: Sequence[str], cells: Sequence[str], defaults: Mapping[str, str]
) -> dict[str, Any]:
    fields: dict[str, Any] = dict(defaults)
    source = {}
    for name, cell in zip(headings, cells, strict=False):
        value = cell.strip()
        if name == LEFT_OUT or not value:
            continue
        if name.startswith("source."):
            source[name.removeprefix("source.")] = value
        elif name in DATES:
            when = day(plain(value))
            fields[name] = when.isoformat() if when else value
        else:
            fields[name] = value
    if source:
        fields["source"] = source
    if "id" not in fields and fields.get("question"):
        fields["id"] = named(fields["question"])
    return fields


def named(question: str) -> str:
    """An id that follows from a question: its sounds and a few letters of a hash."""
    question = re.sub(r"\s", "", plain(question))
    digest = hashlib.sha256(question.encode()).hexdigest()[:6]
    return f"{spelled(question)}-{digest}".strip("-")
