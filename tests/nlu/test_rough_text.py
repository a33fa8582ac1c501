"""What is in a message is found as well when the message was typed in haste or dictated.

The bar of the rough text is three points of a hundred lost. Addresses are made by the grammar the
tagger learns from, with another seed; the other expressions are those of each reader's own tests.
"""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.address import find_addresses, parts_of
from nlu.address_grammar import Grammar
from nlu.address_shapes import in_a_sentence
from nlu.identity import find_private
from nlu.person import find_contact_names
from nlu.phone import find_phones
from nlu.plate import find_plates
from nlu.roughening import Glyph, rough, written
from nlu.sounds import folded, syllables
from nlu.text import legible, normalise
from nlu.when import find_times
from tests.nlu import test_identity, test_moment, test_person, test_phone, test_plate, test_when

Span = tuple[int, int]
Finder = Callable[[str], Sequence[Any]]
LOST = 0.03
ADDRESSES, SEEDS = 250, 6
FINDABLE = {"road", "community", "landmark"}
CARRIERS = (
    "你好，我想反映一下，{}，麻烦派人来看看",
    "{}，楼道的灯坏了没人修，谢谢",
    "物业一直不管，{}，请你们处理",
)
PLACES = (
    *("楼下", "小区东门", "三号楼后面", "菜市场对过", "单元门口", "村口", "我家对面", "学校门口"),
    *("地下车库", "电梯口", "二号楼旁边", "小区北门"),
)
AT_A_PLACE = (
    "{}有人烧垃圾，味道特别大",
    "井盖没了，就在{}，天黑容易掉下去",
    "反映一下，{}的路灯不亮",
)


def made_addresses() -> Iterator[str]:
    grammar = Grammar(["路灯坏了"], seed=20261129)
    while True:
        pieces = grammar.expand("address")
        if FINDABLE & {label for label, _ in pieces}:
            yield "".join(text for _, text in pieces).strip(" _-,、")


def origin(glyphs: Sequence[Glyph], span: Span) -> Span | None:
    """Where what stands in ``glyphs[start:end]`` stood before it was made rough."""
    places = [place for _, place in glyphs[slice(*span)] if place >= 0]
    return (min(places), max(places) + 1) if places else None


def found_in(glyphs: Sequence[Glyph], find: Finder) -> set[Span | None]:
    """Where the things found stood before the text was made rough."""
    read = legible(written(glyphs))
    return {origin(glyphs, read.written_span(thing.start, thing.end)) for thing in find(read.text)}


def smooth(text: str) -> list[Glyph]:
    return [*zip(text, range(len(text)), strict=True)]


def test_whole_addresses_are_found_in_rough_sentences() -> None:
    right = {"clean": 0, "rough": 0}
    for number, address in zip(range(ADDRESSES), made_addresses(), strict=False):
        text = in_a_sentence(address, number)
        start = text.index(address)
        wanted = (start, start + len(address))
        right["clean"] += wanted in found_in(smooth(text), find_addresses)
        right["rough"] += wanted in found_in(rough(text, Random(number)), find_addresses)
    assert right["clean"] >= 0.92 * ADDRESSES
    assert right["clean"] - right["rough"] <= LOST * ADDRESSES, right


def cases(*tests: Callable[..., None]) -> list[str]:
    """The texts that tests are given."""
    marks = [mark for test in tests for mark in vars(test)["pytestmark"]]
    said = [case for mark in marks if mark.name == "parametrize" for case in mark.args[1]]
    return [case if isinstance(case, str) else case[0] for case in said]


def kept(find: Finder, texts: Sequence[str]) -> float:
    """The share of what is found in ``texts`` that is still found where they are rough."""
    wanted = hits = 0
    for number, text in enumerate(texts):
        clean = found_in(smooth(text), find)
        for seed in range(SEEDS):
            still = found_in(rough(text, Random(f"{seed} {number}")), find)
            wanted += len(clean)
            hits += sum(any(overlap(a, b) for b in still) for a in clean)
    assert wanted > SEEDS
    return hits / wanted


def overlap(one: Span | None, other: Span | None) -> bool:
    return bool(one and other and max(one[0], other[0]) < min(one[1], other[1]))


def carried(cases: Sequence[str]) -> list[str]:
    return [
        normalise(CARRIERS[number % len(CARRIERS)].format(case))
        for number, case in enumerate(cases)
    ]


@pytest.mark.parametrize(
    ("find", "tests", "lost"),
    [
        (find_phones, [test_phone.test_a_number_is_found_however_it_is_written], LOST),
        (
            find_private,
            [test_identity.test_an_identity_number_is_starred_however_it_is_written],
            LOST,
        ),
        (
            find_times,
            [
                test_when.test_a_time_is_found_as_it_was_said,
                test_moment.test_a_range_ends_where_it_was_said_to_end,
                test_moment.test_what_comes_back_is_a_rule,
            ],
            LOST,
        ),
        # A slip that hits the one character of a province, or a surname, cannot be undone.
        (find_plates, [test_plate.test_a_plate_is_found_however_it_is_written], 0.08),
        (find_contact_names, [test_person.test_a_name_given_as_ones_own_is_found], 0.16),
    ],
)
def test_facts_are_found_in_rough_messages(
    find: Finder, tests: list[Callable[..., None]], lost: float
) -> None:
    assert kept(find, carried(cases(*tests))) >= 1 - lost


def test_relative_places_are_found_in_rough_messages() -> None:
    def places(text: str) -> list[Any]:
        return [part for part in parts_of(text) if part.level == "place"]

    assert kept(places, [shape.format(p) for p in PLACES for shape in AT_A_PLACE]) >= 1 - LOST


@given(st.integers(0, 10**6), st.sampled_from((*PLACES, "清河苑3号楼2单元501室", "溪东路44号")))
def test_what_is_read_stands_where_it_was_written(seed: int, place: str) -> None:
    text = f"你好，我住{place}，楼道的灯坏了三天，电话13800000000。"
    glyphs = rough(text, Random(seed))
    read = legible(written(glyphs))
    for i, character in enumerate(read.text):
        start, end = read.written_span(i, i + 1)
        assert sounds_like(character, legible_alone(read.written[start:end]))


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_an_address_in_rough_text_is_cut_out_where_it_was_written(seed: int, number: int) -> None:
    text = in_a_sentence("云溪街道清河苑3号楼2单元501室", number)
    glyphs = rough(text, Random(seed))
    read = legible(written(glyphs))
    for address in find_addresses(read.text):
        start, end = read.written_span(address.start, address.end)
        said = read.written[start:end]
        assert sounds_like(address.text[0], legible_alone(said[0]))
        assert sounds_like(address.text[-1], legible_alone(said[-1]))
        for part in address.parts:
            a, b = read.written_span(part.start, part.end)
            assert start <= a < b <= end


def legible_alone(piece: str) -> str:
    return legible(piece).text[:1] or " "


def sounds_like(one: str, other: str) -> bool:
    """Whether one character is the other, or may be taken for it."""
    if one == other:
        return True
    sounds = {folded(s) for s in syllables(one)}
    return bool(sounds & {folded(s) for s in syllables(other)})
