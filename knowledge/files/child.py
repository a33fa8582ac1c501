"""Reads one file in a process of its own, with bounds: ``python -m knowledge.files.child``.

Formats that others wrote are parsed here: whatever the file does to the parser, the caller is told.
"""

import json
import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

from knowledge.files.block import FileFault

MEMORY = 2 * 2**30
"""Bytes of address space; PDFium and the interpreter reserve several hundred million at rest."""
SECONDS = 60


def _docx(path: Path) -> Sequence[Any]:
    from knowledge.files.docx import read_docx

    return [astuple(block) for block in read_docx(path)]


def _pdf(path: Path) -> Sequence[Any]:
    from knowledge.files.pdf import read_pdf

    return [astuple(block) for block in read_pdf(path)]


def _html(path: Path) -> Sequence[Any]:
    from knowledge.files.html import read_html

    return [astuple(block) for block in read_html(path.read_bytes())]


def _xlsx(path: Path) -> Sequence[Any]:
    from knowledge.files.workbook import read_workbook

    return read_workbook(path)


READERS: dict[str, Callable[[Path], Sequence[Any]]] = {
    ".docx": _docx,
    ".pdf": _pdf,
    ".html": _html,
    ".htm": _html,
    ".xlsx": _xlsx,
}


def answer(suffix: str, path: Path) -> dict[str, Any]:
    """``{"read": [...]}`` or ``{"fault": reason}``, whatever the file does to its parser."""
    try:
        return {"read": READERS[suffix](path)}
    except FileFault as fault:
        return {"fault": str(fault)}
    except MemoryError:
        return {"fault": "takes too much memory to read"}
    except RecursionError:
        return {"fault": "is broken: things stand in one another without end"}
    except Exception as error:  # the libraries raise whatever the damage leads to
        why = type(error).__name__
        return {"fault": f"is broken: it is not what {suffix} should be ({why})"}


def main(suffix: str, path: str) -> None:
    """Prints the answer, within bounds on memory and time."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.write(json.dumps(answer(suffix, Path(path))))


if __name__ == "__main__":
    main(*sys.argv[1:])
