"""Made-up laws and notices, and documents out of them."""

from datetime import date

from knowledge.dating import date_document
from knowledge.document import Document, identify
from knowledge.files.block import Block
from knowledge.letterhead import read_letterhead
from knowledge.passages import cut
from knowledge.statements import repealed

RULES = """云溪街道宠物登记办法
2021年3月5日云溪街道居民议事会第二次会议通过
第一章 总则
第一条 为了让养宠物的邻居方便，制定本办法。
第二条 本办法适用于云溪街道的猫和狗。
第二章 登记
第三条 有下列情形之一的，应当登记：
（一）新养的；
（二）搬来的。
登记不收费。
第四条 登记每年一次。
第三章 附则
第五条 本办法自2021年5月1日起施行。《云溪街道养狗须知》同时废止。
"""

NOTICE = """云溪街道办事处关于调整活动室开放时间的通知
云街办〔2025〕7号
各社区居民委员会：
为方便居民，现将活动室开放时间调整如下：
一、开放时间
（一）周一至周五每天早上八点开门，晚上九点关门，中间不休息，节假日照常，遇到大型活动提前三天在门口张贴告示，请大家互相转告，有事也可以打电话到服务台问。
（二）周末上午九点开门。
二、预约办法
在服务台登记，当天有效。
本通知自2025年7月1日起施行，有效期三年。
云溪街道办事处
2025年6月10日
"""


def blocks(text: str) -> list[Block]:
    """A paragraph for each line that is not blank."""
    return [Block(line) for line in text.split("\n") if line.strip()]


def document_of(
    text: str, *, title: str = "云溪街道活动室管理办法", region: str = "云溪街道",
    effective: date = date(2024, 1, 1),
) -> Document:  # fmt: skip
    """A document of a title and a text; ``effective`` where the text does not say it."""
    head = read_letterhead(blocks(f"{title}\n{text}"))
    front = tuple(block.text for block in head.front)
    body = tuple(block.text for block in head.body)
    dates = date_document(front, body)
    start = dates.effective or effective
    version = max((d for d in (dates.passed, dates.amended, dates.published) if d), default=start)
    return Document(
        id=identify(title, version),
        title=title,
        number=head.number,
        issuer=head.issuer,
        region=region,
        handler="",
        link="",
        passed=dates.passed,
        amended=dates.amended,
        published=dates.published,
        since=dates.since,
        effective=start,
        expires=dates.expires,
        repeals=repealed(body),
        revision="",
        front=front,
        passages=cut(head.body),
    )
