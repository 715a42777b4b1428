from django.urls import path

from members import charter_views

app_name = "charter"
urlpatterns = [
    path("", charter_views.charter, name="charter"),
    path("edit/", charter_views.edit, name="edit"),
    path("seen/", charter_views.seen, name="seen"),
    path("history/", charter_views.history, name="history"),
    path("history/<int:number>/", charter_views.version, name="version"),
]
