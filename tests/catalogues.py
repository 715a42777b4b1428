"""Reads catalogues and finds the words on screen, without gettext's programs."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).parent.parent
PLACES = ("cop_portal", "members", "library", "sessions", "feedback", "practice")
# name of the function -> how many of its first arguments are words, and whether a context stands before them
CALLS = {
    "_": (1, False),
    "gettext": (1, False),
    "gettext_lazy": (1, False),
    "gettext_noop": (1, False),
    "ngettext": (2, False),
    "ngettext_lazy": (2, False),
    "pgettext": (1, True),
    "pgettext_lazy": (1, True),
    "npgettext": (2, True),
    "npgettext_lazy": (2, True),
}
STRING = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(rf"\b(npgettext|pgettext|ngettext|gettext|_)\(\s*{STRING}(?:\s*,\s*{STRING})?")
CONTEXT = "\x04"


def po_entries(text: str) -> dict[str, list[str]]:
    """Returns msgid (behind its context) -> translations of a .po file; what is fuzzy or struck out is left out."""
    entries = {}
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.splitlines() if line.strip()]
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        fields: dict[str, str] = {}
        field = ""
        for line in lines:
            if line.startswith("#"):
                continue
            name, words = re.fullmatch(r"(msg\w+(?:\[\d\])?)?\s*(\".*\")\s*", line).groups()
            field = name or field
            fields[field] = fields.get(field, "") + ast.literal_eval(words)
        if "msgid" in fields:
            context = f"{fields['msgctxt']}{CONTEXT}" if "msgctxt" in fields else ""
            entries[context + fields["msgid"]] = [fields[key] for key in sorted(fields) if key.startswith("msgstr")]
    return entries


def mo_entries(path: Path) -> dict[str, list[str]]:
    """Returns msgid -> translations of a compiled catalogue, in the shape of `po_entries`."""
    with path.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog
    entries: dict[str, list[str]] = {}
    for key, words in sorted(catalogue.items(), key=str):
        entries.setdefault(key[0] if isinstance(key, tuple) else key, []).append(words)
    return entries


def words_of_python(source: str) -> Iterator[str]:
    """Yields what the code hands to gettext; whatever is no plain string is no word."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        number, with_context = CALLS.get(name, (0, False))
        values = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if number and len(values) > with_context:
            yield f"{values[0]}{CONTEXT}{values[1]}" if with_context else values[0]


def words_of_template(source: str) -> Iterator[str]:
    """Yields what a template hands to gettext."""
    for name, first, second in IN_TEMPLATE.findall(templatize(source)):
        words = ast.literal_eval(first)
        yield f"{words}{CONTEXT}{ast.literal_eval(second)}" if name.endswith("pgettext") else words


def words_on_screen() -> set[str]:
    """Returns every msgid of the project's code and templates."""
    words: set[str] = set()
    for place in PLACES:
        for path in (ROOT / place).rglob("*.py"):
            words.update(words_of_python(path.read_text()))
    for path in (ROOT / "templates").rglob("*"):
        if path.suffix in {".html", ".txt"}:
            words.update(words_of_template(path.read_text()))
    return words - {""}


def catalogues() -> list[Path]:
    """Returns the .po files of the project."""
    return sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
