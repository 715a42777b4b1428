"""The charter: public, versioned, shown once to each member."""

import re

import pytest
from django.test import Client

from cop_portal.lib.markdown_field import MarkdownText
from members.charter_actions import CharterChangedError, write_charter
from members.charters import CharterVersion
from members.models import Community, Member

pytestmark = pytest.mark.django_db
NEWS = "Our charter has a new version."


def write(by, text="Be **kind**.", note="", onto=None, now=None):
    onto = Community.current().charter_version if onto is None else onto
    return write_charter(MarkdownText(text), note=note, onto=onto, by=by, now=now)


@pytest.fixture
def first(facilitator, now):
    return write(facilitator, now=now)


@pytest.fixture
def host(facilitator, sign_in):
    return sign_in(facilitator)


class TestReading:
    @pytest.mark.parametrize("who", [None, "guest", "lead"])
    def test_everybody_does(self, who, first, request, sign_in):
        client = sign_in(request.getfixturevalue(who)) if who else Client()
        page = client.get("/charter/").content.decode()
        assert "How we treat each other here." in page
        assert ("/charter/edit/" in page, "/charter/history/" in page) == (False, who == "lead")

    def test_before_there_is_one_the_page_says_so(self, client, host):
        assert "There is no charter yet" in client.get("/charter/").content.decode()
        assert 'href="/charter/edit/"' in host.get("/charter/").content.decode()

    def test_every_page_leads_there_and_to_privacy(self, client):
        page = client.get("/").content.decode()
        assert 'href="/charter/"' in page
        assert 'href="/privacy/"' in page
        assert "What is kept here, for how long" in client.get("/privacy/").content.decode()

    def test_markdown_is_shown_and_never_markup(self, facilitator, host, client):
        host.post("/charter/edit/", {"text": "# Us\n\n**kind** <script>alert(1)</script>", "onto": 0})
        page = client.get("/charter/").content.decode()
        assert "<strong>kind</strong>" in page
        assert "<script>alert" not in page


class TestWriting:
    def test_a_facilitator_writes_the_next_version(self, first, host, facilitator):
        assert 'name="onto" value="1"' in host.get("/charter/edit/").content.decode()
        data = {"text": "Be kind and curious.", "note": "Curiosity", "onto": 1}
        assert host.post("/charter/edit/", data).headers["Location"] == "/charter/"
        assert list(CharterVersion.objects.values_list("number", "text", "note", "by")) == [
            (2, "Be kind and curious.", "Curiosity", facilitator.pk),
            (1, "Be **kind**.", "", facilitator.pk),
        ]
        assert Community.current().charter_version == 2

    def test_the_same_text_is_no_new_version(self, first, host):
        host.post("/charter/edit/", {"text": "Be **kind**.", "onto": 1})
        assert CharterVersion.objects.count() == 1

    def test_what_somebody_saved_meanwhile_is_not_lost(self, first, host, facilitator, now):
        write(facilitator, "Theirs.", now=now)
        response = host.post("/charter/edit/", {"text": "Mine.", "onto": 1})
        page = response.content.decode()
        assert response.status_code == 422
        assert "Somebody saved another version meanwhile." in page
        assert "Mine." in page
        assert CharterVersion.objects.count() == 2
        with pytest.raises(CharterChangedError):
            write(facilitator, "Mine.", onto=1, now=now)

    @pytest.mark.parametrize(
        "data", [{"text": ""}, {"text": "x" * 20_001}, {"text": "a\x00b"}, {"note": "x" * 201}, {"onto": "x"}]
    )
    def test_what_is_wrong_is_answered_422(self, data, host):
        response = host.post("/charter/edit/", {"text": "Be kind.", "note": "", "onto": 0, **data})
        assert (response.status_code, CharterVersion.objects.count()) == (422, 0)

    @pytest.mark.parametrize(("who", "status"), [("lead", 403), ("guest", 404)])
    def test_nobody_else_does(self, who, status, first, request, sign_in):
        client = sign_in(request.getfixturevalue(who))
        assert client.post("/charter/edit/", {"text": "Mine.", "onto": 1}).status_code == status
        assert CharterVersion.objects.count() == 1

    def test_an_archive_keeps_what_it_has(self, first, host):
        Community.objects.update(stage=Community.Stage.CLOSED)
        assert host.post("/charter/edit/", {"text": "Mine.", "onto": 1}).status_code == 403
        assert "/charter/edit/" not in host.get("/charter/").content.decode()
        assert CharterVersion.objects.count() == 1

    def test_earlier_versions_stay_readable(self, first, facilitator, lead, now, sign_in):
        write(facilitator, "Be curious.", note="Shorter", now=now)
        client = sign_in(lead)
        page = client.get("/charter/history/").content.decode()
        assert re.findall(r">(Version \d)</a>", page) == ["Version 2", "Version 1"]
        old = client.get("/charter/history/1/").content.decode()
        assert "This is an earlier version." in old
        assert "<strong>kind</strong>" in old
        assert client.get("/charter/history/3/").status_code == 404


class TestNews:
    def test_a_new_version_is_shown_until_it_was_seen_and_never_again(self, first, facilitator, lead, now, sign_in):
        client = sign_in(lead)
        assert NEWS not in client.get("/").content.decode()  # a newcomer finds it among the first steps
        client.post("/charter/seen/", {"number": 1})
        write(facilitator, "Be curious.", now=now)
        assert [NEWS in client.get(page).content.decode() for page in ("/", "/library/")] == [True, True]
        response = client.post("/charter/seen/", {"number": 2, "next": "/library/"})
        assert response.headers["Location"] == "/library/"
        assert NEWS not in client.get("/").content.decode()

    def test_reading_the_page_is_no_answer(self, first, lead, sign_in):
        client = sign_in(lead)
        assert "I have read it" in client.get("/charter/").content.decode()
        assert "I have read it" in client.get("/charter/").content.decode()
        client.post("/charter/seen/", {"number": 1})
        assert "I have read it" not in client.get("/charter/").content.decode()

    def test_who_wrote_it_has_read_it(self, first, facilitator):
        assert Member.objects.get(pk=facilitator.pk).charter_seen == 1

    @pytest.mark.parametrize(("number", "status"), [("x", 404), ("0", 404), ("", 404), ("9" * 30, 302)])
    def test_nobody_reads_ahead(self, number, status, first, lead, sign_in):
        client = sign_in(lead)
        assert client.post("/charter/seen/", {"number": number}).status_code == status
        assert Member.objects.get(pk=lead.pk).charter_seen == (1 if status == 302 else 0)

    @pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"])
    def test_the_way_back_stays_here(self, target, first, lead, sign_in):
        response = sign_in(lead).post("/charter/seen/", {"number": 1, "next": target})
        assert response.headers["Location"] == "/charter/"
