"""Characters that neither a page nor a feed can hold."""

import re

REPLACEMENT = "\ufffd"
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_MAX_DIGITS = 7
_LAST = 0x10FFFF


def without_forbidden(text: str) -> str:
    """Returns `text` with U+FFFD for every character that XML or HTML forbids."""
    return _FORBIDDEN.sub(REPLACEMENT, text)


def without_forbidden_references(html: str) -> str:
    """Returns `html` with U+FFFD for every numbered reference to such a character."""
    return _REFERENCE.sub(_checked, html)


def _checked(match: re.Match[str]) -> str:
    digits, base = (match[1], 16) if match[1] else (match[2], 10)
    digits = digits.lstrip("0") or "0"
    number = int(digits, base) if len(digits) <= _MAX_DIGITS else _LAST + 1
    return match[0] if number <= _LAST and not _FORBIDDEN.match(chr(number)) else REPLACEMENT
