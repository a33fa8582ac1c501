"""The table that editors fill in: a heading, an example, and what each column is for."""

import csv
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from knowledge.table_rows import COLUMNS

REQUIRED = ("topic", "question", "variants", "answer", "source.title", "effective", "region",
            "handler")  # fmt: skip
EXAMPLE = {
    "topic": "家门口服务站",
    "question": "雨伞忘带了能借吗？",
    "variants": "下雨了想借把伞|服务站有没有爱心伞",
    "answer": "可以。到服务站登记姓名和电话就能借一把，不收押金，七天内还回来就行。",
    "source.title": "便民雨伞借用办法（示例，请改成您的依据）",
    "source.article": "第二条",
    "effective": "2026-01-01",
    "region": "全国",
    "handler": "社区服务站",
    "tests": "今天下雨有伞借吗",
}
_WIDE = frozenset(("question", "variants", "answer", "tests"))


def write_template(path: Path, region: str) -> None:
    """Writes an .xlsx or .csv table to fill in.

    Args:
        region: the place that the example is for.

    Raises:
        FileExistsError: there is such a file already.
        OSError: it cannot be written.
    """
    row = [(EXAMPLE | {"region": region}).get(name, "") for name in COLUMNS]
    headings = list(COLUMNS.values())
    if path.suffix.lower() == ".csv":
        with path.open("x", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([headings, row])
        return
    with path.open("xb") as file:
        _workbook(headings, row).save(file)


def _workbook(headings: list[str], row: list[str]) -> Workbook:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "知识条目"
    starred = [
        f"{heading}*" if name in REQUIRED else heading
        for name, heading in zip(COLUMNS, headings, strict=True)
    ]
    sheet.append(starred)
    sheet.append(row)
    sheet.freeze_panes = "A2"
    for place, name in enumerate(COLUMNS, 1):
        letter = get_column_letter(place)
        sheet[f"{letter}1"].font = Font(bold=True)
        sheet.column_dimensions[letter].width = 44 if name in _WIDE else 18
        sheet[f"{letter}2"].alignment = Alignment(wrap_text=True, vertical="top")
        if name in ("effective", "expires"):
            dates = DataValidation(
                type="date", operator="greaterThan", formula1="7306", allow_blank=True
            )
            dates.error, dates.errorTitle = "请写成 2026-01-01 的样子", "日期"
            sheet.add_data_validation(dates)
            dates.add(f"{letter}3:{letter}2000")
    return book
