"""``linli desk``: the operators' desk in the terminal. Phone numbers are masked."""

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from nlu.clock import SHANGHAI, system_clock

if TYPE_CHECKING:
    from channels.hotline.desk import Desk
    from channels.hotline.handover import Handover
    from channels.hotline.operators import Line

NAME = click.option("--by", required=True, metavar="NAME", help="Who does this.")
STATES = {"waiting": "等候", "taken": "接待中", "closed": "已结束"}
REASONS = {"asked": "居民要求", "failures": "连续没帮上", "rule": "按规则"}
ENDINGS = {
    "back": "交还",
    "settled": "办结",
    "cancelled": "居民不等了",
    "ticket": "居民改登记",
    "nobody": "没等到人",
    "off_hours": "下班了",
    "abandoned": "居民没等到回话",
    "silence": "双方没再说话",
}
STEPS = {
    "began": "转人工",
    "noted": "等候中说话",
    "urgent": "说到急事",
    "taken": "接待",
    "replied": "回话",
    "filed": "登记工单",
    "ended": "结束",
}
FIELDS = {
    "title": "事情",
    "where": "地点",
    "when": "时间",
    "kind": "类型",
    "category": "分类",
    "contact": "联系",
    "question": "刚才说",
}
SPEAKERS = {"resident": "居民", "linli": "邻里", "operator": "坐席"}
WAITS_FOR = {"allowance": "等居民再说话"}
SENT = {"pending": "待送", "sending": "在送", "sent": "送到", "dead": "送不到"}


@click.group(invoke_without_command=True)
@click.option("--by", metavar="NAME", help="Who sits at the desk; asked for where not given.")
@click.pass_context
def desk(context: click.Context, by: str | None) -> None:
    """The desk: who waits for a person, and talking with them."""
    if context.invoked_subcommand is None:
        from bot.commands.desk_session import sit

        with open_desk() as opened:
            sit(opened, named(by or click.prompt("坐席的名字（居民看得到）")))


@desk.command("list")
@click.option("--ended", "shows_ended", is_flag=True, help="Those that are over instead.")
def list_handovers(shows_ended: bool) -> None:
    """Who waits, and who is being served."""
    from channels.hotline.handover import ended, queue

    with open_desk() as opened, opened.means.reading() as session:
        found = (ended if shows_ended else queue)(session, opened.means.vault)
        click.echo(listing(found, opened.means.clock()))


@desk.command()
@click.argument("number", type=click.IntRange(1))
def show(number: int) -> None:
    """What one wants, what happened to it, and what was said."""
    from channels.hotline.handover import events, found

    with open_desk() as opened, opened.means.reading() as session:
        handover = found(session, number, opened.means.vault)
        steps = [
            f"{moment(e.at)}  {STEPS[e.step]}  {by_whom(e.by)}" for e in events(session, number)
        ]
        click.echo("\n".join([*about(handover), "", *steps, ""]))
        click.echo("\n".join(told(line) for line in every_line(opened, handover)))


@desk.command()
@click.argument("number", type=click.IntRange(1))
@NAME
def take(number: int, by: str) -> None:
    """Take a conversation; its resident is told."""
    from channels.hotline.operators import take_over

    with open_desk() as opened, opened.means.sessions.begin() as session:
        take_over(session, number, named(by), opened)
    click.echo(f"{number}: 接待中")


@desk.command()
@click.argument("number", type=click.IntRange(1))
@click.argument("text")
@NAME
def reply(number: int, text: str, by: str) -> None:
    """Say TEXT to the resident of a conversation one has taken."""
    from channels.hotline.operators import answer

    with open_desk() as opened, opened.means.sessions.begin() as session:
        answer(session, number, named(by), text, opened)
    click.echo(f"{number}: 已回话")


@desk.command()
@click.argument("number", type=click.IntRange(1))
@click.option("--text", default="", help="What it is about, in your words.")
@NAME
def ticket(number: int, text: str, by: str) -> None:
    """File a ticket of what the resident wants; they are told its number."""
    from channels.hotline.operators import file_ticket

    with open_desk() as opened, opened.means.sessions.begin() as session:
        filed = file_ticket(session, number, named(by), opened, text)
    click.echo(f"{number}: 工单 {filed.number}")


@desk.command()
@click.argument("number", type=click.IntRange(1))
@NAME
def back(number: int, by: str) -> None:
    """Hand a conversation back; Linli goes on where it stopped."""
    from channels.hotline.operators import give_back

    with open_desk() as opened, opened.means.sessions.begin() as session:
        give_back(session, number, named(by), opened)
    click.echo(f"{number}: 已交还邻里")


@desk.command()
@click.argument("number", type=click.IntRange(1))
@NAME
def close(number: int, by: str) -> None:
    """End a conversation whose matter is settled."""
    from channels.hotline.operators import settle

    with open_desk() as opened, opened.means.sessions.begin() as session:
        settle(session, number, named(by), opened)
    click.echo(f"{number}: 已结束")


@contextlib.contextmanager
def open_desk() -> Iterator["Desk"]:
    """The desk over the database of the settings.

    Raises:
        BadInput: it cannot be opened, or what is asked of it cannot be done.
    """
    from actions.vault import load_or_create
    from bot.cli import BadInput, beginning, read_settings
    from bot.commands.transaction import database
    from bot.means import build_desk, build_means
    from channels.hotline.handover import HandoverError
    from knowledge.shelf import Shelf

    settings = read_settings()
    with database(settings) as engine:
        with beginning():
            vault = load_or_create(settings.home / "keys" / "vault.key")
            means = build_means(settings, engine, Shelf(settings.home), vault, system_clock)
        try:
            yield build_desk(settings, means)
        except HandoverError as error:
            raise BadInput(str(error)) from error


def named(by: str) -> str:
    """A name fit to be kept.

    Raises:
        BadInput: it is empty or too long.
    """
    from bot.cli import BadInput
    from nlu.text import normalise

    name = normalise(by).strip()
    if not 0 < len(name) <= 50:
        raise BadInput("--by: a name of at most 50 characters is needed")
    return name


def every_line(desk: "Desk", handover: "Handover", after: int = 0) -> Iterator["Line"]:
    """What was said, however long it is."""
    from channels.hotline.operators import lines

    while True:
        with desk.means.reading() as session:
            found = lines(session, handover, desk, after=after)
        yield from found
        if not found:
            return
        after = found[-1].id


def listing(handovers: "list[Handover]", now: datetime) -> str:
    from bot.commands.table import table

    rows = [
        (
            str(h.id),
            "急" if h.urgent else "",
            STATES[h.state] if h.ending is None else ENDINGS[h.ending],
            waited((h.taken or h.closed or now) - h.since),
            h.taken_by or "",
            REASONS[h.reason],
            h.channel,
            wanted(h),
        )
        for h in handovers
    ]
    if not rows:
        return "没有人。"
    return table(("号", "", "状态", "等了", "接待", "原因", "渠道", "想要"), rows)


def wanted(handover: "Handover") -> str:
    """What one wants, in a few words."""
    from nlu.text import clip

    summary = handover.summary
    last = summary.get("question", "").splitlines()
    return clip(summary.get("title") or (last[-1] if last else ""), 40)


def about(handover: "Handover") -> list[str]:
    """What one wants, a line for every fact."""
    state = STATES[handover.state]
    if handover.ending is not None:
        state = f"{state}（{ENDINGS[handover.ending]}）"
    by = f"，{handover.taken_by}接待" if handover.taken_by else ""
    urgent = "，有急事" if handover.urgent else ""
    head = f"{handover.id} 号　{state}{by}{urgent}　{REASONS[handover.reason]}　{handover.channel}"
    return [head] + [
        f"{name}：{'；'.join(handover.summary[key].splitlines())}"
        for key, name in FIELDS.items()
        if handover.summary.get(key)
    ]


def told(line: "Line") -> str:
    """A line of the conversation for the terminal."""
    from bot.commands.table import flat

    said = [
        flat(line.text),
        f"〔照片{line.images}张〕" if line.images else "",
        f"〔位置 {flat(line.place)}〕" if line.place else "",
        f"〔{on_its_way(line)}〕" if line.sent and line.sent != "sent" else "",
    ]
    speaker = line.by or SPEAKERS.get(line.speaker, line.speaker)
    return f"{moment(line.at)}  {speaker}：{''.join(said)}"


def on_its_way(line: "Line") -> str:
    reason = WAITS_FOR.get(line.reason, line.reason)
    return " ".join(filter(None, (SENT[line.sent or ""], reason)))


def waited(time: timedelta) -> str:
    """“3分20秒”, “1时05分”."""
    seconds = int(time.total_seconds())
    minutes, seconds = divmod(max(seconds, 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}时{minutes:02}分" if hours else f"{minutes}分{seconds:02}秒"


def by_whom(by: str) -> str:
    return SPEAKERS.get(by, by)


def moment(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%m-%d %H:%M:%S}"
