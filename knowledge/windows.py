"""What is indexed of a document: short stretches of each citable passage, headed by its title.

The import cuts a document into passages that can be cited, an article or a part of one; each is
found by any of its windows. ``evaluate`` cuts what it is given in the same way.
"""

import re

from knowledge.files.block import FileFault
from knowledge.files.text import read_text
from knowledge.passages import cut

LENGTH = 150
HEAD = 30
_SENTENCE = re.compile(r"(?<=[。！？；\n])")


def windows(text: str, head: str) -> list[str]:
    """A passage in pieces of about 150 characters, whole sentences where they are short enough.

    A short sentence that ends one piece begins the next as well: what is asked for may lie on
    the border.

    Args:
        head: stands before every piece; mostly the title and the article.
    """
    pieces, window = list[str](), list[str]()
    for part in _parts(text):
        if window and len("".join(window)) + len(part) > LENGTH:
            pieces.append("".join(window))
            window = window[-1:] if len(window[-1]) < LENGTH / 2 else []
        window.append(part)
    pieces.append("".join(window))
    return [f"{head}\n{piece}" for piece in pieces if piece.strip()]


def _parts(text: str) -> list[str]:
    """Sentences, the long ones in lengths."""
    sentences = _SENTENCE.split(text)
    return [s[n : n + LENGTH] for s in sentences for n in range(0, len(s), LENGTH)]


def windows_of(document: str) -> list[str]:
    """A whole document, cut as the import would cut it; its first 30 characters are the head."""
    head = document[:HEAD]
    try:
        blocks = read_text(document.encode("utf-8", "surrogatepass"))
    except FileFault:
        return windows(document, head)
    found = [piece for passage in cut(blocks) for piece in windows(passage.text, head)]
    return found or windows(document, head)
