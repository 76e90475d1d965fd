"""What doctor finds in a house that is well, and in houses that are not."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot import doctor
from bot.cli.app import app
from bot.clock import SystemClock
from bot.config.settings import Settings
from bot.demo import serve
from bot.desks.telegram.settings import TelegramBot
from bot.workers.reconcile import DEAF
from core.ids import QueueName
from core.messages import Ladder, MessageKind, Part
from core.people import Identity, Role
from core.ports import Clock, NewPerson
from core.say import Word
from storage import SqlStore, open_store
from tests.clock import StoryClock
from tests.storage.house import House, later

Found = dict[str, tuple[bool, str]]
"""By the finding's key: whether it is well, and the cure's key."""


async def examined(settings: Settings, clock: Clock | None = None) -> Found:
    found: Found = {}
    async for section in doctor.examine(settings, clock or SystemClock()):
        for finding in section.findings:
            found[finding.what.key] = (finding.ok, finding.cure.key if finding.cure and not finding.ok else "")
    return found


def house(folder: Path, url: str = "", **general: Any) -> Settings:
    """One queue, on the console."""
    return Settings.model_validate(
        {
            "dragoman": {"organisation": "Fernweh", "data_dir": folder, "database_url": url or None, **general},
            "queues": [{"name": "support", "calendar": {"zone": "Asia/Shanghai", "weekly": "always"}}],
        }
    )


def on_slack(settings: Settings) -> Settings:
    """The queue's desk is a Slack that nobody answers for."""
    data = settings.model_dump(exclude={"inboxes", "targets", "escalation", "proxies"})
    data["queues"] = [{**queue, "slack": "C1"} for queue in data["queues"]]
    data["slack"] = {"bot_token": "xoxb-1", "app_token": "xapp-1", "api_base": "http://127.0.0.1:9/api"}
    data["dragoman"]["database_url"] = settings.database_url
    return Settings.model_validate(data)


async def test_only_platforms_out_there_need_a_public_address(tmp_path: Path) -> None:
    async def told(**telegram: str) -> bool:
        app = {"bot_token": "1:x", "secret_token": "s", "mode": "webhook", **telegram}
        settings = house(tmp_path, base_url="https://192.168.0.7").model_copy(update={"telegram": TelegramBot(**app)})
        return "doctor.config.not_public" in await examined(settings)

    assert await told()
    assert not await told(mode="polling")
    assert not await told(api_base="http://192.168.0.8:8081")


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    opened = await open_store(database_url)
    yield opened
    await opened.close()


Hire = Callable[..., Awaitable[int]]


@pytest.fixture
def hire(store: SqlStore) -> Hire:
    async def one(name: str, role: Role = Role.AGENT, *queues: Any) -> int:
        made = await store.create_person(NewPerson(name, role=role, queues=frozenset(queues)), SystemClock().now())
        return made.id

    return one


async def test_a_house_that_works_is_well(tmp_path: Path) -> None:
    async with serve.running(tmp_path, "en") as demo:
        found = await examined(demo.app.settings, demo.clock)
    # Its customers in New York are promised what its people cannot keep: there shall be something to see.
    assert [key for key, (ok, _) in found.items() if not ok] == ["coverage.gap"]
    keys = "database.ready people.well work.flows whatsapp.number meta.hook hook.answers chat.answers"
    for key in keys.split():
        assert found[f"doctor.{key}"] == (True, "")


async def test_a_database_that_nobody_prepared(tmp_path: Path) -> None:
    found = await examined(house(tmp_path))
    assert found["doctor.database.unprepared"] == (False, "doctor.database.migrate_cure")
    assert list(tmp_path.iterdir()) == [], "doctor makes nothing"


async def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    found = await examined(house(tmp_path, "postgres://nobody:s3cret@127.0.0.1:9/none"))
    assert found["doctor.database.unusable"] == (False, "doctor.database.postgres_cure")


async def test_an_address_that_is_nobodys(tmp_path: Path, store: SqlStore, database_url: str, hire: Hire) -> None:
    await hire("Ann", Role.ADMIN, "support")
    data = house(tmp_path, database_url).model_dump(exclude={"proxies", "targets", "escalation"})
    data["dragoman"]["database_url"] = database_url
    data["escalation"] = [{"at": "100%", "tell": ["supervisors", "gone@example.com"]}]
    settings = Settings.model_validate(data)
    assert (await examined(settings))["doctor.people.nobody"] == (False, "doctor.people.nobody_cure")
    await store.create_person(NewPerson("Gone", "gone@example.com"), SystemClock().now())
    assert "doctor.people.nobody" not in await examined(settings)


async def test_shifts_and_turns_that_do_not_fit(tmp_path: Path, store: SqlStore, hire: Hire) -> None:
    data = house(tmp_path).model_dump(exclude={"proxies", "targets", "escalation"})
    data["dragoman"]["database_url"] = store.url
    data["oncall"] = [{"queue": "support", "people": ["mei@example.com"], "start": "2026-11-23"}]
    await hire("Ann", Role.ADMIN, "support")
    mei = NewPerson("Mei", "mei@example.com", shifts=("moon",))
    person = await store.create_person(mei, SystemClock().now())
    found = await examined(Settings.model_validate(data))
    assert found["doctor.people.no_shift"] == (False, "doctor.people.no_shift_cure")
    assert found["doctor.people.oncall_elsewhere"] == (False, "doctor.people.oncall_elsewhere_cure")
    await store.set_duty(replace(person, shifts=()))
    await store.update_person(person.id, queues=frozenset({QueueName("support")}))
    found = await examined(Settings.model_validate(data))
    assert not {"doctor.people.no_shift", "doctor.people.oncall_elsewhere"} & set(found)


async def test_an_empty_house(tmp_path: Path, store: SqlStore, database_url: str) -> None:
    found = await examined(house(tmp_path, database_url))
    assert found["doctor.config.no_inbox"][0] is False
    assert found["doctor.people.no_admin"] == (False, "doctor.people.no_admin_cure")
    assert found["doctor.people.no_members"] == (False, "doctor.people.no_members_cure")
    assert found["doctor.people.no_supervisor"] == (False, "doctor.people.no_supervisor_cure")


async def test_an_admin_is_enough_for_every_queue(tmp_path: Path, store: SqlStore, hire: Hire) -> None:
    await hire("Anna", Role.ADMIN)
    await hire("Mei", Role.AGENT, "support")
    found = await examined(house(tmp_path, store.url))
    assert found["doctor.people.well"] == (True, "")


async def test_who_cannot_be_reached_on_the_queues_desk(tmp_path: Path, store: SqlStore, hire: Hire) -> None:
    await hire("Anna", Role.ADMIN)
    mei = await hire("Mei", Role.AGENT, "support")
    slack = on_slack(house(tmp_path, store.url))
    assert (await examined(slack))["doctor.people.unreachable"] == (False, "doctor.people.unreachable_cure")
    await store.add_identity(mei, Identity("slack", "T1", "U1"))  # type: ignore[arg-type] # a number is one
    found = await examined(slack)
    assert "doctor.people.unreachable" not in found
    assert found["doctor.slack_token_bad"][0] is False


async def test_promises_that_nobody_can_keep(tmp_path: Path, store: SqlStore, hire: Hire) -> None:
    settings = house(tmp_path, store.url)
    data = settings.model_dump(exclude={"inboxes", "targets", "escalation", "proxies"})
    data["dragoman"]["database_url"] = settings.database_url
    data["queues"][0]["calendar"]["weekly"] = {"mon": ["09:00-18:00"]}
    data["targets"] = [{"first_reply": "2h", "next_reply": "30d", "country": "US", "calendar": "customer"}]
    mondays = Settings.model_validate(data)
    assert "coverage.gap" not in await examined(mondays), "where nobody works the doctor says that"
    await hire("Mei", Role.AGENT, "support")
    assert (await examined(mondays))["coverage.gap"] == (False, "doctor.coverage.cure")
    assert (await examined(settings))["coverage.kept"] == (True, "")


async def test_holidays_that_nobody_has_announced(tmp_path: Path, store: SqlStore) -> None:
    settings = house(tmp_path, store.url)
    data = settings.model_dump(exclude={"inboxes", "targets", "escalation", "proxies"})
    data["dragoman"]["database_url"] = settings.database_url
    data["queues"][0]["calendar"]["holidays"] = "CN"
    chinese = Settings.model_validate(data)
    spring, december = StoryClock(datetime(2025, 3, 1, tzinfo=UTC)), StoryClock(datetime(2098, 12, 20, tzinfo=UTC))
    assert "due.unconfirmed" not in await examined(chinese, spring)
    assert (await examined(chinese, december))["due.unconfirmed"] == (False, "doctor.coverage.holidays_cure")


async def test_work_that_nobody_does(tmp_path: Path, store: SqlStore) -> None:
    clock = SystemClock()
    await store.put_raw("channel:whatsapp", "k", b"{}", {}, clock.now() - timedelta(minutes=6))
    found = await examined(house(tmp_path, store.url))
    assert found["doctor.work.waits"] == (False, "doctor.work.waits_cure")


async def test_what_stands_still_is_told(tmp_path: Path, store: SqlStore) -> None:
    await store.atomic(lambda tx: tx.begin_trouble("wa", "token_expired", SystemClock().now()))
    found = await examined(house(tmp_path, store.url))
    assert found["doctor.work.trouble"] == (False, "doctor.work.trouble_cure")


async def test_a_desk_that_does_not_deliver_is_told(tmp_path: Path, store: SqlStore) -> None:
    slack, now = on_slack(house(tmp_path, store.url)), SystemClock().now()
    await store.save_setting(f"{DEAF}slack", (now - timedelta(days=2)).isoformat())
    assert "doctor.undelivered" not in await examined(slack)
    await store.save_setting(f"{DEAF}slack", (now - timedelta(hours=2)).isoformat())
    assert (await examined(slack))["doctor.undelivered"] == (False, "doctor.undelivered_cure")


async def test_what_is_parked_is_told(tmp_path: Path, store: SqlStore) -> None:
    now = SystemClock().now()
    row = await store.put_raw("channel:whatsapp", "k", b"{}", {}, now)
    assert row is not None
    assert await store.take_raw_by_id(row, now, timedelta(minutes=1))
    assert await store.raw_failed(row, "Unreadable", 1)
    found = await examined(house(tmp_path, store.url))
    assert found["doctor.work.parked"] == (False, "doctor.work.parked_cure")


async def test_what_failed_of_late_is_named_and_is_no_fault_of_the_house(tmp_path: Path, store: SqlStore) -> None:
    ticket = await House(store).ticket()
    for number in range(2):
        failed = tuple(Part(seq, f"{number} {seq}", state=Ladder.FAILED, code="undeliverable") for seq in range(2))
        await House(store).message(ticket, "It left.", kind=MessageKind.REPLY, parts=failed)
    await House(store).message(ticket, "", files=1)
    await store.atomic(lambda tx: tx.session.run("UPDATE files SET state = 'refused', reason = 'media_gone'"))

    async def named(clock: Clock) -> list[tuple[bool, str, object, object]]:
        sections = [section async for section in doctor.examine(house(tmp_path, store.url), clock)]
        found = [finding for section in sections for finding in section.findings]
        what = [
            (each.ok, each.what.key, each.what.params.get("count"), each.what.params.get("reason")) for each in found
        ]
        return [each for each in what if "failed" in each[1]]

    assert await named(StoryClock(later(hours=1))) == [
        (True, "doctor.work.failed_replies", 2, Word("send_error.undeliverable")),
        (True, "doctor.work.failed_files", 1, Word("send_error.media_gone")),
    ]
    assert await named(StoryClock(later(days=2))) == []


async def test_a_webhook_that_leads_elsewhere(tmp_path: Path) -> None:
    async with serve.running(tmp_path / "a", "en") as demo, serve.running(tmp_path / "b", "en") as other:
        elsewhere = {"base_url": other.app.settings.dragoman.base_url}
        general = demo.app.settings.dragoman
        settings = demo.app.settings.model_copy(update={"dragoman": general.model_copy(update=elsewhere)})
        found = await examined(settings, demo.clock)
        assert found["doctor.hook.wrong"] == (False, "doctor.hook.cure")
        nowhere = general.model_copy(update={"base_url": "http://127.0.0.1:9"})
        found = await examined(demo.app.settings.model_copy(update={"dragoman": nowhere}), demo.clock)
        assert found["doctor.hook.unreachable"] == (False, "doctor.hook.cure")


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://help.example.com", True),
        ("http://help.example.com", False),
        ("https://localhost", False),
        ("https://192.168.1.4", False),
        ("https://93.184.215.14", True),
    ],
)
def test_what_a_platform_can_reach(url: str, public: bool) -> None:
    assert doctor._is_public(url) is public


async def test_a_look_that_fails_does_not_keep_the_others_from_looking() -> None:
    async def fails() -> list[Any]:
        raise RuntimeError("customer words")

    [finding] = await doctor._guarded(fails())
    assert (finding.ok, finding.what.params) == (False, {"what": "RuntimeError"})


def test_the_command_shows_what_is_wrong_and_how_it_is_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner()
    assert run.invoke(app, ["init", "--no-input", "--organisation", "Fernweh"]).exit_code == 0
    shown = run.invoke(app, ["doctor"])
    assert shown.exit_code == 1
    assert "  ✓ SQLite answers and is prepared.\n" in shown.output
    assert "  ✗ There is no inbox: customers cannot write.\n      → Add an [[inboxes]] table" in shown.output
    told = json.loads(run.invoke(app, ["doctor", "--json"]).output)
    assert told["ok"] is False
    assert [finding["section"] for finding in told["findings"] if not finding["ok"]] == ["config"]


def test_a_configuration_that_is_refused_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dragoman.toml").write_text("[dragoman]\norganisaton = 'x'\n")
    shown = CliRunner().invoke(app, ["doctor"])
    assert shown.exit_code == 1
    assert "✗ dragoman.organisaton: there is no such key; did you mean organisation?" in shown.output


def test_whoever_reads_only_the_beginning_is_not_kept_waiting(tmp_path: Path) -> None:
    """`dragoman doctor | head`: the pipe breaks while a database is open."""
    (tmp_path / "dragoman.toml").write_text(
        '[dragoman]\norganisation = "Fernweh"\n'
        '[[queues]]\nname = "support"\ncalendar = { zone = "Asia/Shanghai", weekly = "always" }\n'
    )
    command = [sys.executable, "-m", "bot", "doctor", "--config", str(tmp_path / "dragoman.toml")]
    subprocess.run([*command[:3], "migrate", *command[4:]], check=True, timeout=60, capture_output=True)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        process.wait(timeout=60)
