"""Methods about files: send them, albums of them, and fetch what people sent."""

from typing import Any

from . import access, message_methods, posting, shapes
from .access import Args
from .state import File, Json, Media, World, bad

DOWNLOAD = 20 * 1024 * 1024
UPLOAD = 50 * 1024 * 1024
PHOTO = 10 * 1024 * 1024
"""Bytes (https://core.telegram.org/bots/api#sending-files and #getfile)."""
IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")
ALBUM = range(2, 11)
ALONE_TOGETHER = frozenset({"document", "audio"})
"""Kinds that go into an album only with their own."""


class Upload:
    """One part of a multipart form."""

    def __init__(self, name: str, mime: str, content: bytes) -> None:
        self.name, self.mime, self.content = name, mime, content


def _file(world: World, args: Args, kind: str, given: Any) -> File:
    """The file itself, one attached under another name, or one that Telegram has already."""
    if isinstance(given, str) and given.startswith("attach://"):
        given = args.get(given.removeprefix("attach://"))
    if isinstance(given, Upload):
        if not given.content:
            raise bad("file must be non-empty")
        return world.add_file(kind, given.name, given.mime, given.content)
    if not given:
        raise bad(f"there is no {kind} in the request")
    known = world.files.get(str(given).removesuffix("s"))
    if known is None:
        raise bad("wrong remote file identifier specified: Wrong string length")
    return known


def _media(world: World, args: Args, kind: str, given: Any) -> Media:
    file = _file(world, args, kind, given)
    if kind == "photo":
        if file.size > PHOTO:
            raise bad(f"file of size {file.size} bytes is too big for a photo; the maximum size is {PHOTO} bytes")
        if not file.content.startswith(IMAGES):
            raise bad("IMAGE_PROCESS_FAILED")
    return Media(kind, file)


def send(kind: str, world: World, args: Args) -> Json:
    chat, common = message_methods.place(world, args)
    text, entities = message_methods.caption(world, args)
    media = _media(world, args, kind, args.get(kind))
    return shapes.message(
        world, posting.add(world, chat, world.bot, text=text, entities=entities, media=media, **common)
    )


def send_photo(world: World, args: Args) -> Json:
    return send("photo", world, args)


def send_document(world: World, args: Args) -> Json:
    return send("document", world, args)


def send_video(world: World, args: Args) -> Json:
    return send("video", world, args)


def send_audio(world: World, args: Args) -> Json:
    return send("audio", world, args)


def send_voice(world: World, args: Args) -> Json:
    return send("voice", world, args)


def send_album(world: World, args: Args) -> list[Json]:
    chat, common = message_methods.place(world, args)
    items = access.structure(args, "media") or []
    if len(items) not in ALBUM:
        raise bad("wrong number of items in the media group: it must be 2 to 10")
    kinds = {item.get("type") for item in items}
    if len(kinds) > 1 and kinds & ALONE_TOGETHER:
        raise bad("media of different types can't be sent in the same album")
    ready = []
    for item in items:
        text, entities = message_methods.caption(world, item)
        ready.append((text, entities, _media(world, args, str(item.get("type")), item.get("media"))))
    album = str(next(world.counter) + 13_000_000_000_000)
    sent = [
        posting.add(world, chat, world.bot, text=text, entities=entities, media=media, album=album, **common)
        for text, entities, media in ready
    ]
    return [shapes.message(world, each) for each in sent]


def album_size(args: Args) -> int:
    """How many writes an album is."""
    items = access.structure(args, "media") or []
    return max(1, len(items))


def get_file(world: World, args: Args) -> Json:
    """`file_path` for the download, as long as the file is not too big for bots."""
    known = world.files.get(str(args.get("file_id") or "").removesuffix("s"))
    if known is None:
        raise bad("invalid file_id")
    if known.size > DOWNLOAD:
        raise bad("file is too big")
    return shapes.file(known) | {"file_path": known.path}
