"""A reply as WeChat shows it: one text of at most 2,048 bytes, choices as links to tap, or a card.

Texts may hold what a resident wrote, and WeChat makes links of ``<a …>``: none but ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from wechatpy.replies import ArticlesReply, TextReply

from actions.reply import Reply, TicketCard
from channels.plain import as_text, fitted

LIMIT = 2048
"""Bytes of a text message in UTF-8, passive or by customer service."""

SEPARATOR = "\n\n"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown now, and what is left for “更多”."""

    text: str = field(repr=False)
    rest: str = field(default="", repr=False)
    ticket: TicketCard | None = None


def show(replies: Sequence[Reply], more: str) -> Shown:
    """Several replies as one message.

    Args:
        more: the line that says how to read on.
    """
    said = SEPARATOR.join(as_text(reply.text) for reply in replies if reply.text)
    links = choices(replies)
    ticket = next((reply.ticket for reply in replies if reply.ticket), None)
    begun, rest = fitted(said, LIMIT - len(links.encode()), more)
    return Shown(begun + links, rest, ticket)


def choices(replies: Sequence[Reply]) -> str:
    """Buttons of the last reply that has any, one a line; WeChat sends back what is tapped."""
    buttons = next((reply.buttons for reply in reversed(replies) if reply.buttons), ())
    calls = [call for reply in replies for call in reply.calls]
    lines = [f"📞 {as_text(call.name)} {as_text(call.number)}" for call in calls]
    lines += [
        f'<a href="weixin://bizmsgmenu?msgmenucontent={quote(button.text)}&msgmenuid={number}">'
        f"{as_text(button.title)}</a>"
        for number, button in enumerate(buttons, 1)
    ]
    return "".join(f"\n{line}" for line in lines) if lines else ""


def passive(shown: Shown, message: Any, page: str) -> str:
    """The XML of a passive reply; a ticket as a card where there is a page to lead to."""
    if shown.ticket is not None and page and not shown.rest:
        reply = ArticlesReply(message=message)
        title = f"工单 {shown.ticket.number} · {shown.ticket.status}"
        about = {"title": title, "description": shown.text, "image": "", "url": page}
        reply.add_article(about)
        return str(reply.render())
    return str(TextReply(message=message, content=shown.text).render())
