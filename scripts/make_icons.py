"""Builds static/icons.svg from a folder of Lucide icons.

    python scripts/make_icons.py FOLDER

FOLDER is `icons/` of the package "lucide-static" (ISC licence, kept in static/icons-LICENSE). To add a picture, write
its name into scripts/icons.txt and run this again. The sprite is committed: nobody needs the package to run the portal.
"""

import re
import sys
from pathlib import Path

SPRITE = Path(__file__).resolve().parent.parent / "static" / "icons.svg"

NAMES = SPRITE.parents[1] / "scripts" / "icons.txt"

SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"'
    ' stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'
)


def symbol(name: str, svg: str) -> str:
    """Returns one Lucide file as a symbol: only its shapes, without white space between them."""
    shapes = re.sub(r"^.*?<svg.*?>|</svg>.*$", "", svg, flags=re.DOTALL)
    return SYMBOL.format(name=name, shapes=re.sub(r"\s*\n\s*", "", shapes).replace(" />", "/>"))


def sprite(folder: Path) -> str:
    """Returns the whole sprite, one symbol a line; raises OSError when the folder lacks a picture."""
    symbols = [symbol(name, (folder / f"{name}.svg").read_text()) for name in NAMES.read_text().split()]
    head = "<!-- Lucide, ISC licence: icons-LICENSE. Built by scripts/make_icons.py. -->"
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', head, *symbols, "</svg>", ""])


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004
        sys.exit(__doc__)
    SPRITE.write_text(sprite(Path(sys.argv[1])))
    print(f"{SPRITE}: {SPRITE.stat().st_size:,} bytes")
