"""What may stand in a log line."""

import json
import logging
import sqlite3

import pytest
import structlog

from bot.logs import configure, told


def line(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    written: dict[str, object] = json.loads(capsys.readouterr().err)
    return written


def test_a_line_is_json_with_time_and_level(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    structlog.get_logger("bot.workers").info("outbox.failed", job=7, code="rate_limited")
    written = line(capsys)
    assert (written["event"], written["job"], written["level"]) == ("outbox.failed", 7, "info")
    assert "timestamp" in written


def test_what_libraries_log_comes_out_alike(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    logging.getLogger("some.library").warning("slow: %s", "Bearer abcdef123456")
    written = line(capsys)
    assert (written["level"], "abcdef123456" in str(written)) == ("warning", False)


def test_quiet_keeps_warnings_only(capsys: pytest.CaptureFixture[str]) -> None:
    configure("console", quiet=True)
    structlog.get_logger().info("app.started")
    assert capsys.readouterr().err == ""
    structlog.get_logger().warning("hook.unauthorized")
    assert "hook.unauthorized" in capsys.readouterr().err


def test_neither_secrets_nor_words_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    structlog.get_logger().warning("x", text="my card is 4111", detail="token xoxb-1234567890-secret", body=b"raw")
    written = line(capsys)
    assert (written["text"], written["body"]) == ("(15)", "(3)")
    assert "secret" not in str(written["detail"])


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_has_frames_and_names_but_quotes_nobody(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure("json" if form == "json" else "console")
    words = "what the customer wrote"
    try:
        int(words)
    except ValueError:
        structlog.get_logger().exception("acts.failed", row=3)
    written = capsys.readouterr().err
    assert "ValueError" in written
    assert "test_a_traceback_has_frames" in written
    assert words not in written


def test_what_the_machine_says_of_itself_stays() -> None:
    cause = sqlite3.OperationalError("no such table: tickets\nDETAIL: the row holds (a customer's words)")
    fault = RuntimeError("a customer's words")
    fault.__cause__ = cause
    assert told(fault) == "sqlite3.OperationalError: no such table: tickets\nbuiltins.RuntimeError"
