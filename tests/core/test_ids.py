"""Numbers of rows, as somebody else wrote them."""

import pytest

from core.ids import row_number


@pytest.mark.parametrize(("written", "number"), [("12", 12), ("0", 0), ("9" * 15, int("9" * 15))])
def test_a_number(written: str, number: int) -> None:
    assert row_number(written) == number


@pytest.mark.parametrize("written", ["", "²", "١٢", "-1", "1 ", "1.0", "x", "9" * 16])
def test_no_number_of_ours(written: str) -> None:
    assert row_number(written) is None
