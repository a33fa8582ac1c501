"""The report of a measurement (评测报告): one HTML page that stands by itself.

Nothing in it runs or is fetched. Texts come from strangers: all of them are escaped, and their
phones and identity numbers masked.
"""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from actions.tickets.ticket import KIND_NAMES, Kind
from bot.commands.html import document, percent, said, section, table
from bot.commands.understanding import Answer, Measured
from nlu.calibration import Bin, calibration
from nlu.clock import SHANGHAI
from nlu.confusions import HURTFUL, NONE, Confusion
from nlu.evaluation import (
    EMERGENCY,
    AlarmScores,
    ClassScore,
    Fit,
    NamedScores,
    PartScore,
    RankedScores,
    Scores,
    SpanScores,
    share,
)
from nlu.identity import mask_identities
from nlu.phone import mask_phones
from nlu.text import clip, legible

WORST = 50
"""Mistakes that are listed."""
LONGEST = 300
"""Characters of a text that are shown."""
MOST_CLASSES = 24
"""Classes in the picture of confusions; those with most mistakes, where there are more."""

LABEL_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "category": "诉求分类",
        "kind": "诉求类型",
        "intent": "意图",
        "emergency": "急事",
        "address": "地址",
    }
)


def write_report(path: Path, measured: Measured, *, label: str, source: str, at: datetime) -> None:
    """Write the page, whole or not at all.

    Args:
        label: what was measured, one of ``LABEL_NAMES``.
        source: the name of the measured file.
        at: when, timezone-aware.

    Raises:
        OSError: the file cannot be written.
    """
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(page(measured, label=label, source=source, at=at), encoding="utf-8")
    os.replace(fresh, path)


def page(measured: Measured, *, label: str, source: str, at: datetime) -> str:
    """The page as text."""
    scores, answers = measured.scores, measured.answers
    sections = [figures(scores)]
    if isinstance(scores, NamedScores):
        sections.append(hurtful(label, scores.confusions))
    if not isinstance(scores, SpanScores):
        sections += [heat(label, answers), class_rows(label, scores.classes)]
    elif scores.parts:
        sections.append(part_rows(scores.parts))
    sure = [(a.confidence, a.right == a.found) for a in answers if a.confidence is not None]
    if sure:
        sections.append(sureness(calibration(sure)))
    sections.append(errors(label, answers))
    when = at.astimezone(SHANGHAI)
    return document(
        f"理解评测：{LABEL_NAMES[label]}",
        f"{source}，{scores.n} 条；{when:%Y年%m月%d日 %H:%M}（北京时间）。"
        "电话和身份证号已打码，但文字仍是居民的原话，请勿外传。",
        sections,
    )


def figures(scores: Scores) -> str:
    rows = [("条数", str(scores.n)), ("准确率", percent(scores.accuracy))]
    if isinstance(scores, SpanScores):
        for name, fit in (("一字不差", scores.exact), ("有重叠", scores.overlap)):
            rows.append((f"{name}：精确率、召回率、F1", "、".join(map(percent, three(fit)))))
        return section("总分", "", table((), rows))
    rows.append(("宏平均 F1", percent(scores.macro_f1)))
    if isinstance(scores, RankedScores):
        rows += [
            ("前三个里有对的", percent(scores.top3)),
            ("期望校准误差（ECE）", f"{scores.ece:.3f}"),
        ]
    if isinstance(scores, AlarmScores):
        found = "没有急事" if scores.recall is None else percent(scores.recall)
        rows += [("急事认出的比例", found), ("误报条数", str(scores.false_alarms))]
    return section("总分", "", table((), rows))


def hurtful(label: str, counted: Sequence[Confusion]) -> str:
    words = {group.name: group.words for pair in HURTFUL[label] for group in pair}
    rows = [
        (words[c.right], words[c.found], str(c.n), str(c.taken), percent(share(c.taken, c.n)))
        for c in counted
    ]
    heading = ("本来是", "当成了", "本来的条数", "当错的条数", "比例")
    return section("伤人的混淆", "这几种认错最让人恼火，两个方向都数。", table(heading, rows))


def class_rows(label: str, classes: Mapping[str, ClassScore]) -> str:
    rows = [
        (shown(label, name), str(c.n), str(c.found), *map(percent, three(c)))
        for name, c in classes.items()
    ]
    heading = ("类", "本来的条数", "认成它的条数", "精确率", "召回率", "F1")
    return section("逐类", "", table(heading, rows))


def part_rows(parts: Mapping[str, PartScore]) -> str:
    rows = [(name, str(p.n), *map(percent, three(p))) for name, p in parts.items()]
    return section("逐级", "", table(("级", "条数", "精确率", "召回率", "F1"), rows))


def heat(label: str, answers: Sequence[Answer]) -> str:
    """The picture of confusions: a row a right class, a column a found one, darker for more."""
    cells = Counter((a.right or NONE, a.found or NONE) for a in answers)
    rows = Counter[str]()
    mistakes = Counter[str]()
    for (right, found), n in cells.items():
        rows[right] += n
        rows[found] += 0
        if right != found:
            mistakes[right] += n
            mistakes[found] += n
    names = sorted(rows, key=lambda name: (-mistakes[name], name))[:MOST_CLASSES]
    names.sort(key=lambda name: (-rows[name], name))
    left = len(rows) - len(names)
    head = "".join(f'<th class="n" scope="col">{said(shown(label, name))}</th>' for name in names)
    body = "\n".join(
        f'<tr><th scope="row">{said(shown(label, right))}</th>'
        + "".join(heat_cell(cells[right, found], rows[right], right == found) for found in names)
        + "</tr>"
        for right in names
    )
    drawn = (
        f'<div class="wide"><table class="heat"><thead><tr><th>本来是＼认成</th>{head}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )
    note = "一行是本来的类，一列是认成的类，颜色越深占这一行的比例越大；框出来的是认对的。"
    more = f"只列认错最多的 {len(names)} 类，另有 {left} 类没有列出。" if left else ""
    return section("混淆", note + more, drawn)


def heat_cell(n: int, of: int, right: bool) -> str:
    if not n:
        return '<td class="right"></td>' if right else "<td></td>"
    part = share(n, of)
    colour = f"rgba(47,111,94,{part * 0.6:.2f})" if right else f"rgba(190,80,40,{part * 0.75:.2f})"
    mark = ' class="right"' if right else ""
    return f'<td{mark} style="background:{colour}">{n}</td>'


def sureness(bins: Sequence[Bin]) -> str:
    """The picture of calibration: how often it was right, by how sure it was."""
    bars = "\n".join(bar(place, b) for place, b in enumerate(bins) if b.n)
    drawn = (
        '<svg viewBox="0 0 480 300" role="img" aria-label="把握与对的比例">'
        '<line x1="40" y1="260" x2="460" y2="260" stroke="#55646c"/>'
        '<line x1="40" y1="20" x2="40" y2="260" stroke="#55646c"/>'
        f'{bars}<line x1="40" y1="260" x2="460" y2="20" stroke="#be5028" stroke-dasharray="6 5"/>'
        '<text x="250" y="292" font-size="15" text-anchor="middle" fill="#1f2a30">把握</text>'
        '<text x="16" y="140" font-size="15" text-anchor="middle" fill="#1f2a30" '
        'transform="rotate(-90 16 140)">对的比例</text>'
        '<text x="36" y="264" font-size="13" text-anchor="end" fill="#1f2a30">0</text>'
        '<text x="36" y="28" font-size="13" text-anchor="end" fill="#1f2a30">1</text></svg>'
    )
    rows = [
        (f"{b.low:.1f}–{b.high:.1f}", str(b.n), percent(b.confidence), percent(b.accuracy))
        for b in bins
        if b.n
    ]
    heading = ("把握", "条数", "平均把握", "对的比例")
    note = "柱子是这一档里对的比例；都落在虚线上，说的把握就可信。"
    return section("把握可不可信", note, drawn + table(heading, rows))


def bar(place: int, b: Bin) -> str:
    high = 240 * b.accuracy
    return (
        f'<rect x="{42 + 42 * place}" y="{260 - high:.1f}" width="38" height="{high:.1f}" '
        'fill="#2f6f5e" fill-opacity="0.55"/>'
        f'<text x="{61 + 42 * place}" y="276" font-size="12" text-anchor="middle" fill="#1f2a30">'
        f"{b.low:.1f}</text>"
    )


def errors(label: str, answers: Sequence[Answer]) -> str:
    """The mistakes made with most confidence; where a rule decided, as they come in the file."""
    wrong = [a for a in answers if (a.right or NONE) != (a.found or NONE)]
    worst = sorted(wrong, key=lambda a: (-(a.confidence or 0.0), a.row))[:WORST]
    if not worst:
        return section("最严重的错误", "", "<p>没有认错的。</p>")
    rows = [
        (
            str(a.row),
            masked(shown(label, a.right or NONE)),
            masked(shown(label, a.found or NONE)),
            "规则" if a.confidence is None else percent(a.confidence),
            masked(a.text),
        )
        for a in worst
    ]
    heading = ("行", "本来是", "认成了", "把握", "原话")
    note = f"共认错 {len(wrong)} 条，把握最大的在前" + (
        f"，列出 {len(worst)} 条。" if len(wrong) > len(worst) else "。"
    )
    return section("最严重的错误", note, table(heading, rows, text_last=True))


def masked(text: str) -> str:
    """The text as it is read, without phones and identity numbers."""
    plain, _ = mask_identities(legible(text).text)
    return clip(mask_phones(plain), LONGEST)


def shown(label: str, name: str) -> str:
    """A class as people call it."""
    if name == NONE:
        return "（无）"
    if label == "kind" and name in set(Kind):
        return KIND_NAMES[Kind(name)]
    return LABEL_NAMES[label] if label == name == EMERGENCY else name


def three(fit: Fit | ClassScore | PartScore) -> tuple[float, float, float]:
    return fit.precision, fit.recall, fit.f1
