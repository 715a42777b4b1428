"""The directory: who is here, found by words and filters, in a fixed number of queries."""

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from members.models import Member
from tests.factories import MemberFactory, SkillFactory, TeamFactory

URL = "/members/"


def names(response):
    return [person.name for person in response.context["page"].object_list]


@pytest.fixture
def client(lead, sign_in):
    return sign_in(lead)


def test_lists_members_by_name_and_no_guests_or_former_members(client, lead, guest):
    MemberFactory(name="Aino Early")
    MemberFactory(name="Zoe Left", is_active=False)
    assert names(client.get(URL)) == ["Aino Early", lead.name]


def test_lists_nobody_whose_address_is_not_confirmed_yet(client, lead):
    typed = MemberFactory(name="Stranger Danger")
    address = EmailAddress.objects.create(user=typed, email=typed.email, primary=True, verified=False)
    assert names(client.get(URL)) == [lead.name]
    assert client.get(typed.get_absolute_url()).status_code == 404
    address.set_verified()
    assert names(client.get(URL)) == [lead.name, typed.name]


@pytest.mark.parametrize("words", ["özge", "ÖZGE", "Özge ümit"])
def test_letters_beyond_ascii_are_found_small_or_large(client, words):
    MemberFactory(name="Özge Ümit")
    assert names(client.get(URL, {"q": words})) == ["Özge Ümit"]


def test_a_hundred_words_cost_no_more_than_ten():
    same, many = (str(Member.objects.matching(words).query) for words in ("a " * 100, " ".join(map(str, range(100)))))
    assert same == str(Member.objects.matching("a").query)
    assert many == str(Member.objects.matching(" ".join(map(str, range(10)))).query)


def test_shows_name_team_role_skills_and_local_time(client, now):
    person = MemberFactory(name="Ines Carvalho", time_zone="Asia/Kolkata", role=Member.Role.MANAGER, team__name="Data")
    person.offers.add(SkillFactory(name="coaching by questions"))
    person.seeks.add(SkillFactory(name="interviewing"))
    page = client.get(URL, {"q": "Ines"}).content.decode()
    for words in ("Ines Carvalho", "Data · engineering manager", "in Kolkata", "coaching by questions", "interviewing"):
        assert words in page


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ines", ["Ines Carvalho"]),
        ("platform", ["Ines Carvalho"]),
        ("coaching", ["Ines Carvalho"]),
        ("ines search", []),
    ],
)
def test_finds_by_name_team_or_skill(client, words, found):
    person = MemberFactory(name="Ines Carvalho", team__name="Data Platform")
    person.offers.add(SkillFactory(name="coaching by questions"))
    MemberFactory(name="Tomasz Wrona", team__name="Search")
    assert names(client.get(URL, {"q": words})) == found


def test_filters_by_role_team_offer_and_wish(client):
    team, skill = TeamFactory(), SkillFactory()
    wanted = MemberFactory(name="Wanted", role=Member.Role.MANAGER, team=team)
    wanted.offers.add(skill)
    wanted.seeks.add(skill)
    MemberFactory(role=Member.Role.MANAGER)
    for query in ({"team": team.pk}, {"offers": skill.pk}, {"seeks": skill.pk}, {"role": "manager", "team": team.pk}):
        assert names(client.get(URL, query)) == ["Wanted"]


@pytest.mark.parametrize(
    "query", [{"role": "guest"}, {"team": "99999"}, {"offers": "x"}, {"q": "a\x00b"}, {"q": "x" * 101}]
)
def test_a_filter_that_makes_no_sense_is_said_beside_it(client, query):
    response = client.get(URL, query)
    assert response.status_code == 422
    assert names(response) == []
    assert list(response.context["form"].errors) == list(query)


def test_htmx_gets_the_results_alone(client, lead):
    response = client.get(URL, headers={"HX-Request": "true"})
    assert response.content.decode().lstrip().startswith('<section id="results"')
    assert "HX-Request" in response.headers["Vary"]


def test_a_restored_history_gets_the_whole_page(client):
    response = client.get(URL, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert response.content.decode().lstrip().startswith("<!doctype html>")


def test_an_empty_answer_offers_the_way_back(client):
    page = client.get(URL, {"q": "nobody-at-all"}).content.decode()
    assert "Nobody fits all of that" in page
    assert "Show everyone" in page


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_does_not_grow(client, count, django_assert_num_queries):
    for person in MemberFactory.create_batch(count):
        person.offers.add(SkillFactory())
        person.seeks.add(SkillFactory())
    with django_assert_num_queries(10):
        client.get(URL)


def test_pages_are_short(client):
    MemberFactory.create_batch(30)
    assert len(names(client.get(URL))) == 24
    assert len(names(client.get(URL, {"page": 2}))) == 7
    assert len(names(client.get(URL, {"page": "99999"}))) == 7


def test_only_reads(client):
    assert client.post(URL).status_code == 405


def test_other_words_in_the_address_lead_to_the_present_ones(client, lead):
    response = client.get(f"/members/{lead.pk}-old-name/?x=1")
    assert (response.status_code, response.headers["Location"]) == (301, f"{lead.get_absolute_url()}?x=1")


def test_profile_of_a_guest_or_a_former_member_is_missing(client, guest):
    left = MemberFactory(is_active=False)
    assert [client.get(f"/members/{pk}/").status_code for pk in (guest.pk, left.pk, 10**9, 2**64)] == [404] * 4


def test_team_page_lists_its_people(client, lead):
    MemberFactory(name="Elsewhere")
    response = client.get(lead.team.get_absolute_url())
    assert [person.name for person in response.context["people"]] == [lead.name]


@pytest.mark.parametrize("count", [1, 3])
def test_team_page_query_count(client, count, django_assert_num_queries):
    team = TeamFactory()
    MemberFactory.create_batch(count, team=team)
    with django_assert_num_queries(9):
        client.get(reverse("members:team", args=[team]))
