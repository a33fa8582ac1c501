"""A paragraph as a file gives it."""

from dataclasses import dataclass


class FileFault(Exception):
    """A file cannot be taken; the message says why, and on which page or row where it can."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph.

    Attributes:
        level: of a heading as the format marks it, from 1; 0 for anything else.
        page: from 1, where the format has pages.
    """

    text: str
    level: int = 0
    page: int | None = None
