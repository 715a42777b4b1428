from django.urls import path

from feedback import alignment_views, proposal_views, result_views, views

app_name = "feedback"
urlpatterns = [
    path("", views.index, name="index"),
    path("rhythm/<int:pk>/", proposal_views.proposal, name="proposal"),
    path("principles/", alignment_views.principles, name="principles"),
    path("<numbered:number>/", views.form, name="form"),
    path("<numbered:number>/results/", result_views.results, name="results"),
    path("<numbered:number>/results.csv", result_views.results_csv, name="results_csv"),
    path("<numbered:number>/changed/", result_views.changed, name="changed"),
    path("<numbered:number>/comments/<uuid:key>/hide/", result_views.hide, name="hide"),
    path("<numbered:number>/comments/<uuid:key>/report/", result_views.report, name="report"),
]
