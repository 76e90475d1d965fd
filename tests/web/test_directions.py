"""A name that is written from the right, inside a sentence of ours on the console: it turns nothing else around."""

import pytest

from bot.web.render import value


@pytest.mark.parametrize("name", ["أحمد", "יעל", "Ana (سارة)"])
def test_what_is_written_from_the_right_keeps_to_itself(name: str) -> None:
    assert value(name) == f"\u2068{name}\u2069"


def test_an_override_is_taken_out_and_all_else_stays_as_it_is() -> None:
    assert value("a\u202eb\nc") == "ab c"
    assert value("Ana") == "Ana"
