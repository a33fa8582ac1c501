"""Residents' text, brought into one form before anything reads it.

``normalise`` cleans what is kept as the resident's own words; ``legible`` is what readers
(emergencies, Rasa, addresses, times, search) read, with the way back to what was written.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from nlu.draft import Draft
from nlu.fillers import hesitations
from nlu.homophones import repaired
from nlu.pictures import PICTURES, PICTURES_WITHIN
from nlu.script import simplified

SURROGATE = re.compile(r"[\ud800-\udfff]")
UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ufeff\ufe00-\ufe0f\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]+"
)
LINE_END = re.compile(r"\r\n?")
CLUSTER = re.compile(
    r"[^，！？；：（）～\n]"  # Chinese punctuation stays Chinese
    r"[\u0300-\u036f\u0483-\u0489\u3099\u309a\u1160-\u11ff\uff9e-\uffa0\uffc2-\uffdc]*"
)
RUN = re.compile(r"(.)\1{3,}", re.DOTALL)
SPACES = re.compile(r"[ \t\u00a0\u3000]+")
LINES = re.compile(r"\s*\n\s*")
ANNOUNCES = re.compile(
    r"^(?:你好|您好|尊敬的|领导|请问)|(?:反映|反应|提|投诉|举报|咨询|说|问)(?:一?个|一下|一件|点儿?|些)?"
    r"(?:小)?(?:建议|意见|问题|事情?|情况|下)$"
)
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
DRAWN_OUT = re.compile(r"([，。！？；：、,!?;~～…])\1+|([\u3400-\u9fff])\2{2,}")
DOUBLED = frozenset(
    "谢天看哈妈爸爷奶哥姐弟妹常刚仅渐慢轻多好早快远高大小试想说问听走等人家年月日夜处时个件条次户"
)
"""Characters that are also written twice; any other drawn out stands for itself once."""
ONE_ON_THE_PHONE = "幺"
ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Legible:
    """A message as readers read it.

    ``places[i]`` is the index in ``written`` where character ``i`` of ``text`` begins, and
    ``ends[i]`` the one behind it; ``places`` has one entry more, the length of ``written``.
    Neither ever decreases.
    """

    text: str
    written: str
    places: tuple[int, ...]
    ends: tuple[int, ...] = field(repr=False)

    def written_span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` stands in ``written``.

        Raises:
            IndexError: the span does not lie within ``text``.
        """
        if not 0 <= start <= end <= len(self.text):
            raise IndexError(f"span {start}–{end} in a text of {len(self.text)} characters")
        if start == end:
            return self.places[start], self.places[start]
        return self.places[start], self.ends[end - 1]


def legible(written: str) -> Legible:
    """What readers read of ``written``, with the way back.

    Cleaned as ``normalise`` does; without pictures and hesitation; in simplified characters;
    drawn-out characters and marks once; slips of sound put right. Digits and letters stay as they
    are. Where nothing but pictures or hesitation is said, the hesitation stays.

    Never raises; any string is taken, also one with unpaired surrogates. The first call reads
    dictionaries, about a second.
    """
    draft = cleaned(written)
    for _ in range(ROUNDS):
        before = draft.text
        draft.sub(PICTURES_WITHIN, lambda _: " ")
        draft.sub(PICTURES, lambda _: "")
        draft.reread(simplified(draft.text))
        draft.sub(DRAWN_OUT, once)
        draft.drop(hesitations(draft.text))
        draft.reread(repaired(draft.text))
        if draft.text == before:
            break
        tidy(draft)
    return Legible(draft.text, written, (*draft.starts, len(written)), tuple(draft.ends))


def once(run: str) -> str:
    """A character drawn out, as it would be written; numerals are kept."""
    if run[0].isnumeric() or run[0] == ONE_ON_THE_PHONE:
        return run
    return run[0] * 2 if run[0] in DOUBLED else run[0]


def normalise(text: str) -> str:
    """Full width to half width, control and invisible characters out, blanks folded.

    A character repeated four times or more is cut to three, digits and numerals excepted. Never
    raises; any string is taken, also one with unpaired surrogates.
    """
    return cleaned(text).text


def cleaned(written: str) -> Draft:
    """``written`` as ``normalise`` leaves it."""
    draft = Draft.of(written)
    draft.sub(SURROGATE, lambda _: "?")
    draft.sub(UNSEEN, lambda _: "")
    draft.sub(LINE_END, lambda _: "\n")
    if not unicodedata.is_normalized("NFKC", draft.text):
        draft.sub(CLUSTER, lambda seen: unicodedata.normalize("NFKC", seen))
        draft.sub(UNSEEN, lambda _: "")
    tidy(draft)
    return draft


def tidy(draft: Draft) -> None:
    draft.sub(SPACES, lambda _: " ")
    draft.sub(LINES, lambda _: "\n")
    draft.sub(RUN, shorten_run)
    draft.strip()


def shorten_run(run: str) -> str:
    return run if run[0].isnumeric() or run[0] == ONE_ON_THE_PHONE else run[0] * 3


def has_words(text: str) -> bool:
    """Whether there is a letter, digit or Chinese character at all (not only emoji or marks)."""
    return any(unicodedata.category(c)[0] in "LN" for c in text)


def clip(text: str, limit: int) -> str:
    """At most ``limit`` characters, ending in … where something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip("，。,. \n") + "…"


def title_of(text: str, limit: int = 24) -> str:
    """The first clause that says something, as a ticket's title."""
    for clause in re.split(r"[，。！？；\n,!?;]", text):
        if not ANNOUNCES.search(clause) and len(HAN.findall(clause)) >= 4:
            return clip(clause.strip(), limit)
    return clip(text.replace("\n", " ").strip(), limit)
