"""The admin site: what is in it, and what never is."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry


@pytest.mark.django_db
def test_only_the_communitys_own_models_are_in_it():
    assert {model._meta.app_label for model in admin.site._registry if model is not LogEntry} <= {
        "members", "library", "cop_sessions", "feedback",
    }  # fmt: skip


def test_no_secret_and_no_open_answer_is_in_it():
    names = {model.__name__ for model in admin.site._registry}
    assert (
        names & {"Authenticator", "UserSession", "EmailAddress", "Ballot", "Tally", "Notification", "SocialToken"}
        == set()
    )


def test_signing_in_happens_in_the_portal(client):
    response = client.get("/admin/login/?next=/admin/")
    assert (response.status_code, response.headers["Location"]) == (
        302,
        "/accounts/login/?next=/admin/login/%3Fnext%3D/admin/",
    )


@pytest.mark.django_db
def test_every_list_and_form_of_the_admin_opens(admin_client_of_ours):
    for model, model_admin in admin.site._registry.items():
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert admin_client_of_ours.get(base).status_code == 200, base
        assert admin_client_of_ours.get(f"{base}?q=x&p=0").status_code in {200, 302}, base
        if model_admin.has_add_permission(request_of(admin_client_of_ours)):
            assert admin_client_of_ours.get(f"{base}add/").status_code == 200, base


@pytest.fixture
def admin_client_of_ours(admin, sign_in):
    return sign_in(admin)


def request_of(client):
    response = client.get("/admin/")
    return response.wsgi_request
