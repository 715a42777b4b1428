"""Lists and code where people type them: right below a line of text, and nested by two spaces."""

import re
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.preprocessors import Preprocessor

_TAB = 4  # Python-Markdown's indentation of what belongs to a list item
_ITEM = re.compile(r"( *)([-*+]|[0-9]{1,9}\.)( +)(?=\S)")
# A number opens a list inside a paragraph only when it is 1: "in\n2024. We" is a sentence.
_LIST_BELOW_TEXT = re.compile(r"\n(?= {0,3}(?:[-*+]|1\.) +\S)")
_NOT_TEXT = re.compile(r" {4}| {0,3}(?:[-*+] |[0-9]+\. |>|\[[^\]]*\]:)")
_CODE_BESIDE_TEXT = re.compile(r"\n *\x02wzxhzdk:[0-9]+\x03(?=\n|$)|^ *\x02wzxhzdk:[0-9]+\x03(?=\n *\S)")


class NestedLists(Preprocessor):
    """Indents what belongs to a list item by four spaces a level, where two or three were typed."""

    def run(self, lines: list[str]) -> list[str]:
        self._starts: list[int] = []  # the column at which the text of each open item starts
        self._after_blank = True
        return [self._indented(line) for line in lines]

    def _indented(self, line: str) -> str:
        text = line.lstrip(" ")
        after_blank, self._after_blank = self._after_blank, not text
        if not text:
            return line
        indent = len(line) - len(text)
        item = self._item(line, indent)
        if item or after_blank:
            self._close_items(indent)
        level = len(self._starts)
        if item:
            self._starts.append(min(item.end(), indent + len(item[2]) + _TAB))
        elif level and indent < self._starts[-1]:
            return line  # a lazy line of the item above
        return line if indent >= level * _TAB or not level else " " * (level * _TAB) + text

    def _item(self, line: str, indent: int) -> re.Match[str] | None:
        """Returns the list marker of the line, unless it is deep enough to be code."""
        start = next((column for column in reversed(self._starts) if column <= indent), 0)
        return _ITEM.match(line) if indent - start < _TAB else None

    def _close_items(self, indent: int) -> None:
        while self._starts and indent < self._starts[-1]:
            self._starts.pop()


class Divided(BlockProcessor):
    """Cuts a block of text in two, or in three, where `border` matches."""

    def __init__(self, md: Markdown, border: re.Pattern[str]) -> None:
        super().__init__(md.parser)
        self._border = border

    def test(self, parent: Element, block: str) -> bool:
        return not _NOT_TEXT.match(block) and self._border.search(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        block = blocks[0]
        border = self._border.search(block)
        if border is not None:
            parts = (block[: border.start()], border[0].strip(), block[border.end() :].removeprefix("\n"))
            blocks[0:1] = [part for part in parts if part.strip()]


class BlocksExtension(Extension):
    """Lists and code need no blank line before them, and lists nest by two spaces."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the library's name)
        md.preprocessors.register(NestedLists(md), "nested_lists", 20)
        md.parser.blockprocessors.register(Divided(md, _CODE_BESIDE_TEXT), "code_beside_text", 95)
        md.parser.blockprocessors.register(Divided(md, _LIST_BELOW_TEXT), "list_below_text", 45)
