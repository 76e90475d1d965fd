"""What is taken out of a line before anybody reads it."""

import pytest

from bot.redact import redact, redact_event


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET /v26.0/debug_token?input_token=EAAGabc&x=1", "GET /v26.0/debug_token?input_token=***&x=1"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***"),
        ("/hooks/wa?hub.mode=subscribe&hub.verify_token=pony", "/hooks/wa?hub.mode=subscribe&hub.verify_token=***"),
        ("token xoxb-123456-7890abcdef", "token xoxb-123456***"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_tokens_are_redacted_by_how_they_look(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_known_secrets_are_redacted_and_so_are_log_lines() -> None:
    assert redact("the pony sleeps", "pony", "") == "the *** sleeps"
    line = {"event": "failed", "url": "https://x/?access_token=abc", "status": 500}
    assert redact_event(None, "info", line) == {"event": "failed", "url": "https://x/?access_token=***", "status": 500}
