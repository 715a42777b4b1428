"""The one page of the floor."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from bench.floor.models import Row, Shelf

ROWS = 50


@login_required
def rows(request: HttpRequest) -> HttpResponse:
    """Five queries: session, user, the rows with their shelf, how many there are, the shelves."""
    found = Row.objects.select_related("shelf").order_by("-added")
    return render(request, "rows.html", {"rows": found[:ROWS], "total": found.count(), "shelves": Shelf.objects.all()})


urlpatterns = [path("", rows), path("rows/<int:pk>/", rows, name="row")]
