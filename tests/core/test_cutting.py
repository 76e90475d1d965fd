"""Long texts in pieces: where they are cut, and what is never torn."""

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.cutting import split
from tests.core.hostile import HOSTILE

URL = "https://shop.example.com/order?id=12&x=(a,b)"


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_what_fits_is_one_piece() -> None:
    assert split("  hello world\n", 11) == ["hello world"]
    assert split(" \n ", 5) == []


def test_paragraphs_before_lines_before_sentences_before_words() -> None:
    assert split("One. Two.\nThree\n\nFour five. Six\n", 20) == ["One. Two.\nThree", "Four five. Six"]
    assert split("One two. Three\nfour five. Six", 20) == ["One two. Three", "four five. Six"]
    assert split("One two three. Four five six", 20) == ["One two three.", "Four five six"]
    assert split("one two three four five", 10) == ["one two", "three four", "five"]


def test_a_better_place_is_not_worth_a_tiny_piece() -> None:
    assert split("Hi.\n\nThis goes on for quite a while", 24) == ["Hi.\n\nThis goes on for", "quite a while"]


def test_chinese_is_cut_after_a_sentence_else_between_characters_but_not_before_punctuation() -> None:
    assert split("您好，欢迎光临。请问有什么可以帮您？", 10) == ["您好，欢迎光临。", "请问有什么可以帮您？"]
    assert split("一二三四五六七八九十", 4) == ["一二三四", "五六七八", "九十"]
    assert split("一二三四，五六七八", 4) == ["一二三", "四，五六", "七八"]
    assert split("他说：“好的。”然后走了。", 8) == ["他说：“好的。”", "然后走了。"]


def test_a_url_stays_whole() -> None:
    assert split(f"Please look at {URL} today", 50) == ["Please look at", f"{URL} today"]
    assert split(f"请看{URL}。谢谢", len(URL) + 1) == ["请看", f"{URL}。", "谢谢"]
    assert split(f"((((((((({URL}", len(URL)) == ["(((((((((", URL]


def test_a_url_longer_than_the_limit_is_cut() -> None:
    assert split(f"see {URL}", 20) == ["see", URL[:20], URL[20:40], URL[40:]]


def test_an_emoji_stays_whole_however_it_is_counted() -> None:
    family = "👩‍👩‍👧‍👦"
    assert split(family * 3, 15) == [family * 2, family]
    assert split(family * 3, 22, utf16) == [family * 2, family]
    assert split(family * 3, 25, lambda text: len(text.encode())) == [family] * 3
    assert split("🇨🇳🇺🇸🇧🇷", 3) == ["🇨🇳", "🇺🇸", "🇧🇷"]


def test_a_cluster_longer_than_the_limit_is_cut_as_a_last_resort() -> None:
    assert split("a" + "\u0301" * 9, 4) == ["a" + "\u0301" * 3, "\u0301" * 4, "\u0301" * 2]


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        split("a", 0)


@given(HOSTILE, st.integers(2, 40), st.sampled_from([len, utf16]))
@settings(max_examples=300, deadline=None)
@example(f"go to {URL} now", 39, len)
def test_nothing_is_lost_and_everything_fits(text: str, limit: int, measure: Callable[[str], int]) -> None:
    pieces = split(text, limit, measure)
    assert all(piece == piece.strip() and piece for piece in pieces)
    assert all(measure(piece) <= limit for piece in pieces)
    at = 0
    for piece in pieces:
        found = text.index(piece, at)
        assert not text[at:found].strip()
        at = found + len(piece)
    assert not text[at:].strip()


@given(st.lists(st.sampled_from(["a", "word", " ", "\n", "。", "你好", "👩‍🚀", "🇨🇳", "e\u0301", URL, " (", "é. "])))
@settings(max_examples=200, deadline=None)
def test_no_url_and_no_cluster_is_torn(parts: list[str]) -> None:
    text = "".join(parts)
    pieces = split(text, len(URL) + 8)
    assert sum(piece.count("👩‍🚀") for piece in pieces) == text.count("👩‍🚀")
    assert sum(piece.count("🇨🇳") for piece in pieces) == text.count("🇨🇳")
    assert not any(piece.startswith("\u0301") for piece in pieces)
    if f"{URL}{URL}" not in text and len(max(re.findall(r"https\S+", text), default="", key=len)) <= len(URL) + 8:
        assert sum(piece.count(URL) for piece in pieces) == text.count(URL)


@pytest.mark.parametrize(("text", "limit", "pieces"), [("x" * 50_000, 10, 5_000), ("你好" * 20_000, 4096, 10)])
def test_a_long_text_is_not_measured_over_and_over(text: str, limit: int, pieces: int) -> None:
    measured = 0

    def measure(part: str) -> int:
        nonlocal measured
        measured += len(part)
        return len(part)

    assert len(split(text, limit, measure)) == pieces
    assert measured < 20 * len(text)
