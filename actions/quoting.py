"""Showing a law's or notice's own words: where they stand, as much as a screen takes, the rest."""

import re

from actions.reply import Citation, Reply
from actions.wording import Wording
from knowledge.citing import COUNTRY
from knowledge.entry import Entry, Source

SCREEN = 180
"""Characters of a quotation that a phone shows without scrolling."""
LEAST = 60
"""A quotation is not cut shorter than this, however early a sentence ends."""

GIST = 14
"""Characters of a passage on a choice: enough to tell what it is about, and beside its place still
within the 128 bytes that WeCom shows of a choice."""

WANTS_ALL = re.compile(r"全文|原文|完整|整条|剩下|后面的|没显示完")
_END = re.compile(r"[。！？；;\n]")


def quoted(entry: Entry, wording: Wording, *, whole: bool = False) -> tuple[Reply, bool]:
    """The passage with its place and first day, and whether something was left out of it.

    Args:
        whole: leave nothing out.
    """
    text = entry.answer.strip()
    shown = text if whole else beginning(text)
    left_out = len(shown) < len(text)
    key = "quoted_beginning" if left_out else "quoted"
    line = wording.say(key, text=shown)
    footer = wording.text(
        "answer_footer", source=named(entry.source), effective=since(entry, wording)
    )
    return Reply(text=f"{line.text}\n{footer}", citations=(citation(entry),)), left_out


def beginning(text: str) -> str:
    """As many whole sentences as a screen takes; a longer first one is cut."""
    if len(text) <= SCREEN:
        return text
    ends = [match.end() for match in _END.finditer(text, LEAST - 1, SCREEN)]
    return text[: ends[-1] if ends else SCREEN].rstrip()


def label(entry: Entry) -> str:
    """What stands on the choice of an entry; that of a passage tells how it begins, too."""
    if not entry.quoted:
        return entry.question
    said = entry.answer.strip().partition("\n")[0]
    begins = said if len(said) <= GIST else f"{said[:GIST].rstrip('，、；：')}…"
    return f"{entry.question.replace(COUNTRY, '')}：{begins}"


def named(source: Source) -> str:
    """The source as it is cited: 《…法》（2018年修正）第三十条."""
    return f"《{source.title}》{_bracketed(source.revision)}{source.article}"


def since(entry: Entry, wording: Wording) -> str:
    day = entry.effective
    return wording.text("effective_since", date=f"{day.year}年{day.month}月{day.day}日")


def citation(entry: Entry) -> Citation:
    """The source of an answer, with the words of a passage in full."""
    source = entry.source
    return Citation(
        title=f"{source.title}{_bracketed(source.revision)}",
        article=source.article or None,
        number=source.number or None,
        effective=entry.effective.isoformat(),
        link=source.link or None,
        quote=entry.answer.strip() if entry.quoted else None,
    )


def _bracketed(revision: str) -> str:
    return f"（{revision}）" if revision else ""
