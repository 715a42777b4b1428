"""Materials that link to each other."""

import pytest

from library.mentions import mentioned
from tests.factories import MaterialFactory

SITE = "https://portal.example"
TEXT = {"title": "Title", "shown_as": "owner", "audience": "members", "save": "publish"}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("[it](/library/12-some-words/) and [a file](/library/3/file/)", {12, 3}),
        ("https://portal.example/library/7-x/ but not https://other.example/library/8-x/", {7}),
        ("HTTPS://Portal.Example/library/7", {7}),
        ("</library/9>", {9}),
        ("/other/library/1/ /library/new/ x/library/2/ /library/3.5 ./library/4/", set()),
        ("/library/" + "9" * 40, set()),
        ("/library/٣/", set()),
    ],
)
def test_what_a_text_links_to(text, numbers):
    assert mentioned([text], site=SITE) == numbers


def test_pages_link_back_as_far_as_the_reader_may_find_them(client, other, lead):
    target = MaterialFactory(title="Target")
    for audience in ("members", "private"):
        body = f"See [that](/library/{target.slug}/), /library/999999/ and again /library/{target.pk}/."
        client.post(
            "/library/new/article/", {**TEXT, "title": f"Linking {audience}", "body": body, "audience": audience}
        )
    answers = {"situation": f"As in /library/{target.pk}/", "tried": "", "hear": ""}
    client.post("/library/new/insight/?nature=challenge", {**TEXT, "title": "Stuck", "body": "", **answers})

    def linking(browser):
        return [row.title for row in browser.get(target.get_absolute_url()).context["mentioned_by"]]

    assert linking(client) == ["Stuck", "Linking private", "Linking members"]
    assert linking(other) == ["Stuck", "Linking members"]
    article = target.mentioned_by.get(title="Linking members")
    client.post(f"/library/{article.slug}/edit/", {**TEXT, "title": "Linking members", "body": "No more", "version": 1})
    assert linking(other) == ["Stuck"]
