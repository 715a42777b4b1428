"""The principles, and what gathers around each."""

from tests.conftest import NOW
from tests.factories import InsightFactory, MaterialFactory, PrincipleFactory, SessionFactory, TeamFactory


def test_all_in_their_order(client):
    PrincipleFactory(title="Second", position=2)
    PrincipleFactory(title="First", position=1)
    assert [one.title for one in client.get("/principles/").context["principles"]] == ["First", "Second"]


def test_a_page_gathers_what_touches_it(client):
    principle = PrincipleFactory(looks_like="One thing\n\n Another ")
    insight = InsightFactory(material__title="Tried", material__principles=[principle])
    MaterialFactory(title="To read", principles=[principle])
    MaterialFactory(title="Private", principles=[principle], audience="private")
    MaterialFactory(title="Elsewhere")
    insight.material.adaptations.create(team=TeamFactory(name="Search"), choice="adapt", written_at=NOW)
    for title, state in (("Shown", "published"), ("Hidden", "draft")):
        SessionFactory(title=title, state=state).principles.add(principle)
    context = client.get(principle.get_absolute_url()).context
    assert principle.observations == ["One thing", "Another"]
    assert [row.title for row in context["insights"]] == ["Tried"]
    assert [row.title for row in context["materials"]] == ["To read"]
    assert [adaptation.team.name for adaptation in context["adaptations"]] == ["Search"]
    assert [session.title for session in context["sessions"]] == ["Shown"]


def test_a_guest_reads_the_principle_alone(guest, sign_in):
    principle = PrincipleFactory()
    MaterialFactory(title="Inside", principles=[principle])
    SessionFactory(title="Not invited").principles.add(principle)
    page = sign_in(guest).get(principle.get_absolute_url()).content.decode()
    assert principle.prompt in page
    assert ("Inside" in page, "Not invited" in page, "/library/" in page) == (False, False, False)


def test_other_words_lead_to_the_present_ones(client):
    principle = PrincipleFactory()
    response = client.get(f"/principles/{principle.pk}-x/")
    assert (response.status_code, response.headers["Location"]) == (301, principle.get_absolute_url())
    assert client.get("/principles/999/").status_code == 404


def test_query_count_does_not_grow(client, django_assert_num_queries):
    principle = PrincipleFactory()
    for count in (1, 5):
        for _ in range(count):
            insight = InsightFactory(material__principles=[principle], material__tags=["a"])
            insight.material.adaptations.create(team=TeamFactory(), choice="adapt", written_at=NOW)
            MaterialFactory(principles=[principle], tags=["b"])
            SessionFactory().principles.add(principle)
        with django_assert_num_queries(13):
            client.get(principle.get_absolute_url())
