"""Deleting an account: private things go, shared ones as chosen, and no trace stays anywhere."""

from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session as SignIn
from django.core.files.storage import default_storage
from django.db import models
from django.test import Client
from django.utils import timezone

from cop_portal.leaving import delete_account
from feedback.actions import Answers, close_due_polls, open_poll, submit
from feedback.models import Tally
from library.actions import Words, add_article, edit_material
from library.models import Comment, Helped, Material, ReadingItem
from library.trace_actions import adapt, say_it_helped, write_comment
from members.joining import invite
from members.leaving import LastAdminError, Writings, put_to_rest
from members.models import Invitation, Mail, Member, Notification
from members.photos import keep_photo
from members.switches import choose
from members.telling import Kind, Letter, notify, write_mail
from sessions.models import Attendance
from tests.factories import (
    AttendanceFactory,
    InsightFactory,
    MaterialFactory,
    MemberFactory,
    SessionFactory,
    TopicFactory,
    VoteFactory,
    stored_file,
)
from tests.members.accounts import PASSWORD, account

URL = "/members/me/delete/"
KEEP, HAND_OVER, REMOVE = Writings.KEEP, Writings.HAND_OVER, Writings.REMOVE


@pytest.fixture
def leaver(db):
    return account(name="Wanda Vanishing", email="wanda.vanishing@example.org")


@pytest.fixture
def client(leaver, client):
    """Signed in, and has shown again who they are."""
    return proven(client, leaver)


def proven(client, member):
    client.post("/accounts/login/", {"login": member.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def fields_holding(words):
    """Yields (model, field) wherever a text in the database contains one of `words`."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, kinds):
                for value in model._base_manager.values_list(field.name, flat=True):
                    if any(word.lower() in str(value).lower() for word in words):
                        yield model.__name__, field.name


def rows_of(pk):
    """Yields (model, field) wherever a column refers to the member with this key."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            target = getattr(field.remote_field, "model", None)
            if target is Member and model._base_manager.filter(**{field.attname: pk}).exists():
                yield model.__name__, field.name


@pytest.fixture
def lived(leaver, manager, admin, now):
    """A trace in every corner there is."""
    other = manager
    keep_photo(leaver, b"picture")
    leaver.save()
    choose(leaver, {Kind.REPLY: frozenset()}, weekly=True)
    article = add_article(Words("Shared"), by=leaver, now=now)
    edit_material(article, Words("Shared, edited"), version=1, publish=True, now=now, by=leaver)
    theirs = InsightFactory(material__owner=other).material
    write_comment(theirs, "A word", by=leaver, now=now)
    adapt(theirs, choice="borrow", note="", by=leaver, now=now)
    say_it_helped(theirs, by=leaver)
    ReadingItem.objects.create(material=theirs, member=leaver, changed_at=now)
    AttendanceFactory(member=leaver)
    SessionFactory().leads.add(leaver)
    VoteFactory(member=leaver, topic=TopicFactory(proposed_by=leaver))
    letter = Letter(f"{leaver.name} answered", f"{leaver.name} says hello")
    notify(other, kind=Kind.PROMOTED, about="x", version=1, text=f"With {leaver}", url="/", mail=letter, now=now)
    notify(leaver, kind=Kind.PROMOTED, about="x", version=1, text="For you", url="/", mail=letter, now=now)
    write_mail(leaver.email, key="old", kind="login_code", subject="s", body="b", now=now)
    invite([leaver.email], role="tech_lead", by=admin, now=now)
    for user, row in ((admin, leaver), (leaver, other)):
        LogEntry.objects.create(
            user=user, content_type=ContentType.objects.get_for_model(Member), object_id=row.pk,
            object_repr=str(row), action_flag=CHANGE, change_message="Changed name.",
        )  # fmt: skip


@pytest.mark.parametrize("writings", [KEEP, HAND_OVER, REMOVE])
def test_no_trace_stays(leaver, manager, lived, client, writings):
    pk = leaver.pk
    traces = set(fields_holding(["vanishing"]))
    assert {("Member", "name"), ("Member", "email"), ("Mail", "to"), ("Notification", "text")} <= traces
    assert ("LogEntry", "object_repr") in traces
    assert ("HistoricalMaterial", "history_user") in set(rows_of(pk))
    answer = client.post(URL, {"writings": writings, "heir": manager.pk, "sure": "on"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert set(fields_holding(["vanishing"])) == set()
    assert set(rows_of(pk)) == set()
    assert Notification.objects.get(member=manager, kind="promoted").text == "With a former member"
    assert Mail.objects.get(member=manager, kind="promoted").subject == "a former member answered"


def test_an_earlier_address_leaves_no_trace_either(leaver, admin, now):
    [earlier] = invite(["old.vanishing@example.org"], role="tech_lead", by=admin, now=now)
    Invitation.objects.filter(pk=earlier.pk).update(accepted_at=now, accepted_by=leaver)
    delete_account(leaver, writings=KEEP, now=now)
    assert set(fields_holding(["vanishing"])) == set()


@pytest.mark.parametrize("name", ["Al", ""])
def test_a_short_name_or_none_takes_no_words_of_others(admin, manager, now, name):
    leaver = MemberFactory(name=name)
    notify(manager, kind=Kind.PROMOTED, about="x", version=1, text="Albert and Al", url="/", now=now)
    LogEntry.objects.create(
        user=admin, content_type=ContentType.objects.get_for_model(Member), object_id=manager.pk,
        object_repr="Albert Alder", action_flag=CHANGE, change_message="",
    )  # fmt: skip
    delete_account(leaver, writings=KEEP, now=now)
    told = "Albert and a former member" if name else "Albert and Al"
    assert Notification.objects.get(member=manager).text == told
    assert LogEntry.objects.get(user=admin).object_repr == "Albert Alder"


def test_at_once_signed_out_everywhere(leaver, client, admin):
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": leaver.email, "password": PASSWORD})
    for browser in (client, elsewhere):
        assert browser.get("/members/").status_code == 200
    page = client.post(URL, {"writings": KEEP, "sure": "on"}, follow=True)
    assert "Your account is deleted." in page.content.decode()
    for browser in (client, elsewhere):
        assert browser.get("/members/").status_code == 302
    assert SignIn.objects.count() == 0


def test_first_one_shows_again_who_one_is(leaver, sign_in):
    answer = sign_in(leaver).post(URL, {"writings": KEEP, "sure": "on"})
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert Member.objects.filter(pk=leaver.pk).exists()


def test_without_a_password_it_takes_a_fresh_sign_in(leaver, sign_in):
    leaver.set_unusable_password()
    leaver.save()
    client = sign_in(leaver)
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        for answer in (client.get(URL, follow=True), client.post(URL, {"writings": KEEP, "sure": "on"}, follow=True)):
            assert answer.redirect_chain == [("/members/me/", 302)]
            assert "sign in once more" in answer.content.decode()
    assert Member.objects.filter(pk=leaver.pk).exists()
    assert sign_in(leaver).post(URL, {"writings": KEEP, "sure": "on"}).headers["Location"] == "/"
    assert not Member.objects.filter(pk=leaver.pk).exists()


def test_get_deletes_nothing_and_names_what_happens(client, leaver):
    page = client.get(URL)
    assert "Anonymous feedback stays in the counts" in page.content.decode()
    assert Member.objects.filter(pk=leaver.pk).exists()


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"writings": "keep"}, "sure"),
        ({"writings": "burn", "sure": "on"}, "writings"),
        ({"sure": "on"}, "writings"),
        ({"writings": "hand_over", "sure": "on"}, "heir"),
        ({"writings": "hand_over", "sure": "on", "heir": "99999"}, "heir"),
    ],
)
def test_what_is_missing_deletes_nothing(client, leaver, data, wrong):
    answer = client.post(URL, data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [wrong]
    assert Member.objects.filter(pk=leaver.pk).exists()


def test_neither_oneself_nor_a_guest_can_be_the_heir(client, leaver, guest):
    for heir in (leaver, guest):
        answer = client.post(URL, {"writings": HAND_OVER, "heir": heir.pk, "sure": "on"})
        assert list(answer.context["form"].errors) == ["heir"]


def test_a_guest_sees_no_members_and_can_go(client):
    guest = account(name="Gitta Guest", role=Member.Role.GUEST, team=None)
    client.post("/accounts/logout/")
    proven(client, guest)
    assert set(client.get(URL).context["form"].fields) == {"writings", "sure"}
    client.post(URL, {"writings": KEEP, "sure": "on"})
    assert not Member.objects.filter(pk=guest.pk).exists()


def test_the_only_admin_cannot_go(admin, now):
    with pytest.raises(LastAdminError):
        delete_account(admin, writings=KEEP, now=now)
    assert Member.objects.filter(pk=admin.pk).exists()
    MemberFactory(is_staff=True, is_superuser=True)
    delete_account(admin, writings=KEEP, now=now)
    assert not Member.objects.filter(email=admin.email).exists()


def shelf(leaver, now):
    add_article(Words("Draft"), by=leaver, publish=False, now=now)
    add_article(Words("Private", audience="private"), by=leaver, now=now)
    add_article(Words("Nameless", shown_as="anonymous"), by=leaver, now=now)
    add_article(Words("Shared"), by=leaver, now=now)


@pytest.mark.parametrize(
    ("writings", "left"),
    [
        (KEEP, {"Nameless": None, "Shared": None}),
        (HAND_OVER, {"Nameless": None, "Shared": "Max Manager"}),
        (REMOVE, {}),
    ],
)
def test_what_becomes_of_materials(leaver, manager, now, writings, left):
    shelf(leaver, now)
    delete_account(leaver, writings=writings, heir=manager, now=now)
    assert dict(Material.objects.values_list("title", "owner__name")) == left
    told = Notification.objects.filter(member=manager).values_list("text", flat=True)
    assert list(told) == (
        ["A colleague who left handed you 1 material to look after."] if writings == HAND_OVER else []
    )


def test_what_stays_stands_there_as_of_a_former_member(leaver, lead, sign_in, now):
    shared = add_article(Words("Shared"), by=leaver, now=now)
    comment = write_comment(MaterialFactory(owner=lead), "A word", by=leaver, now=now)
    delete_account(leaver, writings=KEEP, now=now)
    client = sign_in(lead)
    assert "a former member" in client.get(shared.get_absolute_url()).content.decode()
    assert "a former member" in client.get(comment.material.get_absolute_url()).content.decode()


def test_comments_go_with_their_writer_if_they_wish(leaver, lead, now):
    material = MaterialFactory(owner=lead)
    write_comment(material, "A word", by=leaver, now=now)
    write_comment(material, "Mine", by=lead, now=now)
    delete_account(leaver, writings=REMOVE, now=now)
    assert list(Comment.objects.values_list("text", flat=True)) == ["Mine"]


def test_files_go_with_their_materials(leaver, now, django_capture_on_commit_callbacks):
    name = stored_file(owner=leaver).file.name
    with django_capture_on_commit_callbacks(execute=True):
        delete_account(leaver, writings=REMOVE, now=now)
    assert not default_storage.exists(name)


def test_thanks_are_taken_back_from_the_count(leaver, now):
    material = MaterialFactory()
    say_it_helped(material, by=leaver)
    delete_account(leaver, writings=KEEP, now=now)
    assert (Material.objects.get(pk=material.pk).helped_count, Helped.objects.count()) == (0, 0)


def test_the_seat_goes_to_whoever_waits(leaver, lead, now):
    session = SessionFactory(capacity=1, starts_at=now + timedelta(days=3))
    AttendanceFactory(session=session, member=leaver)
    AttendanceFactory(session=session, member=lead, answer=Attendance.Answer.WAITLISTED, queue_number=1)
    delete_account(leaver, writings=KEEP, now=now)
    assert list(session.attendances.values_list("member", "answer")) == [(lead.pk, "going")]
    assert Notification.objects.get(member=lead).kind == "promoted"


def test_feedback_keeps_every_count(leaver, lead, now):
    session = SessionFactory(starts_at=now - timedelta(hours=3))
    poll = open_poll(session)
    for member in (leaver, lead):
        submit(poll, member, Answers(values={"there": "yes", "worth": "4"}), now=now)
    delete_account(leaver, writings=REMOVE, now=now)
    close_due_polls(now + timedelta(days=8))
    poll.refresh_from_db()
    assert poll.answered == 2
    assert sum(Tally.objects.filter(question="worth").values_list("count", flat=True)) == 2


def test_resting_ends_sign_ins_and_mail_and_keeps_the_writings(leaver, client, now):
    shared = add_article(Words("Shared"), by=leaver, now=now)
    notify(leaver, kind=Kind.REMINDER, about="x", version=1, text="Tomorrow", url="/", now=now)
    Member.objects.filter(pk=leaver.pk).update(is_active=False)
    leaver.refresh_from_db()
    put_to_rest(leaver, now=now)
    assert client.get("/members/").status_code == 302
    assert SignIn.objects.count() == 0
    assert Mail.objects.get(member=leaver, kind="reminder").state == Mail.State.FAILED
    notify(leaver, kind=Kind.REMINDER, about="y", version=1, text="Tomorrow", url="/", now=now)
    assert Mail.objects.filter(member=leaver, kind="reminder").count() == 1
    shared.refresh_from_db()
    assert (shared.owner, shared.is_draft) == (leaver, False)


def test_switched_off_in_the_admin_an_account_rests(leaver, client, admin, sign_in):
    page = sign_in(admin).get(f"/admin/members/member/{leaver.pk}/change/")
    data = {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}
    data = {name: [row.pk for row in value] if isinstance(value, list) else value for name, value in data.items()}
    data.pop("is_active")
    answer = sign_in(admin).post(f"/admin/members/member/{leaver.pk}/change/", data)
    assert answer.status_code == 302
    assert SignIn.objects.filter(session_key=client.session.session_key).count() == 0
