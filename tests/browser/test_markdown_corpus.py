"""The hostile texts in a real browser, without a policy that would hold them back: nothing runs, nothing is fetched."""

from urllib.parse import urlsplit

import pytest
from django.conf import settings

from cop_portal.lib.markdown import render
from tests.lib.markdown_corpus import PAYLOADS

HOST = "portal.test"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48"/>'
# `ran` counts what scripts would do to be seen; the page has no other script.
HOOKS = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "print", "open", "fetch"]) {
  window[name] = (...args) => { window.ran.push(name); };
}
"""
# The texts are parsed once more, as a swapped fragment is; then every handler that an element may carry is called, and
# everything that is not a link is pressed.
PROVOKE = """() => {
  for (const box of document.querySelectorAll("main > div")) box.innerHTML = box.innerHTML;
  const events = ["load", "error", "click", "dblclick", "mouseover", "mouseenter", "pointerenter", "focus", "blur",
    "focusin", "keydown", "input", "change", "submit", "toggle", "start", "begin", "animationstart", "transitionend",
    "wheel", "drag", "drop", "copy", "paste", "canplay", "loadstart", "close", "contextmenu", "scroll", "resize"];
  for (const element of document.querySelectorAll("body, body *")) {
    for (const name of events) element.dispatchEvent(new Event(name, { bubbles: false }));
    if (!element.closest("a, form")) element.click?.();  // a link may lead away when a person follows it
  }
  return window.ran;
}"""
# What the browser made of the page, in its own words.
SEE = """() => {
  const seen = { namespaces: new Set(), protocols: new Set(), attributes: new Set(), tags: new Set() };
  for (const element of document.querySelectorAll("main > div *")) {
    seen.namespaces.add(element.namespaceURI);
    seen.tags.add(element.localName);
    if (element.localName === "a" && element.hasAttribute("href")) seen.protocols.add(element.protocol);
    for (const attribute of element.attributes) seen.attributes.add(attribute.name);
  }
  const frame = [...document.querySelectorAll("body > *, main > *")].map((element) => element.localName);
  return { frame, ...Object.fromEntries(Object.entries(seen).map(([key, value]) => [key, [...value].sort()])) };
}"""
ATTRIBUTES = {
    "alt",
    "aria-checked",
    "aria-disabled",
    "class",
    "href",
    "id",
    "rel",
    "role",
    "src",
    "start",
    "tabindex",
    "title",
}
TAGS = {
    *("a", "blockquote", "br", "code", "del", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p"),
    *("pre", "span", "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}


class Visitor:
    """Shows HTML at an address of a site that exists in this test only, and keeps what happens."""

    def __init__(self, context) -> None:
        self.page = context.new_page()
        self.body = ""
        self.fetched: list[str] = []
        self.dialogs: list[str] = []
        self.page.add_init_script(HOOKS)
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.type), dialog.dismiss()))
        context.route("**/*", self.answer)

    def answer(self, route) -> None:
        address = urlsplit(route.request.url)
        if (address.netloc, address.path) == (HOST, "/"):
            route.fulfill(body=self.body, content_type="text/html; charset=utf-8")
        elif address.netloc == HOST and address.path.startswith("/library/"):
            route.fulfill(body=PICTURE, content_type="image/svg+xml")
        else:
            self.fetched.append(route.request.url)
            route.abort()

    def faults(self, *texts: str) -> list[str]:
        """Shows the texts, each in a box of its own, and returns what of the browser's doings must not be."""
        boxes = "".join(f"<main><div>{html}</div></main><footer></footer>" for html in texts)
        self.body = (
            '<!doctype html><html lang="en"><head><title>x</title><link rel="icon" href="data:,"></head>'
            f"<body>{boxes}</body></html>"
        )
        self.fetched, self.dialogs = [], []
        self.page.goto(f"http://{HOST}/", wait_until="load")
        seen = self.page.evaluate(SEE)
        found = [*self.page.evaluate(PROVOKE), *self.fetched, *self.dialogs]
        found += [name for name in seen["namespaces"] if name != "http://www.w3.org/1999/xhtml"]
        found += [name for name in seen["protocols"] if name not in {"http:", "https:", "mailto:"}]
        found += sorted({*seen["attributes"]} - ATTRIBUTES) + sorted({*seen["tags"]} - TAGS)
        return found if seen["frame"] == ["main", "div", "footer"] * len(texts) else [*found, "broke out"]


@pytest.fixture
def visitor(browser):
    context = browser.new_context()
    context.set_default_timeout(10_000)
    yield Visitor(context)
    context.close()


@pytest.mark.browser
def test_no_payload_runs_or_fetches_anything(visitor):
    found = {}
    for start in range(0, len(PAYLOADS), 12):
        some = PAYLOADS[start : start + 12]
        if visitor.faults(*map(render, some)):
            found |= {payload: wrong for payload in some if (wrong := visitor.faults(render(payload)))} or {
                start: "all"
            }
    assert found == {}


@pytest.mark.browser
@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<script>alert(1)</script>", "alert"),
        ("<img src=x onerror=alert(1)>", "alert"),
        ("<p onmouseover=alert(1)>x</p>", "alert"),
        ("<svg onload=alert(1)></svg>", "http://www.w3.org/2000/svg"),
        ("<a href='java&#9;script:alert(1)'>x</a>", "javascript:"),
        ("<img src=http://evil.example/x.png>", "http://evil.example/x.png"),
        ("<link rel=stylesheet href=http://evil.example/x.css>", "http://evil.example/x.css"),
        ("<p style='background:url(http://evil.example/b.png)'>x</p>", "http://evil.example/b.png"),
        ("<form><button>x</button></form>", "form"),
        ("<p hx-get=/x>x</p>", "hx-get"),
        ("</div></main><b>x</b>", "broke out"),
    ],
)
def test_the_visitor_sees_what_runs_and_what_is_fetched(visitor, html, fault):
    assert fault in visitor.faults("<p>before</p>", html, "<p>after</p>")


@pytest.mark.browser
def test_axe_finds_nothing_in_a_rendered_text(visitor, axe):
    text = (
        "# One\n\n[link](/x) http://a.example\n\n- [x] done\n- [ ] open\n\n| a | b |\n|:--|--:|\n| 1 | 2 |\n\n"
        "```python\nx = 1\n```\n\n![alt](/library/1-x/file/) [](http://b.example) [![](/library/1/file/)](/y)\n\n"
        "> quote\n\nNote[^1] again[^1].\n\n[^1]: Words."
    )
    assert visitor.faults(render(text)) == []
    visitor.page.evaluate("document.querySelector('main').insertAdjacentHTML('afterbegin', '<h1>Page</h1>')")
    assert axe(visitor.page) == []


@pytest.mark.browser
def test_tables_are_aligned_and_scroll_where_they_are_wide(visitor):
    many = "|".join(["a wide column"] * 12)
    text = f"| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |\n\n|{many}|\n|{'-|' * 12}\n|{many}|"
    visitor.page.set_viewport_size({"width": 320, "height": 600})
    assert visitor.faults(f'<section class="prose">{render(text)}</section>') == ["section"]
    for sheet in ("tokens.css", "base.css", "components/prose.css", "code.css"):
        visitor.page.add_style_tag(content=(settings.BASE_DIR / "static" / "css" / sheet).read_text())
    seen = visitor.page.evaluate("""() => [
      [...document.querySelector("tbody").querySelectorAll("td")].map((cell) => getComputedStyle(cell).textAlign),
      [...document.querySelectorAll(".table-scroll")].map((box) => box.scrollWidth > box.clientWidth),
      document.documentElement.scrollWidth <= document.documentElement.clientWidth,
    ]""")
    assert seen == [["left", "center", "right"], [False, True], True]
