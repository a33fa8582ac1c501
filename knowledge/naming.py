"""Ids that follow from Chinese words: their sounds in Latin letters."""

import re

from nlu.sounds import syllables

LONGEST = 70


def spelled(text: str) -> str:
    """Words of a–z and 0–9 with hyphens between them, at most 70 characters; may be empty."""
    words = (next(iter(syllables(c)), "") if ord(c) > 0x7F else c for c in text.lower())
    spaced = "".join(f" {word} " if len(word) > 1 else word for word in words)
    return re.sub(r"[^a-z0-9]+", "-", spaced).strip("-")[:LONGEST].rstrip("-")
