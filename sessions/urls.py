from django.urls import path

from sessions import (
    calendar_views,
    coming_views,
    guest_views,
    host_views,
    note_views,
    plan_views,
    series_views,
    topic_views,
    views,
)

app_name = "sessions"
urlpatterns = [
    path("", views.index, name="index"),
    path("past/", views.past, name="past"),
    path("new/", plan_views.new, name="new"),
    path("closed-days/", series_views.closed_days, name="closed_days"),
    path("closed-days/<int:pk>/", series_views.closed_day, name="closed_day"),
    path("topics/", topic_views.topics, name="topics"),
    path("topics/new/", topic_views.new_topic, name="new_topic"),
    path("topics/<numbered:number>/", topic_views.topic, name="topic"),
    path("topics/<numbered:number>/vote/", topic_views.vote, name="vote"),
    path("series/<numbered:number>/", views.series, name="series"),
    path("series/<numbered:number>/standing/", coming_views.standing, name="standing"),
    path("series/<numbered:number>/edit/", series_views.edit_series, name="edit_series"),
    path("<numbered:number>/", views.session, name="session"),
    path("<numbered:number>/edit/", plan_views.edit, name="edit"),
    path("<numbered:number>/publish/", plan_views.publish, name="publish"),
    path("<numbered:number>/cancel/", plan_views.cancel, name="cancel"),
    path("<numbered:number>/restore/", plan_views.restore, name="restore"),
    path("<numbered:number>/delete/", plan_views.delete, name="delete"),
    path("<numbered:number>/lead/", host_views.lead, name="lead"),
    path("<numbered:number>/guests/", guest_views.guests, name="guests"),
    path("<numbered:number>/join/<str:token>/", guest_views.join, name="join"),
    path("<numbered:number>/notes/", note_views.notes, name="notes"),
    path("<numbered:number>/notes/history/", note_views.history, name="notes_history"),
    path("<numbered:number>/rsvp/", views.rsvp, name="rsvp"),
    path("<numbered:number>/attendance/", coming_views.attendance, name="attendance"),
    path("<numbered:number>/session.ics", calendar_views.session_file, name="session_file"),
]
