from collections import Counter
from pathlib import Path

import jieba

from knowledge import analysis
from knowledge.analysis import analyse, plain

LISTS = Path(analysis.__file__).parent


def listed(name: str) -> list[str]:
    lines = (LISTS / name).read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def test_synonyms_are_folded_into_one_word() -> None:
    assert set(analyse("咋领退休金").content) == set(analyse("怎么领养老金").content)


def test_full_width_and_capital_letters_make_no_difference() -> None:
    assert analyse("ＡＰＰ登录").wording == analyse("app登录").wording


def test_question_words_are_no_content_but_tell_that_something_is_asked() -> None:
    asked, told = analyse("借书证怎么办理"), analyse("借书证办理")
    assert asked.asks
    assert not told.asks
    assert asked.content == told.content


def test_bigrams_of_question_words_are_wording_but_not_matter() -> None:
    analysed = analyse("哪里借书")
    assert "哪里" in analysed.wording
    assert "哪里" not in analysed.matter
    assert "借书" in analysed.matter


def test_punctuation_and_emoji_leave_nothing() -> None:
    assert analyse("……！😀").wording == []


def test_plain_terms_are_characters_and_bigrams() -> None:
    assert plain("借 书证") == ["借", "书", "证", "借书", "书证"]


def test_a_word_stands_in_one_line_of_one_list_only() -> None:
    words = [*listed("synonyms.txt"), *listed("question_words.txt"), *listed("stopwords.txt")]
    assert [word for word, count in Counter(words).items() if count > 1] == []


def test_words_of_our_own_stay_out_of_the_dictionary_that_others_read() -> None:
    jieba.initialize()
    assert analysis._segmenter().FREQ.keys() - jieba.dt.FREQ.keys()
    assert "加装电梯" not in jieba.dt.FREQ
