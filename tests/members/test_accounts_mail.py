"""Mail about accounts: in the ledger, plain, from SITE_URL, and without a word that somebody typed."""

import re

import pytest
from django.core import mail as django_mail
from django.template.loader import get_template
from django.test import Client
from django.utils import timezone

from members.account_mail import imitate_account_mail, write_account_mail
from members.models import Mail, Member
from tests.members.accounts import JOINING, PASSWORD, account, admit, sign_in
from tests.members.test_accounts import change_address

pytestmark = pytest.mark.django_db

KINDS = [
    *(
        f"account/email/{kind}"
        for kind in (
            "account_already_exists",
            "email_changed",
            "email_confirm",
            "email_confirmation",
            "email_confirmation_signup",
            "email_deleted",
            "login_code",
            "password_changed",
            "password_reset",
            "password_reset_code",
            "password_set",
        )
    ),
    *(
        f"mfa/email/{kind}"
        for kind in (
            "recovery_codes_generated",
            "totp_activated",
            "totp_deactivated",
            "webauthn_added",
            "webauthn_removed",
        )
    ),
    *(f"socialaccount/email/{kind}" for kind in ("account_connected", "account_disconnected")),
]


@pytest.mark.parametrize("prefix", KINDS)
def test_each_mail_is_ours_short_and_plain(prefix, settings):
    settings.SITE_URL = "https://commons.example"
    for part in ("subject", "message"):
        assert str(settings.BASE_DIR) in get_template(f"{prefix}_{part}.txt").origin.name.partition("/.venv/")[0]
        assert "/.venv/" not in get_template(f"{prefix}_{part}.txt").origin.name
    write_account_mail(prefix, "lea@example.org", {"code": "BCDF-GHJK"}, now=timezone.now())
    mail = Mail.objects.get()
    assert 5 < len(mail.subject) <= 60
    assert mail.body.startswith("Hello,\n\n")
    assert mail.body.rstrip().endswith("Leadership Commons\nhttps://commons.example")
    assert len(mail.body) < 700
    assert not re.search(r"[<>{}]|&\w+;|\n\n\n", mail.body)
    assert {address.partition("/accounts/")[0] for address in re.findall(r"https?://\S+", mail.body)} == {
        "https://commons.example"
    }
    assert ("BCDF-GHJK" in mail.body) == prefix.endswith(("_code", "_confirmation", "_confirmation_signup"))


def test_nothing_is_sent_while_somebody_waits():
    member = account()
    Client().post("/accounts/login/code/", {"email": member.email})
    assert django_mail.outbox == []
    assert [(mail.to, mail.member, mail.kind, mail.state) for mail in Mail.objects.all()] == [
        (member.email, member, "login_code", Mail.State.WAITING)
    ]


def test_the_host_header_does_not_get_into_a_mail(settings):
    settings.ALLOWED_HOSTS, settings.SITE_URL = ["*"], "https://commons.example"
    member = account()
    admit("example.org")
    client = Client(headers={"Host": "evil.example"})
    Client(headers={"Host": "evil.example"}).post("/accounts/signup/", {**JOINING, "email": member.email})
    sign_in(member, client=client)
    new = {"password1": "a lamp and three spoons", "password2": "a lamp and three spoons"}
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    assert sorted(Mail.objects.values_list("kind", flat=True)) == ["account_already_exists", "password_changed"]
    assert [mail.kind for mail in Mail.objects.all() if "evil" in mail.body] == []


def test_what_somebody_typed_does_not_get_into_a_mail():
    admit("example.org")
    typed = "http://evil.example Bcc: x@y.example"
    client = Client(headers={"User-Agent": typed})
    for _ in range(2):
        Client(headers={"User-Agent": typed}).post("/accounts/signup/", {**JOINING, "name": typed})
    member = account(name=typed, email="evil.example/x@example.org")
    sign_in(member, client=client)
    new = {"password1": "a lamp and three spoons", "password2": "a lamp and three spoons"}
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    assert Mail.objects.count() == 3
    assert [mail.subject for mail in Mail.objects.all() if "evil" in mail.subject + mail.body] == []


def test_speaks_the_language_of_its_reader():
    english, german = account(), account(language="de")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("members.account_mail.render_to_string", lambda name, words: active())
        for member in (english, german):
            write_account_mail("account/email/login_code", member.email, {}, now=timezone.now())
    assert [mail.body.strip() for mail in Mail.objects.order_by("pk")] == ["en", "de"]


def active() -> str:
    from django.utils import translation

    return translation.get_language()


def test_a_mail_that_nobody_gets_leaves_nothing():
    imitate_account_mail(now=timezone.now())
    assert Mail.objects.count() == 0


def test_changes_are_told_to_the_old_address():
    member = account(email="lea@example.org")
    client = sign_in(member)
    change_address(client, "new@example.org")
    assert [(mail.to, mail.kind) for mail in Mail.objects.all()] == [("new@example.org", "email_confirmation")]
    assert Member.objects.get().email == "lea@example.org"
