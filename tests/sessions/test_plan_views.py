"""Planning a session: the form and its buttons, publishing, cancelling, and who may."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client

from library.models import Material
from sessions.agendas import AgendaTemplate, TemplateStep
from sessions.models import Session, SessionMaterial
from tests.conftest import NOW
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    MaterialFactory,
    MemberFactory,
    PrincipleFactory,
    SeriesFactory,
    SessionFactory,
    TopicFactory,
)

State = Session.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
NEW = "/sessions/new/"
FILLED = {
    "title": "Saying no", "format": "workshop", "topic": "", "summary": "About no.", "doing": "Say no.",
    "day": "2026-12-10", "local_time": "14:00", "minutes": "60", "zone": "Europe/Berlin", "place": "Room 1",
    "link": "https://meet.example/x", "capacity": "12", "audience": "members", "another_lead": "", "note_taker": "",
    "blocks": "0", "words": "",
}  # fmt: skip


@pytest.fixture
def planner(facilitator, sign_in):
    return sign_in(facilitator)


def send(client, url, do="save", fragment=False, **changes):
    headers = {"HX-Request": "true"} if fragment else {}
    return client.post(url, {**FILLED, "do": do, **changes}, headers=headers)


def address(session, page="edit"):
    return f"{session.get_absolute_url()}{page}/"


def errors(response):
    return {name: list(said) for name, said in response.context["form"].errors.items()}


class TestNew:
    def test_it_is_kept_as_a_draft_with_all_that_was_said(self, planner, lead):
        helper, noter = MemberFactory(name="Hal Helper"), MemberFactory(name="Nora Notes")
        principle = PrincipleFactory()
        response = send(
            planner, NEW, leads=[lead.pk], another_lead="hal helper", note_taker="Nora Notes", principles=[principle.pk]
        )
        session = Session.objects.get()
        assert (response.status_code, response.headers["Location"]) == (302, session.get_absolute_url())
        assert (session.state, session.title, session.summary, session.doing) == (
            State.DRAFT, "Saying no", "About no.", "Say no.",
        )  # fmt: skip
        assert (session.starts_at, session.minutes) == (datetime(2026, 12, 10, 13, 0, tzinfo=UTC), 60)
        assert (session.place, session.capacity, session.note_taker) == ("Room 1", 12, noter)
        assert set(session.leads.all()) == {lead, helper}
        assert list(session.principles.all()) == [principle]
        assert session.html["doing"] == "<p>Say no.</p>"

    def test_published_at_once_it_is_told(self, planner, lead):
        send(planner, NEW, do="publish")
        assert Session.objects.get().state == State.PUBLISHED
        assert list(lead.notifications.values_list("kind", flat=True)) == ["session_announced"]

    def test_a_draft_may_be_half_done_and_what_is_published_not(self, planner):
        assert send(planner, NEW, do="publish", title="", doing="").status_code == 422
        response = send(planner, NEW, do="publish", title=" ", doing="")
        assert errors(response) == {
            "title": ["Published sessions have a title."],
            "doing": ["Say what participants will do."],
        }
        assert Session.objects.count() == 0
        send(planner, NEW, title="", doing="")
        assert Session.objects.get().state == State.DRAFT

    def test_a_time_that_the_clocks_leave_out_is_an_error_beside_it(self, planner):
        response = send(planner, NEW, day="2027-03-28", local_time="02:30")
        assert response.status_code == 422
        assert errors(response) == {"local_time": ["02:30 does not exist on that day in Europe/Berlin."]}
        assert 'value="02:30"' in response.content.decode()

    def test_a_time_that_exists_twice_is_the_first(self, planner):
        send(planner, NEW, day="2027-10-31", local_time="02:30")
        assert Session.objects.get().starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)

    def test_sent_twice_it_is_one(self, planner):
        key = "3f1a2b9c-2d6f-4a53-9a43-2f8f9d1f0a11"
        answers = [send(planner, NEW, key=key).headers["Location"] for _ in range(2)]
        assert (len(set(answers)), Session.objects.count()) == (1, 1)

    def test_it_begins_with_what_the_series_usually_has(self, planner):
        SeriesFactory(place="Room 3", link="https://meet.example/s", default_format="talk", minutes=90)
        form = planner.get(NEW).context["form"]
        shown = {name: form[name].value() for name in ("place", "link", "format", "minutes", "zone", "local_time")}
        assert shown == {
            "place": "Room 3", "link": "https://meet.example/s", "format": "talk", "minutes": 90,
            "zone": "Europe/Berlin", "local_time": time(9, 30),
        }  # fmt: skip

    def test_a_topic_brings_title_format_principles_and_its_proposer(self, planner):
        principle, proposer = PrincipleFactory(), MemberFactory(name="Pia Proposer")
        topic = TopicFactory(title="Hard talks", why="They hurt.", format="practice-lab", proposed_by=proposer)
        topic.principles.add(principle)
        response = planner.get(f"{NEW}?topic={topic.pk}")
        form = response.context["form"]
        shown = {name: form[name].value() for name in ("title", "summary", "format", "principles", "topic", "leads")}
        assert shown == {
            "title": "Hard talks", "summary": "They hurt.", "format": "practice-lab",
            "principles": [principle.pk], "topic": topic.pk, "leads": [proposer.pk],
        }  # fmt: skip
        assert "Pia Proposer proposed the topic." in response.content.decode()

    def test_a_topic_can_take_a_date_that_is_open(self, planner):
        topic = TopicFactory(title="Hard talks")
        open_date = SessionFactory(state=State.DATED, title="", doing="")
        page = planner.get(f"{NEW}?topic={topic.pk}").content.decode()
        assert f'href="{open_date.get_absolute_url()}edit/?topic={topic.pk}"' in page
        form = planner.get(f"{address(open_date)}?topic={topic.pk}").context["form"]
        assert (form["title"].value(), form["topic"].value()) == ("Hard talks", topic.pk)

    @pytest.mark.parametrize("topic", ["x", "0", "99999", "-1", "9" * 30, "\0"])
    def test_a_topic_that_there_is_not_brings_nothing(self, planner, topic):
        response = planner.get(NEW, {"topic": topic})
        assert (response.status_code, response.context["form"]["title"].value()) == (200, "")

    def test_the_topic_page_offers_it_to_those_who_plan(self, planner, client):
        topic = TopicFactory()
        link = f'href="/sessions/new/?topic={topic.pk}"'
        pages = [one.get(topic.get_absolute_url()).content.decode() for one in (planner, client)]
        assert [link in page for page in pages] == [True, False]


class TestButtons:
    def test_choosing_a_format_offers_its_template(self, planner):
        template = AgendaTemplate.objects.create(format="talk", minutes=45)
        for position, (minutes, title) in enumerate(((10, "Arrive"), (35, "Listen"))):
            TemplateStep.objects.create(template=template, position=position, minutes=minutes, title=title)
        page = send(planner, NEW, do="look", format="talk", fragment=True).content.decode()
        assert ("<html" in page, 'id="agenda"' in page) == (False, True)
        assert "Talk: there is a template of 45 minutes." in page
        response = send(planner, NEW, do="template", format="talk")
        assert [row["title"] for row in response.context["plan"].blocks.rows] == ["Arrive", "Listen"]
        assert [time for time, _form in response.context["plan"].timed_blocks] == ["14:00", "14:10"]
        assert Session.objects.count() == 0

    def blocks(self, *titles):
        rows = {"blocks": str(len(titles))}
        for number, title in enumerate(titles):
            rows |= {f"block-{number}-minutes": "20", f"block-{number}-title": title, f"block-{number}-lead": ""}
        return rows

    @pytest.mark.parametrize(
        ("do", "titles"),
        [
            ("block-add", ["A", "B", ""]),
            ("block-up-1", ["B", "A"]),
            ("block-up-0", ["A", "B"]),
            ("block-down-0", ["B", "A"]),
            ("block-remove-0", ["B"]),
            ("block-remove-7", ["A", "B"]),
            ("block-remove--1", ["A", "B"]),
            ("block-remove-²", ["A", "B"]),
        ],
    )
    def test_rows_are_added_moved_and_removed(self, planner, do, titles):
        response = send(planner, NEW, do=do, **self.blocks("A", "B"))
        assert (response.status_code, Session.objects.count()) == (200, 0)
        assert [row["title"] for row in response.context["plan"].blocks.rows] == titles

    def test_blocks_are_stored_with_their_leads(self, planner, lead):
        send(planner, NEW, **{**self.blocks("A", "B", ""), "block-1-lead": lead.name, "block-2-minutes": ""})
        items = Session.objects.get().agenda.values_list("position", "minutes", "title", "lead")
        assert list(items) == [(0, 20, "A", None), (1, 20, "B", lead.pk)]

    @pytest.mark.parametrize(
        "wrong",
        [{"block-0-minutes": "x"}, {"block-0-minutes": "-1"}, {"block-0-title": ""}, {"block-0-lead": "Nobody"}],
    )
    def test_what_is_wrong_with_a_block_stands_beside_it(self, planner, wrong):
        response = send(planner, NEW, **{**self.blocks("A"), **wrong})
        assert (response.status_code, Session.objects.count()) == (422, 0)
        assert len(response.context["plan"].blocks.forms[0].errors) == 1

    def test_blocks_longer_than_the_session_warn(self, planner):
        page = send(planner, NEW, do="look", minutes="45", **self.blocks("A", "B", "C")).content.decode()
        assert "The blocks take 15 minutes longer than the session." in page

    def test_a_search_offers_what_every_member_may_read(self, planner, facilitator):
        shared = MaterialFactory(title="Feedback that lands")
        MaterialFactory(title="Feedback diary", owner=facilitator, audience=Material.Audience.PRIVATE)
        response = send(planner, NEW, do="find", words="feedback")
        picks = response.context["plan"].picks
        assert [one.material for one in picks.found] == [shared]
        assert (response.status_code, f'name="material-{shared.pk}"' in response.content.decode()) == (200, True)

    def test_materials_are_chosen_for_before_during_and_after(self, planner):
        first, second, third = MaterialFactory(), MaterialFactory(), MaterialFactory()
        hidden = MaterialFactory(audience=Material.Audience.PRIVATE)
        send(
            planner,
            NEW,
            **{f"material-{second.pk}": "after", f"material-{first.pk}": "before", f"material-{third.pk}": ""},
            **{f"material-{hidden.pk}": "before", "material-x": "before", "material-99999999999999999999": "before"},
        )
        rows = SessionMaterial.objects.order_by("position").values_list("material", "when")
        assert list(rows) == [(second.pk, "after"), (first.pk, "before")]

    def test_what_its_owner_made_private_since_stays_part_of_the_session(self, planner):
        session, hidden = SessionFactory(), MaterialFactory(audience=Material.Audience.PRIVATE)
        SessionMaterial.objects.create(session=session, material=hidden, when="before")
        send(planner, address(session), **{f"material-{MaterialFactory().pk}": "during"})
        assert session.session_materials.filter(material=hidden).count() == 1

    def test_the_preview_shows_the_page_and_stores_nothing(self, planner, lead):
        changes = {"leads": [lead.pk], "summary": "About *no*.", **self.blocks("Arrive")}
        response = send(planner, NEW, do="preview", **changes)
        page = response.content.decode()
        assert (response.status_code, Session.objects.count()) == (200, 0)
        for words in ("<p>About <em>no</em>.</p>", "Thursday 10 December", "<b>Arrive</b>", "<time>14:00</time>"):
            assert words in page
        part = send(planner, NEW, do="preview", fragment=True, **changes).content.decode()
        assert ("<html" in part, 'id="preview"' in part) == (False, True)

    def test_a_preview_of_something_wrong_says_so(self, planner):
        assert send(planner, NEW, do="preview", day="").status_code == 422

    def test_without_a_known_button_it_only_shows_what_was_typed(self, planner):
        for do in ("", "x", "save ", "block-", "up-1"):
            response = send(planner, NEW, do=do, title="Kept")
            assert (response.status_code, Session.objects.count()) == (200, 0)
            assert 'value="Kept"' in response.content.decode()


class TestEdit:
    def test_it_shows_what_is_stored(self, planner, lead):
        session = SessionFactory(note_taker=lead, summary="About.", place="Here")
        AgendaItemFactory(session=session, title="Arrive", lead=lead)
        session.leads.add(lead)
        form = planner.get(address(session)).context["form"]
        assert (form["day"].value(), form["local_time"].value()) == (date(2026, 11, 26), time(15, 0))
        assert (form["leads"].value(), form["note_taker"].value()) == ([lead.pk], lead.name)

    def test_stored_again_unchanged_it_tells_nobody(self, planner, now):
        session = SessionFactory(place="Room 1")
        coming = AttendanceFactory(session=session).member
        send(planner, address(session), day="2026-11-26", local_time="15:00", minutes="75", title=session.title)
        session.refresh_from_db()
        assert (session.sequence, coming.notifications.count(), session.state) == (0, 0, State.PUBLISHED)

    def test_another_time_is_told_and_the_agenda_follows(self, planner):
        session = SessionFactory()
        AgendaItemFactory(session=session, minutes=20)
        coming = AttendanceFactory(session=session).member
        blocks = {"blocks": "1", "block-0-minutes": "20", "block-0-title": "A", "block-0-lead": ""}
        send(planner, address(session), **blocks)
        session.refresh_from_db()
        assert (session.sequence, session.uid) == (1, Session.objects.get().uid)
        assert list(coming.notifications.values_list("kind", flat=True)) == ["session_changed"]
        assert "<time>14:00</time>" in planner.get(session.get_absolute_url()).content.decode()

    def test_leads_have_the_same_right_on_it(self, client, lead, manager, sign_in):
        session = SessionFactory()
        assert client.get(address(session)).status_code == 403
        session.leads.add(lead, manager)
        for one in (lead, manager):
            assert send(sign_in(one), address(session), title=one.name, leads=[lead.pk, manager.pk]).status_code == 302
            session.refresh_from_db()
            assert session.title == one.name

    def test_what_is_published_keeps_what_it_needs(self, planner):
        session = SessionFactory()
        response = send(planner, address(session), doing="")
        assert (response.status_code, errors(response)) == (422, {"doing": ["Say what participants will do."]})

    def test_a_date_is_planned_and_published_in_one_go(self, planner):
        session = SessionFactory(state=State.DATED, title="", doing="")
        send(planner, address(session), do="publish")
        session.refresh_from_db()
        assert (session.state, session.title) == (State.PUBLISHED, "Saying no")

    def test_for_the_later_ones_the_words_are_stored_and_the_dates_are_previewed(self, planner):
        series = SeriesFactory()
        session = SessionFactory(
            series=series, series_day=date(2026, 12, 1), starts_at=datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
        )
        response = send(planner, address(session), title="New words", day="2026-12-02", scope="later")
        assert response.headers["Location"].startswith(f"{series.get_absolute_url()}edit/?effective_on=2026-12-01&")
        assert "first_day=2026-12-02&local_time=14%3A00" in response.headers["Location"]
        session.refresh_from_db()
        assert (session.title, session.starts_at.day, session.is_exception) == ("New words", 1, False)
        assert "This would happen" in planner.get(response.headers["Location"]).content.decode()

    def test_leads_change_their_own_session_alone(self, client, lead):
        session = SessionFactory(series=SeriesFactory(), series_day=date(2026, 12, 1))
        session.leads.add(lead)
        assert "scope" not in client.get(address(session)).context["form"].fields
        send(client, address(session), scope="later", leads=[lead.pk])
        session.refresh_from_db()
        assert (session.is_exception, session.starts_at.day) == (True, 10)

    def test_for_this_one_alone_it_is_an_exception(self, planner):
        session = SessionFactory(series=SeriesFactory(), series_day=date(2026, 12, 1))
        send(planner, address(session), scope="this")
        session.refresh_from_db()
        assert (session.is_exception, session.starts_at.day) == (True, 10)


class TestState:
    def test_publishing_asks_first(self, planner, lead):
        session = SessionFactory(state=State.DRAFT)
        assert planner.get(address(session, "publish")).status_code == 200
        session.refresh_from_db()
        assert session.state == State.DRAFT
        planner.post(address(session, "publish"))
        session.refresh_from_db()
        assert (session.state, lead.notifications.count()) == (State.PUBLISHED, 1)

    def test_what_is_not_ready_leads_to_its_form(self, planner):
        session = SessionFactory(state=State.DRAFT, doing="")
        response = planner.post(address(session, "publish"))
        assert response.headers["Location"] == address(session)
        assert "what participants will do" in planner.get(address(session)).content.decode()

    def test_cancelling_needs_a_reason(self, planner):
        session = SessionFactory()
        assert planner.post(address(session, "cancel"), {"reason": " "}).status_code == 422
        session.refresh_from_db()
        assert session.state == State.PUBLISHED

    def test_cancelled_and_taken_back(self, planner):
        session = SessionFactory()
        coming = AttendanceFactory(session=session).member
        planner.post(address(session, "cancel"), {"reason": "A flood"})
        session.refresh_from_db()
        assert (session.state, session.cancel_reason) == (State.CANCELLED, "A flood")
        planner.post(address(session, "restore"))
        session.refresh_from_db()
        assert (session.state, session.sequence) == (State.PUBLISHED, 2)
        kinds = sorted(coming.notifications.values_list("kind", flat=True))
        assert kinds == ["session_cancelled", "session_changed"]

    @pytest.mark.parametrize("state", [State.DATED, State.PUBLISHED, State.CANCELLED])
    def test_only_a_draft_is_deleted(self, planner, state):
        session, draft = SessionFactory(state=state), SessionFactory(state=State.DRAFT)
        assert planner.get(address(draft, "delete")).status_code == 200
        for one in (session, draft):
            planner.post(address(one, "delete"))
        assert list(Session.objects.all()) == [session]

    @pytest.mark.parametrize("page", ["publish", "cancel", "restore", "delete"])
    def test_what_makes_no_sense_leads_to_the_session(self, planner, page):
        state = State.CANCELLED if page in {"publish", "cancel"} else State.PUBLISHED
        session = SessionFactory(state=state)
        for response in (planner.get(address(session, page)), planner.post(address(session, page))):
            assert response.headers["Location"] == session.get_absolute_url()


@pytest.mark.parametrize("page", ["edit", "publish", "cancel", "restore", "delete"])
def test_who_may_not(page, client, guest, aspiring, sign_in):
    session, draft = SessionFactory(), SessionFactory(state=State.DRAFT)
    AttendanceFactory(session=session, member=guest, answer="invited")
    for one, status in ((client, 403), (sign_in(aspiring), 403), (sign_in(guest), 404)):
        for method in (one.get, one.post):
            assert method(address(session, page)).status_code == status
            assert method(address(draft, page)).status_code == 404
    assert Client().get(address(session, page)).status_code == 302
    assert client.post("/sessions/999999/edit/").status_code == 404
    assert set(Session.objects.values_list("pk", "state")) == {(session.pk, "published"), (draft.pk, "draft")}


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "\0"}, {"title": "x" * 161}, {"day": "2026-13-01"}, {"day": "9999-12-31", "local_time": "23:59"},
        {"local_time": "25:00"}, {"minutes": "0"}, {"minutes": "9" * 30}, {"zone": "Mars/Olympus"}, {"capacity": "-1"},
        {"link": "javascript:alert(1)"}, {"leads": ["x"]}, {"leads": ["99999999999999999999"]}, {"another_lead": "\0"},
        {"note_taker": "Nobody"}, {"audience": "x"}, {"format": "x"}, {"topic": "x"}, {"principles": ["x"]},
        {"summary": "x" * 2001}, {"blocks": "1", "block-0-minutes": "5"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("do", ["save", "preview"])
def test_what_is_wrong_is_422_and_stores_nothing(planner, changes, do):
    response = send(planner, NEW, do=do, **changes)
    assert (response.status_code, Session.objects.count()) == (422, 0)


@pytest.mark.parametrize("do", ["look", "find", "template", "block-add", "block-up-1"])
def test_no_button_minds_nasty_words(planner, do):
    nasty = {
        "title": "\0",
        "day": "x",
        "minutes": "\u0661",
        "blocks": "\u00b2",
        "words": '"\0* OR',
        "leads": ["\0", "x"],
    }
    assert send(planner, NEW, do=do, **nasty, format="\0", local_time="\0").status_code == 200


@pytest.mark.parametrize("count", [1, 3, 5, 50])
def test_the_number_of_queries_of_the_form(planner, count, django_assert_num_queries):
    session = SessionFactory()
    for _ in range(count):
        session.leads.add(MemberFactory())
        AgendaItemFactory(session=session, lead=MemberFactory())
        SessionMaterial.objects.create(session=session, material=MaterialFactory(), when="before")
    with django_assert_num_queries(19):
        planner.get(address(session))


def test_the_past_is_left_out_of_open_dates(planner):
    SessionFactory(state=State.DATED, title="", starts_at=NOW - timedelta(days=3))
    assert planner.get(f"{NEW}?topic={TopicFactory().pk}").context["open_dates"] == []
