import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.labelled import LabelledRow
from bot.commands.nlu_report import MOST_CLASSES, WORST, page, write_report
from bot.commands.understanding import (
    Measured,
    measure_addresses,
    measure_categories,
    measure_emergencies,
    measure_intents,
    measure_kinds,
)

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
HOSTILE = "</td><script>alert(1)</script><img src=x onerror=alert(1)>&\"'"
VOID = {"meta", "line", "rect"}


class Reader(HTMLParser):
    """Reads a page: its text, its tags, and that all of them are closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def categories(*rows: tuple[str, str | None, str, float]) -> Measured:
    """Measured from ``(text, right, found, confidence)``."""
    return measure_categories(
        [LabelledRow(i, text, right) for i, (text, right, _, _) in enumerate(rows, 1)],
        [{"category": [{"name": f, "confidence": c}]} for _, _, f, c in rows],
    )


def read(measured: Measured, label: str = "category", source: str = "标好的.jsonl") -> Reader:
    return Reader(page(measured, label=label, source=source, at=AT))


FEW = (
    ("车乱停", "交通运输", "交通运输", 0.9),
    ("楼道有味", "环境保护", "城乡建设", 0.95),
    ("公交太少", "交通运输", "城乡建设", 0.4),
    ("河水发黑", "环境保护", "环境保护", 0.6),
)


def test_a_page_has_scores_picture_calibration_and_errors() -> None:
    reader = read(categories(*FEW))
    for words in (
        "理解评测：诉求分类", "标好的.jsonl，4 条；2026年11月23日 09:30", "准确率 50.0%",
        "期望校准误差（ECE） 0.", "前三个里有对的 50.0%", "混淆", "把握可不可信", "共认错 2 条",
    ):  # fmt: skip
        assert words in reader.text
    assert "svg" in reader.tags


def test_errors_are_listed_with_the_surest_first() -> None:
    text = read(categories(*FEW)).text
    assert text.index("楼道有味") < text.index("公交太少")
    assert "2 环境保护 城乡建设 95.0% 楼道有味" in text
    assert "车乱停" not in text


def test_no_more_than_fifty_errors_are_listed() -> None:
    rows = [(f"第{i}件事", "环境保护", "城乡建设", i / 100) for i in range(WORST + 20)]
    text = read(categories(*rows)).text
    assert f"共认错 {WORST + 20} 条，把握最大的在前，列出 {WORST} 条。" in text
    assert "第69件事" in text
    assert "第19件事" not in text


def test_where_all_is_right_it_says_so() -> None:
    assert "没有认错的" in read(categories(FEW[0])).text


def test_nothing_on_the_page_runs_or_is_fetched_whatever_a_text_says() -> None:
    measured = categories((HOSTILE, HOSTILE, "城乡建设", 0.9))
    html = page(measured, label="category", source=f"{HOSTILE}.jsonl", at=AT)
    reader = Reader(html)
    assert reader.tags <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "section", "div",
        "table", "thead", "tbody", "tr", "th", "td", "svg", "line", "rect", "text",
    }  # fmt: skip
    assert not [name for name in reader.attributes if name in {"src", "href"} or name[:2] == "on"]
    assert "url(" not in html
    assert "default-src 'none'" in html
    assert HOSTILE[:30] in reader.text


@given(st.text(), st.text(min_size=1), st.floats(0, 1))
def test_any_text_leaves_the_page_whole(text: str, name: str, confidence: float) -> None:
    plain = read(categories(("甲", "乙", "丙", 0.5)))
    assert read(categories((text, name, "丙", confidence))).tags == plain.tags


def test_phones_and_identity_numbers_are_masked() -> None:
    said = "我叫老张，电话138 0000 0000，身份证110101199003070038"
    text = read(categories((said, "环境保护", "城乡建设", 0.9))).text
    assert "0000 0000" not in text
    assert "19900307" not in text
    assert "老张" in text


def test_cells_are_darker_the_larger_their_share_and_what_is_right_is_framed() -> None:
    rows = [("甲事", "环境保护", "环境保护", 0.9)] * 3 + [("乙事", "环境保护", "政法", 0.9)]
    html = page(categories(*rows), label="category", source="a", at=AT)
    right = re.search(r'class="right" style="background:rgba\(47,111,94,([\d.]+)\)">3<', html)
    wrong = re.search(r'<td style="background:rgba\(190,80,40,([\d.]+)\)">1<', html)
    assert right is not None
    assert wrong is not None
    assert float(right[1]) > float(wrong[1])


def test_of_many_classes_those_with_most_mistakes_are_pictured() -> None:
    rows = [(f"事{i}", f"类{i:02}", f"类{i:02}", 0.9) for i in range(40)]
    html = page(categories(*rows, ("误", "类39", "类38", 0.9)), label="category", source="a", at=AT)
    heat = html[html.index('class="heat"') : html.index("</table>", html.index('class="heat"'))]
    assert heat.count('scope="row"') == MOST_CLASSES
    assert "类39" in heat
    assert f"另有 {40 - MOST_CLASSES} 类没有列出" in html


def test_intents_and_kinds_show_the_confusions_that_hurt() -> None:
    rows = [LabelledRow(1, "居住证怎么办", "ask_policy"), LabelledRow(2, "我家着火了", "greet")]
    parsed = [{"intent": {"name": "report_problem", "confidence": 0.8}}] * 2
    reader = read(measure_intents(rows, parsed), "intent")
    assert "问政策、问活动 要登记的事 1 1 100.0%" in reader.text
    assert "1 ask_policy report_problem 80.0% 居住证怎么办" in reader.text
    assert "2 greet emergency 规则 我家着火了" in reader.text
    kinds = measure_kinds([LabelledRow(1, "居住证怎么办", "inquiry")], parsed[:1])
    assert "1 咨询 求助 80.0% 居住证怎么办" in read(kinds, "kind").text


def test_what_rules_decide_has_no_picture_of_certainty() -> None:
    alarms = measure_emergencies([LabelledRow(1, "我家着火了", None)])
    reader = read(alarms, "emergency")
    assert "误报条数 1" in reader.text
    assert "1 （无） 急事 规则 我家着火了" in reader.text
    assert "svg" not in reader.tags
    spans = measure_addresses([LabelledRow(1, "您好，请问怎么办", "云溪路")])
    assert "一字不差：精确率、召回率、F1 0.0%、0.0%、0.0%" in read(spans, "address").text


def test_a_page_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.html"
    write_report(path, categories(*FEW), label="category", source="a", at=AT)
    before = path.read_text(encoding="utf-8")
    assert before.startswith("<!doctype html>")
    monkeypatch.setattr("bot.commands.nlu_report.os.replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_report(path, categories(FEW[0]), label="category", source="a", at=AT)
    assert path.read_text(encoding="utf-8") == before


def interrupt(*given: object) -> None:
    raise KeyboardInterrupt
