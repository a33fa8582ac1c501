from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.files.block import FileFault
from knowledge.files.html import read_html
from tests.knowledge.files.made import fault_of

PAGE = """<!DOCTYPE html><html><head><title>停车 - 云溪</title>
<meta name="ArticleTitle" content="云溪街道停车办法">
<meta name="PubDate" content="2025-12-01 10:00">
<style>p {color: red}</style></head><body>
<nav><a href="/">首页</a><a href="/news">新闻</a></nav>
<div class="crumbs"><a href="/a">当前位置</a> &gt; <a href="/b">政策</a></div>
<table><tr><th>发文字号：</th><td>云街办〔2025〕9号</td></tr></table>
<h1>云溪街道停车办法</h1>
<div class="article"><p>第一条 <b>停车</b>免费，<br>晚上也免费。</p>
<p>第二条 大车停在北门，小车停在南门，摩托车停在楼下的棚子里，请不要占消防通道。</p>
<p>第三条 本办法自2026年1月1日起施行，由街道办事处负责解释，有事请打服务台的电话。</p>
<p>附件：车位图。街道每年冬天清点一次车位，把数目贴在服务站的门口，请大家看一看、对一对。</p></div>
<div>分享到：<a href="#">微博</a></div><footer>版权所有</footer>
<script>var x = "第四条 不是正文";</script></body></html>"""


def texts(data: bytes) -> list[str]:
    return [block.text for block in read_html(data)]


def test_the_document_is_found_in_the_page() -> None:
    found = texts(PAGE.encode())
    assert found[:2] == ["标题：云溪街道停车办法", "发布日期：2025-12-01 10:00"]
    assert "发文字号： | 云街办〔2025〕9号" in found
    assert [text for text in found if text.startswith("第")] == [
        "第一条 停车免费，",
        "第二条 大车停在北门，小车停在南门，摩托车停在楼下的棚子里，请不要占消防通道。",
        "第三条 本办法自2026年1月1日起施行，由街道办事处负责解释，有事请打服务台的电话。",
    ]
    assert "晚上也免费。" in found
    assert not any(word in " ".join(found) for word in ("首页", "版权", "第四条", "微博", "color"))


def test_no_article_is_left_out_wherever_it_stands() -> None:
    long = "停车要看好车位，" * 40
    page = f"<div><p>第一条 {long}</p></div><div><p>第二条 大车免费。</p></div>"
    assert texts(page.encode())[-1] == "第二条 大车免费。"


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "GB18030"])
def test_a_page_in_an_old_encoding_is_read(charset: str) -> None:
    page = f'<html><head><meta charset="{charset}"></head><body><p>停车免费。</p></body></html>'
    assert texts(page.encode("gb18030")) == ["停车免费。"]


def test_levels_of_headings_are_kept() -> None:
    blocks = read_html("<h2>第一章 总则</h2><p>第一条 停车免费。</p>".encode())
    assert [(block.text, block.level) for block in blocks] == [
        ("第一章 总则", 2),
        ("第一条 停车免费。", 0),
    ]


@pytest.mark.parametrize(
    "data", ["<html></html>", "<p></p>", " ", "<!-- -->", "<script>a</script>"]
)
def test_a_page_without_text_is_refused(tmp_path: Path, data: str) -> None:
    path = tmp_path / "some.html"
    path.write_text(data, encoding="utf-8")
    assert fault_of(path)


def test_elements_within_one_another_without_end_are_borne(tmp_path: Path) -> None:
    path = tmp_path / "some.html"
    path.write_text("<div>" * 50_000 + "停车免费。", encoding="utf-8")
    assert fault_of(path) or read_html(path.read_bytes())


TAGS = ["<p>", "</p>", "<div>", "</div>", "<td>", "<a>", "</a>", "<h1>", "<br>", "停车", "&lt;",
        "<!--", "-->", "<ul><li>", "<table>", "</table>", "<script>", "<body>"]  # fmt: skip


@given(st.lists(st.sampled_from(TAGS)))
def test_any_order_of_tags_is_read_or_refused(tags: list[str]) -> None:
    try:
        blocks = read_html("".join(["停", *tags]).encode())
    except FileFault:
        return
    assert all(block.text.strip() for block in blocks)
