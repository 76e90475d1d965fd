"""Modals and the App Home: views.*, and what an ack's `response_action` does to a modal."""

import hashlib
import json

from . import shapes
from .blocks import check_view
from .delivery import Json
from .state import APP_ID, BOT_ID, TEAM_ID, SlackError, View, Workspace

DEEPEST = 3
"""Views a modal may stack."""


def make(workspace: Workspace, given: object, user: str, kind: str, previous: View | None = None) -> View:
    """A checked view with the members Slack adds."""
    body = check_view(given)
    if body["type"] != kind:
        raise SlackError("invalid_arguments", f"must be a {kind} view [json-pointer:/view/type]")
    view_id = workspace.new_id("V")
    defaults: Json = {
        "private_metadata": "",
        "callback_id": "",
        "title": None,
        "close": None,
        "submit": None,
        "clear_on_close": False,
        "notify_on_close": False,
        "external_id": "",
    }
    added: Json = {
        "id": view_id,
        "team_id": TEAM_ID,
        "app_id": APP_ID,
        "app_installed_team_id": TEAM_ID,
        "bot_id": BOT_ID,
        "hash": _hash(workspace, body),
        "previous_view_id": previous.id if previous else None,
        "root_view_id": previous.body["root_view_id"] if previous else view_id,
    }
    return View(view_id, user, defaults | body | added)


def _hash(workspace: Workspace, body: Json) -> str:
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:8]
    return f"{workspace.stamp()}.{digest}"


def change(workspace: Workspace, view: View, given: object) -> None:
    """Replace what a view shows; it stays the same view. Inputs whose block and action stay keep their values."""
    body = check_view(given)
    fixed = {key: view.body[key] for key in ("id", "team_id", "app_id", "bot_id", "root_view_id", "previous_view_id")}
    view.body = view.body | body | fixed | {"hash": _hash(workspace, body)}
    kept = {block["block_id"] for block in body["blocks"]}
    view.values = {block: value for block, value in view.values.items() if block in kept}


def opens(workspace: Workspace, args: Json) -> Json:
    """The view is checked first: a refused view does not use the trigger up."""
    check_view(args.get("view"))
    user = workspace.use_trigger(args.get("trigger_id"))
    view = make(workspace, args["view"], user, "modal")
    workspace.modals[user] = [view]
    return {"view": shapes.view(view)}


def pushes(workspace: Workspace, args: Json) -> Json:
    check_view(args.get("view"))
    user = workspace.use_trigger(args.get("trigger_id"))
    stack = workspace.modals.get(user, [])
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= DEEPEST:
        raise SlackError("push_limit_reached")
    view = make(workspace, args["view"], user, "modal", stack[-1])
    stack.append(view)
    return {"view": shapes.view(view)}


def updates(workspace: Workspace, args: Json) -> Json:
    view_id, external_id = args.get("view_id"), args.get("external_id")
    if not view_id and not external_id:
        raise SlackError("invalid_arguments", "must provide view_id or external_id")
    every = [view for stack in workspace.modals.values() for view in stack] + list(workspace.homes.values())
    view = next(
        (each for each in every if view_id == each.id or (external_id or "-") == each.body["external_id"]), None
    )
    if view is None:
        raise SlackError("not_found")
    if args.get("hash") and args["hash"] != view.body["hash"]:
        raise SlackError("hash_conflict")
    change(workspace, view, args.get("view"))
    return {"view": shapes.view(view)}


def publishes(workspace: Workspace, args: Json) -> Json:
    user = workspace.user(args.get("user_id"))
    present = workspace.homes.get(user.id)
    if args.get("hash") and (present is None or args["hash"] != present.body["hash"]):
        raise SlackError("hash_conflict")
    view = make(workspace, args.get("view"), user.id, "home")
    workspace.homes[user.id] = view
    return {"view": shapes.view(view)}


def after_submission(workspace: Workspace, view: View, answer: Json | None) -> dict[str, str]:
    """Do to the person's modal what the ack asks; returns the errors to show under inputs, by block_id."""
    stack = workspace.modals.get(view.user, [])
    answer = answer or {}
    match answer.get("response_action"):
        case None:
            stack[:] = [each for each in stack if each is not view]
        case "clear":
            stack.clear()
        case "errors":
            return {str(block): str(words) for block, words in answer.get("errors", {}).items()}
        case "update":
            change(workspace, view, answer.get("view"))
        case "push":
            stack.append(make(workspace, answer.get("view"), view.user, "modal", view))
        case other:
            raise AssertionError(f"unknown response_action {other!r}")
    return {}
