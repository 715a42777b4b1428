"""Which entries of an import are in the library already, asked of the database in batches."""

from collections.abc import Iterable
from itertools import batched

from library.actions import MAX_ADDRESS
from library.importing.entries import Entry
from library.links import normal_address
from library.models import Attachment, Material
from members.models import Member

BATCH = 400

type Key = tuple[str, ...]


def key_of(entry: Entry) -> Key:
    """Returns what two entries of the same thing have in common."""
    if entry.kind == Material.Kind.LINK:
        return ("link", normal_address(entry.address)[:MAX_ADDRESS])
    if entry.kind == Material.Kind.FILE and entry.sha256:
        return ("file", entry.sha256)
    answers = [text for _name, text in sorted(entry.answers.items()) if text]
    return (entry.kind, entry.title.strip(), _plain(entry.body), *map(_plain, answers))


def known_keys(entries: Iterable[Entry], member: Member) -> set[Key]:
    """Returns the keys of those that `member` can find already, or has thrown into their own bin."""
    found: set[Key] = set()
    rows = Material.objects.visible_to(member) | Material.objects.filter(owner=member)
    for batch in batched(entries, BATCH):
        links = [key_of(entry)[1] for entry in batch if entry.kind == Material.Kind.LINK]
        addresses = rows.filter(link__normal_address__in=links).values_list("link__normal_address", flat=True)
        found |= {("link", address) for address in addresses}
        sums = [entry.sha256 for entry in batch if entry.sha256]
        same = Attachment.objects.filter(sha256__in=sums, material__in=rows).values_list("sha256", flat=True)
        found |= {("file", sha256) for sha256 in same}
        titles = [entry.title.strip() for entry in batch if entry.kind in {"article", "insight"}]
        for material in rows.filter(kind__in=("article", "insight"), title__in=titles).select_related("insight"):
            found.add(key_of(_as_entry(material)))
    return found


def _as_entry(material: Material) -> Entry:
    answers = material.insight.answers if material.kind == Material.Kind.INSIGHT else {}
    return Entry(material.kind, material.title, body=material.body, answers=answers)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
