from typing import Any

import pytest

from bot.commands import scale
from bot.commands.scale import apart, measure, recall
from knowledge import nearness


def test_recall_counts_what_scores_as_well_as_the_exact() -> None:
    exact = [[(1, 0.9), (2, 0.8)], [(5, 0.5)]]
    assert recall(exact, exact) == 1
    assert recall([[(1, 0.9), (7, 0.8)], [(5, 0.5)]], exact) == 1
    assert recall([[(1, 0.9), (7, 0.7)], [(6, 0.4)]], exact) == 0.25
    assert recall([[], []], [[], []]) == 0


def test_a_step_runs_in_a_process_of_its_own() -> None:
    assert apart(dict, {"a": 1}) == {"a": 1}


def test_a_long_step_tells_how_far_it_is_but_not_too_often(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for every, told in ((0.0, 2), (3600.0, 0)):
        progress = scale.Progress(every)
        progress("encoded 1 of 2")
        progress("encoded 2 of 2")
        said = capsys.readouterr()
        assert (said.out, said.err.count("encoded")) == ("", told)


def test_every_size_is_built_changed_and_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    said = list[dict[str, Any]]()
    monkeypatch.setattr(scale, "apart", lambda step, *given: step(*given))
    monkeypatch.setattr(nearness, "EXACT", 100)
    monkeypatch.setattr(nearness, "LOOKED_INTO", nearness.LOOKED_INTO)
    measure([60], 0, lambda **line: said.append(line))
    assert [line["what"] for line in said] == [
        "knowledge built", "one change published", "knowledge searched",
    ]  # fmt: skip
    built, changed, searched = said
    assert all(line["entries"] == 60 for line in said)
    assert built["snapshot_megabytes"] > 0
    assert changed["asked"] > 0
    assert searched["texts"] == 360
    assert searched["index"].endswith(" lists")
    assert 0.5 < searched["recall_nearest"] <= 1
    assert 0.9 < searched["recall_ranking"] <= 1
