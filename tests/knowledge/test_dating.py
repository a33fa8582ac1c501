import csv
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.dating import AMENDMENTS, Dates, acts_of, date_document
from knowledge.days import plain

BODY = ("第一条 为了方便居民，制定本条例。", "第二条 本条例自2021年5月1日起施行。")
AT_ONCE = ("第一条 为了方便居民，制定本条例。", "第二条 本条例自公布之日起施行。")


def dates(*front: str, body: tuple[str, ...] = BODY, name: str = "") -> Dates:
    return date_document(("云溪市门牌条例", *front), body, name)


def test_passing_publishing_and_coming_into_force_are_told_apart() -> None:
    found = dates(
        "2020年12月9日云溪市人民政府第117次常务会议通过", "2021年1月15日云溪市人民政府令第35号公布"
    )
    assert (found.passed, found.published) == (date(2020, 12, 9), date(2021, 1, 15))
    assert (found.since, found.effective) == (date(2021, 5, 1), date(2021, 5, 1))
    assert (found.amended, found.notes) == (None, ())


def test_acts_in_one_bracket_are_read_one_by_one() -> None:
    bracket = (
        "（2011年3月1日云溪市人民政府令第88号公布 自公布之日起施行 "
        "根据2016年2月6日《云溪市人民政府关于修改部分规章的决定》第一次修订　"
        "2019年4月3日云溪市人民政府令第711号修订）"
    )
    acts = acts_of(plain(bracket))
    assert acts.published == [date(2011, 3, 1), date(2019, 4, 3)]
    assert acts.amended == {date(2016, 2, 6): "修订", date(2019, 4, 3): "修订"}


def test_days_within_titles_are_no_acts() -> None:
    acts = acts_of(
        plain("2019年11月27日通过的《关于修改〈2011年1月1日公布的门牌条例〉的决定》修正")
    )
    assert (acts.passed, acts.published) == ([], [])
    assert acts.amended == {date(2019, 11, 27): "修正"}


def test_a_revision_has_a_day_of_its_own() -> None:
    found = dates("1996年4月12日第六次会议通过", "2020年10月17日第二十二次会议修订")
    assert (found.passed, found.amended) == (date(1996, 4, 12), date(2020, 10, 17))
    assert (found.effective, found.revised, found.notes) == (date(2021, 5, 1), "修订", ())


def test_an_amendment_after_the_coming_into_force_is_in_force_from_its_day_and_told() -> None:
    found = dates("2021年1月12日第六次会议通过", "2024年4月26日第九次会议修正")
    assert (found.since, found.effective) == (date(2021, 5, 1), date(2024, 4, 26))
    assert "2024-04-26" in found.notes[0]


@pytest.mark.parametrize(
    "head",
    ["2005年3月1日第一次会议通过，根据2023年12月23日《决定》修正，该修正自2024年1月1日起施行",
     "（2005年3月1日第一次会议通过 2023年12月23日第二次会议修正 自2024年1月1日起施行）"],
)  # fmt: skip
def test_a_head_may_say_from_when_the_amendment_is_in_force(head: str) -> None:
    found = dates(head)
    assert (found.since, found.effective) == (date(2021, 5, 1), date(2024, 1, 1))
    assert found.notes == ()


def test_an_approval_by_those_above_is_no_amendment() -> None:
    found = dates("2021年1月29日云溪市人大常委会第三次会议通过", "2021年4月1日云溪省人大常委会批准")
    assert (found.passed, found.amended) == (date(2021, 1, 29), None)


def test_published_and_in_force_may_be_said_in_one() -> None:
    found = dates("1982年12月4日大会通过 1982年12月4日大会公告公布施行", body=("第一条 甲。",))
    assert found.effective == found.published == date(1982, 12, 4)


def test_what_an_amending_decision_is_known_to_say_is_taken() -> None:
    found = dates(
        "2007年6月29日第二十八次会议通过",
        "2012年12月28日第三十次会议《关于修改〈中华人民共和国劳动合同法〉的决定》修正",
        body=("第二条 本法自2008年1月1日起施行。",),
    )
    assert (found.effective, found.notes) == (date(2013, 7, 1), ())


def test_decisions_come_into_force_on_a_later_day_than_theirs() -> None:
    with AMENDMENTS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows == sorted(rows, key=lambda row: row["decided"])
    assert all(row["decided"] < row["effective"] and row["words"] and row["source"] for row in rows)


def test_at_once_means_the_day_of_publishing() -> None:
    passed, published = "2021年2月3日第二次会议通过", "2021年3月5日公布"
    assert dates(passed, published, body=AT_ONCE).effective == date(2021, 3, 5)
    assert dates(published, body=AT_ONCE).effective == date(2021, 3, 5)
    found = dates(passed, body=AT_ONCE)
    assert found.effective == date(2021, 2, 3)
    assert "whose day is not told" in found.notes[0]
    assert dates(body=AT_ONCE).effective is None


def test_a_notice_is_published_on_the_day_it_is_signed() -> None:
    body = ("一、停车免费。", "本通知自印发之日起执行。", "云溪街道办事处", "2025年6月10日")
    found = dates(body=body)
    assert (found.published, found.effective) == (date(2025, 6, 10), date(2025, 6, 10))


def test_labels_on_a_page_are_read() -> None:
    labels = (
        "成文日期：2023年3月1日|发布日期：2023-03-05|施行日期：2023年4月1日|有效期至：2026-03-31"
    )
    found = dates(*labels.split("|"), body=("一、停车免费。",))
    assert (found.published, found.effective) == (date(2023, 3, 1), date(2023, 4, 1))
    assert found.expires == date(2026, 3, 31)


@pytest.mark.parametrize("name", ["条例(2021-03-05)", "条例（20210305）", "条例【2021年03月05日】"])
def test_the_files_name_tells_of_publishing(name: str) -> None:
    found = dates(name=name, body=AT_ONCE)
    assert (found.published, found.effective) == (date(2021, 3, 5), date(2021, 3, 5))
    assert "file's name" in found.notes[0]


def test_a_later_day_in_the_files_name_is_a_version_of_its_own() -> None:
    found = dates("2014年11月24日公布", name="条例(2024-03-24)")
    assert (found.amended, found.published) == (date(2024, 3, 24), date(2024, 3, 24))
    assert (found.effective, found.revised) == (date(2024, 3, 24), "修改")
    assert len(found.notes) == 2


def test_an_earlier_day_in_the_files_name_is_told_and_not_taken() -> None:
    found = dates("2010年12月23日通过", "2022年11月22日修正", name="条例(2010-12-23)")
    assert (found.amended, found.published) == (date(2022, 11, 22), None)
    assert "2010-12-23" in found.notes[0]


@given(
    passed=st.dates(date(1980, 1, 1), date(2030, 1, 1)),
    later=st.integers(1, 4000),
    start=st.dates(date(1980, 1, 1), date(2035, 1, 1)),
)
def test_no_version_is_in_force_before_it_was_made(passed: date, later: int, start: date) -> None:
    amended = date.fromordinal(passed.toordinal() + later)
    found = dates(
        f"{passed.year}年{passed.month}月{passed.day}日第一次会议通过",
        f"{amended.year}年{amended.month}月{amended.day}日第二次会议修正",
        body=(f"第二条 本条例自{start.year}年{start.month}月{start.day}日起施行。",),
    )
    assert (found.passed, found.amended, found.since) == (passed, amended, start)
    assert found.effective == max(start, amended)
