from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    """Who belongs here, what they may do, and how they are told."""

    name = "members"
    verbose_name = _("Members")

    def ready(self) -> None:
        from allauth.account.signals import email_confirmed
        from django.contrib.auth.signals import user_logged_in

        from members.account_actions import on_confirmed
        from members.session_life import on_signed_in

        email_confirmed.connect(on_confirmed, dispatch_uid="members.account_actions")
        user_logged_in.connect(on_signed_in, dispatch_uid="members.session_life")
