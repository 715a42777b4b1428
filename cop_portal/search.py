"""The search over everything: what a member finds in all apps for these words."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from library.finding import top_of
from library.principles import Principle
from library.rows import Row as MaterialRow
from library.rows import rows_of
from library.search import parse
from members.models import Member
from members.wording import holds, words_in
from sessions.models import Session
from sessions.rows import Row as SessionRow
from sessions.rows import row_of
from sessions.topics import Topic

_SIGN = re.compile(r'["“”„]|(?<!\S)[-+](?=\S)')  # the library's own signs mean nothing elsewhere
MATERIALS, SESSIONS, TOPICS, PRINCIPLES, PEOPLE = 6, 5, 5, 4, 6


class SearchForm(forms.Form):
    """Words to look for; they live in the address."""

    q = forms.CharField(
        label=_("What are you looking for?"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


@dataclass(frozen=True)
class Found:
    """The best of each kind, and where the library shows the rest."""

    materials: list[MaterialRow]
    sessions: list[SessionRow]
    topics: list[Topic]
    principles: list[Principle]
    people: list[Member]
    more_url: str

    def __len__(self) -> int:
        groups: tuple[list[Any], ...] = (self.materials, self.sessions, self.topics, self.principles, self.people)
        return sum(map(len, groups))


def everything(member: Member, text: str, *, now: datetime) -> Found:
    """Returns what `member` may see for the words of `text`."""
    materials = rows_of(top_of(member, text, MATERIALS + 1), parse(text).marked)
    return Found(
        materials[:MATERIALS],
        _sessions(member, text, now),
        list(_with_words(Topic.objects.listed(), text, "title", "why").order_by("-pk")[:TOPICS]),
        list(_with_words(Principle.objects.all(), text, "title", "statement")[:PRINCIPLES]),
        _people(text),
        _library_url(text) if len(materials) > MATERIALS else "",
    )


def _sessions(member: Member, text: str, now: datetime) -> list[SessionRow]:
    """Titles and summaries; notes may be meant for those who came, so nobody finds anything in them."""
    zone = ZoneInfo(member.time_zone)
    seen = Session.objects.visible_to(member, now=now).exclude(state=Session.State.DATED)
    found = _with_words(seen, text, "title", "summary").for_rows().with_answer_of(member)
    return [row_of(session, zone=zone, now=now) for session in found.order_by("-starts_at", "-pk")[:SESSIONS]]


def _people(text: str) -> list[Member]:
    return list(Member.objects.in_directory().matching(text).for_cards()[:PEOPLE])


def _with_words(rows: Any, text: str, *fields: str) -> Any:
    condition: Q | None = every_word(text, *fields)
    return rows.none() if condition is None else rows.filter(condition)


def _library_url(text: str) -> str:
    query = QueryDict(mutable=True)
    query["q"] = text
    return f"{reverse('library:index')}?{query.urlencode()}"


def every_word(text: str, *fields: str) -> Q | None:
    """Returns the condition that each word of `text` stands in one of `fields`, None without a word."""
    conditions = [holds(word, *fields) for word in words_in(_SIGN.sub(" ", text))]
    return reduce(and_, conditions) if conditions else None
