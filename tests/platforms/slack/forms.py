"""Filling in what is on the screen: finding buttons and menus by their words, inputs by their labels."""

from collections.abc import Iterable, Mapping
from typing import Any

from . import blocks as kit
from . import reading
from .delivery import Json
from .state import Message, View, Workspace

TEXT_INPUTS = frozenset(
    {"plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input", "file_input"}
)
PICKERS = {
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "multi_users_select": "selected_users",
}


def _blocks(on: Message | View) -> list[Json]:
    return on.blocks if isinstance(on, Message) else list(on.body["blocks"])


def find(on: Message | View, what: str) -> tuple[Json, Json]:
    """The element a person means, by its visible words or its action_id, and its block."""
    present = [(block, each) for block in _blocks(on) for each in kit.elements(block)]
    for block, element in present:
        if what in (reading.label(element), element.get("action_id")):
            return block, element
    there = ", ".join(repr(reading.label(each) or each.get("action_id")) for _, each in present)
    raise AssertionError(f"no {what!r} to click; there is: {there or 'nothing'}")


def press(block: Json, button: Json) -> Json:
    """The action of a pressed button."""
    return {key: button[key] for key in ("action_id", "type", "text", "value", "style") if key in button} | {
        "block_id": block["block_id"]
    }


def choose(workspace: Workspace, block: Json, menu: Json, choice: str) -> Json:
    """The action of a menu in which one entry was chosen."""
    chosen = value_of(workspace, menu, choice)
    return {"action_id": menu["action_id"], "block_id": block["block_id"], **chosen}


def fill(workspace: Workspace, view: View, given: Mapping[str, Any]) -> dict[str, Json]:
    """`state.values` after filling inputs, by label, block_id or action_id; the rest keep their initial values.

    What Slack's client would not let through (an empty required input, too long a text) is an AssertionError.
    """
    left, values = dict(given), dict(view.values)
    for block in view.body["blocks"]:
        if block["type"] != "input":
            continue
        element, words = block["element"], block["label"]["text"]
        key = next((each for each in (words, block["block_id"], element["action_id"]) if each in left), None)
        earlier = view.values.get(block["block_id"], {}).get(element["action_id"])
        state = value_of(workspace, element, left.pop(key)) if key else earlier or initial(element)
        empty = all(not value for name, value in state.items() if name != "type")
        assert block.get("optional") or not empty, f"Slack's client insists on {words!r}"
        longest = element.get("max_length")
        assert not longest or len(state.get("value") or "") <= longest, f"{words!r} takes {longest} characters"
        values[block["block_id"]] = {element["action_id"]: state}
    assert not left, f"the form has no {', '.join(map(repr, left))}; it has {_labels(view.body['blocks'])}"
    return values


def _labels(blocks: Iterable[Json]) -> str:
    return ", ".join(repr(block["label"]["text"]) for block in blocks if block["type"] == "input")


def initial(element: Json) -> Json:
    """An input's state before anyone touched it."""
    kind = element["type"]
    if kind in TEXT_INPUTS:
        return {"type": kind, "value": element.get("initial_value")}
    if kind == "checkboxes" or kind == "multi_static_select":
        return {"type": kind, "selected_options": element.get("initial_options") or []}
    name = PICKERS.get(kind, "selected_option")
    return {"type": kind, name: element.get(name.replace("selected", "initial"))}


def value_of(workspace: Workspace, element: Json, given: Any) -> Json:
    """An input's state once a person put `given` in. People are given by name, options by their words or value."""
    kind = element["type"]
    if kind in TEXT_INPUTS:
        return {"type": kind, "value": str(given)}
    if kind == "checkboxes" or kind == "multi_static_select":
        return {"type": kind, "selected_options": [_option(element, each) for each in given]}
    if kind == "multi_users_select":
        return {"type": kind, "selected_users": [_person(workspace, each) for each in given]}
    if kind == "users_select":
        return {"type": kind, "selected_user": _person(workspace, given)}
    if kind in PICKERS:
        return {"type": kind, PICKERS[kind]: given}
    return {"type": kind, "selected_option": _option(element, given)}


def _option(element: Json, given: str) -> Json:
    groups = element.get("option_groups") or [{"options": element.get("options") or []}]
    options: list[Json] = [option for group in groups for option in group["options"]]
    for option in options:
        if given in (option["text"]["text"], option.get("value")):
            return option
    raise AssertionError(f"no entry {given!r}; there is: {', '.join(repr(each['text']['text']) for each in options)}")


def _person(workspace: Workspace, given: str) -> str:
    for user in workspace.users.values():
        if given in (user.id, user.name, user.real_name):
            return user.id
    raise AssertionError(f"nobody is called {given!r}")
