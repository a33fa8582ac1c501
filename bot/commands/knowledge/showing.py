"""``linli knowledge show``, ``history`` and ``diff``: an item and how it became what it is."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from bot.commands.knowledge.faults import faults
from nlu.clock import SHANGHAI

if TYPE_CHECKING:
    from knowledge.version import Item, Version

WIDTH = 10
DONE = {
    "saved": "保存",
    "submitted": "送审",
    "approved": "批准",
    "rejected": "退回",
    "archived": "归档",
    "restored": "恢复",
    "published": "发布",
    "withdrawn": "撤下",
}
"""What an event is called."""


@click.command()
@click.argument("id")
@click.option("--version", "number", type=int, help="This one; the newest by default.")
def show(id: str, number: int | None) -> None:
    """An entry or document with everything known about it."""
    from bot.cli import read_settings
    from bot.commands.transaction import transaction
    from knowledge.items import get_item, get_version, kind_of

    with faults(), transaction(read_settings(), reads_only=True) as session:
        kind = kind_of(session, id)
        item, version = get_item(session, kind, id), get_version(session, kind, id, number)
    for line in _shown(item, version):
        click.echo(line)


@click.command()
@click.argument("id")
def history(id: str) -> None:
    """What was done to an entry or document, by whom, when and why."""
    from bot.cli import read_settings
    from bot.commands.table import table
    from bot.commands.transaction import transaction
    from knowledge.audit import events_of
    from knowledge.items import kind_of

    with faults(), transaction(read_settings(), reads_only=True) as session:
        events = events_of(session, kind_of(session, id), id)
    rows = [
        (when(e.at), e.by, DONE.get(e.what, e.what), str(e.version or ""), e.reason) for e in events
    ]
    click.echo(table(("时间", "谁", "做了什么", "版本", "说明"), rows))


@click.command()
@click.argument("id")
@click.argument("old", type=int, required=False)
@click.argument("new", type=int, required=False)
def diff(id: str, old: int | None, new: int | None) -> None:
    """What version NEW says otherwise than OLD: by default the newest and the one before it."""
    from bot.cli import read_settings
    from bot.commands.transaction import transaction
    from knowledge.differences import differences
    from knowledge.items import get_item, get_version, kind_of

    with faults(), transaction(read_settings(), reads_only=True) as session:
        kind = kind_of(session, id)
        item = get_item(session, kind, id)
        new = item.current if new is None else new
        if old is None:
            old = item.published if item.published not in (None, new) else max(new - 1, 1)
        before, after = (get_version(session, kind, id, n) for n in (old, new))
    click.echo(f"{id}：第 {before.number} 版 → 第 {after.number} 版（{after.author}）")
    lines = differences(kind, before.content, after.content)
    for line in lines or ["没有不同"]:
        click.echo(line)


def _shown(item: "Item", version: "Version") -> Iterator[str]:
    from bot.commands.table import flat, width
    from knowledge.differences import fields
    from knowledge.version import STATUS_NAMES

    def line(name: str, text: str) -> str:
        return name + " " * max(1, WIDTH - width(name)) + flat(text)

    newest = "，最新" if version.number == item.current else ""
    live = "，居民现在看到的" if version.number == item.published else ""
    yield f"{item.id}  第 {version.number} 版{newest}{live}  {STATUS_NAMES[version.status]}"
    for name, texts in fields(version.content).items():
        yield line(name, texts[0])
        yield from (line("", text) for text in texts[1:])
    yield from (
        line(f"第{number}段", f"{passage.get('place', '')} {passage['text']}".strip())
        for number, passage in enumerate(version.content.get("passages", ()), 1)
    )
    yield line("写", f"{version.author}  {when(version.created)}  {version.note}".rstrip())
    for name, who, at in (
        ("送审", version.submitted_by, version.submitted_at),
        ("批准", version.approved_by, version.approved_at),
        ("发布", version.snapshot_id or "", version.published_at),
    ):
        if at is not None:
            yield line(name, f"{who}  {when(at)}".strip())
    yield from (line("提醒", warning) for warning in version.warnings)


def when(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
