from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.statements import coming_into_force, expiry, months_later, repealed

ISSUED = date(2023, 3, 5)
MAY = date(2023, 5, 1)


def in_force(*body: str, front: tuple[str, ...] = (), issued: date | None = ISSUED) -> date | None:
    coming = coming_into_force(front, body)
    return coming.on(issued) if coming else None


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("第九条 本办法自2023年5月1日起施行。", MAY),
        ("第九条 本办法自二〇二三年五月一日起施行。", MAY),
        ("第九条　本细则从2023年5月1日起正式实施。", MAY),
        ("本通知自2023年5月1日起执行。", MAY),
        ("本公告自2023-05-01起生效。", MAY),
        ("本规定于2023年5月1日起试行。", MAY),
        ("六、本意见由市住建委负责解释，自2023年5月1日起施行。", MAY),
        ("二、本通告由街道负责解释，并于2023年5月1日零时起施行。", MAY),
        ("以上规定自2023年5月1日起执行。", MAY),
        ("本办法自公布之日起施行。", ISSUED),
        ("本通知自印发之日起施行，有效期5年。", ISSUED),
        ("本办法自发布之日起30日后施行。", date(2023, 4, 4)),
        ("本办法自公布之日起三十日后施行。", date(2023, 4, 4)),
        ("本办法自公布之日起满6个月施行。", date(2023, 9, 5)),
        ("本法自2023年5月1日起施行。《旧办法》同时废止。", MAY),
        ("本条例自2023年5月1日起施行。本条例施行前已经受理的，按照原规定办理。", MAY),
    ],
)
def test_a_document_says_from_when_it_is_in_force(said: str, when: date) -> None:
    assert in_force("第一条 为了方便，制定本办法。", said) == when


@pytest.mark.parametrize(
    "said",
    ["2019年1月1日起施行的《旧办法》同时废止。", "本市自2019年1月1日起实施新的标准。",
     "第十条自2025年1月1日起施行。", "居住证自签发之日起生效的，按年签注。",
     "《新标准》自2019年1月1日起施行情况的通报", "本办法施行前的事项，按原办法办理。"],
)  # fmt: skip
def test_what_is_said_of_something_else_is_not_taken(said: str) -> None:
    assert in_force("第一条 为了方便，制定本办法。", said) is None


def test_the_last_article_goes_before_the_head() -> None:
    front = ("《活动室办法》已经通过，现予公布，自2022年1月1日起施行。",)
    assert in_force("本办法自2023年5月1日起施行。", front=front) == MAY
    assert in_force("第一条 活动室免费。", front=front) == date(2022, 1, 1)


def test_a_statement_far_from_the_end_is_found_by_its_name() -> None:
    assert in_force("本办法自2023年5月1日起施行。", *["附表一行"] * 40) == MAY


@pytest.mark.parametrize(
    ("said", "last"),
    [
        ("本办法自2023年5月1日起施行，有效期5年。", date(2028, 4, 30)),
        ("本办法自2023年5月1日起施行，有效期为三年。", date(2026, 4, 30)),
        ("本通知自2023年5月1日起施行，有效期至2025年12月31日。", date(2025, 12, 31)),
        ("本通知自2023年5月1日起施行。有效期两年。", date(2025, 4, 30)),
        ("本通知有效期自2023年5月1日至2025年12月31日。", date(2025, 12, 31)),
        ("本通知自2023年5月1日起执行，至2024年6月30日止。", date(2024, 6, 30)),
        ("本办法自2023年5月1日起试行，试行期一年。", date(2024, 4, 30)),
        ("居住证有效期为一年。", None),
        ("本办法自2023年5月1日起施行。", None),
    ],
)
def test_a_document_may_set_itself_a_last_day(said: str, last: date | None) -> None:
    assert expiry(["第一条 方便居民。", said], MAY) == last


def test_titles_that_are_repealed_are_told() -> None:
    body = [
        "本法自2022年6月5日起施行。《旧法》、《旧〈甲〉办法》（云发〔2001〕3号）同时废止。",
        "见《别的》。",
    ]
    assert repealed(body) == ("旧法", "旧〈甲〉办法")


def test_months_end_where_the_month_does() -> None:
    assert months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_later(date(2023, 11, 30), 3) == date(2024, 2, 29)


@given(
    st.lists(
        st.text(
            alphabet="本法自2023年5月1日起施行公布之《》〈。，废止同时有效期三年0-", max_size=60
        )
    )
)
def test_any_words_are_read_without_fault(body: list[str]) -> None:
    coming = coming_into_force(body[:2], body)
    if coming:
        coming.on(ISSUED)
    expiry(body, MAY)
    assert len(set(repealed(body))) == len(repealed(body))
