"""How a message changes a report: an ordered table of rules, each plain and without effects."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from actions.choice import NONE_OF_THESE, chosen
from actions.draft import Draft, DraftState, Step
from actions.reading import Reading
from actions.turn import Guess
from knowledge.by_name import is_name
from nlu.address import amend
from nlu.phone import star_phone
from nlu.text import HAN, title_of

INTERLUDES: Mapping[str, float] = {
    "ask_policy": 0.35,
    "ask_activity": 0.5,
    "ask_ticket_status": 0.5,
    "urge_ticket": 0.6,
    "greet": 0.5,
    "help": 0.5,
    "thanks": 0.5,
    "helpful": 0.6,
    "goodbye": 0.5,
    "small_talk": 0.6,
    "insult": 0.6,
    "out_of_scope": 0.6,
    "ask_human": 0.5,
    "privacy_request": 0.6,
    "emergency": 0.6,
    "restart": 0.6,
}
"""What may come between, and how sure of it one must be. Each has a rule in report_interlude.yml,
but restart, which is Rasa's own."""

QUESTION = re.compile(
    r"怎么|如何|哪|啥|什么|多少|几[点天个]|多久|吗|嘛|？|\?|能不能|可不可以|可以不|要不要|需不需要|咋|是不是"
)
RESUMES = re.compile(
    r"^(?:我?(?:要|想)?)?(?:继续|接着)(?:上次|刚才|之前|报|上报|说|填|吧|的|那个|那件|来)*[。！!]*$"
)
UNCERTAIN = re.compile(r"说不准|说不好|不知道|不清楚|不晓得|不懂|随便|你们?[看定]|都行|都可以")
ENDORSES = re.compile(r"附议|一起|加(?:上)?我|算我一个|同样|一样的?$")
ALONE = re.compile(r"不一样|单独|自己报|不附议|不是同|另外|分开|不用")
DECLINES_PHONE = re.compile(
    r"^(?:不用|不了|不|没有|无|不想|不方便|算了吧?|不要|免了|跳过)[了吧啊。！!]*$"
)
A_STORY = 3
"""So many Chinese characters beside the facts are more than an answer, and are kept."""
SHORT = 10
"""Characters of a text that may be nothing but a yes or no, where the model takes it for one."""
BARE = 12
"""Characters of a text that names a wrong part, or a place, and says nothing more."""
CORRECTION = "更正："
CLEARED: Mapping[str, Mapping[str, Any]] = {
    "what": {"what": ""},
    "where": {"where": "", "nearby": "", "location": None},
    "contact": {"phone": "", "anonymous": False, "no_phone": False},
    "when": {"when": "", "happened": ""},
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line to say: key and fields of the wording."""

    key: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """The draft after a message, and what to say before the next question.

    ``declined``: the message is no part of the report. ``asks``: these lines are the next
    question themselves.
    """

    draft: Draft
    lines: tuple[Line, ...] = ()
    declined: bool = False
    asks: bool = False


Rule = Callable[[Draft, Reading], "Taken | None"]


def take(draft: Draft, reading: Reading) -> Taken:
    """The draft after the message; the first rule that has something to say decides."""
    for rule in RULES:
        taken = rule(draft, reading)
        if taken is not None:
            return replace(taken, draft=taken.draft.asking())
    return Taken(replace(draft, tries=draft.tries + 1))


def resume(draft: Draft, reading: Reading) -> Taken | None:
    return Taken(draft) if RESUMES.match(reading.text) else None


def cancel(draft: Draft, reading: Reading) -> Taken | None:
    if draft.asked is Step.CONTACT and DECLINES_PHONE.match(reading.text):
        return None
    meant = reading.intent.name == "cancel" and reading.intent.confidence >= 0.5
    if reading.cancels or (meant and len(reading.text) <= SHORT):
        return Taken(replace(draft, state=DraftState.CANCELLED))
    return None


def confirm(draft: Draft, reading: Reading) -> Taken | None:
    if draft.asked is not Step.CONFIRMATION or reading.has_facts:
        return None
    meant = reading.intent.name == "affirm" and reading.intent.confidence >= 0.6
    if reading.confirms or (meant and len(reading.text) <= SHORT and not reading.corrects):
        return Taken(replace(draft, state=DraftState.CONFIRMED))
    return None


def decide_category(draft: Draft, reading: Reading) -> Taken | None:
    """Asked once: whatever is said instead of a choice is read as any other message."""
    if draft.asked is not Step.CATEGORY:
        return None
    settled = replace(draft, doubtful=False)
    meant = meant_category(reading.text, [guess.name for guess in draft.categories])
    if meant is not None:
        return Taken(replace(settled, categories=(Guess(meant, 1.0),), chosen=True))
    if NONE_OF_THESE.search(reading.text):
        return Taken(replace(settled, categories=()))
    if UNCERTAIN.search(reading.text) or reading.intent.name == "deny":
        return Taken(settled)
    return take(settled.asking(), reading)


def meant_category(text: str, names: list[str]) -> str | None:
    named = [name for name in names if name in text]
    if len(named) == 1:
        return named[0]
    place = chosen(text)
    return names[place] if place is not None and -len(names) <= place < len(names) else None


def decide_similar(draft: Draft, reading: Reading) -> Taken | None:
    if draft.asked is not Step.SIMILAR:
        return None
    alone = replace(draft, alone=True)
    if len(reading.text) > SHORT:
        return take(alone.asking(), reading)
    if ALONE.search(reading.text) or reading.intent.name == "deny":
        return Taken(alone)
    if ENDORSES.search(reading.text) or reading.confirms:
        return Taken(replace(draft, state=DraftState.ENDORSED))
    return take(alone.asking(), reading)


def point_out(draft: Draft, reading: Reading) -> Taken | None:
    """“不对”, “修改”, “地址错了”: something is wrong, without saying what is right."""
    if not draft.what:
        return None
    if reading.amends and reading.fields:
        return clear(draft, reading.fields)
    denies = reading.intent.name == "deny" and reading.intent.confidence >= 0.5
    refuses = denies and len(reading.text) <= 8 and not reading.has_facts
    if draft.asked is Step.CONFIRMATION and (reading.amends or refuses):
        return Taken(draft, (Line("which_field"),), asks=True)
    return None


def clear(draft: Draft, fields: tuple[str, ...]) -> Taken:
    for name in fields:
        draft = replace(draft, **CLEARED[name])
    return Taken(draft)


def correct(draft: Draft, reading: Reading) -> Taken | None:
    """“地址错了，是5号楼”, “电话改成…”, “不是3单元是2单元”."""
    meant = reading.intent.name == "correct" and reading.intent.confidence >= 0.5
    if not draft.what or not (reading.corrects or meant):
        return None
    asked_for_phone = draft.asked in {Step.CONTACT, Step.CONFIRMATION}
    if reading.mistyped_phone and "contact" in reading.fields and asked_for_phone:
        without = clear(draft, ("contact",)).draft
        return Taken(without, (Line("ask_contact_again"),), asks=True)
    changed, lines = draft, []
    if reading.phone:
        changed = replace(changed, phone=reading.phone, anonymous=False, no_phone=False)
        lines.append(Line("changed_contact", (("contact", masked(reading.phone)),)))
    if reading.address:
        where = amend(draft.where, reading.address) if draft.where else reading.address.plain
        point = None if reading.address.is_findable else draft.location
        changed = replace(changed, where=where, location=point)
        lines.append(Line("changed_where", (("where", where),)))
    elif "where" in reading.fields and reading.new_words:
        changed = replace(changed, where=reading.new_words)
        lines.append(Line("changed_where", (("where", reading.new_words),)))
    if reading.when and ("when" in reading.fields or not lines):
        changed = replace(changed, when=reading.when, happened=reading.happened)
        lines.append(Line("changed_when", (("when", reading.when),)))
    if not lines and "what" in reading.fields and reading.new_words:
        changed = replace(changed, what=reading.new_words)
        lines.append(Line("changed_what"))
    if [line.key for line in lines] == ["changed_contact"] and reading.tells < A_STORY:
        return Taken(changed, tuple(lines))
    if lines:
        # The first words still say what was wrong; whoever reads the ticket must see both.
        return Taken(with_addition(changed, f"{CORRECTION}{reading.words}"), tuple(lines))
    if reading.fields and len(reading.text) <= BARE:
        return clear(draft, reading.fields)
    return None


def give_way(draft: Draft, reading: Reading) -> Taken | None:
    """A question, a greeting or the like in the middle is another flow's."""
    needed = INTERLUDES.get(reading.intent.name)
    if needed is None or reading.intent.confidence < needed:
        return None
    asks = reading.intent.name == "ask_policy"
    if asks and not (QUESTION.search(reading.text) or is_name(reading.text)):
        return None
    if reading.phone or reading.anonymous or reading.no_phone:
        return None
    if reading.address and not (asks and reading.intent.confidence >= 0.6):
        return None
    return Taken(draft, declined=True)


def describe(draft: Draft, reading: Reading) -> Taken | None:
    """The first words: what it is about, with whatever else they hold."""
    if draft.what:
        return None
    told = with_facts(draft, reading)
    asked_again = draft.asked is Step.WHAT and draft.tries > 0
    if reading.is_opener and not asked_again:
        return Taken(replace(told, tries=draft.tries + 1))
    what = reading.words
    return Taken(replace(told, what=what), (Line("taken_what", (("title", title_of(what)),)),))


def note_facts(draft: Draft, reading: Reading) -> Taken | None:
    told = with_facts(draft, reading)
    if told == draft:
        return None
    if reading.tells >= A_STORY:
        return Taken(with_addition(told, reading.words), (Line("added"),))
    return Taken(told)


def answer_where(draft: Draft, reading: Reading) -> Taken | None:
    if draft.asked is not Step.WHERE:
        return None
    told = with_addition(draft, reading.words) if reading.tells >= 2 * A_STORY else draft
    if reading.place and draft.tries == 0 and len(reading.text) <= BARE:
        waiting = replace(told, nearby=reading.place, tries=1)
        return Taken(waiting, (Line("ask_where_more", (("place", reading.text),)),), asks=True)
    if draft.tries == 0 and not reading.place:
        return Taken(replace(told, tries=1), (Line("ask_where_again"),), asks=True)
    return Taken(replace(draft, where=located(reading.text, draft.nearby)))


def answer_contact(draft: Draft, reading: Reading) -> Taken | None:
    if draft.asked is not Step.CONTACT:
        return None
    denies = reading.intent.name == "deny" and len(reading.text) <= SHORT
    declines = DECLINES_PHONE.match(reading.text) or denies
    if declines and not reading.mistyped_phone:
        return Taken(replace(draft, no_phone=True))
    if not reading.mistyped_phone and len(HAN.findall(reading.text)) >= 6:
        return Taken(with_addition(draft, reading.words), (Line("added"),))
    if draft.tries >= 2:
        return Taken(replace(draft, no_phone=True))
    return Taken(replace(draft, tries=draft.tries + 1), (Line("ask_contact_again"),), asks=True)


def add(draft: Draft, reading: Reading) -> Taken | None:
    if draft.asked is Step.CONFIRMATION and len(HAN.findall(reading.text)) >= 3:
        return Taken(with_addition(draft, reading.words), (Line("added"),))
    return None


RULES: tuple[Rule, ...] = (
    resume,
    cancel,
    confirm,
    decide_category,
    decide_similar,
    point_out,
    correct,
    give_way,
    describe,
    note_facts,
    answer_where,
    answer_contact,
    add,
)


def with_facts(draft: Draft, reading: Reading) -> Draft:
    """The draft with the message's facts; of those known before, only a phone is replaced."""
    if reading.anonymous:
        draft = replace(draft, anonymous=True)
    if reading.no_phone:
        draft = replace(draft, no_phone=True)
    if reading.phone:
        draft = replace(draft, phone=reading.phone, no_phone=False)
    if reading.confidential:
        draft = replace(draft, confidential=True)
    if reading.name and not draft.name and (reading.phone or draft.asked is Step.CONTACT):
        draft = replace(draft, name=reading.name)
    if reading.when and not draft.when:
        draft = replace(draft, when=reading.when, happened=reading.happened)
    if new := tuple(plate for plate in reading.plates if plate not in draft.plates):
        draft = replace(draft, plates=(*draft.plates, *new))
    if reading.address and (not draft.where or is_only_address(reading)):
        draft = placed(draft, reading)
    elif reading.place and not draft.where and not draft.nearby and not draft.what:
        draft = replace(draft, nearby=reading.place)
    return draft


def placed(draft: Draft, reading: Reading) -> Draft:
    assert reading.address is not None  # noqa: S101  # the caller has looked
    if reading.address.is_findable or draft.asked is Step.WHERE:
        return replace(draft, where=located(reading.address.plain, draft.nearby))
    return replace(draft, nearby=reading.address.plain) if not draft.where else draft


def is_only_address(reading: Reading) -> bool:
    return reading.address is not None and len(reading.text) - len(reading.address.text) <= 4


def located(where: str, nearby: str) -> str:
    """The place with the nearer one in brackets: 清河苑5号楼（楼下）."""
    if not where:
        return nearby
    return where if not nearby or nearby in where else f"{where}（{nearby}）"


def with_addition(draft: Draft, text: str) -> Draft:
    return draft if text in draft.what else replace(draft, what=f"{draft.what}\n{text}")


def masked(phone: str) -> str:
    return star_phone(phone)
