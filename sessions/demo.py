"""The sessions of the demo community: a past with notes, a session this week, dates ahead."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from library.models import Material, Principle, Tag
from members.models import Member
from sessions import demo_story as story
from sessions.actions import generate_sessions
from sessions.agendas import AgendaItem, AgendaTemplate, load_templates
from sessions.demo_story import Told
from sessions.guests import renew_link
from sessions.models import (
    Attendance,
    ClosedDay,
    LeadOffer,
    Series,
    Session,
    SessionMaterial,
    StandingYes,
    Topic,
    Vote,
)
from sessions.recurrence import instant
from sessions.subscriptions import add_feed
from sessions.texts import render_texts

NAME, ZONE, START = "Leadership sessions", "Europe/Berlin", time(15, 0)
LINK = "https://meet.cop.example/leads"
SATURDAY = 5
WEEKS, A_FORTNIGHT = 2, timedelta(weeks=2)
ASIDE_START = time(12, 30)

type People = dict[str, Member]
type Topics = dict[str, Topic]


def load_sessions(content: dict[str, Any], members: People, *, now: datetime) -> dict[str, Any]:
    """Creates templates, topics, a series and its sessions, relative to `now`; run again it changes nothing.

    `members` by their ids in the content. Returns `series`, `topics` by slug, `past` (newest first), `next`.
    The last session ended within the last five days, the next one is at most four days away.
    """
    templates = load_templates(content)
    if not Series.objects.filter(name=NAME).exists():
        topics = _load_topics(content, members, now)
        _load_series(members, topics, templates, now)
    return _found(content, now)


def _found(content: dict[str, Any], now: datetime) -> dict[str, Any]:
    slugs = {entry["title"]: entry["slug"] for entry in content["topics"]}
    return {
        "series": Series.objects.get(name=NAME),
        "topics": {slugs[topic.title]: topic for topic in Topic.objects.all() if topic.title in slugs},
        "past": list(Session.objects.past(now=now)),
        "next": Session.objects.filter(state=Session.State.PUBLISHED).upcoming(now=now).first(),
    }


# --- Topics ----------------------------------------------------------------------------------


def _load_topics(content: dict[str, Any], members: People, now: datetime) -> Topics:
    principles = _principles(content)
    tags = {entry["slug"]: Tag.objects.filter(name=entry["name"]).first() for entry in content["tags"]}
    proposers = [member for key, member in members.items() if key != "admin"]
    topics = {}
    for number, entry in enumerate(content["topics"]):
        slug = entry["slug"]
        topic = Topic.objects.create(
            title=entry["title"],
            why=entry["line"],
            format=entry["format"],
            state=_state_of(slug),
            set_aside_reason=story.SET_ASIDE.get(slug, ""),
            proposed_by=members.get(story.PROPOSED.get(slug, ""), proposers[number % len(proposers)]),
            proposed_at=now - timedelta(days=150 - 5 * number),
        )
        topic.principles.set([found for found in [principles.get(entry["principle"])] if found])
        topic.tags.set([found for found in map(tags.get, entry["tags"]) if found])
        topics[slug] = topic
    _load_votes(members, topics, now)
    return topics


def _state_of(slug: str) -> str:
    if slug in story.PROPOSED:
        return Topic.State.PROPOSED
    if slug in story.SET_ASIDE:
        return Topic.State.SET_ASIDE
    if slug in {told.topic for told in story.COMING if told}:
        return Topic.State.SCHEDULED
    covered = {told.topic for told in (*story.PAST, story.LAST) if not told.cancel_reason}
    return Topic.State.COVERED if slug in covered else Topic.State.OPEN


def _load_votes(members: People, topics: Topics, now: datetime) -> None:
    Vote.objects.bulk_create(
        Vote(topic=topics[slug], member=members[key], at=now - timedelta(days=20 + number))
        for slug, keys in story.VOTES.items()
        for number, key in enumerate(keys)
    )


def _principles(content: dict[str, Any]) -> dict[str, Principle]:
    """By their slugs in the content, as far as the library has them."""
    known = {principle.title: principle for principle in Principle.objects.all()}
    return {entry["slug"]: known[entry["title"]] for entry in content["principles"] if entry["title"] in known}


# --- Series and sessions ---------------------------------------------------------------------


def _load_series(members: People, topics: Topics, templates: dict[str, AgendaTemplate], now: datetime) -> None:
    next_day = working_day(now.date() + timedelta(days=2))
    series = Series.objects.create(
        name=NAME,
        every_weeks=WEEKS,
        weekday=next_day.weekday(),
        local_time=START,
        minutes=60,
        zone=ZONE,
        anchor=next_day - len(story.PAST) * A_FORTNIGHT,
        link=LINK,
    )
    away = next_day + story.BREAK_AFTER * A_FORTNIGHT
    ClosedDay.objects.create(
        first_day=away - timedelta(days=2), last_day=away + timedelta(days=4), reason=story.BREAK_REASON
    )
    generate_sessions(series, now=now)
    cast = _Cast(members, topics, templates)
    for number, told in enumerate(story.PAST, start=1):
        cast.play(told, next_day - number * A_FORTNIGHT, START, series=series)
    for number, planned in enumerate(story.COMING):
        if planned:
            cast.play(planned, next_day + number * A_FORTNIGHT, START, series=series)
    cast.play(story.LAST, last_working_day(now.date() - timedelta(days=2)), ASIDE_START)
    renew_link(cast.play(story.EXTRA, working_day(next_day + timedelta(days=7)), ASIDE_START))
    draft = cast.play(story.DRAFT, working_day(next_day + timedelta(days=33)), ASIDE_START)
    Session.objects.filter(pk=draft.pk).update(state=Session.State.DRAFT)
    _load_calendars(members, series, now)
    _load_offers(series, members, now)


def _load_calendars(members: People, series: Series, now: datetime) -> None:
    """Who comes every time, and who reads sessions in a calendar; nobody knows the tokens of these addresses."""
    StandingYes.objects.bulk_create(
        StandingYes(series=series, member=members[key], since=now - timedelta(days=100)) for key in story.EVERY_TIME
    )
    for number, (key, name) in enumerate(story.CALENDARS):
        add_feed(members[key], name, now=now - timedelta(days=90 - number))


def _load_offers(series: Series, members: People, now: datetime) -> None:
    """Somebody would like to lead the first date that is still open."""
    still_open = series.sessions.filter(state=Session.State.DATED).order_by("starts_at").first()
    LeadOffer.objects.bulk_create(
        LeadOffer(session=still_open, member=members[key], at=now - timedelta(days=1)) for key in story.WOULD_LEAD
    )


def working_day(day: date) -> date:
    """Returns `day`, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= SATURDAY else day


def last_working_day(day: date) -> date:
    """Returns `day`, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))


class _Cast:
    """Everybody and everything that a session needs, by the names that the story uses."""

    def __init__(self, members: People, topics: Topics, templates: dict[str, AgendaTemplate]) -> None:
        self.members, self.topics, self.templates = members, topics, templates

    def play(self, told: Told, day: date, local_time: time, *, series: Series | None = None) -> Session:
        """Stores one session of the story, with its people, agenda and materials."""
        topic = self.topics.get(told.topic)
        starts_at = instant(day, local_time, ZONE)
        session = Session(series=series, series_day=day if series else None, starts_at=starts_at)
        if series:
            session = Session.objects.filter(series=series, series_day=day).first() or session
        template = self.templates[told.format or (topic.format if topic else "")]
        session.topic, session.format, session.minutes = topic, template.format, template.minutes
        session.title = told.title or (topic.title if topic else "")
        for name in ("summary", "doing", "capacity", "audience", "notes", "notes_for_present"):
            setattr(session, name, getattr(told, name))
        session.takeaways = "\n".join(f"- {line}" for line in told.takeaways)
        session.team_may_try, session.cancel_reason = told.team_may_try, told.cancel_reason
        session.state = Session.State.CANCELLED if told.cancel_reason else Session.State.PUBLISHED
        session.sequence = 1 if told.cancel_reason else 0
        session.note_taker, session.link, session.zone = self.members.get(told.note_taker), LINK, ZONE
        session.changed_at = starts_at - timedelta(days=21)
        render_texts(session)
        session.save()
        self._add(session, told, template)
        return session

    def _add(self, session: Session, told: Told, template: AgendaTemplate) -> None:
        session.leads.set(self.members[key] for key in told.leads)
        if session.topic:
            session.principles.set(session.topic.principles.all())
        AgendaItem.objects.bulk_create(
            AgendaItem(session=session, position=step.position, minutes=step.minutes, title=step.title)
            for step in template.steps.all()
        )
        Attendance.objects.bulk_create(self._attendances(session, told))
        self._add_materials(session, told)

    def _add_materials(self, session: Session, told: Told) -> None:
        """As far as the library has them; a topic keeps what its session used and left."""
        titles = [title for _when, title in told.materials]
        found = {material.title: material for material in Material.objects.filter(title__in=titles)}
        SessionMaterial.objects.bulk_create(
            SessionMaterial(session=session, material=found[title], when=when, position=number)
            for number, (when, title) in enumerate(told.materials)
            if title in found
        )
        if session.topic:
            session.topic.materials.set(found.values())

    def _attendances(self, session: Session, told: Told) -> Iterable[Attendance]:
        """Leads were there as well; whoever said maybe or no was not."""
        answers = Attendance.Answer
        is_noted = bool(told.takeaways)
        said = [
            *((key, answers.GOING) for key in (*told.leads, *told.going)),
            *((key, answers.MAYBE) for key in told.maybe),
            *((key, answers.NO) for key in told.cant),
            *((key, answers.WAITLISTED) for key in told.waiting),
        ]
        for number, (key, answer) in enumerate(said):
            yield Attendance(
                session=session,
                member=self.members[key],
                answer=answer,
                answered_at=session.changed_at + timedelta(hours=number),
                queue_number=number if answer == answers.WAITLISTED else None,
                wish=told.wishes.get(key, ""),
                came=(answer == answers.GOING and key not in told.absent) if is_noted else None,
            )
