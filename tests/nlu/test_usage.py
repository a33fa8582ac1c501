from pathlib import Path

import pytest

from nlu.usage import Usage, gathered, lexicon, lines_of, texts_of, urgent, usage


def test_words_and_pairs_are_counted_and_what_is_seldom_is_not_told() -> None:
    counts = gathered(["路灯坏了，路灯坏了", "[3号楼](address)漏水 15号楼漏水", "蝴蝶"])
    assert counts.words["路灯"] == 2
    assert counts.pairs["^", "路灯"] == 2
    assert counts.words["0"] == 2
    assert "蝴蝶" not in counts.words


def test_texts_are_read_from_yaml_without_what_is_kept_to_measure_with(tmp_path: Path) -> None:
    text = "question: 甲\nid: 乙\ntests: [丙]\nvariants: [丁, {answer: 戊}]\n"
    (tmp_path / "a.yml").write_text(text, encoding="utf-8")
    assert list(texts_of(tmp_path)) == ["甲", "丁", "戊"]


def test_lines_say_the_most_frequent_first() -> None:
    counts = Usage({"灯": 2, "路": 3}, {("^", "灯"): 2})
    assert list(lines_of(counts)) == ["路 3", "灯 2", "^ 灯 2"]


@pytest.mark.parametrize("word", ["物业", "居住证", "垃圾", "路0号", "0号", "着火", "浙江省"])
def test_what_residents_speak_of_is_known(word: str) -> None:
    assert usage().words[word] > 0


def test_lists_hold_chinese_words_only() -> None:
    assert "居住证" in lexicon()
    assert "着火" in urgent()
    assert all("\u4e00" <= c <= "\u9fff" for word in lexicon() | urgent() for c in word)
