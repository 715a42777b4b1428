"""The library in the browser: files that are brought along, tags as one types, filters without a new page."""

import re

import pytest
from playwright.sync_api import expect

from library.models import Attachment, Material, Tag
from tests.factories import InsightFactory, LinkFactory, MaterialFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(sign_in_page, lead):
    return sign_in_page(lead)


def text_file(name="asking_first.md", text="# Asking *first*\n\nWhy not?"):
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


# --- bringing files along -----------------------------------------------------------------------------
def test_a_text_fills_the_form_without_being_sent(page):
    page.goto("/library/new/article/")
    page.get_by_label("Bring a text along").set_input_files(text_file())
    expect(page.get_by_label("Title")).to_have_value("Asking *first*")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Why not?")
    page.get_by_role("button", name="Share it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Asking *first*")
    assert Material.objects.get().body == "Why not?"


def test_what_is_typed_is_left_alone(page):
    page.goto("/library/new/article/")
    page.get_by_label("Text", exact=True).fill("Mine")
    page.get_by_label("Title").fill("My title")
    page.get_by_label("Bring a text along").set_input_files(text_file())
    expect(page.get_by_label("Text", exact=True)).to_have_value("Mine")
    expect(page.get_by_label("Title")).to_have_value("My title")


def test_a_file_is_uploaded_with_progress(page):
    page.goto("/library/new/file/")
    page.evaluate("""() => {
      window.seen = [];
      const bar = () => document.querySelector("[data-progress]:not([hidden]) progress");
      document.addEventListener("htmx:xhr:progress", () => requestAnimationFrame(() => window.seen.push(bar()?.value)));
      document.addEventListener("htmx:beforeOnLoad", () => {
        sessionStorage.setItem("seen", JSON.stringify([...window.seen, bar()?.value]));
      });
    }""")
    page.get_by_label("File", exact=True).set_input_files(text_file("my_notes.txt", "walrus " * 200_000))
    expect(page.get_by_label("Title")).to_have_value("My notes")
    page.get_by_role("button", name="Share it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My notes")
    assert page.url.endswith(Material.objects.get().get_absolute_url())
    assert page.evaluate("JSON.parse(sessionStorage.getItem('seen')).at(-1)") == 100
    assert Attachment.objects.get().size == 1_400_000


def test_a_file_that_is_there_already_need_not_be_chosen_again(page):
    for title in ("First", "Second"):
        page.goto("/library/new/file/")
        page.get_by_label("File", exact=True).set_input_files(text_file("notes.txt", "words"))
        page.get_by_label("Title").fill(title)
        page.get_by_role("button", name="Share it").click()
        if title == "First":
            expect(page.get_by_role("heading", level=1)).to_have_text("First")
    expect(page.locator(".error-summary")).to_contain_text("Already in the library: First")
    page.get_by_label("Add it anyway").check()
    page.get_by_role("button", name="Share it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second")
    assert Material.objects.count() == 2


def test_a_file_that_is_too_large_is_said_before_it_is_sent(page, settings):
    settings.UPLOAD_MAX_MB = 1
    page.goto("/library/new/file/")
    page.get_by_label("File", exact=True).set_input_files(text_file("large.txt", "x" * (1024 * 1024 + 1)))
    expect(page.locator("#messages")).to_contain_text("large.txt is larger than 1 MB.")
    expect(page.get_by_label("File", exact=True)).to_have_value("")


def test_without_script_a_file_is_a_plain_form(browser, live_server, page, context):
    plain = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=context.storage_state()
    )
    form = plain.new_page()
    form.goto("/library/new/file/")
    form.get_by_label("File", exact=True).set_input_files(text_file("notes.txt", "words"))
    form.get_by_label("Tags").fill("one, two")
    form.get_by_role("button", name="Share it").click()
    expect(form.get_by_role("heading", level=1)).to_have_text("Notes")
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["one", "two"]
    plain.close()


# --- tags ------------------------------------------------------------------------------------------------
def test_tags_are_suggested_as_one_types(page, axe):
    for name, count in (("feedback", 1), ("feeding", 2), ("hiring", 3)):
        MaterialFactory.create_batch(count, tags=[name])
    page.goto("/library/new/article/")
    field, offered = page.get_by_label("Tags"), page.locator(".suggestions button")
    field.focus()
    expect(offered).to_have_text(["hiring 3", "feeding 2", "feedback 1"])
    field.press_sequentially("feed")
    expect(offered).to_have_text(["feeding 2", "feedback 1"])
    assert axe(page) == []
    field.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(field).to_have_value("feedback, ")
    expect(field).to_be_focused()
    expect(offered).to_have_text(["hiring 3", "feeding 2"])
    offered.first.click()
    expect(field).to_have_value("feedback, hiring, ")
    expect(offered).to_have_text(["feeding 2"])


# --- the list --------------------------------------------------------------------------------------------
def test_words_and_filters_change_the_list_and_the_address(page):
    MaterialFactory(title="walrus article")
    LinkFactory(material__title="walrus link")
    MaterialFactory(title="Another")
    page.goto("/library/")
    rows = page.locator("#results li h2")
    expect(rows).to_have_count(3)
    page.get_by_label("Search the library").press_sequentially("walrus")
    expect(rows).to_have_count(2)
    expect(page.locator("#live")).to_have_text("2 results")
    page.locator("#facets").get_by_role("link", name="Link").click()
    expect(rows).to_have_text(["walrus link"])
    assert page.url.endswith("/library/?q=walrus&kind=link")
    expect(page.get_by_label("Search the library")).to_have_value("walrus")
    page.get_by_label("Search the library").fill("walrus -link")
    expect(page.get_by_role("heading", name="No results for “walrus -link”")).to_be_visible()
    assert "kind=link" in page.url
    page.reload()
    expect(page.get_by_label("Search the library")).to_have_value("walrus -link")


@pytest.mark.parametrize("width", [360])
def test_on_a_phone_the_filters_are_folded_away(page):
    MaterialFactory()
    page.goto("/library/")
    link = page.locator("#facets").get_by_role("link", name="Article")
    expect(link).to_be_hidden()
    page.get_by_text("Filters", exact=True).click()
    expect(link).to_be_visible()


# --- below a material ------------------------------------------------------------------------------------
def test_thanks_and_comments_need_no_new_page(page):
    material = MaterialFactory(title="Text")
    page.goto(material.get_absolute_url())
    page.get_by_role("button", name="This helped me").click()
    expect(page.get_by_role("button", name="This helped me 1")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Reading list").click()
    expect(page.get_by_role("button", name="to read")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Your comment").fill("Some **words**")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator(".comment .prose")).to_have_text("Some words")
    expect(page.get_by_label("Your comment")).to_have_value("")
    assert page.url.endswith(material.get_absolute_url())


# --- drafts and clinics ------------------------------------------------------------------------------
def test_a_draft_saves_itself_and_is_shared(page):
    page.goto("/library/new/article/")
    page.get_by_label("Title").fill("On pairing")
    page.get_by_label("Text", exact=True).fill("We pair.")
    expect(page.locator("[data-saved]")).to_contain_text("Saved ")
    draft = Material.objects.get()
    assert (draft.body, page.url.endswith(f"/library/{draft.slug}/edit/")) == ("We pair.", True)
    page.get_by_label("Text", exact=True).fill("We pair on Mondays.")
    page.get_by_role("button", name="Share it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("On pairing")
    assert (Material.objects.get().body, Material.objects.get().is_draft) == ("We pair on Mondays.", False)


def test_nothing_is_called_saved_that_is_not(page, complaints):
    page.route("**/autosave/**", lambda route: route.abort())
    page.goto("/library/new/article/")
    page.get_by_label("Title").fill("On pairing")
    expect(page.locator("[data-saved]")).to_have_text("Not saved yet. It is tried again in a moment.")
    assert Material.objects.count() == 0
    complaints.clear()


def test_a_clinic_counts_down(page, lead):
    case = InsightFactory(nature="case", material__owner=lead, answers={"context": "Two teams"}).material
    page.goto(f"{case.get_absolute_url()}clinic/")
    page.get_by_role("button", name="Start the clock").click()
    clock = page.get_by_role("timer")
    expect(clock).to_have_text(re.compile("^4:5"))
    shown = clock.inner_text()
    expect(clock).not_to_have_text(shown)
