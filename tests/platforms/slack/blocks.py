"""Block Kit as Slack checks it, limits from https://docs.slack.dev/reference/block-kit/.

Reading blocks (visible text, buttons, mentions) is in `reading.py`.
"""

import itertools
from collections.abc import Iterator
from typing import Any

from .delivery import Json
from .state import SlackError

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
ALL_BLOCKS_TEXT = 13_200
"""Characters over all blocks of a message; more is `msg_blocks_too_long`."""
PRIVATE_METADATA = 3000

MESSAGE_TYPES = frozenset(
    [
        "section",
        "actions",
        "context",
        "divider",
        "header",
        "image",
        "rich_text",
        "video",
        "input",
        "markdown",
        "table",
        "context_actions",
    ]
)
VIEW_TYPES = frozenset(["section", "actions", "context", "divider", "header", "image", "rich_text", "video", "input"])
ELEMENTS = frozenset(
    [
        "button",
        "checkboxes",
        "datepicker",
        "datetimepicker",
        "email_text_input",
        "file_input",
        "image",
        "multi_static_select",
        "multi_external_select",
        "multi_users_select",
        "multi_conversations_select",
        "multi_channels_select",
        "number_input",
        "overflow",
        "plain_text_input",
        "radio_buttons",
        "rich_text_input",
        "static_select",
        "external_select",
        "users_select",
        "conversations_select",
        "channels_select",
        "timepicker",
        "url_text_input",
        "workflow_button",
        "feedback_buttons",
        "icon_button",
    ]
)
ELEMENTS_PER_BLOCK = {"actions": 25, "context": 10}
TEXT_LIMITS = {"button": 75, "header": 150, "option": 75, "placeholder": 150, "label": 2000, "hint": 2000}

_names = itertools.count(1)


class _Check:
    """Collects what is wrong, each with its JSON pointer, as the API's `response_metadata.messages` has it."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.total = 0

    def fail(self, what: str, where: str) -> None:
        self.errors.append(f"{what} [json-pointer:{where}]")

    def size(self, value: Any, limit: int, where: str, least: int = 0) -> None:
        if not isinstance(value, str):
            self.fail("must be a string", where)
        elif len(value) > limit:
            self.fail(f"must be less than {limit + 1} characters", where)
        elif len(value) < least:
            self.fail(f"must be more than {least - 1} characters", where)

    def text(self, value: Any, limit: int, where: str, plain: bool = False) -> None:
        """A text object."""
        if not isinstance(value, dict) or value.get("type") not in ("plain_text", "mrkdwn"):
            self.fail("must provide a text object", where)
            return
        if plain and value["type"] != "plain_text":
            self.fail("must be of type plain_text", f"{where}/type")
        self.size(value.get("text"), limit, f"{where}/text", least=1)
        self.total += len(str(value.get("text", "")))


def check_message(blocks: list[Json]) -> list[Json]:
    """The blocks as Slack stores them (ids filled in), or `invalid_blocks` / `msg_blocks_too_long`."""
    check = _Check()
    if len(blocks) > MESSAGE_BLOCKS:
        check.fail(f"no more than {MESSAGE_BLOCKS} items allowed", "/blocks")
    _blocks(check, blocks, MESSAGE_TYPES, "/blocks")
    if check.errors:
        raise SlackError("invalid_blocks", *check.errors)
    if check.total > ALL_BLOCKS_TEXT:
        raise SlackError("msg_blocks_too_long")
    return [_named(block) for block in blocks]


def check_view(view: Any) -> Json:
    """The view as Slack stores it, or `invalid_arguments` with the reasons."""
    check = _Check()
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        raise SlackError("invalid_arguments", "must be a modal or home view [json-pointer:/view/type]")
    blocks: Any = view.get("blocks")
    if not isinstance(blocks, list):
        raise SlackError("invalid_arguments", "missing required field: blocks [json-pointer:/view]")
    if view["type"] == "modal":
        check.text(view.get("title"), 24, "/view/title", plain=True)
        for part in ("submit", "close"):
            if view.get(part) is not None:
                check.text(view[part], 24, f"/view/{part}", plain=True)
        if any(block.get("type") == "input" for block in blocks) and not view.get("submit"):
            check.fail("submit is required when an input block is within blocks array", "/view/submit")
    check.size(view.get("private_metadata") or "", PRIVATE_METADATA, "/view/private_metadata")
    check.size(view.get("callback_id") or "", 255, "/view/callback_id")
    check.size(view.get("external_id") or "", 255, "/view/external_id")
    if len(blocks) > VIEW_BLOCKS:
        check.fail(f"no more than {VIEW_BLOCKS} items allowed", "/view/blocks")
    _blocks(check, blocks, VIEW_TYPES, "/view/blocks")
    if check.errors:
        raise SlackError("invalid_arguments", *check.errors)
    return view | {"blocks": [_named(block) for block in blocks]}


def _blocks(check: _Check, blocks: list[Any], known: frozenset[str], where: str) -> None:
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        here = f"{where}/{number}"
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in known:
            check.fail(f"unsupported type: {kind}", f"{here}/type")
            continue
        block_id = block.get("block_id")
        if block_id is not None:
            check.size(block_id, 255, f"{here}/block_id")
            if block_id in seen:
                check.fail(f"`block_id` {block_id} already exists for another block", f"{here}/block_id")
            seen.add(str(block_id))
        _block(check, block, here)


def _block(check: _Check, block: Json, here: str) -> None:
    match block["type"]:
        case "section":
            _section(check, block, here)
        case "header":
            check.text(block.get("text"), TEXT_LIMITS["header"], f"{here}/text", plain=True)
        case "actions" | "context":
            _row(check, block, here)
        case "input":
            check.text(block.get("label"), TEXT_LIMITS["label"], f"{here}/label", plain=True)
            if block.get("hint"):
                check.text(block["hint"], TEXT_LIMITS["hint"], f"{here}/hint", plain=True)
            _element(check, block.get("element"), f"{here}/element")
        case "image":
            check.size(block.get("alt_text"), 2000, f"{here}/alt_text")
            if not block.get("image_url") and not block.get("slack_file"):
                check.fail("must provide image_url or slack_file", here)
        case "markdown":
            check.size(block.get("text"), 12_000, f"{here}/text", least=1)
        case "rich_text":
            if not isinstance(block.get("elements"), list):
                check.fail("missing required field: elements", here)


def _section(check: _Check, block: Json, here: str) -> None:
    fields = block.get("fields") or []
    if not block.get("text") and not fields:
        check.fail("must provide text or fields", here)
    if block.get("text"):
        check.text(block["text"], 3000, f"{here}/text")
    if len(fields) > 10:
        check.fail("no more than 10 items allowed", f"{here}/fields")
    for number, text in enumerate(fields):
        check.text(text, 2000, f"{here}/fields/{number}")
    if block.get("accessory"):
        _element(check, block["accessory"], f"{here}/accessory")


def _row(check: _Check, block: Json, here: str) -> None:
    elements = block.get("elements")
    limit = ELEMENTS_PER_BLOCK[block["type"]]
    if not isinstance(elements, list) or not elements:
        check.fail("must have at least 1 item", f"{here}/elements")
        return
    if len(elements) > limit:
        check.fail(f"no more than {limit} items allowed", f"{here}/elements")
    ids = [each.get("action_id") for each in elements if each.get("action_id")]
    if len(ids) != len(set(ids)):
        check.fail("`action_id` already exists for another element", f"{here}/elements")
    for number, element in enumerate(elements):
        place = f"{here}/elements/{number}"
        if block["type"] == "context" and element.get("type") in ("plain_text", "mrkdwn"):
            check.text(element, 3000, place)
        else:
            _element(check, element, place)


def _element(check: _Check, element: Any, here: str) -> None:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in ELEMENTS:
        check.fail(f"unsupported type: {kind}", f"{here}/type")
        return
    if element.get("action_id") is not None:
        check.size(element["action_id"], 255, f"{here}/action_id")
    if element.get("placeholder"):
        check.text(element["placeholder"], TEXT_LIMITS["placeholder"], f"{here}/placeholder", plain=True)
    if kind == "button":
        check.text(element.get("text"), TEXT_LIMITS["button"], f"{here}/text", plain=True)
        check.size(element.get("value") or "", 2000, f"{here}/value")
        check.size(element.get("url") or "", 3000, f"{here}/url")
        if element.get("style") not in (None, "primary", "danger"):
            check.fail("must be a valid enum value", f"{here}/style")
    if "select" in str(kind) or kind in ("overflow", "radio_buttons", "checkboxes"):
        _options(check, element, here)


def _options(check: _Check, element: Json, here: str) -> None:
    options = element.get("options")
    if options is None:
        return
    limit = {"overflow": 5, "radio_buttons": 10, "checkboxes": 10}.get(element["type"], 100)
    if not 1 <= len(options) <= limit:
        check.fail(f"must have between 1 and {limit} items", f"{here}/options")
    for number, option in enumerate(options):
        check.text(option.get("text"), TEXT_LIMITS["option"], f"{here}/options/{number}/text")
        check.size(option.get("value"), 150, f"{here}/options/{number}/value")


def elements(block: Json) -> Iterator[Json]:
    """The interactive elements of a block, wherever its type keeps them."""
    if block.get("type") in ("actions", "context_actions"):
        yield from block.get("elements", [])
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict):
            yield block[key]


def _named(block: Json) -> Json:
    """A copy in which block and elements have ids, as Slack makes them up."""
    named = {**block, "block_id": block.get("block_id") or f"b{next(_names)}"}
    if "elements" in named and named["type"] == "actions":
        named["elements"] = [_with_action_id(each) for each in named["elements"]]
    for key in ("accessory", "element"):
        if isinstance(named.get(key), dict):
            named[key] = _with_action_id(named[key])
    return named


def _with_action_id(element: Json) -> Json:
    return {**element, "action_id": element.get("action_id") or f"a{next(_names)}"}
