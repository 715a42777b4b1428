"""What people type into the search, understood. Imports no model; `library.finding` asks the database."""

import re
from dataclasses import dataclass

from library import words

MAX_PARTS = 24  # of one query; nobody types more, and each costs a look into the index
_PART = re.compile(r'(-*)(?:"([^"]*)"?|([^\s"]+))')
_BREAK = re.compile(r"[,;|()\[\]{}<>!?]+")
_TYPED = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "−": "-", "–": "-", "—": "-"})

type Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """All `terms` and `phrases` are wanted, no exclusion is; each is in tokens of `library.words`.

    A phrase is found where its words follow each other in any of their forms: "shared rotas" finds
    "a shared rota".
    """

    terms: tuple[str, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    exclusions: tuple[Phrase, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms or self.phrases or self.exclusions)

    @property
    def wanted(self) -> tuple[Phrase, ...]:
        """Terms as phrases of one word, then the phrases."""
        return (*((term,) for term in self.terms), *self.phrases)

    @property
    def marked(self) -> frozenset[str]:
        """The tokens to highlight."""
        return frozenset(token for phrase in self.wanted for token in phrase)


def parse(text: str) -> Query:
    """Returns the query that `text` means; never raises.

    Words are terms, `"words in quotes"` a phrase, `-word` and `-"words"` exclusions. What hangs together
    (`one-to-ones`, `README.md`) is a phrase. What holds no word at all gives an empty query.
    """
    wanted: list[Phrase] = []
    unwanted: list[Phrase] = []
    for minus, quoted, chunk in _PART.findall(words.normal(text).translate(_TYPED)):
        pieces = [quoted] if quoted else _BREAK.split(chunk)
        found = (tuple(words.tokens(piece)) for piece in pieces)
        (unwanted if minus else wanted).extend(phrase for phrase in found if phrase)
    wanted = list(dict.fromkeys(wanted))[:MAX_PARTS]
    return Query(
        terms=tuple(phrase[0] for phrase in wanted if len(phrase) == 1),
        phrases=tuple(phrase for phrase in wanted if len(phrase) > 1),
        exclusions=tuple(dict.fromkeys(unwanted))[:MAX_PARTS],
    )
