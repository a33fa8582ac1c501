"""Reading entries from files: YAML, tables and JSON lines with the same fields.

Either everything is right and is taken, or every fault is told and nothing is.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.orm import Session

from knowledge.entry import Entry, Source
from knowledge.files.block import FileFault
from knowledge.files.reading import TABLES, check_size
from knowledge.files.text import decode
from knowledge.store import Saved, save_entries
from knowledge.table_rows import Row, table_rows

SUFFIXES = (".yml", ".yaml", ".jsonl", *TABLES)
REQUIRED = ("id", "topic", "question", "variants", "answer", "source", "effective", "region",
            "handler")  # fmt: skip
TEXTS = ("id", "topic", "question", "answer", "region", "handler")
FIELDS = frozenset((*REQUIRED, "expires", "tests"))
SOURCE_FIELDS = ("title", "article", "number", "link", "revision")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SEVERAL = re.compile(r"[|\n]")


class ImportFault(Exception):
    """Nothing was imported. ``faults`` has one line each: file, row or entry, what is wrong."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def import_paths(session: Session, paths: Sequence[Path], author: str, now: datetime) -> Saved:
    """Reads files and folders and saves their entries as drafts.

    Args:
        now: timezone-aware.

    Raises:
        ImportFault: there is anything wrong in any of the files; nothing was saved.
    """
    return save_entries(session, read_paths(paths), author, now)


def read_paths(
    paths: Sequence[Path],
    columns: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
) -> list[Entry]:
    """The entries of files and, in order of name, of the files in folders.

    Args:
        columns: fields by heading, for tables whose headings are not known.
        defaults: values by field, for cells of tables that are empty.

    Raises:
        ImportFault: see ``import_paths``.
    """
    entries: list[Entry] = []
    faults: list[str] = []
    places: dict[str, str] = {}
    for path in _files(paths, faults):
        for row in _rows(path, columns or {}, defaults or {}, faults):
            entry = parse(row, faults)
            if entry is None:
                continue
            if entry.id in places:
                faults.append(f"{row.place}: id {entry.id!r} is already used in {places[entry.id]}")
            places.setdefault(entry.id, row.place)
            entries.append(entry)
    if faults:
        raise ImportFault(faults)
    return entries


def parse(row: Row, faults: list[str]) -> Entry | None:
    """The entry of a row, or None with what is wrong added to ``faults``."""
    fields, found = row.fields, len(faults)
    place = f"{row.place} ({fields['id']})" if fields.get("id") else row.place

    def text(name: str) -> str:
        value = fields.get(name)
        if isinstance(value, str | int) and str(value).strip():
            return str(value).strip()
        if name not in missing:
            faults.append(f"{place}: {name} must be a text, not {value!r}")
        return ""

    def texts(name: str) -> tuple[str, ...]:
        value = fields.get(name) or ()
        parts = _SEVERAL.split(value) if isinstance(value, str) else value
        if not isinstance(parts, list | tuple) or not all(isinstance(p, str) for p in parts):
            faults.append(f"{place}: {name} must be a list of texts")
            return ()
        return tuple(part.strip() for part in parts if part.strip())

    def day(name: str) -> date | None:
        value = fields.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(str(value).strip())
        except ValueError:
            faults.append(f"{place}: {name} {str(value)!r} is not a date (YYYY-MM-DD)")
            return None

    missing = [name for name in REQUIRED if fields.get(name) in (None, "", [], {})]
    faults.extend(f"{place}: {name} is missing" for name in missing)
    faults.extend(f"{place}: unknown field {name!r}" for name in fields if name not in FIELDS)
    effective, expires = day("effective"), day("expires")
    if effective and expires and expires < effective:
        faults.append(f"{place}: expires {expires} lies before effective {effective}")
    if text("id") and not _ID.fullmatch(text("id")):
        faults.append(f"{place}: id must be words of a-z and 0-9 with hyphens between them")
    source = _source(fields.get("source"), place, faults)
    parts = {name: text(name) for name in TEXTS}
    variants, tests = texts("variants"), texts("tests")
    if len(faults) > found or effective is None or source is None:
        return None
    return Entry(
        variants=variants,
        tests=tests,
        source=source,
        effective=effective,
        expires=expires,
        quoted=False,
        **parts,
    )


def _source(value: Any, place: str, faults: list[str]) -> Source | None:
    if isinstance(value, str):
        value = {"title": value}
    if not isinstance(value, Mapping):
        if value is not None:
            faults.append(f"{place}: source must be fields with values")
        return None
    unknown = [name for name in value if name not in SOURCE_FIELDS]
    faults.extend(f"{place}: unknown field 'source.{name}'" for name in unknown)
    parts = {name: str(value.get(name) or "").strip() for name in SOURCE_FIELDS}
    if not parts["title"]:
        faults.append(f"{place}: source.title is missing")
    return Source(**parts)


def _files(paths: Sequence[Path], faults: list[str]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES)
        elif not path.exists():
            faults.append(f"{path}: no such file")
        elif path.suffix.lower() not in SUFFIXES:
            faults.append(f"{path}: only {', '.join(SUFFIXES)} can be imported")
        else:
            yield path


def _rows(
    path: Path, columns: Mapping[str, str], defaults: Mapping[str, str], faults: list[str]
) -> list[Row]:
    if path.suffix.lower() in TABLES:
        return table_rows(path, columns, defaults, faults)
    try:
        check_size(path)
        content = decode(path.read_bytes()).removeprefix("\ufeff")
        reader = _json_rows if path.suffix.lower() == ".jsonl" else _yaml_rows
        return reader(path, content, faults)
    except FileFault as fault:
        faults.append(f"{path}: {fault}")
    except RecursionError:
        faults.append(f"{path}: things stand in one another without end")
    return []


def _yaml_rows(path: Path, content: str, faults: list[str]) -> list[Row]:
    try:
        document = yaml.safe_load(content)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        faults.append(f"{path}{line}: is not YAML: {getattr(error, 'problem', None) or error}")
        return []
    entries = document.get("entries") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        faults.append(f"{path}: must have a list `entries`")
        return []
    rows = []
    for number, fields in enumerate(entries, 1):
        if isinstance(fields, dict):
            rows.append(Row(f"{path}, entry {number}", {"topic": document.get("topic"), **fields}))
        else:
            faults.append(f"{path}, entry {number}: must be fields with values")
    return rows


def _json_rows(path: Path, content: str, faults: list[str]) -> list[Row]:
    rows = []
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except ValueError as error:
            faults.append(f"{path}, row {number}: is not JSON: {error}")
            continue
        if isinstance(fields, dict):
            rows.append(Row(f"{path}, row {number}", fields))
        else:
            faults.append(f"{path}, row {number}: must be an object")
    return rows
