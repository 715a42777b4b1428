"""Forms that create something: sent again, they create nothing more and lead to the same page."""

import uuid
from datetime import timedelta

import pytest
from django import forms
from django.http import QueryDict

from members.guards import SentForm
from members.models import Team
from members.once import OnceForm, forget_sent_forms, once
from tests.factories import MemberFactory
from tests.threads import at_once

KEY = uuid.UUID("6f1c7a52-0a5c-4f0e-9c38-6b1f6f0d7d11")


class TeamForm(OnceForm, forms.ModelForm):
    class Meta:
        model = Team
        fields = ("name",)


def make_team(name="Payments"):
    return Team.objects.create(name=name)


def test_sent_again_it_leads_to_what_was_made(lead, now):
    before = Team.objects.count()
    urls = {once(lead, KEY, create=make_team, now=now + timedelta(hours=hours)) for hours in (0, 1)}
    assert Team.objects.count() == before + 1
    assert urls == {Team.objects.get(name="Payments").get_absolute_url()}


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_16_times_at_once_makes_one_row(now):
    member = MemberFactory(team=None)
    urls = at_once(16, lambda _: once(member, KEY, create=make_team, now=now))
    assert urls == [Team.objects.get().get_absolute_url()] * 16


@pytest.mark.django_db(transaction=True)
def test_when_the_first_fails_one_of_those_who_waited_makes_it(now):
    member = MemberFactory(team=None)
    failures = iter([1])

    def fail_once():
        if next(failures, None):
            raise ValueError
        return make_team()

    def send(_):
        try:
            return once(member, KEY, create=fail_once, now=now)
        except ValueError:
            return None

    urls = at_once(8, send)
    assert sorted(urls, key=str) == sorted([None, *[Team.objects.get().get_absolute_url()] * 7], key=str)


def test_a_failure_leaves_the_form_to_be_sent_again(lead, now):
    def fail():
        make_team("Half")
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 -- our own
        once(lead, KEY, create=fail, now=now)
    assert (SentForm.objects.count(), Team.objects.filter(name="Half").count()) == (0, 0)


def test_another_member_with_the_same_key_makes_their_own(lead, manager, now):
    first = once(lead, KEY, create=lambda: make_team("One"), now=now)
    second = once(manager, KEY, create=lambda: make_team("Two"), now=now)
    assert first != second


def test_an_address_will_do_for_what_has_no_page(lead, now):
    assert once(lead, KEY, create=lambda: "/members/", now=now) == "/members/"


def test_keys_are_forgotten_after_a_week(lead, now):
    once(lead, KEY, create=make_team, now=now)
    assert forget_sent_forms(now + timedelta(days=7)) == 0
    assert forget_sent_forms(now + timedelta(days=7, seconds=1)) == 1


# --- The form ------------------------------------------------------------------------------


def sent(**fields):
    form = TeamForm(QueryDict("&".join(f"{name}={value}" for name, value in fields.items())))
    form.is_valid()
    return form


def shown_key(form):
    return str(form["key"].value())


def test_each_form_shown_has_a_key_of_its_own():
    keys = [shown_key(TeamForm()) for _ in range(2)]
    assert len({uuid.UUID(key) for key in keys}) == 2


def test_the_key_is_hidden_and_made_when_shown():
    form = TeamForm()
    assert [field.name for field in form.hidden_fields()] == ["key"]


def test_the_same_words_have_the_same_key(db):
    keys = [sent(key=KEY, name="Payments", csrfmiddlewaretoken=token).cleaned_data["key"] for token in "ab"]
    assert keys[0] == keys[1]


def test_other_words_are_another_form(db):
    one, two = (sent(key=KEY, name=name).cleaned_data["key"] for name in ("Payments", "Search"))
    assert one != two


def test_a_form_with_errors_keeps_its_key(db):
    assert shown_key(sent(key=KEY, name="")) == str(KEY)


@pytest.mark.parametrize("key", ["", "nonsense", "%00", "x" * 10_000, "%F0%9F%98%80"])
def test_a_damaged_key_is_replaced(db, key):
    form = sent(key=key, name="Payments")
    assert (form.is_valid(), form.cleaned_data["key"].version) == (True, 5)
    assert uuid.UUID(shown_key(form))


def test_a_missing_key_is_replaced(db):
    forms_sent = [sent(name="Payments") for _ in range(2)]
    assert forms_sent[0].cleaned_data["key"] != forms_sent[1].cleaned_data["key"]


def test_files_are_part_of_what_is_sent():
    from django.core.files.uploadedfile import SimpleUploadedFile

    def key(name):
        form = OnceForm(QueryDict(f"key={KEY}"), {"file": SimpleUploadedFile(name, b"x")})
        form.is_valid()
        return form.cleaned_data["key"]

    assert key("a.txt") == key("a.txt") != key("b.txt")
