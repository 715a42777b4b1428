"""The list behind the bell: one's own lines, read one by one or all at once."""

import pytest

from members.models import Member
from members.telling import Kind, notify

URL = "/members/me/notifications/"


@pytest.fixture
def client(lead, sign_in):
    return sign_in(lead)


def tell(member, now, about="session:1", text="A session changed", url="/sessions/"):
    notify(member, kind=Kind.SESSION_CHANGED, about=about, version=1, text=text, url=url, now=now)
    return member.notifications.get(about=about)


def test_lists_ones_own_and_counts_the_unread(client, lead, manager, now):
    tell(lead, now)
    tell(manager, now, text="For somebody else")
    page = client.get(URL).content.decode()
    assert "A session changed" in page
    assert "For somebody else" not in page
    assert '<span class="count">1</span>' in page


def test_reading_the_list_marks_nothing(client, lead, now):
    told = tell(lead, now)
    client.get(URL)
    told.refresh_from_db()
    assert told.read_at is None


def test_opening_one_marks_it_and_leads_there(client, lead, now):
    told = tell(lead, now)
    response = client.post(f"{URL}{told.pk}/open/")
    assert (response.status_code, response.headers["Location"]) == (302, "/sessions/")
    assert Member.objects.with_unread_count().get(pk=lead.pk).unread_count == 0


def test_somebody_elses_is_missing(client, manager, now):
    told = tell(manager, now)
    assert client.post(f"{URL}{told.pk}/open/").status_code == 404
    told.refresh_from_db()
    assert told.read_at is None


def test_all_at_once(client, lead, manager, now):
    for number in range(3):
        tell(lead, now, about=f"session:{number}")
    tell(manager, now)
    assert client.post(f"{URL}read-all/", follow=True).redirect_chain == [(URL, 302)]
    unread = Member.objects.with_unread_count()
    assert (unread.get(pk=lead.pk).unread_count, unread.get(pk=manager.pk).unread_count) == (0, 1)


def test_an_empty_list_says_what_will_be_here(client):
    assert "Nothing new" in client.get(URL).content.decode()


@pytest.mark.parametrize("path", ["read-all/", "1/open/"])
def test_only_posts_write(client, path):
    assert client.get(f"{URL}{path}").status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_query_count(client, lead, now, count, django_assert_num_queries):
    for number in range(count):
        tell(lead, now, about=f"session:{number}")
    with django_assert_num_queries(6):
        client.get(URL)
