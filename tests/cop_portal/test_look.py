"""The look, measured: colours, weight, pictures, the frame around every page, forms and error pages."""

import gzip
import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import Http404
from django.template.loader import render_to_string
from django.test import RequestFactory

from cop_portal import logs, views
from cop_portal.lib.forms import Choices, FileDrop, ManyChoices, Scale, Segmented
from cop_portal.styleguide import FORMATS, SampleForm
from cop_portal.templatetags.portal import UnknownIconError, icon, icon_names

# What is shown is the same on every database.
pytestmark = pytest.mark.once

STATIC = settings.BASE_DIR / "static"
TEMPLATES = settings.BASE_DIR / "templates"
STYLES = sorted((STATIC / "css").rglob("*.css"))
GROUNDS = ("paper", "surface", "sunken")
SOFT = ("accent-soft", "warn-soft", "danger-soft")
HUES = [name for name, _picture, _words in FORMATS]

TEXT = [
    *[("ink", ground) for ground in (*GROUNDS, *SOFT)],
    *[("muted", ground) for ground in (*GROUNDS, *SOFT)],
    *[("accent", ground) for ground in (*GROUNDS, "accent-soft")],
    *[("danger", ground) for ground in (*GROUNDS, "danger-soft")],
    *[("warn", ground) for ground in ("surface", "warn-soft")],
    ("accent-ink", "accent"),
    ("accent-ink", "accent-hover"),
    ("danger-ink", "danger"),
    ("danger-ink", "danger-hover"),
    ("paper", "ink"),
    *[(hue, f"{hue}-soft") for hue in HUES],
    *[(hue, ground) for hue in HUES for ground in GROUNDS],
]
BORDERS = [
    *[("control", ground) for ground in GROUNDS],
    *[("accent", ground) for ground in (*SOFT, "line")],
    *[("danger", ground) for ground in GROUNDS],
]


def tokens() -> dict[str, tuple[str, str]]:
    """Every colour by name, as (light, dark)."""
    css = (STATIC / "css" / "tokens.css").read_text()
    return {name: (light, dark) for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", css)}


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of #rrggbb."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_wcag_does():
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (BORDERS, 3)], ids=["text", "borders"])
def test_every_pair_has_contrast_enough(scheme, pairs, least):
    colours = tokens()
    found = {pair: round(contrast(colours[pair[0]][scheme], colours[pair[1]][scheme]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in found.items() if ratio < least} == {}


def test_the_date_of_a_session_is_white_on_its_hue():
    colours = tokens()
    assert [hue for hue in HUES if contrast("#ffffff", colours[hue][0]) < 4.5] == []


def test_every_token_that_is_used_exists():
    css = "\n".join(path.read_text() for path in STYLES)
    defined = set(re.findall(r"(--[\w-]+):", css))
    assert sorted(set(re.findall(r"var\((--[\w-]+)", css)) - defined) == []


def test_colours_are_written_in_the_tokens_only():
    others = [path for path in STYLES if path.name not in {"tokens.css", "code.css", "print.css"}]
    found = {(path.name, hit) for path in others for hit in re.findall(r"#[0-9a-f]{3,8}\b", path.read_text())}
    assert found == {("content.css", "#fff")}  # the date of a session, tested above


def test_every_style_sheet_is_linked():
    linked = set(re.findall(r'static "(css/[^"]+)"', (TEMPLATES / "_partials" / "styles.html").read_text()))
    assert sorted(str(path.relative_to(STATIC)) for path in STYLES) == sorted(linked)


def test_every_file_that_a_style_sheet_names_exists():
    named = [path.parent / url for path in STYLES for url in re.findall(r'url\("([^"]+)"\)', path.read_text())]
    assert [str(path) for path in named if not path.resolve().is_file()] == []
    assert len(named) == 3


def test_css_and_javascript_weigh_at_most_60_kb():
    files = [*STYLES, *(STATIC / "js").glob("*.js"), finders.find("django_htmx/htmx-2.min.js")]
    weight = sum(len(gzip.compress(Path(path).read_bytes())) for path in files)
    assert weight <= 60_000


def test_fonts_of_the_first_view_weigh_at_most_120_kb():
    head = (TEMPLATES / "_partials" / "head.html").read_text()
    fonts = re.findall(r'rel="preload" href="{% static "(fonts/[^"]+)"', head)
    assert fonts == ["fonts/inter-latin-wght-normal.woff2", "fonts/newsreader-latin-wght-normal.woff2"]
    assert sum((STATIC / font).stat().st_size for font in fonts) <= 120_000


# --- Pictures ------------------------------------------------------------------------------


def test_every_picture_that_a_template_names_exists():
    named = {name for path in TEMPLATES.rglob("*.html") for name in re.findall(r'{% icon "([^"]+)"', path.read_text())}
    assert sorted(named - icon_names()) == []


def test_the_sprite_is_built_from_its_list():
    assert sorted(icon_names()) == (settings.BASE_DIR / "scripts" / "icons.txt").read_text().split()


def test_an_unknown_picture_is_told_at_once():
    with pytest.raises(UnknownIconError, match="no-such-picture"):
        icon("no-such-picture")


def test_a_picture_is_decoration():
    assert icon("bell") == '<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#bell"></use></svg>'


# --- The frame -----------------------------------------------------------------------------


def links(html: str) -> list[str]:
    """Where the links of the header lead."""
    return re.findall(r'<a [^>]*href="([^"]+)"', html.partition("<header")[2].partition("</header>")[0])


def test_a_visitor_sees_the_brand_and_the_way_in(client, db):
    html = client.get("/nowhere/").content.decode()
    assert links(html) == ["/", "/accounts/login/"]
    assert '<form class="search"' not in html


def test_a_guest_has_no_navigation(sign_in, guest):
    html = sign_in(guest).get("/nowhere/").content.decode()
    assert links(html) == ["/", "/members/me/notifications/", "/members/me/", "/accounts/logout/"]
    assert '<form class="search"' not in html


def test_a_member_reaches_everything(sign_in, lead):
    html = sign_in(lead).get("/members/nowhere/").content.decode()
    main = ["/", "/sessions/", "/library/", "/practice/", "/members/", "/feedback/"]
    assert links(html) == [
        "/",
        *main,
        "/members/me/notifications/",
        "/feedback/",
        "/members/me/",
        "/accounts/logout/",
    ]
    assert re.findall(r'href="([^"]+)" aria-current="page"', html) == ["/members/"]
    assert html.count('<form class="search" role="search" action="/search/">') == 1


def test_the_foot_leads_members_to_the_principles(client, sign_in, lead):
    assert '<a href="/principles/">' in sign_in(lead).get("/nowhere/").content.decode()
    assert "/principles/" not in client.get("/nowhere/").content.decode()


def test_the_frame_says_nothing_about_this_request(sign_in, lead):
    client = sign_in(lead)
    one, other = client.get("/members/999998/"), client.get("/members/999999/")
    assert (one.status_code, other.status_code) == (404, 404)
    assert one.content == other.content
    assert b"csrf" not in one.content
    assert b"nonce" not in one.content


def test_a_page_has_landmarks_a_skip_link_and_one_heading(client, db, settings):
    settings.DEBUG = True
    html = client.get("/styleguide/").content.decode()
    assert html.startswith('<!doctype html>\n<html lang="en">')
    assert "<title>Style guide · Leadership Commons</title>" in html
    assert html.index('<a class="skip-link" href="#main">') < html.index("<header")
    assert [html.count(tag) for tag in ('<main id="main"', "<h1", "<footer", 'id="live"')] == [1, 1, 1, 1]


def test_nothing_is_inline(client, db, settings):
    settings.DEBUG = True
    html = client.get("/styleguide/").content.decode()
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html) == []


def test_ids_are_unique(client, db, settings):
    settings.DEBUG = True
    ids = re.findall(r'\sid="([^"]+)"', client.get("/styleguide/").content.decode())
    assert sorted({name for name in ids if ids.count(name) > 1}) == []


def test_the_bell_counts_only_what_is_new():
    assert 'class="count"' not in render_to_string("_partials/bell.html", {"unread_count": 0})
    assert '<span class="count">3</span>' in render_to_string("_partials/bell.html", {"unread_count": 3})


def test_pages_keep_the_rest_of_the_address(rf):
    pages = Paginator(range(30), 10)

    def addresses(number: int) -> list[str]:
        request = rf.get("/library/", {"q": "feedback", "page": number})
        html = render_to_string("_partials/pagination.html", {"page": pages.page(number)}, request)
        return re.findall(r'<a [^>]*href="([^"]+)"', html)

    assert addresses(1) == ["?q=feedback&amp;page=2"]
    assert addresses(2) == ["?q=feedback&amp;page=1", "?q=feedback&amp;page=3"]
    assert addresses(3) == ["?q=feedback&amp;page=2"]


def test_one_page_needs_no_pages():
    assert render_to_string("_partials/pagination.html", {"page": Paginator([1], 10).page(1)}).strip() == ""


def test_messages_stand_on_top_once_each_with_its_kind(rf):
    request = rf.get("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    messages.success(request, "Saved <b>.")
    messages.error(request, "Not saved.")
    html = render_to_string("_partials/messages.html", {}, request)
    assert re.findall(r'class="notice (\w+)" data-dismiss', html) == ["success", "danger"]
    assert re.findall(r"<p>(.*?)</p>", html) == ["Saved &lt;b&gt;.", "Not saved."]
    assert "hx-swap-oob" not in html
    assert 'hx-swap-oob="true"' in render_to_string("_partials/messages.html", {"oob": True}, request)


def test_a_whole_form_has_a_token_and_carries_files(rf):
    class Upload(forms.Form):
        slides = forms.FileField()

    html = render_to_string("_partials/form.html", {"form": Upload(), "back_url": "/library/"}, rf.get("/"))
    start = '<form class="form" method="post" novalidate enctype="multipart/form-data"><input type="hidden" name="csrf'
    assert start in html
    assert '<button class="button primary">Save</button><a class="button quiet" href="/library/">Leave it</a>' in html
    assert "enctype" not in render_to_string("_partials/form.html", {"form": Ask()}, rf.get("/"))


# --- Forms ---------------------------------------------------------------------------------


class Ask(forms.Form):
    """What the tests fill in."""

    title = forms.CharField(help_text="A few words.")
    note = forms.CharField(required=False, widget=forms.Textarea)
    there = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")], widget=Segmented)


def described(html: str) -> set[str]:
    return {name for names in re.findall(r'aria-describedby="([^"]+)"', html) for name in names.split()}


def test_a_field_is_labelled_and_explained():
    html = str(Ask()["title"].as_field_group())
    assert '<label for="id_title">Title</label>' in html
    assert '<p class="help" id="id_title_helptext">A few words.</p>' in html
    assert described(html) == {"id_title_helptext"}


def test_an_error_stands_beside_its_field():
    html = str(Ask({"note": "x"})["title"].as_field_group())
    assert described(html) == {"id_title_helptext", "id_title_error"}
    assert re.findall(r'<ul class="error" id="id_title_error"><li><svg .*?</svg>(.*?)</li></ul>', html) == [
        "This field is required."
    ]
    assert html.count('aria-invalid="true"') == 1


def test_a_group_of_radio_buttons_is_wrong_as_a_whole():
    html = str(Ask({"title": "x"})["there"].as_field_group())
    assert '<fieldset class="field" aria-describedby="id_there_error">' in html
    assert "<legend>There</legend>" in html
    assert "aria-invalid" not in html


def test_only_optional_fields_are_marked_and_only_among_required_ones():
    marked = [field.name for field in Ask() if "(optional)" in str(field.as_field_group())]
    assert marked == ["note"]

    class Filter(forms.Form):
        words = forms.CharField(required=False)

    assert "(optional)" not in str(Filter()["words"].as_field_group())


def test_a_form_can_do_without_the_marks():
    class Plain(Ask):
        mark_optional = False

    assert "(optional)" not in str(Plain())


def test_the_summary_leads_to_each_field_with_an_error():
    html = str(SampleForm({"email": "ines at cop"}))
    targets = re.findall(r'<li><a href="#([^"]+)">', html)
    assert targets == ["id_title", "id_email", "id_day", "id_format", "id_there_0", "id_worth_0", "id_rhythm_0"]
    assert [name for name in targets if f'id="{name}"' not in html] == []


def test_a_form_without_errors_has_no_summary():
    assert "error-summary" not in str(Ask())
    assert "error-summary" not in str(Ask({"title": "x", "there": "yes"}))


def test_what_concerns_the_whole_form_is_in_the_summary():
    form = Ask({"title": "x", "there": "yes"})
    form.add_error(None, "Somebody was faster.")
    assert "<li>Somebody was faster.</li>" in str(form)


@pytest.mark.parametrize(
    ("widget", "wrapper"),
    [
        (Choices, 'class="choices"'),
        (ManyChoices, 'class="choices"'),
        (Segmented, 'class="segmented"'),
        (Scale, 'class="scale"'),
    ],
)
def test_choices_are_native_and_labelled(widget, wrapper):
    html = widget(choices=[("1", "not at all"), ("2", "clearly")]).render("worth", "2", attrs={"id": "id_worth"})
    assert wrapper in html
    kind = "checkbox" if widget is ManyChoices else "radio"
    assert re.findall(rf'<label><input type="{kind}" name="worth" value="(\d)"', html) == ["1", "2"]
    assert html.count("checked") == 1


def test_a_file_field_is_labelled():
    class Upload(forms.Form):
        slides = forms.FileField(widget=FileDrop)

    html = str(Upload()["slides"].as_field_group())
    assert '<label for="id_slides">Slides</label>' in html
    assert '<input type="file" name="slides" required id="id_slides">' in html


# --- Error pages ---------------------------------------------------------------------------


@pytest.fixture
def rf():
    return RequestFactory()


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "413", "429"])
def test_an_error_page_has_words_and_a_way_out(client, db, name):
    html = render_to_string(f"errors/{name}.html", request=client.get("/").wsgi_request)
    main = html.partition("<main")[2].partition("</main>")[0]
    assert main.count("<h1>") == 1
    assert main.count("<p>") >= 2
    assert '<a class="button primary" href="/">' in main


def test_a_missing_page_offers_a_visitor_the_way_in(client, db):
    main = client.get("/nowhere/").content.decode().partition("<main")[2]
    assert re.findall(r'<a class="button[^"]*" href="([^"]+)"', main) == ["/", "/accounts/login/"]


def test_too_many_tries_says_when_to_come_back(client, db):
    request = client.get("/").wsgi_request
    soon = "Try again in 30 seconds."
    assert f"<p>{soon}</p>" in render_to_string("errors/429.html", {"retry_after": soon}, request)
    assert "<p>Try again in a minute.</p>" in render_to_string("errors/429.html", {}, request)


@pytest.mark.parametrize("name", ["500", "503"])
def test_the_worst_pages_ask_the_database_for_nothing(sign_in, lead, django_assert_num_queries, name):
    request = sign_in(lead).get("/").wsgi_request
    del request.user  # as before anyone was looked up
    with django_assert_num_queries(0):
        html = render_to_string(f"errors/{name}.html", request=request)
    assert html.count("<h1>") == 1
    assert '<a class="button primary" href="/">' in html


def test_a_broken_page_tells_its_number(rf, db):
    token = logs.request_id.set("abc123")
    response = views.server_error(rf.get("/"))
    logs.request_id.reset(token)
    assert response.status_code == 500
    assert re.findall(r"<code>(.*?)</code>", response.content.decode()) == ["abc123"]


# --- The style guide -----------------------------------------------------------------------


def test_the_style_guide_is_for_admins(sign_in, lead, admin):
    assert sign_in(lead).get("/styleguide/").status_code == 404
    assert sign_in(admin).get("/styleguide/").status_code == 200


def test_on_a_debug_server_it_is_for_everyone(client, db, settings):
    settings.DEBUG = True
    assert client.get("/styleguide/").status_code == 200


@pytest.mark.parametrize(("asked", "shown"), [("dark", "scheme-dark"), ("light", "scheme-light"), ("x", ""), ("", "")])
def test_it_shows_either_scheme(sign_in, admin, asked, shown):
    html = sign_in(admin).get("/styleguide/", {"scheme": asked}).content.decode()
    assert re.findall(r'<body class="([^"]*)">', html) == [shown]


def test_it_hides_from_strangers_as_any_missing_page_does(rf, settings):
    request = rf.get("/styleguide/")
    request.user = type("Nobody", (), {"is_authenticated": False})()
    with pytest.raises(Http404):
        views.styleguide(request)
