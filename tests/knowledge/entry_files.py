"""Entries as the rows of a table."""

from knowledge.entry import Entry, to_content
from knowledge.table_rows import COLUMNS


def listed(*entries: Entry) -> list[list[str]]:
    """A heading in English and a row for each entry."""
    rows = [list(COLUMNS)]
    for entry in entries:
        content = to_content(entry)
        source = {f"source.{name}": value for name, value in content["source"].items()}
        values = {**content, **source}
        rows.append([_cell(values.get(name)) for name in COLUMNS])
    return rows


def _cell(value: object) -> str:
    return "|".join(value) if isinstance(value, list) else str(value or "")
