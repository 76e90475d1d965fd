"""What the doctor finds in Slack, and that each finding that is not well has a cure."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest

from bot import i18n
from bot.desks.slack.desk import SlackDesk
from bot.desks.slack.examine import NEEDED
from bot.desks.slack.payload import envelope
from core.ports import Finding
from core.say import Say
from tests.desks.builders import NOW, StandingClock, link_to, name_of
from tests.desks.slack.kit import SlackOverHttp, SlackOverSocket
from tests.platforms.faults import Fault


@pytest.fixture
async def slack() -> AsyncIterator[SlackOverSocket]:
    async with SlackOverSocket() as started:
        yield started


def shown(it: Say) -> str:
    for locale in i18n.locales():
        i18n.render(locale, it.key, it.params)
    return i18n.render("en", it.key, it.params)


def ill(findings: Sequence[Finding]) -> list[str]:
    """What is wrong. Everything that is has a cure, and everything can be said."""
    for finding in findings:
        shown(finding.what)
        assert finding.ok is (finding.cure is None)
        if finding.cure:
            shown(finding.cure)
    return [shown(finding.what) for finding in findings if not finding.ok]


async def test_all_is_well(slack: SlackOverSocket) -> None:
    findings = await slack.desk.examine()
    assert ill(findings) == []
    assert [shown(finding.what) for finding in findings] == [
        "Slack: signed in to Dragoman Test as dragoman",
        "Slack: the bot token has every scope",
        "Slack: Socket Mode connects",
        "Slack: in #sales",
    ]


async def test_a_dead_token_ends_the_examination(slack: SlackOverSocket) -> None:
    slack.sim.revoke()
    (finding,) = await slack.desk.examine()
    assert ill([finding])[0].startswith("Slack does not take the bot token: The platform no longer accepts")


async def test_missing_scopes_are_named(slack: SlackOverSocket) -> None:
    slack.sim.scopes.difference_update({"files:read", "reactions:write"})
    assert ill(await slack.desk.examine()) == ["Slack: the bot token lacks files:read, reactions:write"]


async def test_a_refused_socket(slack: SlackOverSocket) -> None:
    slack.sim.faults.next("apps.connections.open", Fault.error("invalid_auth"))
    assert ill(await slack.desk.examine())[0].startswith("Slack gives no Socket Mode connection: ")


async def test_clocks_that_disagree(slack: SlackOverSocket) -> None:
    slack.now += timedelta(minutes=10)
    [skew] = ill(await slack.desk.examine())
    assert skew.startswith("Slack: the clock of this computer and Slack's differ by 10")


async def test_requests_that_were_refused_of_late() -> None:
    """What the running program has noted; a wrong clock is seen for itself."""

    async def heard(prefix: str, since: datetime) -> Sequence[bytes]:
        return [envelope({"type": "refused", "why": why}, NOW) for why in ("signature", "clock")]

    async with SlackOverHttp() as slack:
        desk = SlackDesk(slack.account(), StandingClock(), name_of, link_to, heard=heard)
        [refused] = ill(await desk.examine())
        await desk.aclose()
    assert refused == "Slack: requests with another signing secret were refused within the last day"


async def test_channels_that_are_not_there_archived_or_not_ours(slack: SlackOverSocket) -> None:
    slack.sim.channel("C_OLD").channel.archived = True
    slack.sim.channel("C_STRANGE", bot=False)
    archived, strange, typo = ill(await slack.again(places=("C_OLD", "C_STRANGE", "C_TYPO")).examine())
    assert archived == "Slack: #old is archived"
    assert strange == "Slack: the bot is not in #strange"
    assert typo.startswith("Slack: channel C_TYPO cannot be seen: ")


async def test_people_who_have_left(slack: SlackOverSocket) -> None:
    slack.ana.user.deleted = True
    assert ill(await slack.desk.examine()) == ["Slack: Ana has left the workspace"]


async def test_nobody_at_home_is_a_finding_too(slack: SlackOverSocket) -> None:
    nowhere = slack.again(base_url="http://127.0.0.1:1/api/")
    assert ill(await nowhere.examine())[0].startswith("Slack does not take the bot token: ")


def test_the_manifest_has_the_scopes_that_are_examined() -> None:
    manifest = (i18n.LOCALES.parent / "docs" / "slack-manifest.yaml").read_text("utf-8")
    scopes = manifest.partition("    bot:\n")[2].partition("settings:")[0]
    assert {line.strip().removeprefix("- ") for line in scopes.strip().splitlines()} == NEEDED
