"""docs/privacy.md says of every table what is in it and how it is kept."""

import pytest

from bot.database import METADATA
from tests.docs.pages import CODE, page, rows, sections

TABLES = sorted(name for metadata in METADATA for name in metadata.tables)


def told() -> dict[str, list[str]]:
    section = sections(page("privacy.md"))["存在哪里"].partition("| `LINLI_HOME`")[0]
    return {CODE.findall(first)[0]: rest for first, *rest in rows(section) if "`" in first}


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_a_line(table: str) -> None:
    content, kept = told()[table]
    assert content
    assert kept


def test_no_table_is_told_of_that_is_gone() -> None:
    assert sorted(told()) == TABLES


def sealed() -> list[str]:
    return [
        table.name
        for metadata in METADATA
        for table in metadata.sorted_tables
        if any(column.name.startswith("sealed") for column in table.columns)
    ]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_called_encrypted_where_it_has_sealed_columns_and_only_there(
    table: str,
) -> None:
    assert ("加密" in told()[table][1]) == (table in sealed())
