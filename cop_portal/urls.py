"""All addresses of the portal; each app has its own below its name."""

from django.contrib import admin
from django.urls import include, path, register_converter

from cop_portal import community_views, own_data_views, views
from cop_portal.lib.addresses import NumberedSlug
from members.account_views import sign_ins, waiting
from members.charter_views import privacy

register_converter(NumberedSlug, "numbered")

handler400 = "cop_portal.views.bad_request"
handler403 = "cop_portal.views.forbidden"
handler404 = "cop_portal.views.not_found"
handler500 = "cop_portal.views.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("welcome/", views.welcome, name="welcome"),
    path("search/", views.search, name="search"),
    path("community/", community_views.health, name="community"),
    path("community/retro/", community_views.retro, name="retro"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("sessions/", include("sessions.urls")),
    path("library/", include("library.urls")),
    path("principles/", include("library.principle_urls")),
    path("members/me/feeds/", include("sessions.feed_urls")),
    path("members/me/export/", own_data_views.export, name="export"),
    path("members/me/delete/", own_data_views.delete, name="delete_account"),
    path("members/", include("members.urls")),
    path("calendar/", include("sessions.calendar_urls")),
    path("feedback/", include("feedback.urls")),
    path("practice/", include("practice.urls")),
    path("charter/", include("members.charter_urls")),
    path("privacy/", privacy, name="privacy"),
    path("accounts/sessions/", sign_ins, name="usersessions_list"),
    path("accounts/waiting/", waiting, name="waiting"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
