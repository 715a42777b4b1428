from django.urls import path

from feedback import alignment_views, views

app_name = "feedback"
urlpatterns = [
    path("", views.index, name="index"),
    path("principles/", alignment_views.principles, name="principles"),
    path("<numbered:number>/", views.form, name="form"),
    path("<numbered:number>/results/", views.results, name="results"),
]
