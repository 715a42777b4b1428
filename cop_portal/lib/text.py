"""Names as people type them, made safe to show next to each other; and words for a wait."""

import unicodedata

from django.utils.translation import ngettext

MAX_NAME = 1_000  # more is no name, and normalising long runs of accents takes quadratic time
# Control, format (zero width, bidirectional), surrogate, private use, unassigned.
_UNWANTED = {"Cc", "Cf", "Cs", "Co", "Cn"}
# Letters and marks that show nothing: joiners and fillers, a blank braille cell, variation selectors.
_BLANK = {*"\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"} | {
    chr(code)
    for start, end in ((0x180B, 0x180F), (0xFE00, 0xFE0E), (0xE0100, 0xE01EF))
    for code in range(start, end + 1)
}
_MANY = 90  # seconds or minutes; beyond, the next unit says it better
_JOINER, _AS_EMOJI = "\u200d", "\ufe0f"


def clean_name(text: str) -> str:
    """Returns a one-line name: NFKC, no control, bidirectional or zero-width characters, single spaces.

    Only within emoji the joiner and the emoji selector stay, as in the picture of a family.
    What the function returns it returns unchanged. Longer names than MAX_NAME are cut.
    """
    cleaned = " ".join(_visible(unicodedata.normalize("NFKC", text[:MAX_NAME])).split())[:MAX_NAME].rstrip()
    return cleaned if cleaned == text else clean_name(cleaned)


def is_zero_width(char: str) -> bool:
    """Whether this character shows nothing and takes no room."""
    return char in _BLANK or char == _AS_EMOJI or unicodedata.category(char) in {"Cc", "Cf"}


def wait_in_words(seconds: int) -> str:
    """Returns when to try again, in the unit that fits, rounded up: "Try again in 5 minutes."."""
    if seconds <= _MANY:
        return ngettext("Try again in %(n)d second.", "Try again in %(n)d seconds.", seconds) % {"n": seconds}
    minutes = -(-seconds // 60)
    if minutes <= _MANY:
        return ngettext("Try again in %(n)d minute.", "Try again in %(n)d minutes.", minutes) % {"n": minutes}
    hours = -(-minutes // 60)
    return ngettext("Try again in %(n)d hour.", "Try again in %(n)d hours.", hours) % {"n": hours}


def _visible(text: str) -> str:
    kept: list[str] = []
    for char, after in zip(text, (text + " ")[1:], strict=True):
        if char.isspace():
            kept.append(" ")
        elif char in {_JOINER, _AS_EMOJI}:
            if kept and _in_emoji(kept[-1], joined=char == _JOINER) and (char == _AS_EMOJI or _is_picture(after)):
                kept.append(char)
        elif char not in _BLANK and unicodedata.category(char) not in _UNWANTED:
            kept.append(char)
    return "".join(kept)


def _in_emoji(before: str, *, joined: bool) -> bool:
    return _is_picture(before) or (joined and before == _AS_EMOJI)


def _is_picture(char: str) -> bool:
    return unicodedata.category(char) in {"So", "Sk"}  # Sk: the skin tones
