from django.urls import path

from members import bell_views, invitation_views, report_views, unsubscribe_views, views

app_name = "members"
urlpatterns = [
    path("", views.directory, name="index"),
    path("me/", views.me, name="me"),
    path("me/notifications/", bell_views.notifications, name="notifications"),
    path("me/notifications/read-all/", bell_views.read_all, name="read_all"),
    path("me/notifications/<int:number>/open/", bell_views.open_notification, name="open_notification"),
    path("unsubscribe/<str:token>/", unsubscribe_views.unsubscribe, name="unsubscribe"),
    path("invitations/", invitation_views.invitations, name="invitations"),
    path("invitations/<int:number>/resend/", invitation_views.resend, name="invitation_resend"),
    path("invitations/<int:number>/withdraw/", invitation_views.take_back, name="invitation_withdraw"),
    path("reports/", report_views.reports, name="reports"),
    path("reports/<int:number>/", report_views.report, name="report"),
    path("reports/new/<slug:name>/<int:number>/", report_views.new_report, name="new_report"),
    path("teams/<numbered:number>/", views.team, name="team"),
    path("<numbered:number>/photo/", views.photo, name="photo"),
    path("<numbered:number>/", views.member, name="member"),
]
