"""What a report is asked next, and the summary before it is filed."""

from dataclasses import replace

from actions.draft import Draft, Step
from actions.reply import Button, Reply
from actions.taking import Line, masked
from actions.tickets.ticket import KIND_NAMES
from actions.wording import CATEGORY_LINE, Wording
from nlu.address import find_addresses
from nlu.text import clip, title_of

SURE_OF_CATEGORY = 0.5
ASK_WHAT = {
    "praise": "ask_what_praise",
    "suggest": "ask_what_suggest",
    "book_service": "ask_what_book",
}


def ask(draft: Draft, wording: Wording) -> Reply:
    """The question for the step the draft is at; SIMILAR is asked by the flow that found it."""
    if draft.asked is Step.WHAT:
        return wording.say(ASK_WHAT.get(draft.intent, "ask_what"))
    if draft.asked is Step.WHERE and draft.nearby:
        return wording.say("ask_where_more", place=draft.nearby)
    if draft.asked is Step.WHERE:
        return wording.say("ask_where_again" if draft.tries else "ask_where")
    if draft.asked is Step.CATEGORY:
        return ask_category(draft, wording)
    if draft.asked is Step.CONTACT:
        return wording.say("ask_contact")
    return summarise(draft, wording)


def ask_category(draft: Draft, wording: Wording) -> Reply:
    """The likeliest categories in plain words, to choose by name, number or button."""
    names = [guess.name for guess in draft.categories]
    lines = [f"{n}. {in_plain_words(name, wording)}" for n, name in enumerate(names, 1)]
    asked = wording.say("ask_category", choices="\n".join(lines))
    return replace(asked, buttons=choices(names, asked))


def in_plain_words(category: str, wording: Wording) -> str:
    """The category with what it takes in, where the wording has a line for it."""
    key = f"{CATEGORY_LINE}{category}"
    return f"{category}（{wording.text(key)}）" if key in wording.lines else category


def summarise(draft: Draft, wording: Wording) -> Reply:
    """Everything that will be filed, to confirm or amend."""
    details = [
        wording.text("summary_kind", kind=KIND_NAMES[draft.kind]),
        *category_line(draft, wording),
        wording.text("summary_where", where=where_of(draft, wording)),
        *([wording.text("summary_when", when=draft.when)] if draft.when else []),
        wording.text("summary_contact", contact=contact_of(draft, wording)),
        *([wording.text("summary_plates", plates="、".join(draft.plates))] if draft.plates else []),
        *([wording.text("summary_images", count=len(draft.images))] if draft.images else []),
    ]
    return wording.say("summary", what=clip(draft.what, 200), details="\n".join(details))


def category_line(draft: Draft, wording: Wording) -> list[str]:
    if draft.categories and (draft.chosen or draft.categories[0].confidence >= SURE_OF_CATEGORY):
        return [wording.text("summary_category", category=draft.categories[0].name)]
    return []


def where_of(draft: Draft, wording: Wording) -> str:
    if draft.where:
        return draft.where
    if draft.location:
        return draft.location.label or wording.text("where_pin")
    return draft.nearby or wording.text("where_none")


def contact_of(draft: Draft, wording: Wording) -> str:
    if draft.anonymous:
        return wording.text("contact_anonymous")
    if not draft.phone:
        return wording.text("contact_none")
    contact = " ".join(filter(None, (draft.name, masked(draft.phone))))
    return wording.text("contact_confidential", contact=contact) if draft.confidential else contact


def lead_in(lines: tuple[Line, ...], wording: Wording, following: Reply) -> Reply:
    """The lines and the reply that follows them, as one message."""
    said = [wording.text(line.key, **dict(line.fields)) for line in lines]
    return Reply(
        text="\n".join([*said, following.text]),
        buttons=following.buttons,
        citations=following.citations,
        ticket=following.ticket,
    )


def title(draft: Draft) -> str:
    """The first words, at the place as it was corrected since."""
    said = title_of(draft.what)
    place = next(iter(find_addresses(said)), None)
    if place is None or not draft.where or place.text in draft.where:
        return said
    return clip(said[: place.start] + draft.where + said[place.end :], 40)


def offer_similar(number: str, status: str, what: str, wording: Wording) -> Reply:
    """That the same is reported already, with the choice to join in."""
    return wording.say("similar", number=number, status=status, title=what)


def choices(titles: list[str], last: Reply) -> tuple[Button, ...]:
    return (*(Button(t, t) for t in titles), *last.buttons)
