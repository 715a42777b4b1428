"""Which entries of an import are in the library already, asked of the database in batches."""

from collections.abc import Iterable
from itertools import batched

from cop_portal.lib.text import clean_name
from library.actions import MAX_ADDRESS
from library.forms import MAX_TITLE
from library.import_notes import asked_answers
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
    if entry.kind == Material.Kind.INSIGHT:
        answers = sorted((name, _plain(text)) for name, text in asked_answers(entry).items())
        return (entry.kind, title_of(entry), *(part for one in answers if one[1] for part in one))
    return (entry.kind, title_of(entry), _plain(entry.body))


def title_of(entry: Entry) -> str:
    """Returns the title as its form will store it."""
    return clean_name((entry.title.strip() or entry.address)[:MAX_TITLE])


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
        titles = [title_of(entry) for entry in batch if entry.kind in {"article", "insight"}]
        for material in rows.filter(kind__in=("article", "insight"), title__in=titles).select_related("insight"):
            found.add(key_of(_as_entry(material)))
    return found


def _as_entry(material: Material) -> Entry:
    if material.kind != Material.Kind.INSIGHT:
        return Entry(material.kind, material.title, body=material.body)
    insight = material.insight
    return Entry(material.kind, material.title, nature=insight.nature, answers=insight.answers)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
