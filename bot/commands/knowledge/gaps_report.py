"""The editor's weekly page: what residents asked in vain, and what became of it (没答上的提问)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.commands.html import document, percent, section, table
from knowledge.gaps import GapKind, Noted
from knowledge.grouping import Group
from nlu.clock import SHANGHAI

NAMES: Mapping[GapKind, str] = {
    GapKind.UNKNOWN: "不知道",
    GapKind.UNSOLVED: "没解决",
    GapKind.CORRECTION: "坐席改正",
}
EXAMPLES = 5
"""Wordings shown of a group."""


def page(
    groups: Sequence[Group],
    settled: Sequence[Noted],
    titles: Mapping[str, str],
    since: datetime,
    now: datetime,
) -> str:
    """The whole page, HTML.

    Args:
        groups: those asked since then, the most asked first.
        settled: what was settled since then.
        titles: the question of each entry, by id.
    """
    asked = sum(g.count(since=since) for g in groups)
    note = (
        f"{day(since)}至{day(now)}，居民问了没答上的有 {asked} 次，合成 {len(groups)} 组。"
        "电话、证件号、姓名、门牌已经遮去，谁问的没有记。"
    )
    return document("没答上的提问", note, sections(groups, settled, titles, since))


def sections(
    groups: Sequence[Group],
    settled: Sequence[Noted],
    titles: Mapping[str, str],
    since: datetime,
) -> list[str]:
    totals = [(NAMES[kind], str(sum(g.count(kind, since) for g in groups))) for kind in GapKind]
    parts = [section("一共", "“不知道”是没有答案，“没解决”是答了不管用。", table((), totals))]
    if groups:
        rows = [row_of(group, titles, since) for group in groups]
        heading = ("组", "次数", "问法", "怎么没答上", "起止", "最近的条目", "可以这样办")
        told = "问得最多的在前。办了的组不再出现，除非又有人问而没答上。"
        parts.append(section("还没办的", told, table(heading, rows)))
    if settled:
        done = Counter(noted.settled_as or "" for noted in settled)
        rows = [(id, named(id, titles), str(n)) for id, n in done.most_common()]
        parts.append(
            section("已经办的", "起草成条目，或者并入条目；批准、发布以后居民才得到。",
                    table(("条目", "标准问题", "提问"), rows))
        )  # fmt: skip
    if not groups and not settled:
        parts.append(section("这段时间", "没有没答上的提问。", ""))
    return parts


def row_of(group: Group, titles: Mapping[str, str], since: datetime) -> tuple[str, ...]:
    count, recent = group.count(), group.count(since=since)
    kinds = "\n".join(f"{NAMES[k]} {group.count(k)}" for k in GapKind if group.count(k))
    near = [f"{named(id, titles)}（{percent(confidence)}）" for id, confidence in group.nearest]
    if group.right:
        near.insert(0, f"坐席说是：{named(group.right, titles)}")
    if group.before:
        near.append(f"以前办过：{named(group.before, titles)}")
    return (
        str(group.number),
        str(count) if recent == count else f"{count}（这段时间 {recent}）",
        "\n".join(f"{text}" for text in group.texts[:EXAMPLES]),
        kinds,
        f"{day(group.first)}\n{day(group.last)}",
        "\n".join(near) or "没有相近的",
        advice(group),
    )


def advice(group: Group) -> str:
    """What to type next."""
    entry = group.right or (group.nearest[0][0] if group.nearest else "条目编号")
    join = f"linli knowledge gaps join {group.number} {entry}"
    draft = f"linli knowledge gaps draft {group.number}"
    return f"并入：{join}\n起草：{draft}"


def named(id: str, titles: Mapping[str, str]) -> str:
    return titles.get(id, id)


def day(moment: datetime) -> str:
    local = moment.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日"
