"""What a row of an import says besides its state: what is left out of it, and what comes along with it."""

from collections.abc import Iterable, Iterator, Set

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from library.aftermath import ASKED
from library.importing.entries import Entry
from library.importing.said import moment_of
from library.mentions import mentioned
from library.models import Insight, Link, Material, Principle
from library.natures import NATURES
from library.rows import byline_of
from members.models import Member

NAMED, MAX_NAME = 5, 60  # names in one note, and characters of each


def known_principles(entries: Iterable[Entry]) -> frozenset[str]:
    """Returns the titles of all principles here; no query where no entry names one."""
    if not any(entry.principles for entry in entries):
        return frozenset()
    return frozenset(Principle.objects.values_list("title", flat=True))


def is_others(entry: Entry, member: Member) -> bool:
    """Whether it stood under a name that is not how `member`'s own would be shown."""
    own = Material(owner=member, team=member.team, shown_as=entry.shown_as or Material.ShownAs.OWNER)
    return bool(entry.by) and entry.by != byline_of(own)


def origin_of(entry: Entry, member: Member) -> str:
    """Returns the name it stood under where it came from, "" where that is `member`'s or was nobody's."""
    named = is_others(entry, member) and entry.shown_as != Material.ShownAs.ANONYMOUS
    return str(entry.said.get("by", "")) or (entry.by[:200] if named else "")


def asked_answers(entry: Entry) -> dict[str, str]:
    """Returns the answers to what its nature asks; nothing else may pass for a field of its form."""
    asked = NATURES[entry.nature].questions if entry.nature in NATURES else ()
    return {one.name: entry.answers[one.name] for one in asked if one.name in entry.answers}


def known_choice(entry: Entry, name: str) -> str:
    """Returns `outcome` or `repeat` where the nature asks for it and knows the value, or else ""."""
    choices = {"outcome": Insight.Outcome.values, "repeat": Insight.Repeat.values}[name]
    asks = entry.nature in NATURES and NATURES[entry.nature].asks_outcome
    return getattr(entry, name) if asks and getattr(entry, name) in choices else ""


def notes_on(entry: Entry, member: Member, principles: Set[str]) -> str:
    """Returns the sentences for a row that can become a material, "" where all of it is taken as it stands."""
    return " ".join([*_left_out(entry, principles), *_brought(entry, member)])


def twin_notes(entry: Entry) -> str:
    """Returns what is said of one that is there already: it stays as it is."""
    if entry.said.get("comments") or entry.said.get("adaptations"):
        return _("It stays as it is; what others said about it in the file is left out.")
    return ""


def _left_out(entry: Entry, principles: Set[str]) -> Iterator[str]:
    missing = [title for title in dict.fromkeys(entry.principles) if title not in principles]
    if missing:
        yield ngettext(
            "The principle %(names)s does not exist here and is left out.",
            "The principles %(names)s do not exist here and are left out.",
            len(missing),
        ) % {"names": _quoted(missing)}
    unknown = _unknown(entry)
    if unknown:
        yield ngettext(
            "%(names)s has no place here and is left out.",
            "%(names)s have no place here and are left out.",
            len(unknown),
        ) % {"names": _quoted(unknown)}
    if entry.published and not moment_of(entry.published):
        yield _("The date “%(date)s” cannot be read; it counts as new.") % {"date": entry.published[:MAX_NAME]}
    links = len(mentioned([entry.body, *asked_answers(entry).values()], site=settings.SITE_URL))
    if links:
        yield ngettext(
            "%(n)d link in it counts on the numbers of where it came from; look whether it still leads there.",
            "%(n)d links in it count on the numbers of where it came from; look whether they still lead there.",
            links,
        ) % {"n": links}
    count = entry.said.get("left_out", 0)
    if count:
        yield ngettext(
            "%(n)d thing that others said cannot be read and is left out.",
            "%(n)d things that others said cannot be read and are left out.",
            count,
        ) % {"n": count}


def _unknown(entry: Entry) -> list[str]:
    """Returns what its kind or nature does not ask, or what is no answer to it."""
    found = []
    if entry.kind == Material.Kind.LINK and entry.medium and entry.medium not in Link.Medium.values:
        found.append(entry.medium)
    if entry.kind != Material.Kind.INSIGHT:
        return found
    found += [name for name, text in sorted(entry.answers.items()) if text.strip() and name not in asked_answers(entry)]
    found += [
        getattr(entry, name) for name in ("outcome", "repeat") if getattr(entry, name) != known_choice(entry, name)
    ]
    if entry.became.strip() and entry.nature not in ASKED:
        found.append("became")
    if entry.body.strip():
        found.append(entry.body.strip())
    return found


def _brought(entry: Entry, member: Member) -> Iterator[str]:
    comments, answers = (len(entry.said.get(name, ())) for name in ("comments", "adaptations"))
    origin = origin_of(entry, member)
    if origin:
        yield _("It stood under “%(name)s” and comes in without a name.") % {"name": origin[:MAX_NAME]}
    if comments:
        yield ngettext(
            "%(n)d comment comes along; only you see it.", "%(n)d comments come along; only you see them.", comments
        ) % {"n": comments}
    if answers:
        yield ngettext(
            "What %(n)d team makes of it comes along; only you see it.",
            "What %(n)d teams make of it comes along; only you see it.",
            answers,
        ) % {"n": answers}


def _quoted(names: list[str]) -> str:
    quoted = [_("“%(name)s”") % {"name": name[:MAX_NAME]} for name in names[:NAMED]]
    return ", ".join(quoted) + (" …" if len(names) > NAMED else "")
