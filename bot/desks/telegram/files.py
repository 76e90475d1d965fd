"""Files both ways: what the team is shown of a customer's, and what a teammate attached."""

from telegram import InputFile

from bot.desks.telegram.reach import Reach
from bot.desks.telegram.settings import TELEGRAM
from core.errors import SendError
from core.messages import File
from core.model import PostRef, ThreadRef

MB = 1024 * 1024
UPLOAD, PHOTO = 50 * MB, 10 * MB
"""What a bot may send (https://core.telegram.org/bots/api#sending-files)."""
PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp"})


async def posted(reach: Reach, thread: ThreadRef, file: File, content: bytes, mark: str | None = None) -> PostRef:
    """A picture as one; what Telegram does not take as such, as a document. Silent: its post has said what comes.
    `mark` stands below it."""
    if len(content) > UPLOAD:
        raise SendError("too_large", detail=f"over {UPLOAD} bytes")
    if not content:
        raise SendError("empty")
    if file.mime in PHOTOS and len(content) <= PHOTO:
        try:
            return await _upload(reach, thread, file, content, mark, picture=True)
        except SendError as error:
            if error.code != "media_refused":
                raise
            reach.spend(thread.place)
    return await _upload(reach, thread, file, content, mark, picture=False)


async def _upload(
    reach: Reach, thread: ThreadRef, file: File, content: bytes, mark: str | None, *, picture: bool
) -> PostRef:
    chat, topic, bot = reach.chat(thread.place), int(thread.root), reach.api.bot
    attached = InputFile(content, filename=file.name)
    if picture:
        sending = bot.send_photo(chat, attached, mark, message_thread_id=topic, disable_notification=True)
    else:
        sending = bot.send_document(
            chat,
            attached,
            caption=mark,
            message_thread_id=topic,
            disable_notification=True,
            disable_content_type_detection=True,
        )
    message = await reach.api.landed(await reach.api.do(sending, chat), chat, topic)
    return PostRef(TELEGRAM, thread.place, str(message))
