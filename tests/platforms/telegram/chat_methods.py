"""Methods about the bot itself, chats, their members, and where updates go."""

import re
from typing import Any
from urllib.parse import urlsplit

from . import access, shapes
from .access import Args
from .state import Json, World, bad
from .updates import Webhook

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
PORTS = (443, 80, 88, 8443)


def get_me(world: World, args: Args) -> Json:
    return shapes.me(world)


def get_chat(world: World, args: Args) -> Json:
    return shapes.full_chat(world, access.find_chat(world, args))


def get_member(world: World, args: Args) -> Json:
    chat = access.find_chat(world, args)
    user = world.users.get(access.number(args, "user_id"))
    if user is None:
        raise bad("PARTICIPANT_ID_INVALID")
    return shapes.member(user, chat.member(user.id))


def get_administrators(world: World, args: Args) -> list[Json]:
    """Of groups; other bots would be left out."""
    chat = access.find_chat(world, args)
    if chat.private:
        raise bad("there are no administrators in the private chat")
    return [shapes.member(world.users[id], held) for id, held in chat.members.items() if held.admin]


def set_commands(world: World, args: Args) -> bool:
    commands = access.structure(args, "commands") or []
    for each in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(each.get("command"))):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(each.get("description") or "")) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    scope = (access.structure(args, "scope") or {}).get("type", "default")
    world.commands[f"{scope} {args.get('language_code', '')}".strip()] = commands
    return True


def get_commands(world: World, args: Args) -> list[Json]:
    scope = (access.structure(args, "scope") or {}).get("type", "default")
    return world.commands.get(f"{scope} {args.get('language_code', '')}".strip(), [])


def delete_commands(world: World, args: Args) -> bool:
    scope = (access.structure(args, "scope") or {}).get("type", "default")
    world.commands.pop(f"{scope} {args.get('language_code', '')}".strip(), None)
    return True


def set_webhook(world: World, args: Args) -> bool:
    """HTTPS is demanded as Telegram does, but for this machine's own addresses."""
    url, secret = str(args.get("url") or ""), str(args.get("secret_token") or "")
    if url:
        _check_address(url)
    if secret and not SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    if access.flag(args, "drop_pending_updates"):
        world.updates.drop()
    world.updates.allow(access.structure(args, "allowed_updates"))
    world.updates.set_webhook(Webhook(url, secret))
    return True


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.hostname in ("127.0.0.1", "localhost", "::1"):
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def delete_webhook(world: World, args: Args) -> bool:
    if access.flag(args, "drop_pending_updates"):
        world.updates.drop()
    world.updates.set_webhook(Webhook())
    return True


def webhook_info(world: World, args: Args) -> Json:
    hook = world.updates.webhook
    shape: Json = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.pending()),
    }
    if hook.error:
        shape |= {"last_error_date": int(hook.error_at), "last_error_message": hook.error}
    if world.updates.allowed is not None:
        shape["allowed_updates"] = sorted(world.updates.allowed)
    return shape


async def get_updates(world: World, args: Args) -> Any:
    limit = access.number(args, "limit", 100)
    return await world.updates.poll(
        access.number(args, "offset"),
        min(max(limit, 1), 100),
        access.number(args, "timeout"),
        access.structure(args, "allowed_updates") if args.get("allowed_updates") is not None else None,
    )
