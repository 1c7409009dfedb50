"""The Social Security number guard against the fixtures of domain 8 and everything they may turn into."""

import json
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.errors import InvalidInput, NotNow
from workflows.social_security import find
from workflows.ssn_guard import SsnFound, guard

NEVER_ISSUED = [
    "000-12-3456",
    "666-12-3456",
    "900-12-3456",
    "987 65 4321",
    "987654321",
    "SSN 4321",
    "９００－１２－３４５６",
]

OTHER_WRITINGS = [
    "900.12.3456",
    "900–12–3456",
    "900—12—3456",
    "900−12−3456",
    "900\u00a012\u00a03456",
    "900\u200912\u20093456",
    "900 - 12 - 3456",
    "900-12 3456",
    "900-123456",
    "900/12/3456",
    "900\n12\n3456",
    "٩٠٠-١٢-٣٤٥٦",
    "۹۰۰۱۲۳۴۵۶",
    "९०० १२ ३४५६",
    "𝟗𝟎𝟎-𝟏𝟐-𝟑𝟒𝟓𝟔",
    "⑨⓪⓪ ①② ③④⑤⑥",
    "⁹⁰⁰-¹²-³⁴⁵⁶",
    "9\u200b00-1\u200d2-34\ufeff56",
    "900\u00ad-12-\u20603456",
    "9\u03320\u03320\u0332-1\u03322-3456",
    "9️⃣0️⃣0️⃣-12-3456",
    "her number is 900-12-3456.",
    "(900-12-3456)",
    "no900-12-3456x",
    "1-900-12-3456",
    "900-12-3456900-12-3456",
    "SSN4321",
    "ssn: 4321",
    "S.S.N. 4321",
    "ＳＳＮ ４３２１",
    "social security number ends in 4321",
    "Social: xxx-xx-4321",
    "seguro social 4321",
    "SSN 43-21",
    "SSN 12345",
]

PASSING = [
    "360-555-0101",
    "OLY-2026-000123",
    "98337-0000",
    "98337 0000",
    "+13605550101",
    "+1 360 555 0101",
    "(360) 555-0101",
    "3605550101",
    "360.555.0101 or 360.555.0102",
    "2026-11-20",
    "11/20/2026",
    "11/20/2026 14:05:30",
    "K-TEST-101",
    "12345678",
    "1234567890",
    "900-12-34567",
    "1900-12-3456",
    "social worker",
    "her SSN was typed in the other system",
    "SSN 123",
    "antisocial 4321",
    "the class of 2026",
    "",
]


@pytest.mark.parametrize("text", NEVER_ISSUED + OTHER_WRITINGS)
def test_a_number_is_found_however_it_is_written(text: str) -> None:
    assert find(text)


@pytest.mark.parametrize("text", PASSING)
def test_what_is_no_such_number_passes(text: str) -> None:
    assert not find(text)


@pytest.mark.parametrize("number", NEVER_ISSUED + OTHER_WRITINGS)
def test_the_refusal_names_the_field_and_nothing_of_the_value(number: str) -> None:
    with pytest.raises(SsnFound) as refused:
        guard({"best_time": "in the morning", "reason": f"ask {number} first"})
    assert refused.value.field == "reason"
    assert list(refused.value.fields) == ["reason"]
    assert isinstance(refused.value, InvalidInput)
    said = "".join(traceback.format_exception(refused.value)) + repr(refused.value) + str(vars(refused.value))
    assert number not in said
    assert not any(character.isdigit() for character in str(refused.value))


def test_a_phone_passes_and_a_number_in_its_place_does_not() -> None:
    guard({"phone": "360-555-0101"})
    guard({"phone": "+1 (360) 555-0101"})
    with pytest.raises(SsnFound):
        guard({"phone": "900-12-3456"})
    with pytest.raises(SsnFound):
        guard({"phone": "360-555-0101 SSN 4321"})


@pytest.mark.parametrize(
    "text", ["3605550101", "+13605550101", "13605550101", "(360)555-0101", " 360 555 0101 "]
)
def test_a_phone_of_ten_digits_passes_with_or_without_the_countrys_one(text: str) -> None:
    guard({"phone": text})


@pytest.mark.parametrize(
    "value",
    [
        987654321,
        987654321.0,
        ["fine", "900-12-3456"],
        {"deep": {"deeper": ["900-12-3456"]}},
        {"900-12-3456": "fine"},
        ("900-12-3456",),
    ],
)
def test_numbers_are_found_inside_any_json_value(value: object) -> None:
    with pytest.raises(SsnFound):
        guard({"reason": value})


def test_a_name_of_a_field_is_looked_at_and_not_repeated() -> None:
    with pytest.raises(SsnFound) as refused:
        guard({"900-12-3456": "fine"})
    assert refused.value.field == ""
    with pytest.raises(SsnFound) as refused:
        guard({"a1234": "900-12-3456"})
    assert refused.value.field == ""
    with pytest.raises(SsnFound) as refused:
        guard({"notice_4_points_given": "900-12-3456"})
    assert refused.value.field == "notice_4_points_given"


def test_plain_values_pass() -> None:
    guard(
        {"total_own": 0, "tries": 3, "ticked": True, "nothing": None, "huge": 10**5000, "points": ["a", "b"]}
    )


SEPARATORS = st.sampled_from(["-", ".", " ", "–", "—", "\u00a0", "/", " - "])
ZEROES = [0x30, 0x660, 0x6F0, 0x966, 0xFF10, 0x1D7CE]
UNSEEN = st.sampled_from(["", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u0332"])
WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz ,;:!?", max_size=20)


@st.composite
def disguised_numbers(draw: st.DrawFn) -> str:
    """A number that is never issued (area 900), in any script, with unseen characters strewn in."""
    digits = "900" + "".join(str(draw(st.integers(0, 9))) for _ in range(6))
    zero = draw(st.sampled_from(ZEROES))
    written = [chr(zero + int(digit)) + draw(UNSEEN) for digit in digits]
    between = draw(st.one_of(st.just(""), SEPARATORS))
    number = between.join("".join(part) for part in (written[:3], written[3:5], written[5:]))
    return draw(WORDS) + number + draw(WORDS)


@given(disguised_numbers())
def test_any_disguise_is_seen_through(text: str) -> None:
    assert find(text)
    with pytest.raises(SsnFound):
        guard({"reason": text})


@given(st.integers(2, 9), st.integers(0, 99), st.integers(0, 9999), st.sampled_from(["-", ".", " ", ""]))
def test_no_phone_number_is_mistaken(first: int, rest: int, line: int, dash: str) -> None:
    assert not find(f"call {first}{rest:02}{dash}555{dash}{line:04} today")


@given(st.integers(2000, 2099), st.integers(0, 999_999))
def test_no_case_number_is_mistaken(year: int, number: int) -> None:
    assert not find(f"OLY-{year}-{number:06}")


@given(st.integers(0, 99_999), st.integers(0, 9999))
def test_no_zip_code_is_mistaken(zip5: int, plus4: int) -> None:
    assert not find(f"{zip5:05}-{plus4:04}")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_no_content_breaks_the_guard(answers: dict[str, object]) -> None:
    try:
        guard(answers)
    except SsnFound as refused:
        assert json.dumps(refused.fields)


def test_a_refusal_repeats_no_number_wherever_it_is_shown() -> None:
    refused = NotNow(
        "There is no 900-12-3456 here.", {"name": "‘900 12 3456’ is not a name.", "office": "Choose one."}
    )
    assert refused.message == NotNow.__doc__
    assert refused.fields == {"name": NotNow.__doc__, "office": "Choose one."}
    assert "3456" not in f"{refused} {refused.words}"
