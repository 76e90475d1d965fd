"""What docs/site-chat.md tells a shop to write, run as it stands there in every language whose interpreter is here."""

import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.web.chat.signing import Signer, User
from tests.web.chat.conftest import inbox

GUIDE = Path("docs/site-chat.md")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
USER = {"id": "1043", "name": 'Анна "Ann" <Müller>', "email": "ann@example.com"}
SAMPLES = {
    "python": (
        sys.executable,
        "-c",
        "import json, sys; print(json.dumps(signed(sys.argv[1], json.loads(sys.argv[2]))))",
    ),
    "php": ("php", "-r", "echo json_encode(signed($argv[1], json_decode($argv[2], true)));"),
    "js": (
        "node",
        "--input-type=module",
        "-e",
        "console.log(JSON.stringify(signed(process.argv[1], JSON.parse(process.argv[2]))))",
    ),
}
HERE = [language for language, (program, *_) in SAMPLES.items() if shutil.which(program)]


@pytest.mark.parametrize("language", HERE)
def test_a_shop_signs_its_users_as_the_guide_says(language: str) -> None:
    guide = GUIDE.read_text("utf-8")
    [sample] = re.findall(rf"```{language}\n(.*?)```", guide, re.DOTALL)
    *command, use = SAMPLES[language]
    secret = inbox().secret.get_secret_value()
    ran = subprocess.run(
        [*command, f"{sample}\n{use}", secret, json.dumps(USER)], capture_output=True, text=True, check=True
    )
    text, signature = json.loads(ran.stdout)
    assert Signer(inbox()).user(text, signature, LONG_AGO) == User(USER["id"], USER["name"], USER["email"])
