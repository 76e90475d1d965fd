"""Text as people type it: commands and what only looks like one, long texts in pieces, names and excerpts."""

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.words import (
    EVERYWHERE,
    WITH_SLASH,
    CommandLine,
    NotCommand,
    clean,
    one_line,
    parse_command,
    safe_name,
    split,
    starts_with_prefix,
    visible,
)

URL = "https://shop.example.com/order?id=12&x=(a,b)"
HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from("!！/／*_~`@ab \n\t\u00a0\u200b\u200d\u202e\u2066\u0301\ufe0f\u3164\x00。，.你好😀🇨🏽\ud83d"),
        st.characters(),
    ),
    max_size=60,
)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class TestCommands:
    @pytest.mark.parametrize(
        ("text", "typed"),
        [
            ("!claim", CommandLine("claim", "")),
            ("  !Claim  ", CommandLine("claim", "")),
            ("！claim", CommandLine("claim", "")),
            ("！ｃｌａｉｍ", CommandLine("claim", "")),
            ("!认领", CommandLine("认领", "")),
            ("！回复 您好！Ａ", CommandLine("回复", "您好！Ａ")),
            ("!r two\n\n  *lines*  and a/b!  ", CommandLine("r", "two\n\n  *lines*  and a/b!")),
            ("!r\nhello", CommandLine("r", "hello")),
            ("!r\u00a0hello", CommandLine("r", "hello")),
            ("!r\u3000你好", CommandLine("r", "你好")),
            ("\u200b!claim\u200b", CommandLine("claim", "")),
            ("\u202a!cla\u200dim now", CommandLine("claim", "now")),
            ("\ufeff!r 👩‍🚀", CommandLine("r", "👩‍🚀")),
            ("*!claim*", CommandLine("claim", "")),
            ("*!claim* now", CommandLine("claim", "now")),
            ("_*!claim*_ now", CommandLine("claim", "now")),
            ("`!r hello`", CommandLine("r", "hello")),
            ("```!r hello```", CommandLine("r", "hello")),
            ("_*!r* hello_", CommandLine("r", "hello")),
            ("*!r hello *world*", CommandLine("r", "hello *world*")),
            ("*!r hello *world**", CommandLine("r", "hello *world*")),
            ("!r *hello*", CommandLine("r", "*hello*")),
            ("!tag a-b", CommandLine("tag", "a-b")),
            ("!claim.", CommandLine("claim.", "")),
            ("!r \u200b\u2060", CommandLine("r", "")),
        ],
    )
    def test_recognised(self, text: str, typed: CommandLine) -> None:
        assert parse_command(text, EVERYWHERE) == typed
        assert starts_with_prefix(text)

    @pytest.mark.parametrize(
        ("text", "typed"),
        [
            ("/claim", CommandLine("claim", "")),
            ("／claim", CommandLine("claim", "")),
            ("/claim@DragomanBot now", CommandLine("claim", "now")),
            ("!assign @bob", CommandLine("assign", "@bob")),
            ("!assign@bob", CommandLine("assign@bob", "")),
        ],
    )
    def test_with_a_slash_where_the_chat_allows_it(self, text: str, typed: CommandLine) -> None:
        assert parse_command(text, WITH_SLASH) == typed

    def test_a_slash_is_plain_text_elsewhere(self) -> None:
        assert parse_command("/claim", EVERYWHERE) == NotCommand()

    @pytest.mark.parametrize(
        "text",
        ["!", "！", "!!!", "!?", "! hello", "!\nhello", "!1", "!！", "/", "//", "/ 5", "!@bot", "/@bot", "!*r* x"],
    )
    def test_a_prefix_alone_is_no_command_yet_never_to_be_sent(self, text: str) -> None:
        assert parse_command(text, WITH_SLASH) == NotCommand()
        assert starts_with_prefix(text)

    @pytest.mark.parametrize(
        "text", ["* !r hello", "﹗r hello", "\u3164!! hi", "~ ! ~", "*_`!", "\u0301!r hi", "\ue000!r hi"]
    )
    def test_a_hidden_prefix_is_still_a_prefix(self, text: str) -> None:
        assert parse_command(text, WITH_SLASH) == NotCommand()
        assert starts_with_prefix(text)

    @pytest.mark.parametrize("text", ["", " ", "hello", "hello!", "*hello*", "> !r hi", "1/2", "你好！", "\u200b"])
    def test_plain_text(self, text: str) -> None:
        assert parse_command(text, WITH_SLASH) == NotCommand()
        assert not starts_with_prefix(text)

    @given(HOSTILE, HOSTILE)
    @settings(max_examples=200)
    def test_every_command_begins_with_a_prefix_and_its_rest_is_what_was_typed(self, before: str, after: str) -> None:
        for text in (before, f"{before}!r {after}"):
            match parse_command(text, WITH_SLASH):
                case CommandLine(word, rest):
                    assert word == word.lower()
                    assert word[0].isalpha()
                    assert rest in text
                    assert rest == rest.strip()
                    assert starts_with_prefix(text)

    @given(HOSTILE)
    def test_plainly_typed_the_rest_is_untouched(self, text: str) -> None:
        kept = text.strip()
        match parse_command(f"!r {text}", EVERYWHERE):
            case CommandLine("r", rest):
                assert rest == kept or (rest == "" and clean(kept) == "")
            case other:
                pytest.fail(f"not a command: {other}")


class TestClean:
    @pytest.mark.parametrize(
        ("text", "cleaned"),
        [
            ("\u200b<@U1> hi", "<@U1> hi"),
            ("*hello world*", "hello world"),
            ("_hello_ world", "hello world"),
            ("hello\u00a0\u200bworld", "hello world"),
            ("", ""),
            ("hello *world*", "hello *world*"),
        ],
    )
    def test_for_recognition(self, text: str, cleaned: str) -> None:
        assert clean(text) == cleaned


class TestSplit:
    def test_what_fits_is_one_piece(self) -> None:
        assert split("  hello world\n", 11) == ["hello world"]
        assert split(" \n ", 5) == []

    def test_paragraphs_before_lines_before_sentences_before_words(self) -> None:
        assert split("One. Two.\nThree\n\nFour five. Six\n", 20) == ["One. Two.\nThree", "Four five. Six"]
        assert split("One two. Three\nfour five. Six", 20) == ["One two. Three", "four five. Six"]
        assert split("One two three. Four five six", 20) == ["One two three.", "Four five six"]
        assert split("one two three four five", 10) == ["one two", "three four", "five"]

    def test_a_better_place_is_not_worth_a_tiny_piece(self) -> None:
        assert split("Hi.\n\nThis goes on for quite a while", 24) == ["Hi.\n\nThis goes on for", "quite a while"]

    def test_chinese_is_cut_after_a_sentence_else_between_characters_but_not_before_punctuation(self) -> None:
        assert split("您好，欢迎光临。请问有什么可以帮您？", 10) == ["您好，欢迎光临。", "请问有什么可以帮您？"]
        assert split("一二三四五六七八九十", 4) == ["一二三四", "五六七八", "九十"]
        assert split("一二三四，五六七八", 4) == ["一二三", "四，五六", "七八"]
        assert split("他说：“好的。”然后走了。", 8) == ["他说：“好的。”", "然后走了。"]

    def test_a_url_stays_whole(self) -> None:
        assert split(f"Please look at {URL} today", 50) == ["Please look at", f"{URL} today"]
        assert split(f"请看{URL}。谢谢", len(URL) + 1) == ["请看", f"{URL}。", "谢谢"]
        assert split(f"((((((((({URL}", len(URL)) == ["(((((((((", URL]

    def test_a_url_longer_than_the_limit_is_cut(self) -> None:
        assert split(f"see {URL}", 20) == ["see", URL[:20], URL[20:40], URL[40:]]

    def test_an_emoji_stays_whole_however_it_is_counted(self) -> None:
        family = "👩‍👩‍👧‍👦"
        assert split(family * 3, 15) == [family * 2, family]
        assert split(family * 3, 22, utf16) == [family * 2, family]
        assert split(family * 3, 25, lambda text: len(text.encode())) == [family] * 3
        assert split("🇨🇳🇺🇸🇧🇷", 3) == ["🇨🇳", "🇺🇸", "🇧🇷"]

    def test_a_cluster_longer_than_the_limit_is_cut_as_a_last_resort(self) -> None:
        assert split("a" + "\u0301" * 9, 4) == ["a" + "\u0301" * 3, "\u0301" * 4, "\u0301" * 2]

    def test_a_limit_of_nothing_is_refused(self) -> None:
        with pytest.raises(ValueError, match="at least 1"):
            split("a", 0)

    @given(HOSTILE, st.integers(2, 40), st.sampled_from([len, utf16]))
    @settings(max_examples=300, deadline=None)
    @example(f"go to {URL} now", 39, len)
    def test_nothing_is_lost_and_everything_fits(self, text: str, limit: int, measure: Callable[[str], int]) -> None:
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
    def test_no_url_and_no_cluster_is_torn(self, parts: list[str]) -> None:
        text = "".join(parts)
        pieces = split(text, len(URL) + 8)
        assert sum(piece.count("👩‍🚀") for piece in pieces) == text.count("👩‍🚀")
        assert sum(piece.count("🇨🇳") for piece in pieces) == text.count("🇨🇳")
        assert not any(piece.startswith("\u0301") for piece in pieces)
        if f"{URL}{URL}" not in text and len(max(re.findall(r"https\S+", text), default="", key=len)) <= len(URL) + 8:
            assert sum(piece.count(URL) for piece in pieces) == text.count(URL)

    @pytest.mark.parametrize(("text", "limit", "pieces"), [("x" * 50_000, 10, 5_000), ("你好" * 20_000, 4096, 10)])
    def test_a_long_text_is_not_measured_over_and_over(self, text: str, limit: int, pieces: int) -> None:
        measured = 0

        def measure(part: str) -> int:
            nonlocal measured
            measured += len(part)
            return len(part)

        assert len(split(text, limit, measure)) == pieces
        assert measured < 20 * len(text)


class TestShown:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("a\x00b\x1b[31mc\x7f\x9b", "ab[31mc"),
            ("tab\tand\nline\r\nand\rold", "tab\tand\nline\nand\nold"),
            ("invoice\u202efdp.exe", "invoicefdp.exe"),
            ("\u2066isolate\u2069", "isolate"),
            ("مرحبا\u200f!", "مرحبا\u200f!"),
            ("half \ud83d", "half \ufffd"),
        ],
    )
    def test_visible(self, text: str, shown: str) -> None:
        assert visible(text) == shown

    @given(HOSTILE)
    def test_visible_can_be_stored_and_is_stable(self, text: str) -> None:
        shown = visible(text)
        assert visible(shown) == shown
        assert "\x00" not in shown
        shown.encode()

    def test_one_line(self) -> None:
        assert one_line("one\n\n two\tthree ", 20) == "one two three"
        assert one_line("one two three", 9) == "one two…"
        assert one_line("👩‍🚀👩‍🚀👩‍🚀", 8) == "👩‍🚀👩‍🚀…"
        assert one_line("👩‍🚀👩‍🚀", 2) == "…"

    @given(HOSTILE, st.integers(1, 30))
    def test_one_line_is_one_line_and_short_enough(self, text: str, limit: int) -> None:
        line = one_line(text, limit)
        assert len(line) <= limit
        assert len(line.splitlines()) <= 1


class TestNames:
    @pytest.mark.parametrize(
        ("name", "safe"),
        [
            ("report.pdf", "report.pdf"),
            ("发票 2026.pdf", "发票 2026.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\x\\a.doc", "a.doc"),
            ("..", "file"),
            ("", "file"),
            ("a/", "file"),
            (".htaccess", "htaccess"),
            ("con", "_con"),
            ("NUL.txt", "_NUL.txt"),
            ("console.txt", "console.txt"),
            ("a\x00b\n.pdf", "ab.pdf"),
            ("invoice\u202efdp.exe", "invoicefdp.exe"),
            ('a<b>:"|?*.pdf', "a_b______.pdf"),
            ("name. . ", "name"),
            ("x" * 300 + ".jpeg", "x" * 115 + ".jpeg"),
            ("x" * 300, "x" * 120),
            ("字" * 300 + ".jpg", "字" * 78 + ".jpg"),
            ("e" + "\u0301" * 300 + ".jpg", "\u00e9" + "\u0301" * 7 + ".jpg"),
        ],
    )
    def test_safe(self, name: str, safe: str) -> None:
        assert safe_name(name) == safe

    @given(HOSTILE)
    def test_always_a_name_and_stable(self, name: str) -> None:
        safe = safe_name(name)
        assert safe
        assert len(safe) <= 120
        assert not re.search(r"[/\\\x00-\x1f]", safe)
        assert safe_name(safe) == safe
