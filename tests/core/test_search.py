"""Tokens: what a text is found by, in any script and however it is written."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.search import LENGTH, TOKENS, Sought, fold, phone_digits, sought, tokens

LETTERS = st.characters(codec="utf-8", categories=["L", "N"])
CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=30)
WRITTEN_ON = st.text(
    st.sampled_from([*"订单退款日本語ひらがなカタカナ환불배송", *"สินค้าชำรุด", *"ສິນຄ້າ", *"ទំនិញខូច", *"ပစ္စည်းပျက်"]),
    min_size=2,
    max_size=30,
)
WORDS = st.text(st.sampled_from("abcxyzäöüéøłßñçабвгδεж"), min_size=1, max_size=LENGTH // 2)
CODES = st.lists(st.from_regex(r"[A-Z]{1,6}|[0-9]{1,6}", fullmatch=True), min_size=1, max_size=5).map("-".join)


def finds(words: str, text: str) -> bool:
    return sought(words).within(tokens(text))


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("STRASSE", "Die Straße ist gesperrt"),
        ("uber", "Über uns"),
        ("lodz", "Łódź"),
        ("resume", "my résumé"),
        ("ΣΊΣΥΦΟΣ", "σισυφος"),
        ("محمد", "مُحَمَّد"),
        ("ｆｕｌｌ", "full width"),
        ("2041", "order SO-2041/A"),
        ("so-2041/a", "Order SO-2041/A, please"),
        ("so2041", "Order SO-2041/A, please"),
        ("SO 2041", "about SO2041"),
        ("so-20", "about SO-2041"),
        ("٢٠٤١", "order 2041"),
        ("dont", "I don't know"),
        ("maria.lopez@acme.com", "write to Maria.Lopez@acme.com."),
        ("acme.com", "write to maria@acme.com"),
        ("lopez", "write to maria.lopez@acme.com"),
        ("https://acme.com/p/12", "see https://acme.com/p/12?from=mail"),
        ("退款", "我要退款单"),
        ("款单", "我要退款单"),
        ("款", "我要退款单"),
        ("订单2041", "我的订单2041坏了"),
        ("환불", "환불이 필요합니다"),
        ("ชำรุด", "สินค้าชำรุดครับ"),
        ("हिन्दी", "मुझे हिन्दी में लिखें"),
        ("refun", "two refunds"),
        ("tw refunds", "tw refunds"),
        ("broken order", "my order came broken"),
    ],
)
def test_it_is_found(words: str, text: str) -> None:
    assert finds(words, text)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("so-2041", "so, 2041 of them"),
        ("re", "refunds"),
        ("fund", "refunds"),
        ("单款", "我要退款单"),
        ("broken refund", "broken"),
        ("हिन्दू", "हिन्दी"),
    ],
)
def test_it_is_not_found(words: str, text: str) -> None:
    assert not finds(words, text)


@pytest.mark.parametrize("text", ["", "  ", "🙂👍🏽 ❤️", "?!… --- /", "\u200b\ufeff"])
def test_nothing_is_sought_where_there_are_no_words(text: str) -> None:
    assert tokens(text) == ()
    assert not sought(text)


@pytest.mark.parametrize(
    "written", ["+4930123456", "+49 30 123456", "0049 (0)30 / 12 34-56", "49 30 123.456", "＋４９ ３０ １２３４５６"]
)
def test_a_telephone_number_is_one_however_it_is_written(written: str) -> None:
    assert phone_digits(written) == "4930123456"
    assert "4930123456" in tokens(f"please call {written}, thanks")


@pytest.mark.parametrize("written", ["12345", "call 030 123456", "SO-2041", "1" * 30, "maria"])
def test_what_is_no_telephone_number(written: str) -> None:
    assert phone_digits(written) == ""


@given(st.text(max_size=300))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=300))
@example("a1" * 200)
@example("x" * 5000)
@example("-".join("abc" for _ in range(900)))
def test_tokens_are_bounded_letters_and_digits_and_come_once(text: str) -> None:
    found = tokens(text)
    assert len(set(found)) == len(found) <= TOKENS
    for token in found:
        assert 0 < len(token) <= LENGTH
        assert not any(char.isspace() or unicodedata.category(char)[0] in "PSZ" for char in token)


@given(st.text(max_size=200))
def test_whoever_looks_for_a_token_finds_its_text(text: str) -> None:
    found = set(tokens(text))
    assert all(sought(token).within(found) for token in found if len(token) < LENGTH)


def test_a_book_is_read_no_further_than_a_message_may_be_long() -> None:
    assert len(tokens(" ".join(f"w{n}x" for n in range(100_000)))) <= TOKENS


@given(WORDS, st.lists(WORDS, max_size=5), st.lists(WORDS, max_size=5))
def test_every_word_is_found(word: str, before: list[str], after: list[str]) -> None:
    assert finds(word, " ".join([*before, word, *after]))
    assert finds(word.upper(), " ".join([*before, word, *after]))


@given(CODES, st.text(LETTERS, max_size=20))
def test_a_code_is_found_whole_in_lower_case_and_by_its_parts(code: str, rest: str) -> None:
    text = f"about {code}, {rest}"
    assert finds(code, text)
    assert finds(code.lower(), text)
    assert all(finds(part, text) for part in code.split("-"))


@given(st.one_of(CHINESE, WRITTEN_ON), st.data())
def test_any_part_of_what_is_written_without_spaces_is_found(text: str, data: st.DataObject) -> None:
    text = fold(text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert finds(text[start:end], f"x{text}y")


@given(st.text(max_size=60))
def test_what_is_sought_is_bounded(words: str) -> None:
    wanted = sought(words)
    assert len(wanted.tokens) <= 16
    assert bool(wanted) == bool(wanted.tokens or wanted.beginning) == (wanted != Sought(()))


@given(st.text(max_size=100))
def test_a_text_is_found_by_itself(text: str) -> None:
    assert finds(text, text)
