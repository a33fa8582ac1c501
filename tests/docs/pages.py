"""The documentation as the tests read it: pages, their tables, sections and examples."""

import re
from collections.abc import Iterator
from pathlib import Path

from bot.settings import ROOT

DOCS = ROOT / "docs"
ROW = re.compile(r"^\|(.+)\|\s*$", re.MULTILINE)
CELL = re.compile(r"(?<!\\)\|")
CODE = re.compile(r"`([^`]+)`")
HEADING = re.compile(r"^#{2,3} +(.+?) *$", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def pages() -> list[Path]:
    """Every page, those beside the source included."""
    return [ROOT / "README.md", ROOT / "README.en.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")]


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def rows(text: str) -> list[list[str]]:
    """Cells of every line of every table, headings included."""
    return [[c.strip() for c in CELL.split(m.group(1))] for m in ROW.finditer(text)]


def named_rows(text: str) -> dict[str, list[str]]:
    """Cells behind the first, by what stands as code in the first."""
    found: dict[str, list[str]] = {}
    for first, *rest in rows(text):
        for name in CODE.findall(first):
            assert name not in found, f"{name} has two lines"
            found[name] = rest
    return found


def sections(text: str) -> dict[str, str]:
    """What stands under each heading of the second and third level, by its words."""
    marks = list(HEADING.finditer(text))
    ends = [*(m.start() for m in marks[1:]), len(text)]
    return {m.group(1): text[m.end() : end] for m, end in zip(marks, ends, strict=True)}


def examples(text: str, language: str) -> list[str]:
    """Fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def links(text: str) -> Iterator[str]:
    """Targets of links and pictures, addresses on the net left out."""
    yield from (target for target in LINK.findall(text) if "://" not in target)
