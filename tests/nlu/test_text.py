import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.text import clip, has_words, legible, normalise, title_of

ANY_TEXT = st.text(st.characters(), max_size=60) | st.text(
    "a1１ＡＢ，,。!！～~ \t\n\r\u200b\u3000\u0301\ufeff\udc00\U000f0001好好", max_size=40
)
PIECES = (
    *(
        "那个",
        "就是说",
        "呃",
        "额",
        "啊啊啊",
        "物叶",
        "居住正",
        "垃及",
        "3好楼",
        "谢谢谢",
        "二二二二",
        "的",
    ),
    *("樓", "😀", "[流泪]", "１", "1️⃣", "㎡", "！！", "，", " ", "\n", "7", "A", "\u202e", "\ud83d"),
)
ROUGH_TEXT = ANY_TEXT | st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@given(ANY_TEXT)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(ANY_TEXT)
def test_normalised_text_can_be_stored_as_utf8(text: str) -> None:
    assert normalise(text).encode("utf-8").decode("utf-8") == normalise(text)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("我住３号楼Ａ座", "我住3号楼A座"),
        ("在吗？！", "在吗？！"),
        ("电话：（０１０）", "电话：（010）"),
        ("路灯\u200b坏了\ufeff", "路灯坏了"),
        ("a \t\u3000 b", "a b"),
        ("一\r\n\r\n 二", "一\n二"),
        ("救命啊啊啊啊啊啊", "救命啊啊啊"),
        ("10000000元", "10000000元"),
        ("幺三八零零零零零八八八八", "幺三八零零零零零八八八八"),
        ("\x00坏\x07了", "坏了"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_text_is_brought_into_one_form(said: str, expected: str) -> None:
    assert normalise(said) == expected


def test_an_unpaired_surrogate_becomes_a_question_mark() -> None:
    assert normalise("灯\ud83d坏") == "灯?坏"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("社區裡的電梯壞了，沒人修", "社区里的电梯坏了，没人修"),
        ("那个那个就是说呃我想问一下居住证怎么办", "我想问一下居住证怎么办"),
        ("物叶不管，垃及堆了三天", "物业不管，垃圾堆了三天"),
        ("救命啊啊啊啊啊！！！！", "救命啊！"),
        ("路灯坏了😡😡[流泪]快来修", "路灯坏了快来修"),
        ("3😀4", "3 4"),
        ("1️⃣居住证", "1居住证"),
        ("Ａ座１２０１室", "A座1201室"),
        ("谢谢谢谢谢谢", "谢谢"),
        ("电话13800138000，单号LL20261122-0042-7", "电话13800138000，单号LL20261122-0042-7"),
        ("幺三八零零零零零八八八八", "幺三八零零零零零八八八八"),
    ],
)
def test_a_message_is_read_as_it_was_meant(written: str, read: str) -> None:
    assert legible(written).text == read


@pytest.mark.parametrize("said", ["嗯", "嗯嗯", "呃", "那个"])
def test_hesitation_that_says_all_there_is_stays(said: str) -> None:
    assert legible(said).text == said


def test_a_message_of_pictures_has_nothing_to_read() -> None:
    assert legible("😀👍[微笑]").text == ""


@pytest.mark.parametrize(
    ("written", "read", "stands"),
    [
        ("那个，我住１２號樓呃３單元", "12号楼3单元", "１２號樓呃３單元"),
        ("😀路灯坏了了了了", "坏了", "坏了了了了"),
        ("居住正\u200b怎么办", "居住证", "居住正"),
        ("楼道\r\n 堆物叶的东西", "物业", "物叶"),
        ("㎡不对", "m2", "㎡"),
    ],
)
def test_what_is_read_is_found_again_where_it_was_written(
    written: str, read: str, stands: str
) -> None:
    message = legible(written)
    at = message.text.index(read)
    start, end = message.written_span(at, at + len(read))
    assert written[start:end] == stands


@given(ROUGH_TEXT)
def test_places_lie_in_what_was_written_and_never_go_back(written: str) -> None:
    message = legible(written)
    assert len(message.places) == len(message.text) + 1
    assert len(message.ends) == len(message.text)
    assert list(message.places) == sorted(message.places)
    assert list(message.ends) == sorted(message.ends)
    assert message.places[-1] == len(written)
    assert all(
        0 <= start < end <= len(written)
        for start, end in zip(message.places[:-1], message.ends, strict=True)
    )


@given(ROUGH_TEXT)
def test_what_is_legible_is_read_as_it_stands(written: str) -> None:
    read = legible(written).text
    again = legible(read)
    assert again.text == read
    assert again.places == tuple(range(len(read) + 1))


@given(ROUGH_TEXT)
def test_digits_and_letters_are_those_of_the_normalised_text(written: str) -> None:
    def ascii_of(text: str) -> list[str]:
        return [c for c in text if c.isascii() and c.isalnum()]

    normal, read = normalise(written), legible(written).text
    assert ascii_of(read) == ascii_of(normal)


def test_a_span_outside_the_text_is_refused() -> None:
    with pytest.raises(IndexError):
        legible("灯坏了").written_span(1, 4)


def test_ten_thousand_pictures_and_a_word_are_one_word() -> None:
    assert legible("😀" * 10_000 + "电梯").text == "电梯"


def test_a_long_text_without_any_mark_is_read() -> None:
    written = "那个物叶呃不管" * 1_500
    assert "物业不管" in legible(written).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("😀！？", False), ("", False), ("。。。", False), ("6", True), ("好", True)],
)
def test_emoji_and_marks_are_no_words(text: str, expected: bool) -> None:
    assert has_words(text) is expected


@given(ANY_TEXT, st.integers(1, 30))
def test_a_clipped_text_is_never_longer_than_allowed(text: str, limit: int) -> None:
    assert len(clip(text, limit)) <= limit


def test_a_cut_is_marked_and_no_comma_stands_before_the_mark() -> None:
    assert clip("楼道灯坏了，没人修", 7) == "楼道灯坏了…"


def test_the_title_is_the_first_clause_that_says_something() -> None:
    assert title_of("你好，喂，三号楼的水管爆了。快来") == "三号楼的水管爆了"


def test_a_text_without_such_a_clause_is_its_own_title() -> None:
    assert title_of("灯坏\n了") == "灯坏 了"
