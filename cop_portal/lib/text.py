"""Names as people type them, made safe to show next to each other."""

import unicodedata

# Cc control, Cf format (zero width, bidirectional), Cs surrogates, Co private use, Cn unassigned.
_UNWANTED = {"Cc", "Cf", "Cs", "Co", "Cn"}
_JOINERS = {"\u200d", "\ufe0f"}  # emoji sequences need them; alone they are dropped


def clean_name(text: str) -> str:
    """Returns a one-line name: NFKC, no control, bidirectional or zero-width characters, single spaces.

    A zero-width joiner or an emoji variation selector stays only between visible characters
    of which the one before is no letter, as in family emoji.
    """
    text = unicodedata.normalize("NFKC", text)
    kept: list[str] = []
    for char in text:
        if char.isspace():
            kept.append(" ")
        elif char in _JOINERS:
            if kept and kept[-1] != " " and unicodedata.category(kept[-1])[0] in "SM":
                kept.append(char)
        elif unicodedata.category(char) not in _UNWANTED:
            kept.append(char)
    return " ".join("".join(kept).split()).rstrip("".join(_JOINERS - {"\ufe0f"}))
