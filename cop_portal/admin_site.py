"""The admin site: its own doors are closed, everyone signs in through the portal."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.htmx import redirect_to_sign_in
from members.rights import require_admin

ADMIN_LOG = "admin.LogEntry"  # only read there: who changed what
OWN_APPS = {"members", "library", "cop_sessions", "feedback", "practice"}


class PortalAdminSite(AdminSite):
    """Django's admin with the portal's sign-in (limits, second factor) and the portal's answers."""

    site_title = _("Administration")
    site_header = _("Administration")
    index_title = _("What the community keeps")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Takes the community's own models only.

        Those of the sign-in packages hold keys and codes (second factor, open sessions) with which an
        admin could act as another member, and the task queue is no business of the community's.
        """
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        ours = [model for model in models if model._meta.app_label in OWN_APPS or model._meta.label == ADMIN_LOG]
        super().register(ours, admin_class, **options)

    def admin_view(  # type: ignore[override]
        self, view: Callable[..., HttpResponseBase], cacheable: bool = False
    ) -> Callable[..., HttpResponseBase]:
        """Wraps a view: visitors go to sign-in, guests get 404, members without the flag 403."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_sign_in(request)
            require_admin(request.user)
            return inner(request, *args, **kwargs)

        return guarded

    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The admin has no sign-in page of its own; it leads to the portal's."""
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_sign_in(request)
