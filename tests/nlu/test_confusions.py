from nlu.confusions import HURTFUL, NONE, Confusion, confusions


def taken(label: str, *pairs: tuple[str, str]) -> dict[tuple[str, str], Confusion]:
    """Confusions of a label that happened, by their two names."""
    counted = confusions(pairs, HURTFUL[label])
    return {(c.right, c.found): c for c in counted if c.taken}


def test_each_pair_is_counted_both_ways_and_over_its_own_rows() -> None:
    found = taken(
        "intent",
        ("ask_policy", "report_problem"),
        ("ask_policy", "ask_activity"),
        ("ask_activity", "greet"),
        ("suggest", "ask_activity"),
    )
    assert found == {
        ("question", "report"): Confusion("question", "report", 3, 1),
        ("report", "question"): Confusion("report", "question", 1, 1),
    }


def test_the_five_pairs_of_intents_are_named() -> None:
    pairs = (
        ("report_violation", "emergency"),
        ("correct", "give_address"),
        ("ask_ticket_status", "urge_ticket"),
        ("greet", "out_of_scope"),
    )
    named = {
        ("report", "emergency"),
        ("correction", "new fact"),
        ("status", "urge"),
        ("anything else", "out of scope"),
    }
    assert set(taken("intent", *pairs)) == named
    assert set(taken("intent", *[(b, a) for a, b in pairs])) == {(b, a) for a, b in named}


def test_what_was_not_understood_misleads_nobody() -> None:
    pairs = (("out_of_scope", NONE), (NONE, "out_of_scope"))
    assert taken("intent", *pairs) == {}


def test_a_report_begun_for_nothing_and_one_not_begun_hurt_among_kinds() -> None:
    found = taken("kind", (NONE, "complaint"), ("suggestion", NONE), ("inquiry", "request"))
    assert set(found) == {
        ("no kind", "any kind"),
        ("any kind", "no kind"),
        ("question", "report"),
    }


def test_groups_of_a_pair_share_no_class() -> None:
    for pairs in HURTFUL.values():
        for one, other in pairs:
            assert not (one.classes or frozenset()) & (other.classes or frozenset())
