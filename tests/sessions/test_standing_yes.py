"""A standing yes for a series: newly published sessions are filled once, and a "can't" stays one."""

from datetime import UTC, datetime, timedelta

import pytest

from members.models import Community, Member
from sessions.actions import generate_sessions, publish_session
from sessions.answers import NotForYouError, answer, choose_standing
from sessions.models import Session
from sessions.series import StandingYes
from tests.factories import MemberFactory, SeriesFactory, SessionFactory

pytestmark = pytest.mark.django_db
DATED = Session.State.DATED


@pytest.fixture
def series():
    return SeriesFactory()


def dated(series, **fields):
    return SessionFactory(series=series, state=DATED, **fields)


def answers(session):
    return dict(session.attendances.values_list("member__name", "answer"))


def test_what_is_published_is_filled_in_the_order_of_saying_yes(now, series):
    first, second, third = (MemberFactory(name=name) for name in ("Cem", "Ann", "Bea"))
    for minute, member in enumerate((first, second, third)):
        choose_standing(series, member, True, now=now + timedelta(minutes=minute))
    session = dated(series, capacity=2)
    publish_session(session, now=now)
    assert answers(session) == {"Cem": "going", "Ann": "going", "Bea": "waitlisted"}


def test_what_they_said_before_stays(now, series, lead):
    choose_standing(series, lead, True, now=now)
    session = dated(series)
    answer(session, lead, "no", now=now)
    publish_session(session, now=now)
    assert answers(session) == {lead.name: "no"}


def test_a_cant_survives_publishing_again_and_new_dates(now, series, lead):
    choose_standing(series, lead, True, now=now)
    generate_sessions(series, now=now)
    session = series.sessions.first()
    Session.objects.filter(pk=session.pk).update(title="x", doing="y")
    publish_session(session, now=now)
    answer(session, lead, "no", now=now)
    publish_session(session, now=now)
    generate_sessions(series, now=now)
    assert answers(session) == {lead.name: "no"}


def test_leads_and_who_cannot_come_are_left_out(now, series, lead, aspiring, manager):
    for member in (lead, aspiring, manager):
        StandingYes.objects.create(series=series, member=member, since=now)
    Member.objects.filter(pk=manager.pk).update(is_active=False)
    session = dated(series)
    session.leads.add(lead)
    publish_session(session, now=now)
    assert answers(session) == {}


def test_other_series_and_single_sessions_stay_empty(now, series, lead):
    choose_standing(series, lead, True, now=now)
    for session in (dated(SeriesFactory()), SessionFactory(state=DATED)):
        publish_session(session, now=now)
        assert answers(session) == {}


def test_what_is_over_is_not_filled(now, series, lead):
    choose_standing(series, lead, True, now=now)
    session = dated(series, starts_at=datetime(2026, 11, 2, 9, tzinfo=UTC))
    publish_session(session, now=now)
    assert answers(session) == {}


def test_who_does_not_take_part_has_none(now, series, aspiring, lead):
    Community.objects.create(pk=1, stage=Community.Stage.CLOSED)
    for member in (aspiring, lead):
        with pytest.raises(NotForYouError):
            choose_standing(series, member, True, now=now)


@pytest.mark.usefixtures("at_now")
class TestTheButton:
    def url(self, series):
        return f"{series.get_absolute_url()}standing/"

    def test_yes_and_no_and_each_twice(self, client, series, lead):
        for wanted, count in (("yes", 1), ("yes", 1), ("no", 0), ("no", 0)):
            response = client.post(self.url(series), {"standing": wanted}, follow=True)
            assert response.redirect_chain == [(series.get_absolute_url(), 302)]
            assert list(StandingYes.objects.values_list("series", "member")) == [(series.pk, lead.pk)] * count

    def test_the_page_offers_what_is_not_yet(self, client, series):
        assert 'name="standing" value="yes"' in client.get(series.get_absolute_url()).content.decode()
        client.post(self.url(series), {"standing": "yes"})
        assert 'name="standing" value="no"' in client.get(series.get_absolute_url()).content.decode()

    @pytest.mark.parametrize("data", [{}, {"standing": "maybe"}])
    def test_what_is_neither_is_422(self, client, series, data):
        assert (client.post(self.url(series), data).status_code, StandingYes.objects.count()) == (422, 0)

    def test_who_does_not_take_part_has_no_button(self, series, aspiring, guest, sign_in):
        assert 'name="standing"' not in sign_in(aspiring).get(series.get_absolute_url()).content.decode()
        assert [sign_in(one).post(self.url(series), {"standing": "yes"}).status_code for one in (aspiring, guest)] == [
            403, 404,
        ]  # fmt: skip
        assert StandingYes.objects.count() == 0

    def test_a_series_that_is_not_there(self, client):
        assert client.post("/sessions/series/999/standing/", {"standing": "yes"}).status_code == 404
