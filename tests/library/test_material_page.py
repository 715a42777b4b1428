"""The page of one material, for everyone who may open it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from library.models import Comment, Grant, Insight, Material, ReadingItem
from tests.conftest import NOW
from tests.factories import (
    InsightFactory,
    LinkFactory,
    MaterialFactory,
    PrincipleFactory,
    SessionFactory,
    TeamFactory,
    stored_file,
)


def page(client, material):
    return client.get(material.get_absolute_url())


def test_an_article_with_all_around_it(client, lead):
    principle = PrincipleFactory(title="Decide close")
    material = MaterialFactory(title="Text", summary="In short", body="*Words*", tags=["a"], principles=[principle])
    html = page(client, material).content.decode()
    for part in ("<h1>Text</h1>", "In short", "<p><em>Words</em></p>", principle.get_absolute_url(), "This helped me"):
        assert part in html


def test_stored_html_of_an_older_renderer_is_not_shown(client):
    material = MaterialFactory(body="*new*", html="<p>old</p>", html_version=0)
    html = page(client, material).content.decode()
    assert ("<p><em>new</em></p>" in html, "<p>old</p>" in html) == (True, False)


def test_long_texts_have_a_table_of_contents(client, lead, sign_in):
    sign_in(lead).post(
        "/library/new/article/",
        {
            "title": "Long",
            "body": "## One\n\n## Two & *three*\n\n### In it\n\n## Four",
            "shown_as": "owner",
            "audience": "members",
        },
    )
    assert page(client, Material.objects.get()).context["headings"] == [
        ("md-body--one", "One"), ("md-body--two-three", "Two & three"), ("md-body--four", "Four"),
    ]  # fmt: skip


def test_a_link_leads_out_without_a_trace(client):
    link = LinkFactory(address="https://reading.example/?a=1&b=2", medium="book")
    html = page(client, link.material).content.decode()
    assert '<a class="button primary" href="https://reading.example/?a=1&amp;b=2" rel="nofollow noopener">' in html


def test_an_insight_shows_its_answers_below_headings_and_its_outcome(client):
    insight = InsightFactory(outcome=Insight.Outcome.MIXED, repeat=Insight.Repeat.WITH_CHANGES)
    context = page(client, insight.material).context
    assert [str(item["section"].heading) for item in context["sections"]] == [
        "What we expected", "What we tried", "What came of it",
    ]  # fmt: skip
    html = page(client, insight.material).content.decode()
    assert ("<dd>mixed</dd>" in html, "<dd>yes, with changes</dd>" in html) == (True, True)


def test_a_file_is_offered_and_a_picture_shown(client, png):
    file = stored_file(png, "card.png", title="Card")
    html = page(client, file.material).content.decode()
    url = f"{file.material.get_absolute_url()}file/"
    assert (f'<img src="{url}" alt="Card">' in html, f'href="{url}?download=1"' in html) == (True, True)
    text = stored_file(b"words", "a.txt")
    assert "<img" not in page(client, text.material).content.decode()


def test_related_are_those_that_share_most(client):
    principle = PrincipleFactory()
    material = MaterialFactory(title="This", tags=["a", "b"], principles=[principle])
    MaterialFactory(title="One tag", tags=["a"])
    MaterialFactory(title="Two tags", tags=["a", "b"])
    MaterialFactory(title="The principle", principles=[principle])
    MaterialFactory(title="Nothing", tags=["c"])
    MaterialFactory(title="Private", tags=["a"], audience="private")
    assert [row.title for row in page(client, material).context["related"]] == ["Two tags", "One tag", "The principle"]
    assert page(client, MaterialFactory()).context["related"] == []


def test_used_in_the_sessions_that_the_reader_sees(client):
    material = MaterialFactory()
    for title, state in (("Shown", "published"), ("Hidden", "draft")):
        session = SessionFactory(title=title, state=state)
        session.session_materials.create(material=material)
    assert [session.title for session in page(client, material).context["sessions"]] == ["Shown"]


@pytest.mark.parametrize("field", [{"audience": "private"}, {"published_at": None}, {"binned_at": NOW}])
def test_what_is_not_theirs_reads_like_what_is_missing(other, lead, field):
    material = MaterialFactory(owner=lead, **field)
    denied, missing = page(other, material), other.get("/library/999999/")
    assert (denied.status_code, denied.content) == (404, missing.content)
    for part in ("edit", "delete", "adapt", "file"):
        assert other.get(f"{material.get_absolute_url()}{part}/").status_code == 404
    for part in ("helped", "reading", "comments", "restore"):
        assert other.post(f"{material.get_absolute_url()}{part}/", {"text": "x", "state": "done"}).status_code == 404


def status_of_stream(response):
    b"".join(response)
    return response.status_code


# --- guests -----------------------------------------------------------------------------------------
def test_a_guest_reads_what_was_granted_until_its_end(guest, sign_in):
    now = timezone.now()
    granted, ended, other = stored_file(title="Granted"), stored_file(), stored_file()
    Grant.objects.create(member=guest, material=granted.material, until=now + timedelta(hours=1))
    Grant.objects.create(member=guest, material=ended.material, until=now - timedelta(hours=1))
    client = sign_in(guest)
    answers = [
        (
            page(client, file.material).status_code,
            status_of_stream(client.get(f"{file.material.get_absolute_url()}file/")),
        )
        for file in (granted, ended, other)
    ]
    assert answers == [(200, 200), (404, 404), (404, 404)]
    Material.objects.update(binned_at=now)
    assert page(client, granted.material).status_code == 404


def test_a_guest_gets_the_material_alone(guest, lead, sign_in):
    material = MaterialFactory(title="Granted", body="Words", tags=["inside"])
    Comment.objects.create(material=material, by=lead, text="Among members", written_at=NOW)
    Grant.objects.create(member=guest, material=material, until=timezone.now() + timedelta(hours=1))
    client = sign_in(guest)
    html = page(client, material).content.decode()
    assert "Words" in html
    for inside in ("Among members", "This helped me", 'href="/library/', lead.name):
        assert inside not in html
    assert client.post(f"{material.get_absolute_url()}comments/", {"text": "x"}).status_code == 404


# --- thanks, reading list ---------------------------------------------------------------------------
FRAGMENT = {"HX-Request": "true"}


def test_thanks_count_once_and_can_be_taken_back(client, other):
    material = MaterialFactory(title="walrus")
    url = f"{material.get_absolute_url()}helped/"
    for _ in range(2):
        assert client.post(url).headers["Location"] == f"{material.get_absolute_url()}#thanks"
    other.post(url)
    material.refresh_from_db()
    assert material.helped_count == 2
    assert page(client, material).context["material"].thanked is True
    client.post(url, {"undo": "1"})
    client.post(url, {"undo": "1"})
    material.refresh_from_db()
    assert material.helped_count == 1
    assert page(client, material).context["material"].thanked is False


def test_thanks_move_it_up_among_equals(client, lead):
    MaterialFactory(title="walrus new", published_at=NOW)
    old = MaterialFactory(title="walrus old", published_at=NOW - timedelta(days=10))
    client.post(f"{old.get_absolute_url()}helped/")
    rows = client.get("/library/", {"q": "walrus"}).context["rows"]
    assert [row.title for row in rows] == ["<mark>walrus</mark> old", "<mark>walrus</mark> new"]


def test_nobody_thanks_themselves(client, lead):
    material = MaterialFactory(owner=lead)
    assert client.post(f"{material.get_absolute_url()}helped/").status_code == 403
    assert "This helped me" not in page(client, material).content.decode()


def test_htmx_gets_the_thanks_alone(client):
    material = MaterialFactory()
    html = client.post(f"{material.get_absolute_url()}helped/", headers=FRAGMENT).content.decode().strip()
    assert html.startswith('<div id="thanks"')
    assert 'aria-pressed="true"' in html


def test_a_reading_list_is_ones_own(client, other, lead):
    material = MaterialFactory(title="To be read")
    url = f"{material.get_absolute_url()}reading/"
    client.post(url, {"state": "to_read"})
    client.post(url, {"state": "reading"})
    assert [(item.member, item.state) for item in ReadingItem.objects.all()] == [(lead, "reading")]
    groups = client.get("/library/reading-list/").context["groups"]
    assert [(group["state"], [row.title for _slug, row in group["items"]]) for group in groups] == [
        ("reading", ["To be read"])
    ]
    assert other.get("/library/reading-list/").context["groups"] == []
    assert client.post(url, {"state": "x"}).status_code == 404
    assert client.post(url, {"state": "", "back": "list"}).headers["Location"] == "/library/reading-list/"
    assert ReadingItem.objects.count() == 0


def test_what_was_thrown_away_leaves_the_reading_list(client):
    material = MaterialFactory()
    client.post(f"{material.get_absolute_url()}reading/", {"state": "to_read"})
    Material.objects.update(binned_at=NOW)
    assert client.get("/library/reading-list/").context["groups"] == []


# --- comments ----------------------------------------------------------------------------------------
def test_a_comment_is_rendered_told_and_stored_once(other, lead, manager):
    material = MaterialFactory(owner=lead, title="Mine")
    key = page(other, material).context["comment_form"]["key"].value()
    url = f"{material.get_absolute_url()}comments/"
    answers = {other.post(url, {"text": "Some **words**", "key": key}).headers["Location"] for _ in range(2)}
    comment = Comment.objects.get()
    assert answers == {f"{material.get_absolute_url()}#comment-{comment.pk}"}
    assert (comment.by, comment.html) == (manager, "<p>Some <strong>words</strong></p>")
    assert [line.text for line in lead.notifications.all()] == ["Max Manager commented on “Mine”"]


def test_an_empty_comment_is_said(client):
    material = MaterialFactory()
    url = f"{material.get_absolute_url()}comments/"
    assert client.post(url, {"text": " "}).status_code == 422
    html = client.post(url, {"text": " "}, headers=FRAGMENT).content.decode().strip()
    assert html.startswith('<section id="comments"')


def test_one_edits_and_deletes_ones_own_comments_only(client, other, lead):
    material = MaterialFactory()
    client.post(f"{material.get_absolute_url()}comments/", {"text": "first"})
    comment = Comment.objects.get()
    url = f"{material.get_absolute_url()}comments/{comment.pk}/"
    assert [other.get(url).status_code, other.post(url, {"text": "x"}).status_code] == [403, 403]
    assert other.post(f"{url}delete/").status_code == 403
    assert client.post(url, {"text": "*second*"}).status_code == 302
    comment.refresh_from_db()
    assert (comment.text, comment.html, comment.edited_at is None) == ("*second*", "<p><em>second</em></p>", False)
    assert client.post(url, {"text": ""}).status_code == 422
    assert client.get(f"/library/{MaterialFactory().slug}/comments/{comment.pk}/").status_code == 404
    assert client.post(f"{url}delete/").status_code == 302
    assert page(other, material).context["comments"] == []
    assert client.get(url).status_code == 404


# --- adaptations ----------------------------------------------------------------------------------------
def test_a_team_says_what_it_makes_of_an_insight_and_may_change_it(client, lead, other, manager):
    insight = InsightFactory(material__title="Theirs").material
    url = f"{insight.get_absolute_url()}adapt/"
    client.post(url, {"choice": "adapt", "note": "Two mornings only"})
    client.post(url, {"choice": "leave", "note": ""})
    adaptations = page(other, insight).context["adaptations"]
    assert [(one.team, one.by, one.choice, one.note) for one in adaptations] == [(lead.team, lead, "leave", "")]
    assert f"{lead.team.name}</a> <span" in page(other, insight).content.decode()
    assert [line.text for line in insight.owner.notifications.all()] == [
        f"{lead.team.name} says what it makes of “Theirs”"
    ]


def test_who_does_not_answer_an_insight(client, lead, manager, sign_in):
    own_teams = InsightFactory(material__team=lead.team, material__owner=manager).material
    own = InsightFactory(material__owner=lead).material
    for material in (own_teams, own):
        assert client.post(f"{material.get_absolute_url()}adapt/", {"choice": "adapt"}).status_code == 403
        assert page(client, material).context["adapt_form"] is None
    anonymous = InsightFactory(
        material__team=lead.team, material__owner=manager, material__shown_as="anonymous"
    ).material
    assert page(client, anonymous).context["adapt_form"] is not None
    article = MaterialFactory()
    assert client.get(f"{article.get_absolute_url()}adapt/").status_code == 404
    lead.team = None
    lead.save()
    assert client.get(f"{InsightFactory().material.get_absolute_url()}adapt/").status_code == 403


@pytest.mark.parametrize("data", [{}, {"choice": "x"}, {"choice": "adapt", "note": "x" * 2_001}])
def test_an_odd_answer_is_said(client, data):
    insight = InsightFactory().material
    assert client.post(f"{insight.get_absolute_url()}adapt/", data).status_code == 422


# --- the number of queries -----------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3, 20])
def test_query_count(client, lead, manager, count, django_assert_num_queries):
    material = InsightFactory(material__tags=["a", "b"], material__principles=[PrincipleFactory()]).material
    for number in range(count):
        Comment.objects.create(material=material, by=manager, text="x", html="<p>x</p>", html_version=2, written_at=NOW)
        material.adaptations.create(team=TeamFactory(), choice="adapt", written_at=NOW)
        MaterialFactory(tags=["a", f"t{number}"])
        SessionFactory().session_materials.create(material=material)
    with django_assert_num_queries(PAGE):
        page(client, material)


PAGE = 11


def test_fresh_insights_of_other_teams_with_counts(lead, manager, django_assert_num_queries):
    InsightFactory(material__owner=lead)
    InsightFactory(material__team=lead.team)
    insight = InsightFactory(material__title="Theirs").material
    for _ in range(2):
        Comment.objects.create(material=insight, by=manager, text="x", written_at=NOW)
        insight.adaptations.create(team=TeamFactory(), choice="adapt", written_at=NOW)
    Comment.objects.create(material=insight, text="x", written_at=NOW, deleted_at=NOW)
    with django_assert_num_queries(2):
        rows = list(Material.objects.fresh_insights(lead)[:5])
    assert [(row.title, row.answers, row.replies) for row in rows] == [("Theirs", 2, 2)]
