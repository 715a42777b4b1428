"""What calendars outside the portal read."""

from django.urls import path

from sessions import calendar_views

app_name = "calendar"
urlpatterns = [
    path("<str:token>/all.ics", calendar_views.feed_of_all, name="all"),
    path("<str:token>/mine.ics", calendar_views.feed_of_mine, name="mine"),
]
