from django.urls import path

from sessions import calendar_views, coming_views, topic_views, views

app_name = "sessions"
urlpatterns = [
    path("", views.index, name="index"),
    path("past/", views.past, name="past"),
    path("topics/", topic_views.topics, name="topics"),
    path("topics/new/", topic_views.new_topic, name="new_topic"),
    path("topics/<numbered:number>/", topic_views.topic, name="topic"),
    path("topics/<numbered:number>/vote/", topic_views.vote, name="vote"),
    path("series/<numbered:number>/", views.series, name="series"),
    path("series/<numbered:number>/standing/", coming_views.standing, name="standing"),
    path("<numbered:number>/", views.session, name="session"),
    path("<numbered:number>/rsvp/", views.rsvp, name="rsvp"),
    path("<numbered:number>/attendance/", coming_views.attendance, name="attendance"),
    path("<numbered:number>/session.ics", calendar_views.session_file, name="session_file"),
]
