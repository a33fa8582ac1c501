"""The head of a law or notice: its title, number and issuer, and where its text begins."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.days import DAY, plain
from knowledge.files.block import Block
from knowledge.marks import Rank, mark

SEARCHED = 60
"""So many paragraphs at most belong to the head."""

KINDS = (
    "法|条例|规定|办法|细则|通知|通告|公告|意见|决定|决议|标准|方案|规则|规程|规范|章程|公约|解释|指南|制度|规约|批复|"
    "措施|政策|清单|目录|须知|守则|要求|计划|预案|指引|函|纲要|答复|说明|公报|令|倡议书|告知书|通则|准则|名单"
)
_TITLE_END = re.compile(rf"(?:{KINDS})(?:\(.{{0,20}}\))?$")
_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{1,12}(?:字|发|办|函|规|文|令|通|告|公告)?\s?[〔\[(【]\s?\d{4}\s?[〕\])】]\s?第?\s?\d{1,4}\s?号"
)
_ORDER = re.compile(
    r"(?P<by>[\u4e00-\u9fff]{2,20}?)(?P<kind>令|公告|通告)\s?\(?(?:\d{4}年)?\s?第?\s?"
    r"(?P<n>\d{1,4}|[一二三四五六七八九十百零〇]{1,6})\s?号"
)
_LABEL = re.compile(
    r"[\[【]?(?P<label>索引号|信息索引|主题分类|主题词|发文机关|发布机构|发布机关|制定机关|发布单位|发文单位|公布机关|"
    r"发文字号|文号|标题|名称|成文日期|发布日期|公布日期|施行日期|生效日期|实施日期|有效性|时效性|来源|体裁分类|组配分类|"
    r"失效日期|废止日期|有效期至|效力级别|法律性质|法律效力位阶|通过日期|印发日期|发文日期|发布时间|公布时间|实施时间|"
    r"施行时间|成文时间)[\]】]?\s?[:|]?\s?(?P<value>.*)"
)
_ISSUER_LABELS = (
    "发文机关",
    "发布机构",
    "发布机关",
    "制定机关",
    "发布单位",
    "发文单位",
    "公布机关",
)
_PASSED_BY = re.compile(
    rf"{DAY}\s?(?P<by>[^\s,。;《]{{0,40}}?人民代表大会(?:常务委员会)?)(?![^,。;《 ]{{0,12}}批准)"
)
_ISSUED_BY = re.compile(
    r"(?P<by>[\u4e00-\u9fff、 ]{2,40}?)(?:令第|发布|公布|印发|第\d+次(?:常务|部务|局务)?会议)"
)
_SESSION = re.compile(r"第[一二三四五六七八九十]{1,3}届")
_COUNCIL = re.compile(r"^中华人民共和国国务院")
_ABOUT = re.compile(r"^(?P<by>[\u4e00-\u9fff、 ]{3,40}?)(?:关于|转发|印发)")
_CONTENTS = re.compile(r"目\s*[录次]")
_WRITERS = (
    r"(?:局|厅|委|委员会|部|办|办公室|办公厅|政府|院|会|中心|处|所|街道|公司|总队|支队|大队|社)"
)
_REVISION = re.compile(
    r"[(（\[][^()（）]{0,12}(?:\d{4}|修订|修正|试行本|全文|最新|版)[^()（）]{0,12}[)）\]]\s*$"
)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What the head tells; empty where it does not.

    Attributes:
        front: its paragraphs.
        body: those that follow.
    """

    title: str
    number: str
    issuer: str
    front: tuple[Block, ...]
    body: tuple[Block, ...]


def read_letterhead(blocks: Sequence[Block], name: str = "") -> Letterhead:
    """Parts a text into head and body and reads the head.

    Args:
        name: of the file, without its ending: the title where the text has none.
    """
    blocks = [block for block in blocks if block.text.strip()]
    length = _front_length(blocks)
    front, body = tuple(blocks[:length]), tuple(blocks[length:])
    lines = [plain(block.text).strip() for block in front]
    title = _title(lines) or _stem(name)
    head = "\n".join(lines)
    end = [plain(block.text).strip() for block in body[-6:]]
    return Letterhead(title, _number(head), _issuer(head, title, end), front, body)


def is_label(text: str) -> bool:
    """Whether a paragraph tells something about the document, as 发文字号：… does."""
    return _LABEL.match(plain(text).strip()) is not None


def _front_length(blocks: Sequence[Block]) -> int:
    """How many paragraphs belong to the head; of a text that is nothing else only the first."""
    place = 0
    while place < min(len(blocks), SEARCHED):
        text = plain(blocks[place].text).strip()
        if _CONTENTS.fullmatch(text):
            place = _after_contents(blocks, place + 1)
            continue
        found = mark(blocks[place].text)
        if found and found.rank in (Rank.ARTICLE, Rank.ONE, Rank.BRACKETED):
            return place
        if place and (found or not _is_front(text, place)):
            return place
        place += 1
    return place if place < len(blocks) else min(1, len(blocks))


def _after_contents(blocks: Sequence[Block], place: int) -> int:
    """Where a table of contents ends: at the first heading that comes for the second time."""
    told = set[str]()
    while place < len(blocks):
        heading = re.sub(r"[.·…\s]{2,}\d*$|[.·…]+\d+$", "", plain(blocks[place].text).strip())
        found = mark(heading)
        key = re.sub(r"\s", "", heading)
        listed = (found and found.rank <= Rank.SECTION) or key in ("序言", "附则", "前言", "附件")
        if key in told or not listed:
            return place
        told.add(key)
        place += 1
    return place


def _is_front(text: str, place: int) -> bool:
    if _LABEL.match(text) or _CONTENTS.fullmatch(text):
        return True
    if re.match(r"\(", text) and re.search(DAY, text):
        return True
    if re.search(r"现[予将]?(?:以)?(?:公布|发布|印发)", text) and len(text) < 200:
        return True
    if re.search(r"[。;!?]", text):
        return False
    if re.match(rf"\(?\s?(?:根据)?{DAY}", text) or _NUMBER.search(text) or _ORDER.search(text):
        return True
    if text.endswith(":") and len(text) < 120 and re.search(rf"{_WRITERS}|单位|部门|各", text):
        return True
    return place < 6 and len(text) <= 50 and not text.endswith((":", ","))


def _title(lines: Sequence[str]) -> str:
    for line in lines:
        match = _LABEL.fullmatch(line)
        if match and match["label"] in ("标题", "名称") and match["value"]:
            return _clean(match["value"])
    written = [line for line in lines if not _LABEL.match(line) and not _CONTENTS.fullmatch(line)]
    written = [line for line in written if not _is_about(line)]
    for n in range(len(written[:8])):
        for length in (1, 2, 3, 4):
            whole = "".join(written[n : n + length])
            if len(whole) <= 120 and _is_title(whole):
                if length == 2 and _stands_over(written[n], written[n + 1]):
                    break
                return _clean(whole)
    return _clean(written[0]) if written and len(written[0]) <= 80 else ""


def _is_title(text: str) -> bool:
    return _TITLE_END.search(_REVISION.sub("", text)) is not None


def _stands_over(issuer: str, title: str) -> bool:
    """Whether the first line is who issued it, and the second alone the title."""
    apart = not re.match(r"关于|转发|印发|公布", title) and len(title) >= 6
    return apart and re.search(rf"{_WRITERS}$", issuer) is not None and _is_title(title)


def _is_about(line: str) -> bool:
    """Whether a line of the head is no part of a title: acts, numbers, addressees, signatures."""
    return bool(
        re.search(DAY, line)
        or _NUMBER.fullmatch(line)
        or _ORDER.fullmatch(line)
        or re.fullmatch(r"第?\s?\d+\s?号", line)
        or re.match(r"[省市区县州部局院署]\s?长\s|主\s?[任席]\s|总\s?理\s", line)
        or re.search(r"[:。;]$", line)
        or re.fullmatch(r"\(.*\)", line)
        or re.fullmatch(r"[\u4e00-\u9fff]{2,20}(?:文件|令|公告)", line)
    )


def _clean(title: str) -> str:
    title = _REVISION.sub("", re.sub(r"\s+", "", title)).strip("#*")
    inner = re.fullmatch(r"《(.+)》", title)
    return (inner[1] if inner and "《" not in inner[1] else title).strip()


def _stem(name: str) -> str:
    return _clean(plain(name)) if name else ""


def _number(head: str) -> str:
    labelled = [match for match in map(_LABEL.fullmatch, head.split("\n")) if match]
    said = [m["value"] for m in labelled if m["label"] in ("发文字号", "文号") and m["value"]]
    found = _NUMBER.search(head)
    if said or found:
        text = re.sub(r"\s", "", said[0] if said else found[0] if found else "")
        return re.sub(r"[\[(【〔](\d{4})[\])】〕]", r"〔\1〕", text)
    orders = list(_ORDER.finditer(re.sub(DAY, "\n", head)))
    if not orders:
        return ""
    last = orders[-1]
    return f"{_COUNCIL.sub('国务院', last['by'])}{last['kind']}第{last['n']}号"


def _issuer(head: str, title: str, end: Sequence[str]) -> str:
    for line in head.split("\n"):
        match = _LABEL.fullmatch(line)
        if match and match["label"] in _ISSUER_LABELS and match["value"]:
            return match["value"].strip()
    passed = list(_PASSED_BY.finditer(head))
    if passed:
        return _SESSION.sub("", passed[-1]["by"]).strip()
    undated = re.sub(DAY, "\n", head)
    orders = list(_ORDER.finditer(undated))
    if orders:
        return _COUNCIL.sub("国务院", orders[-1]["by"])
    for line in reversed(undated.split("\n")):
        issued = _ISSUED_BY.match(line.strip())
        if issued and "《" not in line:
            return _COUNCIL.sub("国务院", issued["by"].strip())
    about = _ABOUT.match(title)
    if about:
        return about["by"].strip()
    signed = [line for line in end if re.fullmatch(rf"[\u4e00-\u9fff、 ]{{2,30}}{_WRITERS}", line)]
    return signed[-1] if signed else ""
