from django.urls import path

from library import principle_views as views

app_name = "principles"
urlpatterns = [
    path("", views.principles, name="index"),
    path("<numbered:number>/", views.principle, name="principle"),
]
