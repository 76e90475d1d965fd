"""`dragoman run`, `web`, `worker` and `demo` as processes of their own."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from storage.engine import lock_file
from tests.databases import fresh_database

ROOT = Path(__file__).parent.parent
TOML = """
[dragoman]
organisation = "Fernweh"
port = 0
log_format = "json"
[[queues]]
name = "support"
calendar = { zone = "Asia/Shanghai", weekly = "always" }
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "dragoman.toml").write_text(TOML)
    return tmp_path


@contextmanager
def process(folder: Path, *arguments: str, **env: str) -> Iterator["subprocess.Popen[str]"]:
    """Killed at the end of the block unless it has ended by then."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "TMPDIR": str(folder), **env}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def read_until(running: "subprocess.Popen[str]", words: str) -> str:
    """The line that has these words. Fails with all that was said when the process ends without them."""
    assert running.stdout is not None
    said = []
    for line in running.stdout:
        said.append(line)
        if words in line:
            return line
    raise AssertionError("".join(said))


def ends(running: "subprocess.Popen[str]", number: signal.Signals) -> int:
    running.send_signal(number)
    return running.wait(timeout=30)


def test_run_serves_and_ends_when_it_is_told_to(house: Path) -> None:
    with process(house, "run") as running:
        started = read_until(running, "app.started")
        address = started.partition('"address": "')[2].partition('"')[0]
        with urllib.request.urlopen(f"{address}/health", timeout=10) as health:
            assert health.status == 200
        assert ends(running, signal.SIGTERM) == 0


def test_web_and_worker_share_a_postgres(house: Path, shared_folder: Path) -> None:
    with (
        fresh_database("postgres", house, shared_folder) as url,
        process(house, "web", DRAGOMAN_DATABASE_URL=url) as web,
        process(house, "worker", DRAGOMAN_DATABASE_URL=url) as worker,
    ):
        assert '"roles": ["web"]' in read_until(web, "app.started")
        assert '"roles": ["worker"]' in read_until(worker, "app.started")
        assert [ends(each, signal.SIGTERM) for each in (web, worker)] == [0, 0]


@pytest.mark.parametrize("command", ["web", "worker"])
def test_sqlite_is_for_one_process(command: str, house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(house)
    refused = CliRunner().invoke(app, [command])
    assert (refused.exit_code, refused.output) == (
        2,
        f"SQLite is for one process: use dragoman run instead of dragoman {command}, or PostgreSQL.\n",
    )


def test_a_second_process_on_the_same_file_is_refused(house: Path) -> None:
    with lock_file(f"sqlite://{house / 'var' / 'dragoman.sqlite3'}"), process(house, "run") as second:
        read_until(second, "Another dragoman process has the database open.")
        assert second.wait(timeout=30) == 2


def test_a_taken_port_is_told_in_words(house: Path) -> None:
    with process(house, "run") as first:
        port = read_until(first, "app.started").partition('"address": "')[2].partition('"')[0].rpartition(":")[2]
        other = house / "other"
        other.mkdir()
        (other / "dragoman.toml").write_text(TOML)
        with process(other, "run", DRAGOMAN_PORT=port) as second:
            read_until(second, f"Nothing can listen on 127.0.0.1, port {port}")
            assert second.wait(timeout=30) == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_says_where_it_is_and_ends_cleanly(number: signal.Signals, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    with process(tmp_path, "demo", "--port", "0", "--no-open", "--ready-file", str(ready)) as demo:
        console = read_until(demo, "Console").split()[-1]
        read_until(demo, "Ctrl-C")
        assert ready.read_text() == f"{console}\n"
        with urllib.request.urlopen(console, timeout=10) as page:
            assert "Mei Lin" in page.read().decode()
        assert ends(demo, number) == 0
        assert demo.stdout is not None
        assert demo.stdout.read() == "The demo is over.\n"


def test_the_demo_on_a_taken_port_says_what_to_do(tmp_path: Path) -> None:
    with process(tmp_path, "demo", "--port", "0", "--no-open") as demo:
        port = read_until(demo, "Console").split()[-1].removesuffix("/console").rpartition(":")[2]
        with process(tmp_path, "demo", "--port", port, "--no-open") as second:
            read_until(second, "--port 0 takes any free one")
            assert second.wait(timeout=30) == 2


def test_the_demo_leaves_a_folder_with_a_database_alone(tmp_path: Path) -> None:
    (tmp_path / "dragoman.sqlite3").touch()
    refused = CliRunner().invoke(app, ["demo", "--data", str(tmp_path), "--no-open"])
    assert refused.exit_code == 2
    assert "give it an empty folder" in refused.output
