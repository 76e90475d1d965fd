"""Words that raise the alarm: what is found, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.triggers import LIMIT, TriggerRule, Triggers, findable


def kinds(text: str, *words: str) -> bool:
    return Triggers((TriggerRule("it", words),)).in_text(text) == {"it"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("LAWYER!", "lawyer"),
        ("(lawyer)", "lawyer"),
        ("*lawyer*", "lawyer"),
        ("-lawyer", "lawyer"),
        ("ｌａｗｙｅｒ", "lawyer"),
        ("law\u200byer", "lawyer"),
        ("my\n\n  lawyer", "my lawyer"),
        ("my, lawyer", "my lawyer"),
        ("credit-card dispute", "credit card dispute"),
        ("l\u2019avocat", "l'avocat"),
        ("l`avocat", "l'avocat"),
        ("charge\u2011back", "charge-back"),
        ("ruckbuchung", "Rückbuchung"),
        ("RU\u0308CKBUCHUNG", "Rückbuchung"),
        ("STRASSE", "straße"),
        ("адвокату", "адвокат*"),
        ("юристы", "юрист*"),
        ("chargeback-Verfahren", "chargeback*"),
        ("我要找lawyer", "lawyer"),
        ("我要找律师", "律师"),
        ("打12315投诉", "12315"),
        ("弁護士に", "弁護士"),
        ("ผมจะฟ้องคุณ", "ฟ้อง"),
        ("वकील से", "वकील"),
        ("변호사", "변호사"),
        ("وللمحامي", "محامي"),
        ("بالمحامي", "المحامي"),
        ("المحكمه", "محكمة"),
        ("مُحَامِي", "محامي"),
        ("paypal争议", "PayPal争议"),
    ],
)
def test_found(text: str, words: str) -> None:
    assert kinds(text, words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("issue", "sue"),
        ("sued", "sue"),
        ("suede", "sue"),
        ("lawyer-brand lamp", "lawyer"),
        ("e-lawyer", "lawyer"),
        ("lawyers", "lawyer"),
        ("my new lawyer", "my lawyer"),
        ("lawyer my", "my lawyer"),
        ("charge back", "charge-back"),
        ("chargeback", "charge back"),
        ("чай", "час*"),
        ("星10", "星1"),
        ("112315", "12315"),
        ("律 师", "律师"),
        ("がか", "かか"),
        ("ليس", "كليس"),
        ("", "lawyer"),
    ],
)
def test_not_found(text: str, words: str) -> None:
    assert not kinds(text, words)


def test_a_text_may_be_of_several_kinds() -> None:
    triggers = Triggers((TriggerRule("fire", ("fire",)), TriggerRule("law", ("sue", "fire sale"))))
    assert triggers.in_text("A fire! We sue.") == {"fire", "law"}
    assert triggers.in_text("In the fire sale") == {"fire", "law"}
    assert triggers.in_text("All is well.") == frozenset()


def test_tags_mean_a_kind_and_the_highest_level_counts() -> None:
    triggers = Triggers((TriggerRule("fire", tags=frozenset({"smoke", "heat"}), level=2), TriggerRule("law")))
    assert triggers.in_tags(["heat", "spare"]) == {"fire"}
    assert triggers.in_tags(["spare"]) == frozenset()
    assert triggers.level({"law", "fire"}) == 2
    assert triggers.level({"mood"}) == 1


def test_what_is_too_long_was_pasted() -> None:
    assert kinds("x" * (LIMIT - 7) + " lawyer", "lawyer")
    assert not kinds("x" * LIMIT + " lawyer", "lawyer")


def test_a_list_may_hold_what_can_be_found() -> None:
    assert findable("lawyer")
    assert findable("адв*")
    assert findable("火")
    assert not findable("")
    assert not findable("!?")
    assert not findable("*")
    assert not findable("my ab*")


@given(st.text(max_size=40), st.lists(st.text(max_size=12), max_size=4))
def test_any_text_and_any_list_is_borne(text: str, words: list[str]) -> None:
    assert Triggers((TriggerRule("it", tuple(words)),)).in_text(text) <= {"it"}


@given(
    st.text(alphabet="ab -'!", max_size=20),
    st.sampled_from(["a", "ab", "a b", "aab*", "a-b"]),
    st.text("ab -", max_size=20),
)
def test_a_word_is_found_wherever_it_stands_alone(before: str, words: str, after: str) -> None:
    assert kinds(f"{before}! {words.rstrip('*')} !{after}", words)
