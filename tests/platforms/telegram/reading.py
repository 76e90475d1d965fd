"""Reading messages as a person sees them, and what their client makes of what they type."""

from . import markup, shapes
from .state import Json, Message, World


def plain(message: Message) -> str:
    """All a reader sees of a message: words, files, buttons in brackets."""
    lines = [message.text] if message.text else []
    if message.media is not None:
        lines.append(f"[{message.media.kind} {message.media.file.name}]")
    lines += [" ".join(f"[{each['text']}]" for each in row) for row in message.keyboard]
    return "\n".join(lines)


def as_html(message: Message) -> str:
    """The words alone, as the HTML that makes them."""
    return markup.to_html(message.text, message.entities)


def typed(world: World, text: str) -> tuple[str, list[Json]]:
    """What the client sends: `@Name` of somebody without a username becomes a mention by name."""
    text = text.strip()
    entities: list[Json] = []
    for person in world.users.values():
        at = f"@{person.name}"
        if not person.username and at in text:
            start = markup.width(text[: text.index(at)])
            mention = {"type": "text_mention", "offset": start, "length": markup.width(at)}
            entities.append(mention | {"user": shapes.user(person)})
    return text, markup.with_found(text, entities)


def button(message: Message, what: str) -> Json | None:
    """The button with these words, this callback data, or else these words within its own."""
    every = [each for row in message.keyboard for each in row]
    for fits in (
        lambda each: each["text"] == what,
        lambda each: each.get("callback_data") == what,
        lambda each: what in each["text"],
    ):
        for each in every:
            if fits(each):
                return each
    return None
