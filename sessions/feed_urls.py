"""Addresses for calendars, on the pages of a member."""

from django.urls import path

from sessions import calendar_views

app_name = "feeds"
urlpatterns = [
    path("", calendar_views.feeds, name="index"),
    path("by-mail/", calendar_views.by_mail, name="by_mail"),
    path("<int:number>/revoke/", calendar_views.revoke, name="revoke"),
]
