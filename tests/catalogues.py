"""Reads catalogues and finds the words on screen, without gettext's programs."""

import ast
import gettext
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

ROOT = Path(__file__).parent.parent
PLACES = ("cop_portal", "members", "library", "sessions", "feedback", "practice")
TRANSLATION = ("django.utils", "django.utils.translation")
CONTEXT = "\x04"


class Message(NamedTuple):
    """What identifies an entry; context and plural are "" where there is none."""

    text: str
    plural: str = ""
    context: str = ""


class Entry(NamedTuple):
    """An entry of a catalogue: its translations, one a plural form, and what its `#,` line says."""

    message: Message
    words: tuple[str, ...]
    flags: str = ""


class Call(NamedTuple):
    """A call in Python that asks for a translation; `message` is None where a variable is asked for."""

    message: Message | None
    line: int
    is_lazy: bool
    at_import: bool
    is_pieced: bool


# --- Catalogues --------------------------------------------------------------------------------
def catalogues() -> list[Path]:
    """Returns the .po files of the project."""
    return sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))


@cache
def entries_of(path: Path) -> list[Entry]:
    return po_entries(path.read_text())


def po_entries(text: str) -> list[Entry]:
    """Returns the entries of a .po file; the header and what is struck out are left out."""
    found = [_entry(block) for block in re.split(r"\n\s*\n", text.strip())]
    return [entry for entry in found if entry.message.text]


def _entry(block: str) -> Entry:
    fields: dict[str, str] = {}
    field = flags = ""
    for line in block.splitlines():
        if line.startswith("#"):
            flags += line[2:] if line.startswith("#,") else ""
            continue
        name, _quote, rest = line.partition('"')
        field = name.strip() or field
        fields[field] = fields.get(field, "") + ast.literal_eval(f'"{rest}')
    message = Message(fields.get("msgid", ""), fields.get("msgid_plural", ""), fields.get("msgctxt", ""))
    return Entry(message, tuple(fields[key] for key in sorted(fields) if key.startswith("msgstr")), flags)


def po_words(entries: list[Entry]) -> dict[str, list[str]]:
    """Returns msgid (behind its context) -> translations."""
    return {f"{m.context}{CONTEXT}{m.text}" if m.context else m.text: list(words) for m, words, _flags in entries}


def mo_words(path: Path) -> dict[str, list[str]]:
    """Returns the same of a compiled catalogue; the header is left out."""
    with path.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog
    words: dict[str, list[str]] = {}
    for key, translation in sorted(catalogue.items(), key=str):
        words.setdefault(key[0] if isinstance(key, tuple) else key, []).append(translation)
    return {key: translations for key, translations in words.items() if key}


# --- Code and templates ------------------------------------------------------------------------
# gettext, ngettext, pgettext, npgettext, each also lazy and noop -> what its first arguments are
CALLS = {
    f"{kind}gettext{end}": (("context",) if "p" in kind else ()) + (("text", "plural") if "n" in kind else ("text",))
    for kind in ("", "n", "p", "np")
    for end in ("", "_lazy", "_noop")
}
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(rf"(?<![\w.])(_|n?p?gettext)\(\s*({STRING}(?:\s*,\s*{STRING})*)", re.DOTALL)


def calls_in(code: str) -> Iterator[Call]:
    """Yields the calls of functions of django.utils.translation, under whatever name they were imported."""
    tree = ast.parse(code)
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in TRANSLATION
        for alias in node.names
    }
    # A module may have a marker of its own; xgettext goes by the name.
    names |= {node.name: node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in CALLS}
    if names:
        yield from _calls(tree, names, at_import=True)


def _calls(node: ast.AST, names: dict[str, str], *, at_import: bool) -> Iterator[Call]:
    if isinstance(node, ast.Call) and (name := _called(node.func, names)) in CALLS:
        parts = CALLS[name]
        pieced = any(isinstance(argument, ast.JoinedStr | ast.BinOp) for argument in node.args[: len(parts)])
        is_lazy = name.endswith(("_lazy", "_noop"))
        yield Call(_message(parts, _literals(node)), node.lineno, is_lazy, at_import, pieced)
    later = _later(node)
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, names, at_import=at_import and child not in later)


def _called(function: ast.expr, names: dict[str, str]) -> str:
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.attr if names.get(function.value.id) == "translation" else ""
    return names.get(function.id, "") if isinstance(function, ast.Name) else ""


def _literals(call: ast.Call) -> list[str]:
    return [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]


def _later(node: ast.AST) -> list[ast.AST]:
    """What of a function runs when it is called, not when it is defined."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return list(node.body)
    return [node.body] if isinstance(node, ast.Lambda) else []


def _message(parts: tuple[str, ...], literals: list[str]) -> Message | None:
    return Message(**dict(zip(parts, literals, strict=False))) if len(literals) >= len(parts) else None


def words_of_template(source: str) -> Iterator[Message]:
    """Yields what a template hands to gettext, read from what Django makes of it for xgettext."""
    for name, strings in IN_TEMPLATE.findall(templatize(source)):
        found = _message(CALLS["gettext" if name == "_" else name], list(ast.literal_eval(f"({strings},)")))
        if found:
            yield found


def templates() -> list[Path]:
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})


@cache
def calls_in_code() -> list[tuple[str, Call]]:
    """Returns every call of the project with the file in which it stands."""
    paths = [path for place in PLACES for path in (ROOT / place).rglob("*.py")]
    return [(str(path.relative_to(ROOT)), call) for path in paths for call in calls_in(path.read_text())]


@cache
def words_on_screen() -> dict[Message, str]:
    """Returns every message of the project's code and templates, with a file in which it stands."""
    found = {call.message: name for name, call in calls_in_code() if call.message and call.message.text}
    for path in templates():
        found |= dict.fromkeys(words_of_template(path.read_text()), str(path.relative_to(ROOT)))
    return found
