import io
import json
from pathlib import Path

import pytest

from nlu.components import category_folds


def test_each_fold_is_answered_by_what_the_others_taught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in (("城乡建设", "路灯"), ("环境保护", "太吵"), ("海洋", "赶海")):
        content = f"category: {name}\nexamples: {{一: [{text}甲, {text}乙, {text}丙]}}\n"
        (tmp_path / f"{name}.yml").write_text(content, encoding="utf-8")
    rows = [["狗叫", "环境保护"], ["井盖", "城乡建设"]]
    given = {"data": str(tmp_path), "known": ["城乡建设", "环境保护"], "folds": [rows, rows]}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(given)))
    category_folds.main()
    folds = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(folds) == 2
    for rankings in folds:
        assert [ranking[0][0] for ranking in rankings] == ["环境保护", "城乡建设"]
        assert all(len(ranking) == 2 for ranking in rankings)  # 海洋 is not known
