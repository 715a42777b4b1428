"""Words looked for in short fields, the same way on every database."""

from django.db.models import Q

MOST_WORDS = 10


def words_in(text: str) -> list[str]:
    """Returns the words that are looked for: small, each once, MOST_WORDS at most."""
    return list(dict.fromkeys(text.replace("\0", " ").lower().split()))[:MOST_WORDS]


def holds(word: str, *fields: str) -> Q:
    """Returns the condition that one of `fields` has `word`, in capitals or not.

    SQLite compares letters beyond ASCII exactly: `özge` is looked for as `Özge` too.
    """
    spellings = [word] if word.isascii() else [word, word.capitalize(), word.upper()]
    return Q(*((f"{field}__icontains", one) for field in fields for one in spellings), _connector=Q.OR)
