"""Grapheme clusters: what a reader takes for one character stays one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.graphemes import clusters


@pytest.mark.parametrize(
    "cluster",
    [
        "\r\n",
        "e\u0301",
        "q\u0323\u0307",
        "👍🏽",
        "❤️",
        "1️⃣",
        "👩‍👩‍👧‍👦",
        "👩🏽‍🚀",
        "🏳️‍🌈",
        "❤️‍🔥",
        "🧔‍♂️",
        "🇨🇳",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # the flag of Scotland
        "한",
        "\u1112\u1161\u11ab",  # the same, as three letters
        "क्ष",
        "क्‍ष",
        "ก\u0e33",
        "ம்",
        "か\u3099",
        "\u0600\u0661",
        "\ud83d\ude00",  # a surrogate pair that was never joined
    ],
)
def test_stays_one(cluster: str) -> None:
    assert clusters(cluster) == [cluster]
    assert clusters(f"x{cluster}y")[1:-1] == [cluster] or cluster.startswith("\u0600")


@pytest.mark.parametrize(
    "parts",
    [
        ["a", "b"],
        ["🇨🇳", "🇺🇸"],
        ["🇨🇳", "🇺"],
        ["\n", "\u0301"],
        ["\r", "\r"],
        ["😀", "😀"],
        ["a\u200d", "b"],
        ["a\u200d", "😀"],
        ["한", "국"],
        ["你", "好"],
        ["क", "ष"],
        ["\u202e", "a"],
    ],
)
def test_stays_apart(parts: list[str]) -> None:
    assert clusters("".join(parts)) == parts


@given(st.text(alphabet="ab \r\n\u0301\u200d😀🏽🇨🇳한क्ष"))
def test_nothing_is_lost_and_a_beginning_cut_between_clusters_has_the_same_clusters(text: str) -> None:
    found = clusters(text)
    assert "".join(found) == text
    assert all(found)
    assert clusters("".join(found[:3])) == found[:3]
