"""What is said survives the entries table."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.ids import PersonId, TicketId
from core.say import (
    Button,
    City,
    Country,
    Listed,
    LocalSpan,
    LocalTime,
    PersonName,
    Say,
    TicketLabel,
    Value,
    WeekTimes,
    Word,
    WorkTime,
    from_json,
    say,
    to_json,
)

IDS = st.integers(1, 10**6)
INSTANTS = st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 # its zone is the next argument
ZONES = st.sampled_from(["America/New_York", "Asia/Shanghai"])
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.text(),
    st.integers(-(10**9), 10**9),
    INSTANTS,
    st.timedeltas(timedelta(days=-400), timedelta(days=400)),
    IDS.map(PersonId).map(PersonName),
    IDS.map(TicketId).map(TicketLabel),
    st.sampled_from(["status.open", "priority.high"]).map(Word),
    st.timedeltas(timedelta(0), timedelta(days=400)).map(WorkTime),
    st.lists(st.builds(Say, st.just("due.why.night"), st.just({"n": 2})), max_size=2).map(tuple).map(Listed),
    ZONES.map(City),
    st.sampled_from(["US", "CN"]).map(Country),
    st.builds(LocalTime, INSTANTS, ZONES),
    st.builds(WeekTimes, st.lists(st.integers(0, 6)).map(tuple), st.integers(0, 1439), st.integers(0, 2880)),
    st.builds(LocalSpan, INSTANTS, INSTANTS, ZONES),
)
BUTTONS = st.builds(
    Button, st.just("claim"), st.just("button.claim"), st.text(max_size=9), st.sampled_from(["", "danger"])
)
ONE = st.builds(
    Say,
    st.sampled_from(["line.claimed", "tell.warned"]),
    st.dictionaries(st.sampled_from(["by", "at", "n"]), VALUES),
    st.lists(BUTTONS, max_size=2).map(tuple),
)
SAYS = st.builds(lambda top, lines: Say(top.key, top.params, top.buttons, tuple(lines)), ONE, st.lists(ONE, max_size=2))


@given(SAYS)
def test_written_and_read_it_says_the_same(it: Say) -> None:
    assert from_json(json.loads(json.dumps(to_json(it)))) == it


def test_what_is_not_there_takes_no_room() -> None:
    assert to_json(say("line.released")) == {"key": "line.released"}
