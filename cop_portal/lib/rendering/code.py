"""Fenced code: a `pre` with the classes of Pygments, whatever its header says."""

from functools import lru_cache
from io import StringIO
from typing import Any

from markdown import Markdown
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound
from pymdownx.superfences import SuperFencesCodeExtension

_FORMATTER = HtmlFormatter[str](nowrap=True)


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer:
    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return TextLexer()


def _highlighted(source: str, language: str, *_: Any, **__: Any) -> str:
    """Returns the code as HTML. Raises nothing but what a lexer raises."""
    spans = StringIO()
    _FORMATTER.format(_lexer(language).get_tokens(source), spans)
    return f'<pre class="highlight"><code>{spans.getvalue()}</code></pre>'


def _takes_any_header(_language: str, _inputs: object, _options: object, _attributes: object, _md: Markdown) -> bool:
    """Drops titles, line numbers, ids and classes: superfences would let a title be raw HTML."""
    return True


def fences() -> SuperFencesCodeExtension:
    """Returns the extension for fenced code, also inside lists and quotes."""
    fence = {"name": "*", "class": "highlight", "format": _highlighted, "validator": _takes_any_header}
    return SuperFencesCodeExtension(custom_fences=[fence], relaxed_headers=True)
