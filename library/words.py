"""Words as the search sees them: the same tokens on every database. Imports no Django.

A text becomes a list of tokens: Unicode-normalised (NFKC), small letters, accents folded, English words
stemmed. English stems serve all texts: titles mix languages, and one rule keeps the hits the same
everywhere; words of other languages are found as they are written (accents aside). `c++`, `c#` and `.net`
are tokens of their own. Signs of Chinese and Japanese are a token each, since nothing parts their words.

In an index a token is written with `a-y0-9` and `z` + hexadecimal bytes for every other character, so that no
database's own tokenizer finds anything to do; a token's beginning is the beginning of what is written.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

MAX_TOKEN = 64  # characters; what comes after is dropped from index and query alike
SEPARATOR = "z"  # no token is written like this, so no phrase reaches over it

_UNSEEN = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))  # soft hyphens, zero width
_SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PICTURES = "\u2600-\u27bf\U0001f300-\U0001faff"
_MARKS = "".join(chr(code) for code in (*range(0x300, 0x1E00), *range(0xA800, 0xAC00))
                 if unicodedata.category(chr(code))[0] == "M")  # fmt: skip
_LETTERS = rf"[^\W_{_SIGNS}]+(?:[{_MARKS}]+[^\W_{_SIGNS}]*)*"
_WORD = re.compile(
    rf"[{_SIGNS}{_PICTURES}]|(?:(?<![\w.])\.(?=[^\W\d_]))?{_LETTERS}(?:['’]{_LETTERS})*(?:\+\+|\#(?!\w))?"
)
_ACCENTS = re.compile("[\u0300-\u036f]+")
_OTHER_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxy0123456789")


def normal(text: str) -> str:
    """Returns the text in which `spans` finds words: NFKC, without characters that nobody sees."""
    return unicodedata.normalize("NFKC", text.translate(_UNSEEN))


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Yields start, end and token of each word of `text`, which is `normal` already."""
    for match in _WORD.finditer(text):
        token = token_of(match[0])
        if token:
            yield match.start(), match.end(), token


def tokens(text: str) -> list[str]:
    """Returns the tokens of a text in their order."""
    return [token for _start, _end, token in spans(normal(text))]


@lru_cache(maxsize=20_000)
def token_of(word: str) -> str:
    """Returns what all spellings and forms of one word have in common: `Delegating` and `delegate` give `deleg`."""
    folded = folded_of(word)
    if folded.isascii() and folded.replace("'", "").isalpha():
        folded = _stem(folded)
    return folded.replace("'", "")[:MAX_TOKEN]


def folded_of(word: str) -> str:
    """Returns the word in small letters without accents, not stemmed."""
    folded = word.casefold().replace("’", "'")
    if not folded.isascii():
        bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", folded))
        folded = unicodedata.normalize("NFC", bare).translate(_OTHER_LETTERS)
    return folded


def beginnings(text: str) -> list[str]:
    """Returns the words of a text that suggestions look at by their beginnings: folded, not stemmed."""
    words = (folded_of(match[0]).replace("'", "")[:MAX_TOKEN] for match in _WORD.finditer(normal(text)))
    return [word for word in words if word]


def encoded(token: str) -> str:
    """Returns the token as an index holds it."""
    return token if _PLAIN.issuperset(token) else _encoded(token)


def written(parts: list[list[str]]) -> str:
    """Returns a column of the index: the tokens of all parts, each with a space on both sides.

    No phrase reaches from one part into the next. Nothing gives the empty string.
    """
    filled = [" ".join(map(encoded, part)) for part in parts if part]
    return f" {f' {SEPARATOR} '.join(filled)} " if filled else ""


@lru_cache(maxsize=20_000)
def _encoded(token: str) -> str:
    return "".join(char if char in _PLAIN else f"z{char.encode('utf-8', 'replace').hex()}" for char in token)


def _stem(word: str) -> str:
    from snowballstemmer.english_stemmer import EnglishStemmer

    # A new one each time: it keeps the word it works on, and pages are made in several threads.
    stemmed: str = EnglishStemmer().stemWord(word)
    return stemmed
