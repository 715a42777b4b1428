"""Who leads: taking turns, offering, being asked, and what is said where nobody leads yet."""

from datetime import timedelta

import pytest

from sessions import hosting
from sessions.models import LeadOffer, Session
from tests.conftest import NOW
from tests.factories import AttendanceFactory, MemberFactory, SeriesFactory, SessionFactory

State = Session.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


def led(*leads, days, **fields):
    session = SessionFactory(starts_at=NOW + timedelta(days=days), **fields)
    session.leads.add(*leads)
    return session


def address(session):
    return f"{session.get_absolute_url()}lead/"


def told(member):
    return list(member.notifications.order_by("pk").values_list("text", flat=True))


class TestTurns:
    def test_whoever_led_least_recently_comes_first(self, lead, manager):
        never = MemberFactory(name="Ann Never")
        led(lead, days=-30)
        led(manager, days=-60)
        led(manager, days=-20, state=State.CANCELLED)
        found = hosting.least_recent_leads(SessionFactory(), [lead, manager, never], now=NOW)
        assert found == [never, manager, lead]

    def test_not_who_leads_soon_cannot_come_or_may_not(self, lead, manager, guest, aspiring):
        session = led(lead, days=5)
        AttendanceFactory(session=session, member=manager, answer="no")
        resting, free = MemberFactory(is_active=False), MemberFactory()
        people = [lead, manager, guest, aspiring, resting, free]
        assert hosting.least_recent_leads(session, people, now=NOW) == [free]

    @pytest.mark.parametrize(("before", "hint"), [(2, True), (1, False)])
    def test_the_same_three_times_running_is_worth_a_word(self, facilitator, sign_in, lead, before, hint):
        series = SeriesFactory()
        for number in range(before):
            led(lead, days=-14 * (number + 1), series=series)
        led(MemberFactory(), days=-3)  # apart from the series
        session = led(lead, MemberFactory(), days=3, series=series)
        assert hosting.leads_running(session) == ([lead] if hint else [])
        for page in (address(session), f"{session.get_absolute_url()}edit/"):
            html = sign_in(facilitator).get(page).content.decode()
            assert ("Lea Lead led the last sessions as well." in html) is hint

    @pytest.mark.parametrize("count", [1, 3, 5, 50])
    def test_the_number_of_queries(self, facilitator, sign_in, count, django_assert_num_queries):
        session = SessionFactory()
        for _ in range(2):  # whose leads may be the same as those of this one
            led(MemberFactory(), days=-9)
        for _ in range(count):
            led(MemberFactory(), days=-9)
            LeadOffer.objects.create(session=session, member=MemberFactory(), at=NOW)
        client = sign_in(facilitator)
        with django_assert_num_queries(14):
            client.get(address(session))


class TestOffering:
    def test_members_offer_and_take_it_back(self, client, lead, facilitator):
        session = SessionFactory(title="Saying no")
        assert "I would like to lead" in client.get(session.get_absolute_url()).content.decode()
        for _ in range(2):
            client.post(address(session), {"do": "offer"})
        assert list(LeadOffer.objects.values_list("member", "was_asked")) == [(lead.pk, False)]
        assert told(facilitator) == ["Lea Lead would like to lead “Saying no”."]
        assert "You would like to lead this." in client.get(session.get_absolute_url()).content.decode()
        client.post(address(session), {"do": "withdraw"})
        assert LeadOffer.objects.count() == 0

    def test_whoever_plans_says_yes_please(self, client, lead, facilitator, sign_in):
        session = SessionFactory(title="Saying no")
        client.post(address(session), {"do": "offer"})
        sign_in(facilitator).post(address(session), {"do": "take", "member": lead.pk})
        assert (list(session.leads.all()), LeadOffer.objects.count()) == ([lead], 0)
        assert told(lead) == ["Lea Lead leads “Saying no”."]

    def test_who_leads_now_leaves_a_seat_to_who_waits(self, lead, manager):
        session = led(days=5, capacity=1)
        AttendanceFactory(session=session, member=lead, answer="going")
        AttendanceFactory(session=session, member=manager, answer="waitlisted", queue_number=1)
        offer = LeadOffer.objects.create(session=session, member=lead, at=NOW)
        hosting.accept_lead(session, offer, now=NOW)
        assert session.attendances.get(member=manager).answer == "going"

    def test_nobody_makes_themselves_a_lead(self, client, lead, manager):
        session = SessionFactory()
        client.post(address(session), {"do": "offer"})
        LeadOffer.objects.create(session=session, member=manager, at=NOW)
        assert client.post(address(session), {"do": "take", "member": manager.pk}).status_code == 403
        assert client.post(address(session), {"do": "ask", "member": manager.pk}).status_code == 403
        client.post(address(session), {"do": "accept"})
        assert (session.leads.count(), session.lead_offers.count()) == (0, 2)

    def test_whoever_is_asked_says_yes_or_not_this_time(self, client, lead, facilitator, sign_in):
        session = SessionFactory(title="Saying no")
        planner = sign_in(facilitator)
        planner.post(address(session), {"do": "ask", "member": lead.pk})
        assert (told(lead), session.leads.count()) == (["Fay Facilitator asks: would you lead “Saying no”?"], 0)
        assert "Fay Facilitator asks whether you would lead this." in client.get(address(session)).content.decode()
        planner.post(address(session), {"do": "take", "member": lead.pk})
        assert session.leads.count() == 0
        client.post(address(session), {"do": "decline"})
        assert told(facilitator) == ["Lea Lead cannot lead “Saying no” this time."]
        planner.post(address(session), {"do": "ask", "member": lead.pk})
        client.post(address(session), {"do": "accept"})
        assert list(session.leads.all()) == [lead]
        assert told(facilitator)[-1] == "Lea Lead leads “Saying no”."

    @pytest.mark.parametrize("do", ["offer", "accept", "withdraw", "decline", "x", ""])
    def test_what_is_over_or_unknown_changes_nothing(self, client, do):
        over = SessionFactory(starts_at=NOW - timedelta(days=2))
        assert client.post(address(over), {"do": do}).status_code == 302
        assert (LeadOffer.objects.count(), over.leads.count()) == (0, 0)

    def test_who_aspires_waits_for_the_open_stage_and_guests_are_not_asked(self, aspiring, guest, sign_in):
        session = SessionFactory()
        AttendanceFactory(session=session, member=guest)
        sign_in(aspiring).post(address(session), {"do": "offer"})
        assert sign_in(guest).post(address(session), {"do": "offer"}).status_code == 404
        assert LeadOffer.objects.count() == 0

    def test_planned_as_a_lead_the_offer_is_done_with(self, client, lead, facilitator, sign_in):
        session = SessionFactory()
        client.post(address(session), {"do": "offer"})
        response = sign_in(facilitator).get(f"{session.get_absolute_url()}edit/")
        assert lead in response.context["plan"].offering


class TestWanted:
    @pytest.mark.parametrize(("days", "wanted"), [(6.9, True), (7.1, False), (-1, False)])
    def test_a_week_before_home_says_that_a_lead_is_wanted(self, client, days, wanted):
        SessionFactory(title="Saying no", starts_at=NOW + timedelta(days=days))
        assert ("Lead wanted: “Saying no”" in client.get("/").content.decode()) is wanted

    def test_with_a_lead_or_cancelled_it_is_not(self, client):
        led(MemberFactory(), days=2, title="Led")
        SessionFactory(state=State.CANCELLED, starts_at=NOW + timedelta(days=2))
        assert "Lead wanted" not in client.get("/").content.decode()
