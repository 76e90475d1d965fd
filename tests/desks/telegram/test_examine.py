"""What a group lacks, and what the doctor finds at Telegram."""

import pytest

from bot import i18n
from core.errors import SendError
from core.people import Identity
from core.ports import Finding
from core.say import Say
from tests.desks.telegram.kit import PLACE, TelegramByPolling, TelegramByWebhook
from tests.platforms.faults import Fault


def keys(says: tuple[Say, ...]) -> list[str]:
    return [each.key.removeprefix("telegram.missing.") for each in says]


async def found(telegram: TelegramByPolling, **changes: object) -> dict[str, Finding]:
    """Findings by key; every text is in the catalogue."""
    findings = await telegram.again(**changes).examine()
    for each in findings:
        for it in [each.what, *([each.cure] if each.cure else [])]:
            assert i18n.render("zh-CN", it.key, it.params)
    return {each.what.key.removeprefix("doctor.telegram."): each for each in findings}


class TestInspect:
    async def test_a_forum_with_all_rights_lacks_nothing(self, telegram: TelegramByPolling) -> None:
        group = await telegram.desk.inspect(str(telegram.group.id))
        assert (group.title, group.missing) == ("Sales", ())

    async def test_every_missing_thing_is_named(self, telegram: TelegramByPolling) -> None:
        lobby = telegram.sim.group("Lobby", forum=False, bot="member")
        assert keys((await telegram.desk.inspect(str(lobby.id))).missing) == ["topics", "admin"]
        telegram.group.promotes_bot("can_manage_topics")
        group = await telegram.desk.inspect(str(telegram.group.id))
        assert keys(group.missing) == ["can_pin_messages", "can_delete_messages"]

    async def test_a_small_group_has_no_topics_yet(self, telegram: TelegramByPolling) -> None:
        small = telegram.sim.group("Small", basic=True)
        assert "topics" in keys((await telegram.desk.inspect(str(small.id))).missing)

    async def test_a_private_chat_is_no_group(self, telegram: TelegramByPolling) -> None:
        assert keys((await telegram.desk.inspect(str(telegram.ana.id))).missing) == ["group"]

    async def test_a_group_we_are_not_in(self, telegram: TelegramByPolling) -> None:
        telegram.group.kicks_bot()
        with pytest.raises(SendError) as failed:
            await telegram.desk.inspect(str(telegram.group.id))
        assert failed.value.code == "not_in_channel"


class TestDoctor:
    async def test_all_is_well(self, telegram: TelegramByPolling) -> None:
        findings = await found(telegram)
        assert list(findings) == ["token", "polling", "place"]
        assert all(each.ok for each in findings.values())

    async def test_a_token_that_is_not_taken_is_the_only_finding(self, telegram: TelegramByPolling) -> None:
        telegram.sim.revoke()
        assert list(await found(telegram)) == ["token_bad"]

    async def test_groups_that_are_not_ready(self, telegram: TelegramByPolling) -> None:
        telegram.group.demotes_bot()
        findings = await found(telegram, places=(PLACE, "rma"))
        assert list(findings) == ["token", "polling", "place_lacks", "not_set_up"]
        telegram.group.kicks_bot()
        assert "place_bad" in await found(telegram)

    async def test_who_cannot_be_written_to(self, telegram: TelegramByPolling) -> None:
        await telegram.ana.blocks_bot()
        finding = (await found(telegram))["person_bad"]
        assert finding.what.params == {"person": "Ana"}

    async def test_a_stranger_s_number_is_all_there_is(self, telegram: TelegramByPolling) -> None:
        desk = telegram.again()
        desk._people = lambda: [Identity("telegram", "", "99"), Identity("slack", "T", "U1")]
        findings = [each for each in await desk.examine() if not each.ok]
        assert [each.what.params for each in findings] == [{"person": "99"}]


class TestHook:
    async def test_it_is_ours_and_answers(self) -> None:
        async with TelegramByWebhook() as telegram:
            assert (await found(telegram))["hook"].ok
            assert "no_hook" in await found(telegram, hook_url="https://elsewhere.example/telegram/events")
            assert "hook_left" in await found(telegram, secret_token="")

    async def test_it_fails(self) -> None:
        async with TelegramByWebhook() as telegram:
            telegram.refuse = 1
            await telegram.ana.types_to_bot("/queue")
            await telegram.refused.wait()
            await telegram.sim.until(lambda: telegram.sim.updates.webhook.error)
            assert not (await found(telegram))["hook_fails"].ok

    async def test_telegram_does_not_say(self, telegram: TelegramByPolling) -> None:
        telegram.sim.faults.next("getWebhookInfo", Fault.http(502))
        assert not (await found(telegram))["deaf"].ok
