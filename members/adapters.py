"""How signing in works here, where it differs from django-allauth."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from members.models import Community


class AccountAdapter(DefaultAccountAdapter):
    """Accounts by e-mail address; only people whom the community admits may join."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return Community.current().stage != Community.Stage.CLOSED
