"""Reading a file of any format that can be imported."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from knowledge.days import INVISIBLE
from knowledge.files.block import Block, FileFault
from knowledge.files.text import read_markdown, read_text
from knowledge.files.workbook import Row, read_csv

LARGEST = 100 * 2**20
"""Bytes of a file."""
TIMEOUT = 90.0
"""Seconds that a file may take, waiting included."""

TEXTS = {".txt": read_text, ".md": read_markdown}
CONFINED = (".docx", ".pdf", ".html", ".htm")
DOCUMENTS = (*TEXTS, *CONFINED)
TABLES = (".csv", ".xlsx")
OLD = {".doc": ".docx", ".xls": ".xlsx", ".docm": ".docx", ".xlsm": ".xlsx", ".wps": ".docx",
       ".et": ".xlsx", ".rtf": ".docx"}  # fmt: skip
"""Formats that cannot be read, and what to save them as."""

_ROOT = Path(__file__).parents[2]


def read_blocks(path: Path) -> list[Block]:
    """The paragraphs of a document.

    Raises:
        FileFault: it cannot be taken; with the reason, and the page where it has pages.
    """
    check_size(path)
    suffix = path.suffix.lower()
    if suffix in TEXTS:
        blocks = TEXTS[suffix](path.read_bytes())
    else:
        blocks = [Block(*block) for block in confined(path)]
    blocks = [replace(block, text=INVISIBLE.sub("", block.text)) for block in blocks]
    if not any(block.text.strip() for block in blocks):
        raise FileFault("has no text")
    return [block for block in blocks if block.text.strip()]


def read_rows(path: Path) -> list[Row]:
    """The rows of a table, each with its place; the first has the headings.

    Raises:
        FileFault: it cannot be taken; with the reason, and the row where that is known.
    """
    check_size(path)
    if path.suffix.lower() == ".csv":
        return read_csv(path.read_bytes())
    return [(place, cells) for place, cells in confined(path)]


def check_size(path: Path) -> None:
    size = path.stat().st_size
    if size > LARGEST:
        raise FileFault(f"has {size / 2**20:.0f} MB; a file has at most {LARGEST / 2**20:.0f} MB")
    if size == 0:
        raise FileFault("is empty")


def confined(path: Path) -> list[Any]:
    """What ``knowledge.files.child`` reads, in a process with bounds on memory and time.

    Raises:
        FileFault: the file cannot be read within them.
    """
    command = [sys.executable, "-m", "knowledge.files.child", path.suffix.lower(), str(path)]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONWARNINGS": "ignore"}
    try:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, timeout=TIMEOUT, env=environment, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise FileFault("takes too long to read") from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        raise FileFault(f"cannot be read: {_why(done)}") from error
    if "fault" in answer:
        raise FileFault(answer["fault"])
    read: list[Any] = answer["read"]
    return read


def _why(done: "subprocess.CompletedProcess[bytes]") -> str:
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    if done.returncode < 0:
        return "its parser broke down, or took too much time or memory"
    return lines[-1][:200] if lines else f"its parser ended with {done.returncode}"
