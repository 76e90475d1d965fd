"""Deadlines that others have worked out: our own brief, and examples of states, help desks and libraries, each with
where it stands. Calendars only; what clocks make of them is in test_clocks.py.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.countries import customer_hours
from core.hours import DAYS, Calendar

MON_FRI = DAYS[:5]
NEW_YORK, SHANGHAI, LONDON = "America/New_York", "Asia/Shanghai", "Europe/London"


def at(zone: str, text: str) -> datetime:
    """`2026-11-25 17:15` on the wall there."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def office(
    zone: str,
    interval: str = "09:00-18:00",
    days: Sequence[str] = MON_FRI,
    holidays: str = "",
    dates: Mapping[date, Sequence[str] | str] | None = None,
) -> Calendar:
    return Calendar.parse(zone, {day: [interval] for day in days}, holidays, dates)


class TestOfOurBrief:
    def test_thanksgiving_is_skipped(self) -> None:
        customer = customer_hours("US", NEW_YORK, {})
        due = customer.add(at(NEW_YORK, "2026-11-25 17:15"), hours(2))
        assert due == at(NEW_YORK, "2026-11-27 10:15") == at(SHANGHAI, "2026-11-27 23:15")
        assert customer.on(date(2026, 11, 26)).name == "Thanksgiving Day"

    def test_three_days_are_three_of_the_customers_working_days(self) -> None:
        customer = customer_hours("US", NEW_YORK, {})
        assert customer.day == hours(9)
        assert customer.add(at(NEW_YORK, "2026-11-25 17:15"), 3 * customer.day) == at(NEW_YORK, "2026-12-01 17:15")

    def test_the_change_to_daylight_time(self) -> None:
        customer = customer_hours("US", NEW_YORK, {})
        assert customer.add(at(NEW_YORK, "2026-03-06 17:30"), hours(2)) == at(NEW_YORK, "2026-03-09 10:30")

    def test_riyadh_works_from_sunday_to_thursday(self) -> None:
        customer = customer_hours("SA", "Asia/Riyadh", {})
        assert customer.add(at("Asia/Riyadh", "2026-11-05 17:00"), hours(2)) == at("Asia/Riyadh", "2026-11-08 10:00")

    def test_a_chinese_make_up_saturday_is_a_working_day(self) -> None:
        team = office(SHANGHAI, holidays="CN")
        assert team.is_open(at(SHANGHAI, "2026-02-14 12:00"))
        assert team.add(at(SHANGHAI, "2026-02-13 17:30"), hours(2)) == at(SHANGHAI, "2026-02-14 10:30")


class TestOfStates:
    def test_spring_festival_2026(self) -> None:
        """State Council, 4 Nov 2025 (politics.gmw.cn/2025-11/04/content_38391083.htm): 15 to 23 February off, 14 and 28
        February worked."""
        team = office(SHANGHAI, holidays="CN")
        assert team.add(at(SHANGHAI, "2026-02-14 17:00"), hours(2)) == at(SHANGHAI, "2026-02-24 10:00")
        assert team.next_open(at(SHANGHAI, "2026-02-27 18:00")) == at(SHANGHAI, "2026-02-28 09:00")
        assert not team.unconfirmed(2026)

    def test_golden_week_2026(self) -> None:
        """The same: 1 to 7 October off; Sunday 20 September and Saturday 10 October worked."""
        team = office(SHANGHAI, holidays="CN")
        assert team.add(at(SHANGHAI, "2026-09-30 17:00"), hours(2)) == at(SHANGHAI, "2026-10-08 10:00")
        assert team.is_open(at(SHANGHAI, "2026-09-20 09:00"))
        assert team.is_open(at(SHANGHAI, "2026-10-10 17:59"))
        # Shops that are open every day keep their own hours.
        shop = office(SHANGHAI, "10:00-22:00", DAYS, "CN")
        assert shop.on(date(2026, 9, 20)).hours == ((600, 1320),)

    @pytest.mark.parametrize(
        ("asked", "due"),
        [
            ("2026-12-24 17:00", "2026-12-29 10:00"),  # Boxing Day is a Saturday: Monday the 28th instead
            ("2027-12-24 17:00", "2027-12-29 10:00"),  # both on a weekend: Monday and Tuesday instead
            ("2027-12-31 17:00", "2028-01-04 10:00"),
        ],
    )
    def test_substitute_bank_holidays(self, asked: str, due: str) -> None:
        """gov.uk/bank-holidays, England and Wales."""
        assert customer_hours("GB", LONDON, {}).add(at(LONDON, asked), hours(2)) == at(LONDON, due)

    def test_a_stock_exchange_closes_early_on_the_day_after_thanksgiving(self) -> None:
        """nyse.com, holidays of 2015: closed on 3 April and 26 November, until 13:00 on 27 November; core hours from
        9:30 to 16:00."""
        half, closed = ["09:30-13:00"], "closed"
        dates = {date(2015, 4, 3): closed, date(2015, 11, 27): half, date(2015, 12, 24): half}
        floor = office(NEW_YORK, "09:30-16:00", holidays="US", dates=dates)
        assert floor.add(at(NEW_YORK, "2015-11-25 15:00"), hours(3)) == at(NEW_YORK, "2015-11-27 11:30")
        assert floor.add(at(NEW_YORK, "2015-11-25 15:00"), hours(4.5)) == at(NEW_YORK, "2015-11-27 13:00")
        assert floor.add(at(NEW_YORK, "2015-11-25 15:00"), hours(5)) == at(NEW_YORK, "2015-11-30 10:00")
        assert floor.next_open(at(NEW_YORK, "2015-04-02 16:00")) == at(NEW_YORK, "2015-04-06 09:30")
        assert floor.next_open(at(NEW_YORK, "2015-12-24 13:00")) == at(NEW_YORK, "2015-12-28 09:30")

    def test_four_and_a_half_days_in_the_emirates(self) -> None:
        """Gulf News, 7 Dec 2021: Monday to Thursday, and Friday until noon."""
        customer = customer_hours("AE", "Asia/Dubai", {})
        assert customer.add(at("Asia/Dubai", "2026-11-05 17:00"), hours(4)) == at("Asia/Dubai", "2026-11-06 12:00")
        assert customer.add(at("Asia/Dubai", "2026-11-05 17:00"), hours(5)) == at("Asia/Dubai", "2026-11-09 10:00")

    def test_six_days_and_a_quarter_of_an_hour_in_nepal(self) -> None:
        """Fiscal Nepal, 6 Jun 2022: Saturday alone is off. Kathmandu is 5 h 45 min ahead of UTC."""
        customer = customer_hours("NP", "Asia/Kathmandu", {})
        due = customer.add(at("Asia/Kathmandu", "2026-08-07 17:00"), hours(2))
        assert due == datetime(2026, 8, 9, 4, 15, tzinfo=UTC)


class TestOfOtherHelpDesks:
    def test_a_day_of_24_hours_takes_three_days_of_eight(self) -> None:
        """ServiceNow, "SLA duration and schedules"."""
        assert office("UTC", "09:00-17:00").add(at("UTC", "2026-11-02 09:00"), hours(24)) == at(
            "UTC", "2026-11-04 17:00"
        )

    def test_four_hours_on_a_friday_afternoon(self) -> None:
        """Airclou, "Business hours" (airclou.com/docs/helpdesk/admin/business-hours)."""
        assert office("UTC", "09:00-17:00").add(at("UTC", "2026-11-06 16:00"), hours(4)) == at(
            "UTC", "2026-11-09 12:00"
        )

    def test_a_thursday_afternoon_and_a_wednesday_evening(self) -> None:
        """Switch Labs, "Business hours" (crm.switchlabs.dev/guide/slas/business-hours)."""
        desk = office("UTC", "09:00-17:00")
        assert desk.add(at("UTC", "2026-11-05 15:00"), hours(4)) == at("UTC", "2026-11-06 11:00")
        assert desk.next_open(at("UTC", "2026-11-04 18:00")) == at("UTC", "2026-11-05 09:00")

    def test_a_request_at_half_past_four(self) -> None:
        """FreeITSM wiki, "SLA management": with an hour to answer and an office that closes at five."""
        assert office(LONDON, "09:00-17:00").add(at(LONDON, "2026-11-05 16:30"), hours(1)) == at(
            LONDON, "2026-11-06 09:30"
        )


class TestOfLibraries:
    @pytest.mark.parametrize(
        ("start", "days", "end"),
        [
            ("2004-05-24 19:03", 44.723656, "2004-07-27 13:47"),
            ("2004-05-24 08:03", 12.782709, "2004-06-10 14:18"),
            ("2004-05-24 07:03", 8.276628, "2004-06-04 10:12"),
        ],
    )
    def test_the_workday_calendar(self, start: str, days: float, end: str) -> None:
        """The well-known exercise (github.com/kwkgaya/workday-calculator): 8 to 16, without 17 and 27 May 2004; its
        results are cut to the minute."""
        dates = {date(2004, 5, 17): "closed", date(2004, 5, 27): "closed"}
        calendar = office("UTC", "08:00-16:00", dates=dates)
        assert (
            timedelta() <= calendar.add(at("UTC", start), days * calendar.day) - at("UTC", end) < timedelta(minutes=1)
        )

    @pytest.mark.parametrize(
        ("week", "start", "end", "expected"),
        [
            (
                {"mon": "09:00-17:00", "fri": "09:00-17:00", "sat": "10:00-15:00"},
                "2010-12-24 15:00",
                "2010-12-27 11:00",
                hours(9),
            ),
            (
                {"mon": "09:00-18:00", "tue": "09:00-18:00", "wed": "09:00-18:00"},
                "2012-05-28 08:04:26",
                "2012-05-29 14:56:45",
                timedelta(seconds=53805),
            ),
            (
                {"mon": "00:00-24:00", "fri": "00:00-24:00", "sat": "11:00-15:00"},
                "2010-12-24 15:00",
                "2010-12-27 11:00",
                hours(24),
            ),
            ({"mon": "08:00-20:00", "tue": "08:00-20:00"}, "2014-05-12 20:50", "2014-05-13 08:10", hours(1 / 6)),
        ],
    )
    def test_business_time(self, week: Mapping[str, str], start: str, end: str, expected: timedelta) -> None:
        """github.com/bokmann/business_time, test_calculating_business_duration.rb."""
        calendar = Calendar.parse("UTC", {day: [interval] for day, interval in week.items()})
        assert calendar.between(at("UTC", start), at("UTC", end)) == expected

    def test_hours_added_over_the_end_of_a_day(self) -> None:
        """github.com/date-fns/date-fns, addBusinessHours."""
        desk = office("UTC", "09:00-17:00")
        assert desk.add(at("UTC", "2023-01-02 15:00"), hours(4)) == at("UTC", "2023-01-03 11:00")
