from knowledge.unlearnt import ONE_IN, unlearnt


def test_about_one_in_ten_is_kept_from_the_encoder_and_always_the_same() -> None:
    texts = [f"第{n}种问法" for n in range(2000)]
    kept = [text for text in texts if unlearnt(text)]
    assert 0.7 < len(kept) * ONE_IN / len(texts) < 1.3
    assert [text for text in texts if unlearnt(text)] == kept
