from bot.commands.made_up import DRAWN, entry, passage, question


def test_the_same_number_gives_the_same_and_another_something_else() -> None:
    assert entry(7) == entry(7)
    assert passage(7) == passage(7)
    assert question(7) == question(7)
    assert len({entry(n).question for n in range(50)}) > 45
    assert len({passage(n).answer for n in range(50)}) == 50


def test_ids_come_in_their_order() -> None:
    ids = [entry(n).id for n in (0, 9, 10, 999, 100_000)]
    assert ids == sorted(ids)


def test_what_is_asked_is_what_the_entry_is_about() -> None:
    for number in range(30):
        about = entry(number)
        asked = question(number)
        assert about.topic in asked
        assert asked not in about.phrasings
        assert passage(number).question


def test_words_are_different() -> None:
    for words in DRAWN.values():
        assert len(set(words)) == len(words)
