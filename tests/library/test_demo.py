"""The demo community's library is complete, and loading it again changes nothing."""

from collections import Counter

import pytest
from django.db.models import Model

from cop_portal.lib.content import shipped_content
from library import models
from library.demo import load_library
from library.models import Insight, Material, SearchEntry
from members.demo import load_members


@pytest.fixture
def load(db, now):
    def loaded():
        content = shipped_content()
        return load_library(content, load_members(content, now=now), now=now)

    return loaded


def counts():
    found = {name: getattr(models, name) for name in models.__all__}
    return {name: model.objects.count() for name, model in found.items() if issubclass(model, Model)}


def test_it_is_complete_and_loads_once(load, now):
    made = load()
    content = shipped_content()
    assert set(made["tags"]) == {entry["slug"] for entry in content["tags"]}
    assert set(made["principles"]) == {entry["slug"] for entry in content["principles"]}
    assert {entry["slug"] for name in ("cases", "experiments") for entry in content[name]} <= set(made["materials"])
    before = counts()
    assert load()["materials"] == made["materials"]
    assert counts() == before
    assert SearchEntry.objects.count() == Material.objects.count() == len(made["materials"])
    assert Material.objects.filter(published_at__gte=now).count() == 0


def test_failures_stand_as_often_as_successes(load):
    load()
    natures = Counter(Insight.objects.values_list("nature", flat=True))
    assert natures == {"experiment": 3, "case": 2, "failure": 2, "success": 2, "challenge": 1}


def test_every_text_is_rendered_and_every_page_opens(load, client):
    load()
    for material in Material.objects.all():
        response = client.get(material.get_absolute_url())
        assert response.status_code == 200
        assert bool(material.html) == bool(material.body)
