import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.files.block import Block
from knowledge.letterhead import Letterhead, read_letterhead
from tests.knowledge.documents import NOTICE, RULES, blocks

ORDER = """云溪市人民政府令
第12号
《云溪市门牌管理办法》已经2022年3月1日市人民政府第1次常务会议审议通过，现予公布，自2022年5月1日起施行。
市长 张三
2022年3月10日
云溪市门牌管理办法
第一条 每栋楼都有门牌。
第二条 门牌不收费。
"""
CONTENTS = """云溪市门牌条例
（2022年3月1日云溪市第三届人民代表大会常务委员会第二次会议通过）
目 录
第一章 总则
第二章 编号
第三章 附则
第一章 总则
第一条 每栋楼都有门牌。
"""


def read(text: str, name: str = "") -> Letterhead:
    return read_letterhead(blocks(text), name)


def test_a_law_has_a_title_and_who_passed_it() -> None:
    head = read(RULES)
    assert (head.title, head.number) == ("云溪街道宠物登记办法", "")
    assert head.body[0].text == "第一章 总则"


def test_a_notice_has_a_number_and_an_issuer() -> None:
    head = read(NOTICE)
    assert head.title == "云溪街道办事处关于调整活动室开放时间的通知"
    assert head.number == "云街办〔2025〕7号"
    assert head.issuer == "云溪街道办事处"
    assert head.body[0].text.startswith("为方便居民")


def test_the_issuer_is_named_without_the_session() -> None:
    head = read(CONTENTS)
    assert head.issuer == "云溪市人民代表大会常务委员会"


def test_an_order_that_publishes_a_regulation_belongs_to_its_head() -> None:
    head = read(ORDER)
    assert head.title == "云溪市门牌管理办法"
    assert head.body[0].text.startswith("第一条")
    assert head.issuer == "云溪市人民政府"


def test_the_contents_are_no_text() -> None:
    head = read(CONTENTS)
    assert [block.text for block in head.body] == ["第一章 总则", "第一条 每栋楼都有门牌。"]


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("云建发[2023]12号", "云建发〔2023〕12号"),
        ("云建发〔2023〕 12 号", "云建发〔2023〕12号"),
        ("发文字号：云建发【2023】12号", "云建发〔2023〕12号"),
        ("2021年1月15日 中华人民共和国国务院令第735号公布", "国务院令第735号"),
        ("云溪市人民政府令第8号", "云溪市人民政府令第8号"),
    ],
)
def test_numbers_are_read_in_their_forms(line: str, number: str) -> None:
    assert read(f"云溪市停车办法\n{line}\n第一条 停车免费。").number == number


def test_a_title_on_two_lines_is_one() -> None:
    head = read("云溪市住房和城乡建设委员会\n关于印发停车办法的通知\n各区：\n停车免费。")
    assert head.title == "云溪市住房和城乡建设委员会关于印发停车办法的通知"


def test_a_bracket_that_tells_the_version_is_no_title() -> None:
    assert read("云溪市停车条例（2020年修订）\n第一条 停车免费。").title == "云溪市停车条例"


def test_a_text_without_title_is_called_like_its_file() -> None:
    assert read("第一条 停车免费。", "云溪市停车办法(2020-01-02)").title == "云溪市停车办法"


def test_labels_tell_title_and_issuer() -> None:
    head = read("标题：关于停车的通告\n发文机关：云溪市公安局\n关于停车的通告\n即日起停车免费。")
    assert (head.title, head.issuer) == ("关于停车的通告", "云溪市公安局")


@given(
    st.lists(st.text(alphabet="目录第一章条（）2020年1月日通过。：云溪市办法号〔〕 ", max_size=40))
)
def test_head_and_body_are_the_whole(lines: list[str]) -> None:
    given_blocks = [Block(line) for line in lines]
    head = read_letterhead(given_blocks, "某办法")
    assert [*head.front, *head.body] == [block for block in given_blocks if block.text.strip()]
