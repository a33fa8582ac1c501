import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.person import find_contact_name, find_contact_names


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("我姓周", "周"),
        ("免贵姓吴，住3号楼", "吴"),
        ("免贵姓欧阳，住2号楼", "欧阳"),
        ("我叫陈小满，电话13800000000", "陈小满"),
        ("我叫诸葛亮亮", "诸葛亮亮"),
        ("联系人：何平 13800000000", "何平"),
        ("联系人张三", "张三"),
        ("姓名 马春花", "马春花"),
        ("称呼：陈先生", "陈先生"),
        ("业主：刘洋", "刘洋"),
        ("本人何平，住5号楼", "何平"),
        ("我是郑阿姨", "郑阿姨"),
        ("我是5号楼老赵", "老赵"),
        ("我是3单元501的李阿姨", "李阿姨"),
        ("我是业主王芳 电话13800000000", "王芳"),
        ("叫我小陈就行", "小陈"),
        ("叫陈姐就行 13800000000", "陈姐"),
        ("找刘师傅就行，13800000000", "刘师傅"),
        ("找刘大姐", "刘大姐"),
        ("李女士13800000000", "李女士"),
        ("13800000000，赵敏", "赵敏"),
        ("电话13800000000姓赵", "赵"),
        ("周先生", "周先生"),
        ("我姓王，叫我王阿姨就行", "王阿姨"),
    ],
)
def test_a_name_given_as_ones_own_is_found(said: str, name: str) -> None:
    assert find_contact_name(said) == name


@pytest.mark.parametrize(
    "said",
    [
        *("我姓什么不重要", "我叫不开门", "王府井怎么走", "找物业", "", "谢谢", "马上来"),
        *("本人马上搬走", "我是高中生", "我是老年人", "小区太吵", "我叫不醒他"),
    ],
)
def test_other_words_are_no_name(said: str) -> None:
    assert find_contact_name(said) is None


@pytest.mark.parametrize(
    "said",
    [
        *(
            "物业的王经理态度差",
            "王经理电话13800000000",
            "物业联系人王经理",
            "找王师傅三次了没人来",
        ),
        *("他叫王强天天骂人", "我们楼长叫李红", "我去找李大爷理论", "楼上老李天天吵"),
        *("该公司的联系人张三不接电话", "新建联系人张三", "我找李主任说过"),
    ],
)
def test_others_who_are_talked_about_are_no_contact(said: str) -> None:
    assert find_contact_name(said) is None


@given(
    st.text("我叫姓王李是找联系人女士先生，电话 免贵欧阳老小13800000000", max_size=24)
    | st.text(max_size=30)
)
def test_every_name_is_a_span_of_the_text_and_none_overlaps_another(text: str) -> None:
    end = 0
    for name in find_contact_names(text):
        assert end <= name.start < name.end
        assert text[name.start : name.end] == name.text
        end = name.end


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("我叫陈那个小满，电话13800000000", "陈小满"),
        ("我脚陈小满，电话13800000000", "陈小满"),
        ("联系任张三啊麻烦派人来", "张三"),
        ("罩刘师傅就行", "刘师傅"),
        ("免鬼姓吴", "吴"),
        ("13800000000赵敏请你们处理", "赵敏"),
    ],
)
def test_a_name_said_haltingly_or_after_a_slip_is_found(said: str, name: str) -> None:
    assert find_contact_name(said) == name


@pytest.mark.parametrize("said", ["我脚疼", "我教陈小满数学", "我较真", "救行人", "联系任务组"])
def test_what_sounds_like_an_announcement_and_is_none_names_nobody(said: str) -> None:
    assert find_contact_name(said) is None
