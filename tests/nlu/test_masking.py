import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.masking import impersonal, is_masked


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("我叫王小明，居住证怎么办", "我叫某某，居住证怎么办"),
        ("我家住清河苑3号楼502，暖气费能退吗", "我家住某处，暖气费能退吗"),
        ("京A12345停在便道上，谁管", "某车停在便道上，谁管"),
        ("单子20261118000235办完了没", "单子某单办完了没"),
        ("打我电话13800138000，补贴多久到", "打我电话138****8000，补贴多久到"),
    ],
)
def test_the_matter_is_kept_and_the_person_is_not(said: str, kept: str) -> None:
    assert impersonal(said) == kept
    assert is_masked(kept)


@pytest.mark.parametrize("said", ["云溪路18号的服务站几点开门", "狗证丢了怎么补", "2026年退休几岁"])
def test_public_places_dates_and_matters_stay_as_they_are(said: str) -> None:
    assert impersonal(said) == said
    assert not is_masked(said)


AROUND = st.text(alphabet="我家的灯坏了谁管，。 ", max_size=20)


@given(AROUND, AROUND)
def test_no_phone_is_kept_whatever_stands_around_it(before: str, after: str) -> None:
    kept = impersonal(f"{before}13800138000{after}")
    assert "138****8000" in kept
    assert "13800138000" not in kept
