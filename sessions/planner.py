"""The page on which a session is planned: its form, agenda and materials as they stand at one moment."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import Member
from sessions import planning
from sessions.agendas import AgendaTemplate
from sessions.blocks import Blocks
from sessions.coming import Coming, Person
from sessions.formats import Format
from sessions.hosting import leads_running, least_recent_leads
from sessions.models import AgendaItem, LeadOffer, Session
from sessions.page import Block, Faces, SessionPage
from sessions.people import Directory
from sessions.picks import Picks
from sessions.plan_forms import SessionPlanForm
from sessions.recurrence import instant
from sessions.series import Series
from sessions.texts import shown_texts
from sessions.times import block_times, when
from sessions.topics import Topic

SAVES = frozenset({"save", "publish"})
SUGGESTED = 3
A_FORTNIGHT = timedelta(weeks=2)


class Plan:
    """What one page of the form holds. `data` is what was sent, None for a page that is opened."""

    def __init__(
        self, session: Session, *, member: Member, data: Any = None, topic: Topic | None = None, now: datetime
    ) -> None:
        self.session, self.member, self.topic, self.now = session, member, topic, now
        self.command = str(data.get("do", "")) if data is not None else ""
        leads = list(session.leads.all()) if session.pk else []
        people = [one for one in (*leads, session.note_taker) if one]
        items = list(session.agenda.select_related("lead")) if session.pk else []
        self.directory = Directory([*people, *(one.lead for one in items if one.lead)])
        self.offering = [one.member for one in self._offers()]
        self.suggested = least_recent_leads(session, self.directory.members.values(), now=now)[:SUGGESTED]
        self.blocks = Blocks(items, data, self.directory)
        self.picks = Picks(session, data, member)
        self.form = SessionPlanForm(
            data,
            instance=session,
            initial=self._initial(leads),
            directory=self.directory,
            offered=self._offered(leads, data),
            runs_series=member.may_facilitate,
            checks=self.command in {*SAVES, "preview"},
        )

    def _offers(self) -> Iterable[LeadOffer]:
        if not self.session.pk:
            return ()
        return self.session.lead_offers.filter(was_asked=False).select_related("member__team")

    def _initial(self, leads: list[Member]) -> dict[str, Any]:
        """What a page shows that was just opened; a topic brings title, format, principles and its proposer."""
        found: dict[str, Any] = {"leads": [one.pk for one in leads]}
        if self.topic is None:
            return found
        found["topic"] = self.topic.pk
        found["title"] = self.session.title or self.topic.title
        found["summary"] = self.session.summary or self.topic.why
        found["principles"] = [one.pk for one in self.topic.principles.all()]
        if self.topic.format:
            found["format"] = self.topic.format
        if self.topic.proposed_by_id in self.directory.members and not leads:
            found["leads"] = [self.topic.proposed_by_id]
        return found

    def _offered(self, leads: Iterable[Member], data: Any) -> list[Member]:
        """Whose boxes are there: the leads, the proposer, whoever was ticked or named, whose turn it would be."""
        typed = set(data.getlist("leads")) if data is not None else set()
        named = self.directory.find(str(data.get("another_lead", ""))) if data is not None else None
        proposer = self.topic.proposed_by if self.topic else None
        ticked = [one for pk, one in self.directory.members.items() if str(pk) in typed]
        wanted = [*leads, *ticked, *self.offering, *(one for one in (proposer, named) if one), *self.suggested]
        return [one for one in dict.fromkeys(wanted) if one.pk in self.directory.members]

    # --- What is done with it ----------------------------------------------------------------

    def follow(self) -> bool:
        """Does what a button of the page asks, short of storing; says whether nothing is wrong."""
        self.picks.search()
        verb, _dash, rest = self.command.partition("-")
        if verb == "block":
            self.blocks.do(rest)
        elif self.command == "template" and self.template:
            self.blocks.take(self.template)
        return self.is_valid() if self.form.checks else True

    def is_valid(self) -> bool:
        """Whether it can be stored as it stands."""
        self.form.publishes = self.command == "publish"
        return all([self.form.is_valid(), self.blocks.is_valid()])

    def store(self) -> Session:
        """Stores a valid plan, and publishes it where that is asked."""
        form, publish = self.form, self.command == "publish"
        form.instance.note_taker = form.cleaned_data["note_taker"]
        around = planning.Around(
            form.chosen_leads(),
            form.cleaned_data["principles"],
            self.blocks.chosen,
            self.picks.as_rows(form.instance),
        )
        if not form.instance.pk:
            return planning.plan_session(form.instance, around, publish=publish, now=self.now)
        changed = form.changed_fields
        if form.asks_for_later_ones:
            form.leave_schedule()
            changed -= {"starts_at", "minutes", "zone", "place", "link", "capacity"}
        return planning.replan_session(form.instance, around, changed, publish=publish, now=self.now)

    # --- What it shows -----------------------------------------------------------------------

    @property
    def format(self) -> Format:
        """The format as it stands in the form."""
        typed = self.form["format"].value()
        return Format(typed) if typed in Format.values else Format.WORKSHOP

    @property
    def template(self) -> AgendaTemplate | None:
        return AgendaTemplate.objects.filter(format=self.format).prefetch_related("steps").first()

    @property
    def timed_blocks(self) -> list[tuple[str, Any]]:
        return self.blocks.timed(self.form.local_start_typed())

    @property
    def overrun(self) -> str:
        """What there is to say about blocks that are longer than the session."""
        typed = str(self.form["minutes"].value() or "")
        minutes = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < len("10000") else 0
        over = self.blocks.total - minutes
        if over <= 0 or not minutes:
            return ""
        words = ngettext(
            "The blocks take %(n)d minute longer than the session.",
            "The blocks take %(n)d minutes longer than the session.",
            over,
        )
        return words % {"n": over}

    @property
    def lead_notes(self) -> list[str]:
        """Whose turn it would be, and whose topic it is."""
        found = []
        if self.topic and self.topic.proposed_by_id in self.directory.members:
            words = _("%(name)s proposed the topic.")
            found.append(words % {"name": self.directory.label(self.topic.proposed_by)})
        if self.offering:
            words = _("Would like to lead: %(names)s.")
            found.append(words % {"names": ", ".join(map(self.directory.label, self.offering))})
        running = leads_running(self.session) if self.session.pk else []
        if running:
            words = _("%(names)s led the last sessions as well. Would somebody else like to?")
            found.append(words % {"names": ", ".join(map(self.directory.label, running))})
        names = ", ".join(self.directory.label(one) for one in self.suggested)
        if names:
            found.append(_("Longest since they led: %(names)s.") % {"names": names})
        return found

    def preview(self, zone: ZoneInfo) -> SessionPage:
        """Returns the page of the session as a valid form describes it; nothing is stored."""
        session = self.form.instance
        session.ends_at = session.starts_at + timedelta(minutes=session.minutes)
        session.note_taker = self.form.cleaned_data["note_taker"]
        leads = [Person(one, leads=True) for one in self.form.chosen_leads()]
        items = [one.as_item(number) for number, one in enumerate(self.blocks.chosen)]
        coming = Coming(session, leads)
        session.html = {}
        return SessionPage(
            session=session,
            when=when(session, zone=zone, now=self.now),
            format=Format(session.format),
            blocks=_timed(session, items, zone),
            overrun=0,
            materials=self._materials(),
            principles=list(self.form.cleaned_data["principles"]),
            coming=coming,
            me=Person(self.member, leads=False),
            may_come=True,
            may_run=False,
            has_ended=False,
            ended_lately=False,
            starts_soon=False,
            given=None,
            faces=Faces.of(coming),
            text=shown_texts(session),
        )

    def _materials(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {"before": [], "during": [], "after": []}
        for one in self.picks.chosen:
            found[one.when].append(one.material)
        return found


def _timed(session: Session, items: list[AgendaItem], zone: ZoneInfo) -> list[Block]:
    times = block_times(session, [item.minutes for item in items], zone=zone)
    return [Block(time, item) for time, item in zip(times, items, strict=True)]


def new_session(member: Member, *, now: datetime) -> Session:
    """Returns an unsaved session with the time and place that the running series has, in two weeks' time."""
    day = (now + A_FORTNIGHT).astimezone(ZoneInfo(member.time_zone)).date()
    series = Series.objects.running(on=day).first()
    session = Session(zone=member.time_zone, changed_at=now)
    if series:
        session.minutes, session.zone, session.link = series.minutes, series.zone, series.link
        session.place, session.format = series.place, series.default_format
        session.starts_at = instant(day, series.local_time, series.zone)
    return session
