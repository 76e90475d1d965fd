"""What a visitor is shown, as JSON: entries of their log with links to the files, and what may be sent."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.channels.livechat import TEXT_LIMIT
from bot.web.chat.frames import FILES_LIMIT
from bot.web.chat.site import Site
from core.ports import ChatEntry, ChatKind

GOOD_FOR = timedelta(hours=24)
"""A link to a file. The page gets new ones whenever it is loaded."""


def entry_json(site: Site, visitor: str, entry: ChatEntry, now: datetime) -> Mapping[str, Any]:
    words = entry.words
    return {
        "type": "entry",
        "seq": entry.seq,
        "kind": entry.kind,
        "id": entry.ref if entry.kind is ChatKind.CUSTOMER else "",
        "text": words.text,
        "files": [
            {"name": file.name, "mime": file.mime, "size": file.size, "url": _link(site, visitor, entry.seq, nth, now)}
            for nth, file in enumerate(words.files)
        ],
        "at": entry.at.isoformat(),
        "author": words.author,
        "reply_to": words.reply_to,
    }


def limits_json(site: Site) -> Mapping[str, Any]:
    return {"text": TEXT_LIMIT, "file": site.upload_limit, "files": FILES_LIMIT}


def _link(site: Site, visitor: str, seq: int, nth: int, now: datetime) -> str:
    until = int((now + GOOD_FOR).timestamp())
    signature = site.signer.link(visitor, seq, nth, until)
    return f"/chat/{site.name}/files/{visitor}/{seq}/{nth}?until={until}&signature={signature}"
