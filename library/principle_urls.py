from django.urls import path

from library import principle_views as views
from library import principle_writing_views as writing

app_name = "principles"
urlpatterns = [
    path("", views.principles, name="index"),
    path("new/", writing.new, name="new"),
    path("<numbered:number>/edit/", writing.edit, name="edit"),
    path("<numbered:number>/history/", writing.history, name="history"),
    path("<numbered:number>/suggest/", writing.suggest_wording, name="suggest"),
    path("<numbered:number>/suggestions/<int:suggestion>/", writing.suggestion, name="suggestion"),
    path("<numbered:number>/", views.principle, name="principle"),
]
