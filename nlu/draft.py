"""A text under change that knows of every character where it came from."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class Draft:
    """``text``, and where in what was written each of its characters begins and ends."""

    text: str
    starts: list[int]
    ends: list[int]

    @classmethod
    def of(cls, written: str) -> "Draft":
        places = list(range(len(written) + 1))
        return cls(written, places[:-1], places[1:])

    def sub(self, pattern: "re.Pattern[str]", replace: Callable[[str], str]) -> None:
        """Put ``replace(matched)`` where ``pattern`` matches.

        Of a replacement as long as the match each character comes from its opposite; otherwise
        every character comes from the whole match.
        """
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            old, (a, b) = match.group(0), match.span()
            new = replace(old)
            if new == old:
                continue
            pieces += self.text[done:a], new
            starts += self.starts[done:a]
            ends += self.ends[done:a]
            if len(new) == len(old):
                starts += self.starts[a:b]
                ends += self.ends[a:b]
            elif new:
                starts += [self.starts[a]] * len(new)
                ends += [self.ends[b - 1]] * len(new)
            done = b
        if pieces:
            self.text = "".join(pieces) + self.text[done:]
            self.starts = starts + self.starts[done:]
            self.ends = ends + self.ends[done:]

    def drop(self, spans: Iterable[tuple[int, int]]) -> None:
        """Leave out spans, given in order and apart from one another."""
        kept, done = list[range](), 0
        for start, end in spans:
            kept.append(range(done, start))
            done = end
        kept.append(range(done, len(self.text)))
        places = [i for part in kept for i in part]
        self.text = "".join(self.text[i] for i in places)
        self.starts = [self.starts[i] for i in places]
        self.ends = [self.ends[i] for i in places]

    def reread(self, text: str) -> None:
        """Put ``text``, character by character, in the place of a text just as long.

        Raises:
            ValueError: ``text`` has another length.
        """
        if len(text) != len(self.text):
            raise ValueError("a text reread must keep its length")
        self.text = text

    def strip(self) -> None:
        a = len(self.text) - len(self.text.lstrip())
        b = max(a, len(self.text.rstrip()))
        self.text, self.starts, self.ends = self.text[a:b], self.starts[a:b], self.ends[a:b]
