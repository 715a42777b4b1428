"""An attack on one private reflection: everybody else, at every address, by every method, as page and as fragment.

Its text may stand in one row of one table, and on the pages of its author.
"""

import logging
import zipfile
from contextlib import suppress
from io import BytesIO
from itertools import product

import pytest
from django.apps import apps
from django.contrib import admin as admin_site
from django.contrib.auth import get_user
from django.test import Client
from django.urls import NoReverseMatch, reverse

from practice.models import CoachingPreferences, Reflection, SharedReflection
from tests.factories import MemberFactory
from tests.practice.rows import SECRET, intention_of, plan_of, reflection_of
from tests.test_rights import ALL, CAST, cast, fill  # noqa: F401 -- fixtures

OF_REFLECTION = ("reflection", "edit_reflection", "delete_reflection", "share_reflection")
NEAR = ("/practice/", "/search", "/export", "/members/", "/feedback/", "/sessions/")
HEADERS = ({}, {"HX-Request": "true"})
# What sends one away, or whose GET needs somebody else's service.
LEFT_OUT = ("account_logout", "mfa_", "socialaccount_", "openid", "usersessions_")
ASKED = "asparagus"  # what the searches look for; a page may say it back
POSTED = {"answer_0": "x", "answers": "0", "audience": "community", "q": ASKED, "text": "x", "title": "x"}


@pytest.fixture(autouse=True)
def without_limits(settings):
    """An attack is quick; what stops it here is not that it is too quick."""
    settings.RATE_LIMITS = False


@pytest.fixture(autouse=True)
def _keeps_no_templates(monkeypatch):
    """What the client notes about templates takes half the time, and nobody asks here."""
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *args, **kwargs: None)


@pytest.fixture
def author(db):
    return MemberFactory(name="Nora Noone")


@pytest.fixture
def secret(author):
    return reflection_of(author, f"{ASKED} {SECRET}", plan=plan_of(author))


def text_of(response):
    """All that came, a zip unpacked."""
    content = b"".join(response) if response.streaming else response.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(content)) as found:
            content = b"".join(found.read(name) for name in found.namelist())
    return content.decode(errors="replace") + str(response.headers)


def addresses(arguments):
    """Every address that can be filled, those of reflections with the secret one."""
    for name in ALL:
        if name.startswith(LEFT_OUT) or name.startswith("admin:"):
            continue
        with suppress(NoReverseMatch):
            yield reverse(name, args=arguments.get(name, []))


def admin_addresses():
    """The pages of every model in the admin site, with one of its rows where there is one."""
    for model in admin_site.site._registry:
        prefix = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield f"{reverse(f'{prefix}_changelist')}?q={ASKED}"
        yield reverse(f"{prefix}_changelist")
        row = model._default_manager.first()
        for page in ("change", "history", "delete"):
            with suppress(NoReverseMatch):
                if row:
                    yield reverse(f"{prefix}_{page}", args=[row.pk])
    yield reverse("admin:index")


def tries(client, url, *, posts):
    """Sends every request to one address; yields what came back. Elsewhere than here, only some send forms."""
    here = url.startswith("/practice/")
    yield f"get {url}", text_of(client.get(url))
    if here:
        yield f"fragment {url}", text_of(client.get(url, headers=HEADERS[1]))
    if here or posts:
        yield f"post {url}", text_of(client.post(url, POSTED))


@pytest.fixture
def urls(secret, fill):  # noqa: F811
    args = {f"practice:{name}": [secret.slug] for name in OF_REFLECTION}
    searches = [f"{reverse('search')}?q={ASKED}", f"{reverse('library:index')}?q={ASKED}"]
    return [*addresses(fill | args), *searches, *admin_addresses()]


@pytest.mark.once
@pytest.mark.parametrize("who", sorted({*CAST} - {"manager"}))  # who is a lead's equal by another test
def test_nobody_else_finds_it_anywhere(who, urls, secret, cast, sign_in):  # noqa: F811
    client, cells = sign_in(cast[who]) if cast[who] else Client(), 0
    client.raise_request_exception = False
    # A lead and an admin walk everywhere, and nobody comes further than an admin; the others where practice shows.
    asked = urls if who in {"lead", "admin"} else [url for url in urls if url.startswith(NEAR)]
    for url in asked:
        for request, text in tries(client, url, posts=who == "admin"):
            cells += 1
            assert SECRET not in text, request
    assert cells > len(asked) > 40
    assert cast[who] is None or get_user(client) == cast[who]  # signed in to the end
    stored = Reflection.objects.get(pk=secret.pk)
    assert (stored.answers, stored.shared.count()) == (secret.answers, 0)
    assert SharedReflection.objects.filter(reflection=secret).count() == 0


@pytest.mark.parametrize("who", ["guest", "lead", "facilitator", "admin"])
def test_it_reads_like_one_that_is_missing(who, secret, request, sign_in):
    client = sign_in(request.getfixturevalue(who))
    for name, headers, method in product(OF_REFLECTION, HEADERS, ("get", "post", "put", "delete", "head")):
        there, missing = (
            getattr(client, method)(reverse(f"practice:{name}", args=[number]), headers=headers)
            for number in (secret.pk, 987_654)
        )
        assert (there.status_code, there.content) == (missing.status_code, missing.content)
        assert there.status_code in {404, 405}


def columns_with(word):
    """Every column of every table in which `word` stands, histories and queues included."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.values():
            found |= {f"{model._meta.label}.{name}" for name, value in row.items() if word in str(value)}
    return found


def test_writing_changing_and_reading_it_leaves_no_trace_elsewhere(author, sign_in, caplog, mailoutbox):
    caplog.set_level(logging.DEBUG)
    client, url = sign_in(author), reverse("practice:new_reflection")
    client.post(url, {"form": "short", "answer_0": f"{SECRET} \0"})
    client.post(url, {"form": "short", "answer_0": SECRET})
    found = Reflection.objects.get()
    client.post(reverse("practice:edit_reflection", args=[found]), {"answer_0": f"{SECRET} again", "answer_1": SECRET})
    for name in OF_REFLECTION:
        client.get(reverse(f"practice:{name}", args=[found]))
    assert columns_with(SECRET) == {"practice.Reflection.answers"}
    assert SECRET not in caplog.text
    assert SECRET not in str(client.session.items())
    assert mailoutbox == []
    assert "reflection" in str(found)
    assert SECRET not in f"{found} {found!r}"


def test_what_the_matcher_knows_and_private_plans_have_no_page_in_the_admin():
    registered = {model._meta.label for model in admin_site.site._registry}
    assert not {one for one in registered if one.startswith("practice.")}


@pytest.mark.parametrize("who", CAST)
def test_nobody_learns_who_is_not_to_be_with_whom(who, author, fill, cast, sign_in):  # noqa: F811
    excluded = MemberFactory(name="Zacharias Unwanted", is_active=True)
    CoachingPreferences.objects.create(member=author, manager=excluded).not_with.add(excluded)
    intention_of(author, SECRET)
    plan_of(author, skill=SECRET)
    client = sign_in(cast[who]) if cast[who] else Client()
    for name in (one for one in ALL if one.startswith("practice:")):
        text = text_of(client.get(reverse(name, args=fill.get(name, []))))
        assert SECRET not in text
        assert "Zacharias" not in text or name == "practice:preferences"  # a list of all members
