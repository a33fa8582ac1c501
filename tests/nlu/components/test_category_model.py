import numpy as np
import pytest

from nlu.components import category_model
from nlu.components.category_model import DISAGREEMENT, TITLE_COUNTS, folds_of, learn

LAMPS = ["路灯不亮了", "路灯坏了没人修", "楼下路灯不亮", "小区路灯坏了", "路灯又灭了", "换个路灯"]
NOISE = ["半夜施工太吵", "楼上半夜唱歌太吵", "广场太吵", "工地太吵睡不着", "太吵了", "夜里太吵"]
TEXTS, LABELS = LAMPS + NOISE, ["城乡建设"] * 6 + ["环境保护"] * 6


@pytest.fixture
def of_a_few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(category_model, "ENOUGH", 8)


def test_every_message_has_chances_that_add_up_to_one() -> None:
    chances = learn(TEXTS, LABELS).chances(["路灯坏了", "吵得睡不着", "完全不相干", ""])
    assert chances.sum(axis=1) == pytest.approx(1.0)
    assert chances[:2].argmax(axis=1).tolist() == [0, 1]


def test_examples_of_the_project_leave_room_for_clerks_who_file_otherwise() -> None:
    model = learn(TEXTS, LABELS)
    assert model.disagreement == DISAGREEMENT
    assert model.chances(["路灯路灯路灯坏了没人修"]).max() < 1 - DISAGREEMENT / 3


@pytest.mark.usefixtures("of_a_few_rows")
def test_enough_rows_of_a_city_show_that_themselves() -> None:
    rows = [f"{text}啊" for text in TEXTS]
    assert learn(TEXTS + rows, LABELS * 2, [False] * 12 + [True] * 12).disagreement == 0
    assert learn(TEXTS + rows[:7], LABELS + LABELS[:7], [False] * 12 + [True] * 7).disagreement > 0


@pytest.mark.usefixtures("of_a_few_rows")
def test_a_city_that_files_otherwise_is_followed() -> None:
    rows = ["路灯太吵", "路灯嗡嗡太吵", "路灯响", "路灯镇流器太吵", "路灯声音太吵"] * 2
    asked = ["路灯镇流器响，太吵"]
    alone = learn(TEXTS + LAMPS[:4] * 2, LABELS + ["城乡建设"] * 8)
    taught = learn(TEXTS + rows, LABELS + ["环境保护"] * 10, [False] * 12 + [True] * 10)
    assert taught.chances(asked)[0, 1] > max(0.5, alone.chances(asked)[0, 1])


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("路灯坏了", "路灯坏了"),
        ("ETC扣费\n扣了两次", "etc扣费\n" * TITLE_COUNTS + "扣了两次"),
        ("长" * 41 + "\n正文", "长" * 41 + "\n正文"),
        ("只有一行\n", "只有一行\n"),
    ],
)
def test_a_title_counts_several_times(text: str, read: str) -> None:
    assert category_model.with_heavy_title(text) == read


def test_every_class_of_either_source_is_spread_over_the_folds() -> None:
    wanted, city = np.array(["一", "二"] * 20), np.array([False] * 20 + [True] * 20)
    folds = folds_of(wanted, city)
    for name in ("一", "二"):
        for source in (False, True):
            counts = np.bincount(folds[(wanted == name) & (city == source)], minlength=5)
            assert counts.tolist() == [2] * 5
