"""Tables: the rows of .xlsx and .csv files."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from knowledge.files.block import FileFault
from knowledge.files.office import check_office
from knowledge.files.text import decode

ROWS = 200_000
COLUMNS = 100
CELL = 32_767
"""Characters of a cell, as Excel has it."""

Row = tuple[str, list[str]]
"""Where it stands (``sheet 政策, row 3``), and its cells."""


def read_csv(data: bytes) -> list[Row]:
    """The rows of a CSV, TSV or semicolon table; rows without anything are left out.

    Raises:
        FileFault: it is no text, or a row cannot be read.
    """
    text = decode(data).lstrip("\ufeff")
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    rows = list[Row]()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                checked = [_checked(cell, f"row {number}") for cell in cells]
                rows.append((f"row {number}", _trimmed(checked)))
            number = reader.line_num + 1
            if len(rows) > ROWS:
                raise FileFault(f"has more than {ROWS} rows")
    except csv.Error as error:
        raise FileFault(f"row {number}: {error}") from error
    return rows


def read_workbook(path: Path) -> list[Row]:
    """The rows of the sheets of an .xlsx file; dates are written YYYY-MM-DD.

    Raises:
        FileFault: it is encrypted, carries macros, is too large, or has a formula.
        Exception: it is broken, in whatever way.
    """
    check_office(path)
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
        try:
            return [row for sheet in book.worksheets for row in _sheet(sheet)]
        finally:
            book.close()


def _sheet(sheet: Any) -> Iterator[Row]:
    if not hasattr(sheet, "reset_dimensions"):
        return
    sheet.reset_dimensions()
    taken = 0
    for number, cells in enumerate(sheet.iter_rows(max_col=COLUMNS), 1):
        if number > ROWS:
            raise FileFault(f"sheet {sheet.title}: has more than {ROWS} rows")
        if all(cell.value in (None, "") for cell in cells):
            continue
        place = f"sheet {sheet.title}, row {number}"
        taken += 1
        yield place, _trimmed([_written(cell, place) for cell in cells])


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _written(cell: Any, place: str) -> str:
    value = cell.value
    if value is None:
        return ""
    where = f"{place}, column {getattr(cell, 'column_letter', '?')}"
    if cell.data_type == "f":
        raise FileFault(f"{where}: is a formula; put its value there")
    if cell.data_type == "e":
        raise FileFault(f"{where}: is an error of Excel's ({value})")
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _checked(str(value), where)


def _checked(cell: str, place: str) -> str:
    if len(cell) > CELL:
        raise FileFault(f"{place}: a cell has {len(cell)} characters; at most {CELL}")
    if cell.startswith(("=", "@SUM", "+cmd", "-cmd")) and len(cell) > 1:
        raise FileFault(f"{place}: {cell[:20]!r} is a formula; put its value there")
    return cell
