"""One's own profile: what can be said there, and what can never be taken from a form."""

import pytest

from members.models import Member, Skill
from tests.factories import SkillFactory

URL = "/members/me/"


def profile(member, **changes):
    return {
        "name": member.name,
        "role": member.role,
        "team": member.team_id or "",
        "band": "",
        "time_zone": member.time_zone,
        "language": "",
        **changes,
    }


@pytest.fixture
def client(lead, sign_in):
    return sign_in(lead)


def test_saves_and_says_so(client, lead):
    skill = SkillFactory(name="delegating outcomes")
    changes = {"name": "Lea  New", "pronouns": "she", "about": "Hello", "offers": [skill.pk], "time_zone": "Asia/Tokyo"}
    response = client.post(URL, profile(lead, **changes), follow=True)
    lead.refresh_from_db()
    assert response.redirect_chain == [(URL, 302)]
    assert "Your profile is saved." in response.content.decode()
    assert (lead.name, lead.pronouns, lead.about, lead.time_zone) == ("Lea New", "she", "Hello", "Asia/Tokyo")
    assert list(lead.offers.all()) == [skill]


def test_the_week_begins_where_one_says_and_stays_without_a_word(client, lead):
    client.post(URL, profile(lead, week_starts_on="6"))
    client.post(URL, profile(lead))
    lead.refresh_from_db()
    assert lead.week_starts_on == 6
    assert client.post(URL, profile(lead, week_starts_on="3")).status_code == 422


def test_new_skills_are_made_once_whatever_their_capitals(client, lead):
    known = SkillFactory(name="Saying No")
    client.post(URL, profile(lead, new_offers="saying no, Hiring", new_seeks="hiring"))
    assert sorted(Skill.objects.values_list("name", flat=True)) == ["Hiring", "Saying No"]
    assert sorted(skill.name for skill in lead.offers.all()) == ["Hiring", "Saying No"]
    assert known in lead.offers.all()
    assert [skill.name for skill in lead.seeks.all()] == ["Hiring"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\u200b\u202e"),
        ("name", "a\x00b"),
        ("role", "guest"),
        ("role", "admin"),
        ("time_zone", "Mars/Olympus"),
        ("team", "99999"),
        ("band", "7"),
        ("language", "xx"),
        ("offers", ["99999"]),
        ("new_offers", "a,b,c,d,e,f"),
        ("new_seeks", "x" * 61),
        ("about", "x" * 5001),
    ],
)
def test_a_wrong_field_answers_422_and_keeps_what_was_typed(client, lead, field, value):
    response = client.post(URL, profile(lead, pronouns="they, kept", **{field: value}))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "they, kept" in response.content.decode()
    assert Member.objects.get(pk=lead.pk).pronouns == ""


def test_flags_are_given_never_taken(client, lead):
    stolen = {
        "is_staff": "on",
        "is_superuser": "on",
        "is_facilitator": "on",
        "facilitator": "on",
        "is_active": "",
        "email": "x@y.z",
    }
    assert client.post(URL, profile(lead, **stolen)).status_code == 302
    lead.refresh_from_db()
    assert (lead.is_staff, lead.is_superuser, lead.is_facilitator, lead.is_active) == (False, False, False, True)
    assert lead.email != "x@y.z"


def test_a_guest_keeps_the_role_of_a_guest(guest, sign_in):
    assert sign_in(guest).post(URL, profile(guest, role="tech_lead")).status_code == 302
    guest.refresh_from_db()
    assert guest.role == Member.Role.GUEST


def test_wrong_verb(client):
    assert [client.put(URL).status_code, client.delete(URL).status_code] == [405, 405]


def test_pages_speak_the_chosen_language(client, lead):
    client.post(URL, profile(lead, language="de"))
    assert '<html lang="de"' in client.get(URL).content.decode()


def test_times_are_on_the_members_clock(client, lead):
    client.post(URL, profile(lead, time_zone="Asia/Kolkata"))
    assert "in Kolkata" in client.get(lead.get_absolute_url()).content.decode()
