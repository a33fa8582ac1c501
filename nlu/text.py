"""Residents' text, brought into one form before anything reads it."""

import re
import unicodedata

INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f]")
RUN = re.compile(r"(.)\1{3,}", re.DOTALL)
SPACES = re.compile(r"[ \t\u00a0\u3000]+")
LINES = re.compile(r"\s*\n\s*")
ANNOUNCES = re.compile(
    r"^(?:你好|您好|尊敬的|领导|请问)|(?:反映|反应|提|投诉|举报|咨询|说|问)(?:一?个|一下|一件|点儿?|些)?"
    r"(?:小)?(?:建议|意见|问题|事情?|情况|下)$"
)
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
COMPATIBLE = re.compile(r"[^，！？；：（）～\n]+")  # Chinese punctuation stays Chinese


def normalise(text: str) -> str:
    """Full width to half width, control and invisible characters out, blanks folded.

    A character repeated four times or more is cut to three, digits excepted. Never raises;
    any string is taken, also one with unpaired surrogates.
    """
    text = visible(text.encode("utf-8", "replace").decode("utf-8"))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = COMPATIBLE.sub(lambda m: unicodedata.normalize("NFKC", m.group(0)), text)
    text = LINES.sub("\n", SPACES.sub(" ", visible(text)))
    return RUN.sub(shorten_run, text).strip()


def visible(text: str) -> str:
    """``text`` without control, private and invisible characters; line ends stay."""
    text = INVISIBLE.sub("", text)
    return "".join(
        c for c in text if c in "\r\n\t" or unicodedata.category(c) not in {"Cc", "Cs", "Co"}
    )


def shorten_run(match: "re.Match[str]") -> str:
    return match.group(0) if match.group(1).isdigit() else match.group(1) * 3


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
