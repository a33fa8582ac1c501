"""Which of the files handed in are tables of entries, and which are documents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.files.reading import DOCUMENTS, OLD
from knowledge.importers import SUFFIXES


@dataclass(frozen=True, slots=True)
class Sorted:
    """Files by what they hold; ``left_out`` were found in folders and are neither."""

    entries: tuple[Path, ...]
    documents: tuple[Path, ...]
    left_out: tuple[Path, ...]


def sort_paths(paths: Sequence[Path], faults: list[str]) -> Sorted:
    """Files, and in order of name those in folders; what cannot be read is a fault."""
    entries, documents, left_out = list[Path](), list[Path](), list[Path]()
    for path, named in _files(paths, faults):
        suffix = path.suffix.lower()
        if suffix in SUFFIXES:
            entries.append(path)
        elif suffix in DOCUMENTS:
            documents.append(path)
        elif suffix in OLD:
            faults.append(f"{path}: {suffix} cannot be read; save it as {OLD[suffix]}")
        elif named:
            known = ", ".join((*SUFFIXES, *DOCUMENTS))
            faults.append(f"{path}: only {known} can be imported")
        else:
            left_out.append(path)
    return Sorted(tuple(dict.fromkeys(entries)), tuple(dict.fromkeys(documents)), tuple(left_out))


def _files(paths: Sequence[Path], faults: list[str]) -> Iterator[tuple[Path, bool]]:
    """Files, and whether each was named itself; hidden ones and Office's locks are not seen."""
    for path in paths:
        if path.is_dir():
            for found in sorted(path.rglob("*")):
                hidden = any(part.startswith((".", "~$")) for part in found.relative_to(path).parts)
                if found.is_file() and not hidden:
                    yield found, False
        elif path.is_file():
            yield path, True
        else:
            faults.append(f"{path}: no such file")
