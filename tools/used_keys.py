"""Finds the catalogue keys that code and templates use: certainly, possibly, or as a pattern (`f"status.{status}"`)."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
PREFIX = re.compile(r"([a-z][a-z0-9_]*\.)+")
# Which argument of a call is a key for certain, by the called name.
KEY_ARGUMENT = {"Say": 0, "say": 0, "Word": 0, "words": 0, "text": 0, "label": 0, "Button": 1, "t": 1, "render": 1}
KEY_KEYWORDS = {"key", "label"}
# What these look for is no use of what they find.
LOOKERS = {"startswith", "removeprefix", "removesuffix", "endswith"}
# In these rooms nothing but a key looks like one; elsewhere it may be a method of Slack's API or a file.
ONLY_KEYS = ("core/", "bot/handlers/")
FILE_ENDINGS = (".html", ".css", ".js", ".json", ".toml", ".txt", ".svg", ".png", ".py", ".env", ".tab", ".zi")

TEMPLATE_CALL = re.compile(r"""\bt\(\s*["']([a-z0-9_.]+)["']""")
TEMPLATE_PREFIX = re.compile(r"`([a-z0-9_.]+\.)\$\{")
QUOTED = re.compile(r"""["'`]([a-z0-9_.]+)["'`]""")


@dataclass(slots=True)
class Uses:
    certain: dict[str, str] = field(default_factory=dict)
    """Key -> the place that needs it."""
    possible: set[str] = field(default_factory=set)
    patterns: set[re.Pattern[str]] = field(default_factory=set)

    def note(self, literal: str, place: str, *, certain: bool) -> None:
        if PREFIX.fullmatch(literal):
            self.patterns.add(re.compile(re.escape(literal) + r"[a-z0-9_.]+"))
        elif KEY.fullmatch(literal) and not literal.endswith(FILE_ENDINGS):
            self.possible.add(literal)
            if certain:
                self.certain.setdefault(literal, place)


def uses_in(files: Iterable[Path]) -> Uses:
    """All uses in Python files, templates and scripts; other files have none."""
    uses = Uses()
    for file in files:
        match file.suffix:
            case ".py":
                _read_python(file, uses)
            case ".html" | ".j2" | ".js" | ".xml":
                _read_template(file, uses)
    return uses


def _read_template(file: Path, uses: Uses) -> None:
    text = file.read_text("utf-8")
    for literal in [*QUOTED.findall(text), *TEMPLATE_PREFIX.findall(text)]:
        uses.note(literal, str(file), certain=False)
    for literal in TEMPLATE_CALL.findall(text):
        uses.note(literal, str(file), certain=True)


def _read_python(file: Path, uses: Uses) -> None:
    tree = ast.parse(file.read_text("utf-8"), str(file))
    only_keys = file.as_posix().startswith(ONLY_KEYS)
    no_uses = {id(part) for node in ast.walk(tree) for part in _fixed_parts(node)}
    for node in ast.walk(tree):
        place = f"{file}:{getattr(node, 'lineno', 0)}"
        match node:
            case ast.Call():
                for literal in _key_arguments(node):
                    uses.note(literal, place, certain=True)
            case ast.JoinedStr():
                if pattern := _pattern(node):
                    uses.patterns.add(pattern)
            case ast.Constant(value=str(literal)) if id(node) not in no_uses:
                uses.note(literal, place, certain=only_keys)


def _key_arguments(call: ast.Call) -> Iterator[str]:
    position = KEY_ARGUMENT.get(_called(call))
    if position is None:
        return
    arguments = call.args[position : position + 1]
    arguments += [keyword.value for keyword in call.keywords if keyword.arg in KEY_KEYWORDS]
    for argument in arguments:
        # `say("a.b" if x else "a.c")`: both are keys.
        for part in [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _fixed_parts(node: ast.AST) -> list[ast.expr]:
    """Literals in `node` that are no keys by themselves: pieces of an f-string, prefixes looked for."""
    match node:
        case ast.JoinedStr():
            return node.values
        case ast.Call() if _called(node) in LOOKERS:
            return node.args
        case _:
            return []


def _pattern(node: ast.JoinedStr) -> re.Pattern[str] | None:
    """A regular expression for an f-string that may make a key; None when its fixed part names no table."""
    fixed = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    if not re.fullmatch(r"[a-z0-9_.]*", fixed) or not re.search(r"[a-z]\.|\.[a-z]", fixed):
        return None
    parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[a-z0-9_.]+" for part in node.values]
    return re.compile("".join(parts))
