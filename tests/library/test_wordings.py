"""Wording principles: facilitators do, leads suggest, all can read how the words came about."""

import pytest

from library.models import Principle, Suggestion
from members.models import Community
from tests.factories import PrincipleFactory
from tests.threads import at_once

WORDS = {
    "title": "Decide close",
    "statement": "Who does it decides.",
    "looks_like": "One\n\n Two ",
    "drift": "",
    "prompt": "",
}


@pytest.fixture
def desk(facilitator, sign_in):
    return sign_in(facilitator)


@pytest.fixture
def principle(db):
    return PrincipleFactory(**WORDS | {"looks_like": "One\nTwo"})


def lines(member):
    return [line.text for line in member.notifications.all()]


# --- writing -------------------------------------------------------------------------------------
def test_facilitators_add_a_principle_once(desk, facilitator):
    PrincipleFactory(position=4)
    key = desk.get("/principles/new/").context["form"]["key"].value()
    answers = {desk.post("/principles/new/", {**WORDS, "key": key}).headers["Location"] for _ in range(2)}
    principle = Principle.objects.get(title="Decide close")
    assert answers == {principle.get_absolute_url()}
    assert (principle.position, principle.observations) == (5, ["One", "Two"])
    assert principle.history.get().history_user == facilitator
    assert desk.post("/principles/new/", {**WORDS, "statement": ""}).status_code == 422


def test_an_edit_leaves_a_history_and_its_words_can_begin_another(desk, client, facilitator, principle):
    url = f"/principles/{principle.slug}/edit/"
    assert desk.post(url, {**WORDS, "version": 1, "statement": "Who does it decides first."}).status_code == 302
    desk.post(url, {**WORDS, "version": 2, "statement": "Who does it decides first."})  # nothing changed
    versions = client.get(f"/principles/{principle.slug}/history/").context["versions"]
    assert [(version["who"], [change["label"] for change in version["changes"]]) for version in versions] == [
        (facilitator, ["Statement"]), (None, []),
    ]  # fmt: skip
    first = desk.get(url, {"from": versions[1]["pk"]}).context["form"]
    assert (first["statement"].value(), first["version"].value()) == ("Who does it decides.", 2)
    for odd in ("x", "999999999", "9" * 50, "²"):
        assert desk.get(url, {"from": odd}).context["form"]["statement"].value() == "Who does it decides first."


def test_principles_without_a_history_get_one_at_their_first_edit(desk, client, principle):
    Principle.history.all().delete()
    desk.post(f"/principles/{principle.slug}/edit/", {**WORDS, "version": 1, "prompt": "Who?"})
    versions = client.get(f"/principles/{principle.pk}/history/", follow=True).context["versions"]
    assert [[change["label"] for change in version["changes"]] for version in versions] == [["A question to ask"], []]


def test_a_newer_wording_is_shown_beside_what_was_typed(desk, principle):
    url = f"/principles/{principle.slug}/edit/"
    desk.post(url, {**WORDS, "version": 1, "statement": "Theirs"})
    response = desk.post(url, {**WORDS, "version": 1, "statement": "Mine"})
    assert response.status_code == 409
    assert [(one["typed"], one["stored"]) for one in response.context["differences"]] == [("Mine", "Theirs")]
    assert Principle.objects.get().statement == "Theirs"
    assert desk.post(url, {**WORDS, "version": response.context["form"]["version"].value(), "statement": "Mine"})
    assert Principle.objects.get().statement == "Mine"


# --- suggesting ----------------------------------------------------------------------------------
def suggest(browser, principle, **change):
    return browser.post(f"/principles/{principle.slug}/suggest/", {**WORDS, "why": "Clearer", **change})


def test_a_lead_suggests_and_a_facilitator_takes_it(client, desk, lead, facilitator, principle):
    response = suggest(client, principle, statement="Whoever does it decides.")
    suggestion = Suggestion.objects.get()
    assert response.headers["Location"] == suggestion.get_absolute_url()
    assert lines(facilitator) == ["Lea Lead suggests a wording for “Decide close”"]
    assert suggestion.get_absolute_url() in client.get(principle.get_absolute_url()).content.decode()
    page = desk.get(suggestion.get_absolute_url())
    assert [change["label"] for change in page.context["changes"]] == ["Statement"]
    data = {"version": page.context["form"]["version"].value(), "choice": "take", "answer": ""}
    assert client.post(suggestion.get_absolute_url(), data).status_code == 403
    assert desk.post(suggestion.get_absolute_url(), data).status_code == 302
    principle.refresh_from_db()
    assert (principle.statement, principle.version) == ("Whoever does it decides.", 2)
    assert lines(lead) == ["Your wording for “Decide close” is taken"]
    assert desk.post(suggestion.get_absolute_url(), {**data, "choice": "decline", "answer": "No"}).status_code == 302
    assert Suggestion.objects.get().state == "taken"


def test_declining_needs_a_reason_that_everybody_reads(client, desk, other, lead, principle):
    suggest(client, principle, title="Decide near")
    url = Suggestion.objects.get().get_absolute_url()
    assert desk.post(url, {"version": 1, "choice": "decline", "answer": " "}).status_code == 422
    assert desk.post(url, {"version": 1, "choice": "x"}).status_code == 422
    desk.post(url, {"version": 1, "choice": "decline", "answer": "Near is vaguer."})
    assert "Near is vaguer." in other.get(url).content.decode()
    assert lines(lead) == ["Your wording for “Decide close” is not taken; the reason stands beside it"]
    assert url in other.get(f"/principles/{principle.slug}/history/").content.decode()
    assert (Principle.objects.get().title, Principle.objects.get().version) == ("Decide close", 1)


def test_a_suggestion_for_other_words_is_looked_at_again(client, desk, principle):
    suggest(client, principle, drift="Everybody asks the boss.")
    desk.post(f"/principles/{principle.slug}/edit/", {**WORDS, "version": 1, "prompt": "Who?"})
    url = Suggestion.objects.get().get_absolute_url()
    response = desk.post(url, {"version": 1, "choice": "take"})
    assert (response.status_code, Suggestion.objects.get().state) == (409, "open")
    assert [change["label"] for change in response.context["changes"]] == ["How it drifts", "A question to ask"]


def test_who_suggests_what(client, aspiring, sign_in, principle):
    assert suggest(sign_in(aspiring), principle, title="x").status_code == 403
    assert suggest(client, principle).status_code == 422  # the same words
    assert suggest(client, principle, title="Other", why="").status_code == 422
    other = PrincipleFactory()
    suggest(client, principle, title="Other")
    assert client.get(f"/principles/{other.slug}/suggestions/{Suggestion.objects.get().pk}/").status_code == 404


def test_an_archive_changes_no_words(client, desk, principle):
    suggest(client, principle, title="Other")
    url = Suggestion.objects.get().get_absolute_url()
    Community.objects.create(stage=Community.Stage.CLOSED)
    answers = [
        desk.post("/principles/new/", WORDS), desk.post(f"/principles/{principle.slug}/edit/", {**WORDS, "version": 1}),
        suggest(client, principle, title="More"), desk.post(url, {"version": 1, "choice": "take"}),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [403] * 4
    assert (desk.get(url).status_code, Principle.objects.get().title) == (200, "Decide close")


@pytest.mark.django_db(transaction=True)
def test_two_facilitators_decide_once(client, facilitator, sign_in, lead, principle):
    suggest(client, principle, title="Other")
    url = Suggestion.objects.get().get_absolute_url()
    desks = [sign_in(facilitator) for _ in range(4)]
    data = [{"version": 1, "choice": ("take", "decline")[n % 2], "answer": f"{n}"} for n in range(4)]
    assert at_once(4, lambda n: desks[n].post(url, data[n]).status_code) == [302] * 4
    suggestion = Suggestion.objects.get()
    assert (suggestion.state == "taken") == (Principle.objects.get().title == "Other")
    assert len(lines(lead)) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_of_the_history(client, desk, principle, count, django_assert_num_queries):
    for n in range(count):
        desk.post(f"/principles/{principle.slug}/edit/", {**WORDS, "version": n + 1, "statement": f"{n}"})
        suggest(client, principle, title="Other", why=f"{n}")
    Suggestion.objects.update(state="declined")
    with django_assert_num_queries(6):
        client.get(f"/principles/{principle.slug}/history/")
