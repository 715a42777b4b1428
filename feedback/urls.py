from django.urls import path

from feedback import views

app_name = "feedback"
urlpatterns = [
    path("", views.index, name="index"),
    path("<numbered:number>/", views.form, name="form"),
    path("<numbered:number>/results/", views.results, name="results"),
]
