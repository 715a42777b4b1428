from django.urls import path

from members import views

app_name = "members"
urlpatterns = [
    path("", views.directory, name="index"),
    path("me/", views.me, name="me"),
    path("teams/<numbered:number>/", views.team, name="team"),
    path("<numbered:number>/", views.member, name="member"),
]
