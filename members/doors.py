"""Counts the tries at the doors: signing in, joining, codes, resets.

A code or password that is tried counts for the account it would open, whoever tries it and from
wherever; and for the network it is tried from, whatever it would open. Known and unknown mail
addresses are counted alike.
"""

import unicodedata
from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponseBase

from members.limits import Verdict, check, from_network, who

# Forms of django-allauth by the names of their addresses. These send a mail to the typed address:
_ASKING = {
    "account_request_login_code": "code",
    "account_reset_password": "reset",
    "account_signup": "sign-up",
    "socialaccount_signup": "sign-up",
}
# These try a code; the session entry named here tells for which account.
_PROVING = {
    "account_confirm_login_code": "account_login",
    "mfa_authenticate": "account_login",
    "account_confirm_password_reset_code": "account_password_reset_verification",
    "account_email_verification_sent": "account_email_verification_code",
}
_DOORS = {*_ASKING, *_PROVING, "mfa_login_webauthn"}
_OWN_ACCOUNT = frozenset(
    {
        "account_change_password",
        "account_set_password",
        "account_email",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_activate_totp",
    }
)


def count_form(
    request: HttpRequest, view: Callable[..., HttpResponseBase], address_name: str, *, now: datetime
) -> None:
    """Counts a form sent to the address of this name, whichever it is; raises TooManyTries beyond a limit."""
    usual = "write" if request.user.is_authenticated else "visitor"
    check(getattr(view, "counts_as", usual), who(request), now=now)
    if address_name in _OWN_ACCOUNT:
        check("account", who(request), now=now)
    elif address_name in _DOORS:
        check("door", from_network(request), now=now)
    if address_name in _ASKING:
        check(_ASKING[address_name], folded(request.POST.get("email", "")), now=now)
    elif address_name in _PROVING:
        check("proof", _account_to_open(request, _PROVING[address_name]), now=now)


def count_sign_in(request: HttpRequest | None, typed: str, *, now: datetime) -> list[Verdict]:
    """Counts a try to sign in before the password is looked at; raises TooManyTries beyond a limit.

    `forgive` what it returns if the password is right: so only failures count, and a success
    clears nobody's failures. A network that is refused cannot lock the address it types.
    """
    keys = [] if request is None else [from_network(request)]
    return [check("sign-in", key, now=now) for key in [*keys, f"typed:{folded(typed)}"]]


def folded(typed: str) -> str:
    """Returns a typed mail address such that all ways to write it are one."""
    return unicodedata.normalize("NFKC", typed[:320]).strip().casefold()


def _account_to_open(request: HttpRequest, entry: str) -> str:
    state = request.session.get(entry) or {}
    if state.get("email"):  # first, since only this one is there for unknown addresses too
        return folded(state["email"])
    return f"account:{state['user_pk']}" if state.get("user_pk") else who(request)
