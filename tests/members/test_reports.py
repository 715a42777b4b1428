"""Reporting what does harm; hiding it with a reason that everybody reads, and showing it again."""

import re

import pytest
from django.utils import timezone

from library.models import Comment, Material
from members.models import Mail, Notification, Report
from members.report_actions import hide, report
from sessions.topics import Topic, Vote
from tests.factories import InsightFactory, MaterialFactory, MemberFactory, TopicFactory, VoteFactory, stored_file

pytestmark = pytest.mark.django_db
PAGE = "/members/reports/"
REASON = "Names a customer."


@pytest.fixture
def host(facilitator, sign_in):
    return sign_in(facilitator)


def make(kind, author):
    """A row of each kind that `author` wrote."""
    if kind == "topic":
        return TopicFactory(title="Secret plans", why="We told nobody yet.", proposed_by=author)
    material = MaterialFactory(title="Secret plans", body="We told nobody yet.", owner=author)
    if kind == "material":
        return material
    return Comment.objects.create(
        material=MaterialFactory(title="A talk"), by=author, text="Secret plans.", written_at=timezone.now()
    )


KINDS = ("material", "comment", "topic")


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def row(kind, lead):
    return make(kind, lead)


def page_of(row) -> str:
    return (row.material if isinstance(row, Comment) else row).get_absolute_url()


def told(member):
    return list(Notification.objects.filter(member=member).order_by("pk").values_list("text", flat=True))


def hidden(row, by, made_by):
    made = report(row, reason="It names a customer.", by=made_by, now=timezone.now())
    hide(made, public_reason=REASON, by=by, now=timezone.now())
    return made


class TestReporting:
    def test_a_member_says_why_and_facilitators_are_told(self, kind, row, manager, facilitator, sign_in):
        client = sign_in(manager)
        address = f"{PAGE}new/{kind}/{row.pk}/"
        assert address in client.get(page_of(row)).content.decode()
        assert "Report" in client.get(address).content.decode()
        response = client.post(address, {"reason": "It names a customer."})
        assert response.headers["Location"].startswith(page_of(row))
        made = Report.objects.get()
        assert (made.subject, made.by, made.reason) == (row, manager, "It names a customer.")
        assert [text.partition(":")[0] for text in told(facilitator)] == ["A report waits for a facilitator"]
        assert (Notification.objects.count(), Mail.objects.count()) == (1, 0)

    def test_once_while_it_waits(self, kind, row, manager, sign_in):
        for _ in range(2):
            sign_in(manager).post(f"{PAGE}new/{kind}/{row.pk}/", {"reason": "It names a customer."})
        assert Report.objects.count() == 1

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 1001, "a\x00b"])
    def test_what_is_wrong_is_answered_422(self, reason, kind, row, manager, sign_in):
        assert sign_in(manager).post(f"{PAGE}new/{kind}/{row.pk}/", {"reason": reason}).status_code == 422
        assert Report.objects.count() == 0

    @pytest.mark.parametrize("address", ["member/1", "material/999999", "nothing/1", "comment/0"])
    def test_only_what_is_there(self, address, manager, sign_in):
        assert sign_in(manager).post(f"{PAGE}new/{address}/", {"reason": "x"}).status_code == 404

    def test_nobody_reports_what_they_cannot_see(self, lead, manager, guest, sign_in):
        private = MaterialFactory(owner=lead, audience=Material.Audience.PRIVATE)
        comment = Comment.objects.create(material=private, by=lead, text="x", written_at=timezone.now())
        for name, row in (("material", private), ("comment", comment)):
            assert sign_in(manager).get(f"{PAGE}new/{name}/{row.pk}/").status_code == 404
        shared = MaterialFactory()
        assert sign_in(guest).post(f"{PAGE}new/material/{shared.pk}/", {"reason": "x"}).status_code == 404


class TestDeciding:
    def test_hidden_with_a_reason_and_the_author_is_told(self, row, lead, manager, facilitator, host):
        made = report(row, reason="It names a customer.", by=manager, now=timezone.now())
        page = host.get(f"{PAGE}{made.pk}/").content.decode()
        assert "It names a customer." in page
        assert "Max Manager" in page
        assert host.post(f"{PAGE}{made.pk}/", {"decision": "hide", "public_reason": REASON}).status_code == 302
        row.refresh_from_db()
        made.refresh_from_db()
        assert (row.is_hidden, row.hidden_reason) == (True, REASON)
        assert (made.outcome, made.decided_by, made.public_reason) == ("hidden", facilitator, REASON)
        assert [REASON in text for text in told(lead)] == [True]
        assert [(mail.to, mail.kind, REASON in mail.body) for mail in Mail.objects.all()] == [
            (lead.email, "hidden", True)
        ]
        assert "Max Manager" not in Mail.objects.get().body
        assert [text.partition(":")[0] for text in told(manager)] == ["A facilitator looked at what you reported"]

    def test_nothing_disappears_without_a_reason(self, row, manager, host):
        made = report(row, reason="x", by=manager, now=timezone.now())
        response = host.post(f"{PAGE}{made.pk}/", {"decision": "hide", "public_reason": " \u200b"})
        row.refresh_from_db()
        assert (response.status_code, row.is_hidden) == (422, False)
        assert "Nothing disappears silently" in response.content.decode()

    def test_left_as_it_is(self, row, lead, manager, host):
        made = report(row, reason="x", by=manager, now=timezone.now())
        host.post(f"{PAGE}{made.pk}/", {"decision": "keep"})
        made.refresh_from_db()
        row.refresh_from_db()
        assert (made.outcome, row.is_hidden, told(lead), len(told(manager))) == ("kept", False, [], 1)

    def test_shown_again_and_the_author_is_told(self, row, lead, manager, facilitator, host):
        made = hidden(row, facilitator, manager)
        host.post(f"{PAGE}{made.pk}/", {"decision": "restore"})
        row.refresh_from_db()
        made.refresh_from_db()
        assert (row.is_hidden, row.hidden_reason, made.outcome) == (False, "", "restored")
        assert told(lead)[-1].endswith("is shown again.")
        assert Mail.objects.count() == 2

    def test_one_decision_settles_all_that_waits(self, row, manager, aspiring, facilitator):
        first = report(row, reason="x", by=aspiring, now=timezone.now())
        hidden(row, facilitator, manager)
        first.refresh_from_db()
        assert first.outcome == "hidden"
        assert len(told(aspiring)) == 1

    def test_twice_is_once(self, row, lead, manager, facilitator, host):
        made = hidden(row, facilitator, manager)
        host.post(f"{PAGE}{made.pk}/", {"decision": "hide", "public_reason": "Another one."})
        row.refresh_from_db()
        assert (row.hidden_reason, len(told(lead))) == (REASON, 1)

    def test_hidden_restored_and_hidden_again(self, row, lead, manager, facilitator, host):
        made = hidden(row, facilitator, manager)
        host.post(f"{PAGE}{made.pk}/", {"decision": "restore"})
        host.post(f"{PAGE}{made.pk}/", {"decision": "hide", "public_reason": "Once more."})
        row.refresh_from_db()
        assert row.hidden_reason == "Once more."

    def test_what_is_deleted_meanwhile_can_be_put_aside(self, row, manager, host):
        made = report(row, reason="x", by=manager, now=timezone.now())
        type(row).objects.filter(pk=row.pk).delete()
        assert "Deleted meanwhile" in host.get(f"{PAGE}{made.pk}/").content.decode()
        assert "Deleted meanwhile" in host.get(PAGE).content.decode()
        host.post(f"{PAGE}{made.pk}/", {"decision": "keep"})
        made.refresh_from_db()
        assert made.outcome == "kept"

    @pytest.mark.parametrize(("who", "status"), [("lead", 403), ("manager", 403), ("guest", 404)])
    def test_nobody_else_decides(self, who, status, row, request, sign_in):
        made = report(row, reason="x", by=MemberFactory(), now=timezone.now())
        client = sign_in(request.getfixturevalue(who))
        assert client.get(f"{PAGE}{made.pk}/").status_code == status
        assert client.post(f"{PAGE}{made.pk}/", {"decision": "hide", "public_reason": "x"}).status_code == status
        row.refresh_from_db()
        assert not row.is_hidden

    @pytest.mark.parametrize("data", [{}, {"decision": "x"}, {"decision": "hide", "public_reason": "x" * 301}])
    def test_what_is_no_decision(self, data, row, manager, host):
        made = report(row, reason="x", by=manager, now=timezone.now())
        assert host.post(f"{PAGE}{made.pk}/", data).status_code == 422

    def test_who_stands_without_a_name_stays_so(self, lead, manager, host):
        material = MaterialFactory(owner=lead, shown_as=Material.ShownAs.ANONYMOUS)
        made = report(material, reason="x", by=manager, now=timezone.now())
        page = host.get(f"{PAGE}{made.pk}/").content.decode()
        assert "someone from the community" in page
        assert lead.name not in page

    @pytest.mark.parametrize("change", [{"audience": "private"}, {"published_at": None}, {"binned_at": timezone.now()}])
    @pytest.mark.parametrize("kind", ["material", "comment"])
    def test_what_its_author_took_back_is_read_by_nobody(self, kind, change, lead, manager, host):
        row = make(kind, lead)
        made = report(row, reason="It names a customer.", by=manager, now=timezone.now())
        Material.objects.update(**change, title="Mine alone", body="Mine alone")
        pages = [host.get(PAGE).content.decode(), host.get(f"{PAGE}{made.pk}/").content.decode()]
        assert ["Deleted meanwhile" in page for page in pages] == [True, True]
        assert [words for words in ("Mine alone", "Secret plans") for page in pages if words in page] == []
        host.post(f"{PAGE}{made.pk}/", {"decision": "hide", "public_reason": REASON})
        host.post(f"{PAGE}{made.pk}/", {"decision": "keep"})
        assert "Mine alone" not in "".join([*told(manager), *told(lead)])
        assert type(row).objects.get(pk=row.pk).hidden_at is None

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_list_asks_as_much_for_many(self, rows, manager, host, django_assert_num_queries):
        for _ in range(rows):
            report(MaterialFactory(), reason="x", by=manager, now=timezone.now())
        with django_assert_num_queries(6):
            host.get(PAGE)


class TestHidden:
    """What is hidden stays out of lists, search and files, and its own page says why."""

    def test_its_page_says_why_and_shows_nothing_else(self, row, manager, aspiring, facilitator, sign_in):
        hidden(row, facilitator, aspiring)
        page = sign_in(manager).get(page_of(row)).content.decode()
        assert REASON in page
        assert "Secret plans" not in page

    def test_its_author_still_sees_it(self, row, lead, aspiring, facilitator, sign_in):
        hidden(row, facilitator, aspiring)
        page = sign_in(lead).get(page_of(row)).content.decode()
        assert REASON in page
        assert "Secret plans" in page

    def test_a_material_is_in_no_list_and_no_search(self, lead, manager, aspiring, facilitator, sign_in):
        material = InsightFactory(material__title="Secret plans", material__owner=lead).material
        pages = ("/", "/library/", "/library/?q=secret", "/search/?q=secret", "/library/?kind=insight")
        client = sign_in(manager)
        assert ["Secret" in client.get(page).content.decode() for page in pages] == [True] * 5
        hidden(material, facilitator, aspiring)
        assert ["Secret" in client.get(page).content.decode() for page in pages] == [False] * 5
        assert client.post(f"/library/{material.slug}/comment/", {"text": "x"}).status_code == 404

    def test_its_file_is_not_served(self, lead, manager, aspiring, facilitator, sign_in):
        file = stored_file(owner=lead)
        address = f"/library/{file.material.slug}/file/"
        assert b"".join(sign_in(manager).get(address)) == b"# Handout"
        hidden(file.material, facilitator, aspiring)
        assert sign_in(manager).get(address).status_code == 404

    def test_a_topic_is_in_no_list_and_takes_no_votes(self, lead, manager, aspiring, facilitator, sign_in):
        topic = TopicFactory(title="Secret plans", proposed_by=lead)
        VoteFactory(topic=topic, member=manager)
        client = sign_in(manager)
        assert "Secret plans" in client.get("/sessions/topics/").content.decode()
        hidden(topic, facilitator, aspiring)
        for page in ("/", "/sessions/topics/", "/search/?q=secret"):
            assert "Secret plans" not in client.get(page).content.decode()
        assert client.post(f"/sessions/topics/{topic.slug}/vote/", {"vote": "give"}).status_code == 404
        assert Vote.left_for(manager) == 3
        assert Topic.objects.similar_to("Secret plans") == []

    def test_a_comment_keeps_its_place(self, lead, manager, aspiring, facilitator, sign_in):
        comment = make("comment", lead)
        hidden(comment, facilitator, aspiring)
        page = sign_in(manager).get(page_of(comment)).content.decode()
        assert re.search(rf'id="comment-{comment.pk}".*{REASON}', page, re.DOTALL)
        assert "Lea Lead" in page

    def test_a_guest_of_a_session_reads_nothing_of_it(self, guest, lead, aspiring, facilitator, sign_in):
        material = make("material", lead)
        hidden(material, facilitator, aspiring)
        response = sign_in(guest).get(material.get_absolute_url())
        assert (response.status_code, response.content) == (404, sign_in(guest).get("/library/999999/").content)
