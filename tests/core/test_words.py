"""Text as people type it: commands and what only looks like one, names and excerpts."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.words import (
    EVERYWHERE,
    WITH_SLASH,
    CommandLine,
    NotCommand,
    one_line,
    parse_command,
    safe_name,
    starts_with_prefix,
    visible,
)
from tests.core.hostile import HOSTILE


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
                assert rest == kept or (rest == "" and one_line(kept, 1) == "")
            case other:
                pytest.fail(f"not a command: {other}")


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
