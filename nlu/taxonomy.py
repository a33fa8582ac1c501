"""The taxonomy (诉求分类): names of categories, data that a city replaces with its own.

The built-in one has the first and second level names of a complaint taxonomy that a Chinese
city's message board files by: 15 classes, and 103 below them beside 其他 (others) in each.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

OWN = Path(__file__).with_name("taxonomy.csv")
COLUMNS = ("level1", "level2")


class TaxonomyFault(ValueError):
    """The file cannot be used; the message names file, row and fault."""


def read_taxonomy(path: Path = OWN) -> Mapping[str, tuple[str, ...]]:
    """The first-level names and under each its second-level names, in the order of the file.

    Args:
        path: CSV in UTF-8 with the columns level1 and level2; further ones are passed over.

    Raises:
        TaxonomyFault: the file cannot be read, a column is missing, a name is empty, or there
            are fewer than two first-level names.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise TaxonomyFault(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise TaxonomyFault(f"{path}: is not UTF-8 text") from error
    rows = csv.DictReader(lines)
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise TaxonomyFault(f"{path}, row 1: has no column {missing[0]}")
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        first, second = ((row[name] or "").strip() for name in COLUMNS)
        if not first or not second:
            empty = COLUMNS[0] if not first else COLUMNS[1]
            raise TaxonomyFault(f"{path}, row {rows.line_num}: {empty} is empty")
        found.setdefault(first, {})[second] = None
    if len(found) < 2:
        raise TaxonomyFault(f"{path}: needs two first-level names or more")
    return {first: tuple(seconds) for first, seconds in found.items()}
