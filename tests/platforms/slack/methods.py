"""Every Web API method the simulator knows: what it runs, its rate tier, the scopes it needs."""

from collections.abc import Callable
from dataclasses import dataclass

from . import chat_methods as chat
from . import file_methods as files
from . import room_methods as rooms
from . import view_methods as views
from .delivery import Json
from .state import Workspace


@dataclass(frozen=True, slots=True)
class Method:
    """`tier` 1 to 4 (https://docs.slack.dev/apis/web-api/rate-limits), 0: no limit worth simulating."""

    run: Callable[[Workspace, Json], Json]
    tier: int
    scopes: tuple[str, ...] = ()


def _connections_open(workspace: Workspace, args: Json) -> Json:
    return {"url": f"{workspace.base_url.replace('http', 'ws', 1)}/link/?ticket={workspace.new_id('ticket')}"}


METHODS: dict[str, Method] = {
    "apps.connections.open": Method(_connections_open, 1),
    "auth.test": Method(rooms.auth_test, 0),
    "bots.info": Method(rooms.bots_info, 3, ("users:read",)),
    "chat.delete": Method(chat.delete, 3, ("chat:write",)),
    "chat.getPermalink": Method(chat.permalink, 0),
    "chat.postEphemeral": Method(chat.ephemeral, 4, ("chat:write",)),
    "chat.postMessage": Method(chat.post, 4, ("chat:write",)),
    "chat.update": Method(chat.update, 3, ("chat:write",)),
    "conversations.history": Method(rooms.conversations_history, 3),
    "conversations.info": Method(rooms.conversations_info, 3, ("channels:read",)),
    "conversations.join": Method(rooms.conversations_join, 3, ("channels:join",)),
    "conversations.leave": Method(rooms.conversations_leave, 3),
    "conversations.list": Method(rooms.conversations_list, 2, ("channels:read",)),
    "conversations.members": Method(rooms.conversations_members, 4, ("channels:read",)),
    "conversations.open": Method(rooms.conversations_open, 3, ("im:write",)),
    "conversations.replies": Method(rooms.conversations_replies, 3),
    "files.completeUploadExternal": Method(files.complete, 4, ("files:write",)),
    "files.delete": Method(files.delete, 3, ("files:write",)),
    "files.getUploadURLExternal": Method(files.upload_url, 4, ("files:write",)),
    "files.info": Method(files.info, 4, ("files:read",)),
    "files.list": Method(files.listing, 3, ("files:read",)),
    "reactions.add": Method(chat.reactions_add, 3, ("reactions:write",)),
    "reactions.get": Method(chat.reactions_get, 3, ("reactions:read",)),
    "reactions.remove": Method(chat.reactions_remove, 2, ("reactions:write",)),
    "team.info": Method(rooms.team_info, 3, ("team:read",)),
    "users.info": Method(rooms.users_info, 4, ("users:read",)),
    "users.list": Method(rooms.users_list, 2, ("users:read",)),
    "users.lookupByEmail": Method(rooms.users_by_email, 3, ("users:read.email",)),
    "views.open": Method(views.opens, 4),
    "views.publish": Method(views.publishes, 4),
    "views.push": Method(views.pushes, 4),
    "views.update": Method(views.updates, 4),
}
