"""Going, maybe, can't: seats, the waitlist in order of arrival, and what it tells whom."""

from datetime import UTC, datetime, timedelta

import pytest

from members.models import Community, Mail, Member, Notification
from sessions.actions import refill
from sessions.answers import NotForYouError, NotOpenError, answer
from sessions.coming import Coming
from sessions.models import Attendance, Session
from tests.factories import AttendanceFactory, MemberFactory, SessionFactory

GOING, MAYBE, NO, WAITLISTED = "going", "maybe", "no", "waitlisted"
START = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def answers(session):
    return dict(session.attendances.values_list("member__name", "answer"))


def queue(session):
    return [one.member.name for one in Coming.to(session).waiting]


def people(*names):
    return [MemberFactory(name=name) for name in names]


def told(member):
    return list(member.notifications.values_list("kind", "version"))


def test_an_answer_is_stored_and_changed(now, lead):
    session = SessionFactory()
    for given in (GOING, MAYBE, NO, GOING):
        coming = answer(session, lead, given, now=now)
        assert coming.of(lead).answer == given
        assert list(session.attendances.values_list("answer", "answered_at")) == [(given, now)]


def test_a_wish_stays_when_an_answer_names_none(now, lead):
    session = SessionFactory()
    answer(session, lead, GOING, now=now, wish="present")
    answer(session, lead, MAYBE, now=now)
    assert session.attendances.get().wish == "present"
    answer(session, lead, MAYBE, now=now, wish="")
    assert session.attendances.get().wish == ""


def test_only_an_answer_can_be_given(now, lead):
    with pytest.raises(ValueError, match="waitlisted"):
        answer(SessionFactory(), lead, WAITLISTED, now=now)


def test_when_the_seats_are_taken_people_wait_in_order(now):
    session = SessionFactory(capacity=1)
    for person in people("Ann", "Bea", "Cem"):
        answer(session, person, GOING, now=now)
    assert answers(session) == {"Ann": GOING, "Bea": WAITLISTED, "Cem": WAITLISTED}
    assert queue(session) == ["Bea", "Cem"]


def test_asking_twice_changes_nothing(now):
    session = SessionFactory(capacity=1)
    ann, bea = people("Ann", "Bea")
    for person in (ann, ann, bea, bea):
        answer(session, person, GOING, now=now)
    assert answers(session) == {"Ann": GOING, "Bea": WAITLISTED}
    assert session.attendances.get(member=bea).queue_number == 1


def test_leaving_moves_up_exactly_one_and_tells_them_once(now):
    session = SessionFactory(capacity=1)
    ann, bea, cem = people("Ann", "Bea", "Cem")
    for person in (ann, bea, cem):
        answer(session, person, GOING, now=now)
    answer(session, ann, NO, now=now)
    answer(session, ann, NO, now=now)
    assert answers(session) == {"Ann": NO, "Bea": GOING, "Cem": WAITLISTED}
    assert [told(person) for person in (ann, bea, cem)] == [[], [("promoted", "seat-1")], []]
    assert list(Mail.objects.values_list("member__name", "kind")) == [("Bea", "promoted")]


def test_the_news_names_session_and_time_of_the_readers_clock(now):
    session = SessionFactory(capacity=1, title="Saying no")
    ann, bea = people("Ann", "Bea")
    Member.objects.filter(pk=bea.pk).update(time_zone="Asia/Kolkata")
    for person in (ann, bea):
        answer(session, person, GOING, now=now)
    answer(session, ann, MAYBE, now=now)
    news = bea.notifications.get()
    assert news.text == "You have a seat in “Saying no” on Thursday 26 November, 19:30 (Kolkata)."
    assert news.url == session.get_absolute_url()


def test_who_leaves_and_returns_waits_at_the_end_and_is_told_anew(now):
    session = SessionFactory(capacity=1)
    ann, bea, cem = people("Ann", "Bea", "Cem")
    for person in (ann, bea, cem):
        answer(session, person, GOING, now=now)
    answer(session, bea, NO, now=now)
    answer(session, bea, GOING, now=now)
    assert queue(session) == ["Cem", "Bea"]
    answer(session, ann, NO, now=now)  # Cem moves up
    answer(session, cem, NO, now=now)  # Bea moves up
    answer(session, ann, GOING, now=now)
    answer(session, bea, NO, now=now)  # Ann moves up
    answer(session, bea, GOING, now=now)
    answer(session, ann, NO, now=now)  # Bea moves up again
    assert answers(session) == {"Ann": NO, "Bea": GOING, "Cem": NO}
    assert len(told(bea)) == 2


def test_leads_take_no_seat(now, lead):
    session = SessionFactory(capacity=1)
    session.leads.add(lead)
    ann, bea = people("Ann", "Bea")
    for person in (lead, ann, bea):
        answer(session, person, GOING, now=now)
    assert answers(session) == {lead.name: GOING, "Ann": GOING, "Bea": WAITLISTED}
    answer(session, lead, NO, now=now)
    assert answers(session) == {lead.name: NO, "Ann": GOING, "Bea": WAITLISTED}


def test_who_became_a_lead_frees_a_seat(now):
    session = SessionFactory(capacity=1)
    ann, bea = people("Ann", "Bea")
    for person in (ann, bea):
        answer(session, person, GOING, now=now)
    session.leads.add(ann)
    refill(session, now=now)
    assert answers(session) == {"Ann": GOING, "Bea": GOING}


def test_fewer_seats_evict_nobody_and_more_move_people_up(now):
    session = SessionFactory(capacity=2)
    ann, bea, cem, dan = people("Ann", "Bea", "Cem", "Dan")
    for person in (ann, bea, cem, dan):
        answer(session, person, GOING, now=now)
    Session.objects.update(capacity=1)
    refill(session, now=now)
    answer(session, ann, NO, now=now)
    assert answers(session) == {"Ann": NO, "Bea": GOING, "Cem": WAITLISTED, "Dan": WAITLISTED}
    Session.objects.update(capacity=3)
    refill(session, now=now)
    assert answers(session) == {"Ann": NO, "Bea": GOING, "Cem": GOING, "Dan": GOING}


def test_seats_without_a_limit(now):
    session = SessionFactory(capacity=None)
    for person in people("Ann", "Bea"):
        answer(session, person, GOING, now=now)
    assert answers(session) == {"Ann": GOING, "Bea": GOING}


class TestTheLastTwelveHours:
    @pytest.fixture
    def session(self, now):
        made = SessionFactory(capacity=1)
        self.ann, self.bea, self.cem = people("Ann", "Bea", "Cem")
        for person in (self.ann, self.bea, self.cem):
            answer(made, person, GOING, now=now)
        return made

    @pytest.mark.parametrize(("hours", "given"), [(12.01, GOING), (12, WAITLISTED), (1, WAITLISTED)])
    def test_nobody_is_moved_up_unasked(self, session, hours, given):
        answer(session, self.ann, NO, now=START - timedelta(hours=hours))
        assert answers(session) == {"Ann": NO, "Bea": given, "Cem": WAITLISTED}

    def test_the_seat_is_offered_to_who_waits_longest(self, session):
        answer(session, self.ann, NO, now=START - timedelta(hours=3))
        assert [told(one) for one in (self.bea, self.cem)] == [[("promoted", "offer-1")], []]

    def test_they_take_it_and_nobody_overtakes_them(self, session, lead):
        late = START - timedelta(hours=3)
        answer(session, self.ann, NO, now=late)
        answer(session, self.cem, GOING, now=late)
        answer(session, lead, GOING, now=late)
        assert answers(session) == {"Ann": NO, "Bea": WAITLISTED, "Cem": WAITLISTED, lead.name: WAITLISTED}
        answer(session, self.bea, GOING, now=late)
        assert answers(session)["Bea"] == GOING

    def test_who_passes_it_on_makes_the_next_offer(self, session):
        late = START - timedelta(hours=3)
        answer(session, self.ann, NO, now=late)
        answer(session, self.bea, NO, now=late)
        assert told(self.cem) == [("promoted", "offer-2")]
        assert answers(session)["Cem"] == WAITLISTED


@pytest.mark.parametrize("state", [Session.State.CANCELLED, Session.State.DRAFT])
def test_what_does_not_take_place_takes_no_answers(now, facilitator, state):
    with pytest.raises(NotOpenError):
        answer(SessionFactory(state=state), facilitator, GOING, now=now)


def test_answers_are_taken_until_the_end(lead):
    session = SessionFactory(minutes=60)
    answer(session, lead, GOING, now=START + timedelta(minutes=59))
    with pytest.raises(NotOpenError):
        answer(session, lead, NO, now=START + timedelta(minutes=60))


def test_a_date_takes_answers_before_it_is_planned(now, lead):
    session = SessionFactory(state=Session.State.DATED, title="", doing="")
    answer(session, lead, MAYBE, now=now)
    assert answers(session) == {lead.name: MAYBE}


def test_who_may_not_see_it_cannot_answer(now, lead, guest):
    for person, session in ((lead, SessionFactory(state=Session.State.DRAFT)), (guest, SessionFactory())):
        with pytest.raises(Session.DoesNotExist):
            answer(session, person, GOING, now=now)
    assert Attendance.objects.count() == 0


def test_a_guest_answers_an_invitation(now, guest):
    session = SessionFactory()
    AttendanceFactory(session=session, member=guest, answer=Attendance.Answer.INVITED)
    answer(session, guest, GOING, now=now)
    assert answers(session) == {guest.name: GOING}


def test_aspiring_come_once_the_community_is_open_to_them(now, aspiring):
    session = SessionFactory()
    with pytest.raises(NotForYouError):
        answer(session, aspiring, GOING, now=now)


def test_aspiring_come_to_what_is_for_all_members(now, aspiring, open_stage):
    session, for_leads = SessionFactory(), SessionFactory(audience=Session.Audience.LEADS)
    answer(session, aspiring, GOING, now=now)
    with pytest.raises(Session.DoesNotExist):
        answer(for_leads, aspiring, GOING, now=now)
    assert Attendance.objects.count() == 1


def test_a_closed_community_is_an_archive(now, lead):
    Community.objects.create(pk=1, stage=Community.Stage.CLOSED)
    with pytest.raises(NotForYouError):
        answer(SessionFactory(), lead, GOING, now=now)


def test_who_left_the_community_holds_no_seat(now):
    session = SessionFactory(capacity=1)
    ann, bea = people("Ann", "Bea")
    answer(session, ann, GOING, now=now)
    Member.objects.filter(pk=ann.pk).update(is_active=False)
    answer(session, bea, GOING, now=now)
    assert session.attendances.get(member=bea).answer == GOING
    assert Session.objects.for_rows().get().going_count == 1


def test_the_count_of_a_row_leaves_out_leads_and_those_who_wait(now, lead):
    session = SessionFactory(capacity=2)
    session.leads.add(lead)
    for person in [lead, *people("Ann", "Bea", "Cem")]:
        answer(session, person, GOING, now=now)
    row = Session.objects.for_rows().with_answer_of(lead).get()
    assert (row.going_count, row.my_answer) == (2, GOING)
    assert Notification.objects.count() == 0


def test_the_number_of_queries_of_an_answer(now, lead, django_assert_num_queries):
    session = SessionFactory(capacity=30)
    for _ in range(20):
        AttendanceFactory(session=session)
    with django_assert_num_queries(5):  # savepoint, the locked session, its people, one row, release
        answer(session, lead, GOING, now=now)


@pytest.mark.usefixtures("at_now")
class TestAnOfferedSeat:
    @pytest.fixture
    def page(self, now, lead, client):
        """The page that the mail leads to, three hours before the session, when a seat has become free."""
        session = SessionFactory(capacity=1, starts_at=now + timedelta(hours=3))
        AttendanceFactory(session=session, member=lead, answer=WAITLISTED, queue_number=1)
        refill(session, now=now)
        self.session, self.client = session, client
        return client.get(lead.notifications.get().url)

    def test_the_mail_leads_to_a_button_that_takes_it(self, page, lead):
        html = page.content.decode()
        assert ("Take the seat" in html, "kept for you" in html, 'name="wish"' in html) == (True, True, False)
        assert answers(self.session) == {lead.name: WAITLISTED}
        self.client.post(f"{self.session.get_absolute_url()}rsvp/", {"answer": GOING})
        assert answers(self.session) == {lead.name: GOING}

    def test_it_can_be_passed_on(self, page, lead):
        self.client.post(f"{self.session.get_absolute_url()}rsvp/", {"answer": NO})
        assert answers(self.session) == {lead.name: NO}
