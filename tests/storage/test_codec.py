"""Facts, works and Says come back as they were written, or not at all."""

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.facts import Claimed, CustomerWrote, Fact
from core.ids import MessageId, PersonId
from core.jobs import Work
from storage.codec import FACTS, WORK, kind_of
from storage.fields import clean, instant, instant_text

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1970, 1, 2), datetime(2999, 1, 1), timezones=zones)  # noqa: DTZ001 # zoned by hypothesis
st.register_type_strategy(datetime, moments)
facts = st.one_of(*(st.builds(cls) for cls in get_args(Fact)))
works = st.one_of(*(st.builds(cls) for cls in get_args(Work)))


@given(facts)
def test_every_fact_comes_back(fact: Fact) -> None:
    assert FACTS.unpack(*FACTS.pack(fact)) == fact


@given(works)
def test_every_work_comes_back(work: Work) -> None:
    assert WORK.unpack(*WORK.pack(work)) == work


def test_kinds_are_class_names_in_snake_case_and_defaults_are_left_out() -> None:
    assert kind_of(CustomerWrote) == "customer_wrote"
    assert FACTS.pack(CustomerWrote(MessageId(7))) == ("customer_wrote", '{"message":7}')


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("no_such_fact", {}),
        ("claimed", {}),
        ("claimed", {"by": "1"}),
        ("claimed", {"by": True}),
        ("claimed", {"by": 1, "why": "?"}),
        ("priority_set", {"old": "low", "new": "lowest", "by": 1}),
        ("reply_held", {"message": 1, "by": 1, "until": 5}),
        ("tagged", {"added": "vip", "removed": [], "by": 1}),
    ],
)
def test_anything_else_is_refused(kind: str, data: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        FACTS.unpack(kind, json.dumps(data))


def test_no_fact_holds_free_text_a_customer_could_have_written() -> None:
    """History is append-only and a person can be erased: a fact's strings are codes, names of ours and zones."""
    allowed = {"what", "code", "why", "zone", "added", "removed", "steps", "old", "new", "mode", "id", "step"}
    allowed |= {"whom", "kinds"}
    texts = {f.name for cls in get_args(Fact) for f in fields(cls) if "str" in str(f.type) and f.type is not datetime}
    assert texts <= allowed


@given(moments, moments)
def test_stored_instants_compare_as_instants(one: datetime, other: datetime) -> None:
    assert (instant_text(one) < instant_text(other)) == (one < other)
    assert instant(instant_text(one)) == one
    assert len(instant_text(one)) == len(instant_text(other))


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError):
        instant_text(datetime(2026, 1, 1))  # noqa: DTZ001 # that is the point


@given(st.text(st.characters(exclude_categories=())))
def test_cleaned_text_can_be_kept_anywhere(text: str) -> None:
    cleaned = clean(text)
    assert "\x00" not in cleaned
    assert cleaned.encode().decode() == cleaned
    assert clean(cleaned) == cleaned


def test_utc_it_is() -> None:
    assert instant("2026-01-01T08:00:00.000000+08:00") == datetime(2026, 1, 1, tzinfo=UTC)
    assert FACTS.unpack("claimed", '{"by": 1, "over": null}') == Claimed(PersonId(1))
