"""What each piece of Markdown becomes."""

import re

import pytest

from cop_portal.lib.markdown import MAX_CHARACTERS, RENDERER_VERSION, TextTooLongError, plain, render
from tests.lib.markdown_oracle import read, wrong_with

RELATION = 'rel="nofollow noopener ugc"'


def one_line(text: str, prefix: str = "") -> str:
    """The rendered text without line ends between tags."""
    return re.sub(r"\n?(<[^>]+>)\n?", r"\1", render(text, prefix=prefix))


def link(target: str, words: str | None = None) -> str:
    return f'<a href="{target}" {RELATION}>{target if words is None else words}</a>'


# --- Headings and ids ----------------------------------------------------------------------


def test_headings_start_at_h2_and_end_at_h6():
    text = "\n\n".join(f"{'#' * level} Level {level}" for level in range(1, 7))
    assert re.findall(r'<(h\d) id="([^"]+)">', render(text)) == [
        (f"h{min(level + 1, 6)}", f"md-level-{level}") for level in range(1, 7)
    ]


def test_underlined_headings_too():
    assert one_line("One\n===\n\nTwo\n---") == '<h2 id="md-one">One</h2><h3 id="md-two">Two</h3>'


@pytest.mark.parametrize(
    ("typed", "levels"),
    [("## a\n## b", "22"), ("# a\n### b\n#### c\n## d\n# e", "23432"), ("### a\n## b\n# c\n## d", "2223")],
)
def test_no_level_is_left_out(typed, levels):
    assert "".join(re.findall(r"<h(\d)", render(typed))) == levels


def test_a_hash_without_a_space_is_no_heading():
    assert render("#42 is the answer") == "<p>#42 is the answer</p>"


def test_a_heading_of_nothing_is_none():
    assert read(render("# \n\nx")).ids == []


def test_ids_are_ascii_short_and_unique():
    text = "# Café & Co\n# a\n# a\n# a 2\n# a-2\n# 日本\n# 👍\n# " + "long " * 40
    assert read(render(text)).ids == [
        *("md-cafe-co", "md-a", "md-a-2", "md-a-2-2", "md-a-2-3", "md-part", "md-part-2"),
        "md-" + "-".join(["long"] * 12),
    ]


def test_an_id_that_is_taken_is_passed_over():
    assert read(render("# b 2\n# b\n# b\n# b")).ids == ["md-b-2", "md-b", "md-b-3", "md-b-4"]


def test_texts_with_different_prefixes_share_no_id():
    text = "# One\n# c1 one\n# c1 -- one\n\nSee[^1] and[^1].\n\n[^1]: Note."
    ids = [name for prefix in ("", "c1", "c1-one", "c2") for name in read(render(text, prefix=prefix)).ids]
    assert len(ids) == 4 * 6
    assert len(set(ids)) == len(ids)


def test_a_prefix_stands_in_every_id_and_its_links():
    html = render("# One\n\nSee[^1].\n\n[^1]: Note.", prefix="comment-7")
    assert read(html).ids == ["md-comment-7--one", "md-comment-7--note-ref", "md-comment-7--note"]
    assert re.findall('href="#([^"]+)"', html) == ["md-comment-7--note", "md-comment-7--note-ref"]


# --- Footnotes -----------------------------------------------------------------------------


def test_footnotes_lead_there_and_back():
    html = one_line("A[^x] B[^x].\n\n[^x]: Words.")
    back = f'class="footnote-backref" href="#md-note-ref{{}}" role="doc-backlink" {RELATION}'
    there = f'<a class="footnote-ref" href="#md-note" role="doc-noteref" {RELATION}>1</a>'
    assert html == (
        f'<p>A<sup id="md-note-ref">{there}</sup> B<sup id="md-note-ref-2">{there}</sup>.</p>'
        '<div class="footnote" role="doc-endnotes"><hr><ol><li id="md-note">'
        f"<p>Words.&nbsp;<a {back.format('')}>↩</a><a {back.format('-2')}>↩</a></p></li></ol></div>"
    )


def test_a_footnote_that_nothing_refers_to_has_no_way_back():
    assert 'class="footnote-backref"' not in render("[^1]: Words.")


# --- Tables, lists, code -------------------------------------------------------------------


def test_alignment_in_tables_is_a_class():
    assert one_line("| a | b | c | d |\n|:--|:-:|--:|---|\n| 1 | 2 | 3 | 4 |") == (
        '<div class="table-scroll" role="group" tabindex="0"><table>'
        '<thead><tr><th class="align-left">a</th><th class="align-center">b</th><th class="align-right">c</th>'
        "<th>d</th></tr></thead>"
        '<tbody><tr><td class="align-left">1</td><td class="align-center">2</td><td class="align-right">3</td>'
        "<td>4</td></tr></tbody></table></div>"
    )


def test_tasks_are_read_out_as_boxes_and_are_no_controls():
    box = '<span class="task-box" role="checkbox" aria-checked="{}" aria-disabled="true">{}</span>'
    assert one_line("- [ ] a\n- [x] b") == (
        '<ul class="task-list">'
        f'<li class="task-list-item">{box.format("false", "☐")} a</li>'
        f'<li class="task-list-item">{box.format("true", "☑")} b</li></ul>'
    )


@pytest.mark.parametrize("text", ["Two:\n- a\n- b", "Two:\n\n- a\n- b", "Two:\n* a\n* b", "Two:\n+ a\n+ b"])
def test_a_list_may_follow_a_line(text):
    assert one_line(text) == "<p>Two:</p><ul><li>a</li><li>b</li></ul>"


def test_only_number_one_starts_a_list_inside_a_paragraph():
    assert one_line("Two:\n1. a\n2. b") == "<p>Two:</p><ol><li>a</li><li>b</li></ol>"
    assert one_line("It was in\n2024. Then") == "<p>It was in\n2024. Then</p>"


@pytest.mark.parametrize("step", [2, 3, 4])
def test_lists_nest_by_two_spaces_or_more(step):
    text = f"- a\n{' ' * step}- b\n{' ' * 2 * step}- c\n- d"
    assert one_line(text) == "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>"


def test_a_list_in_a_quote_and_a_paragraph_in_a_list():
    assert one_line("> a\n> - b") == "<blockquote><p>a</p><ul><li>b</li></ul></blockquote>"
    assert one_line("- a\n\n  b\n\n- c") == "<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>"


def test_a_list_may_start_anywhere():
    assert one_line("3. a\n4. b") == '<ol start="3"><li>a</li><li>b</li></ol>'


CODE = (
    '<pre class="highlight"><code>'
    '<span class="n">x</span> <span class="o">=</span> <span class="mi">1</span>\n</code></pre>'
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("```python\nx = 1\n```", CODE),
        ("~~~ py\nx = 1\n~~~", CODE),
        ("```{.python #id .class title='x'}\nx = 1\n```", CODE),
        ("```python some words\nx = 1\n```", CODE),
        ("a\n```python\nx = 1\n```\nb", f"<p>a</p>{CODE}<p>b</p>"),
        ("- a\n  ```python\n  x = 1\n  ```", f"<ul><li>a{CODE}</li></ul>"),
        ("> a\n> ```python\n> x = 1\n> ```", f"<blockquote><p>a</p>{CODE}</blockquote>"),
    ],
)
def test_fenced_code_has_the_classes_of_pygments(text, html):
    assert one_line(text).replace("\n", "") == html.replace("\n", "")


def test_code_in_no_or_an_unknown_language_is_plain():
    plain_code = '<pre class="highlight"><code>a &lt; b\n</code></pre>'
    assert render("```\na < b\n```") == plain_code
    assert render("```nonsense\na < b\n```") == plain_code
    assert render("    a < b") == plain_code


def test_emphasis_quotes_rules_and_breaks():
    assert one_line("*a* **b** ~~c~~ `d` snake_case_name  \ne\n\n> f\n\n---") == (
        "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code> snake_case_name<br>e</p>"
        "<blockquote><p>f</p></blockquote><hr>"
    )


# --- Links and images ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("http://intranet/x", link("http://intranet/x")),
        ("(see https://a.example/b_(c)).", f"(see {link('https://a.example/b_(c)')})."),
        ("HTTPS://A.example", link("HTTPS://A.example")),
        ("<https://a.example/?b=1&c=2>", link("https://a.example/?b=1&amp;c=2")),
        ("http://localhost:8000", link("http://localhost:8000")),
        ("README.md www.a.example a.example a@b.example", "README.md www.a.example a.example a@b.example"),
        ("ftp://a.example xhttp://a.example", "ftp://a.example xhttp://a.example"),
        ("`http://a.example`", "<code>http://a.example</code>"),
        ("user/repo#1 @user", "user/repo#1 @user"),
    ],
)
def test_bare_addresses(text, html):
    assert render(text) == f"<p>{html}</p>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[a](http://b.example)", link("http://b.example", "a")),
        ("[a](mailto:b@c.example)", link("mailto:b@c.example", "a")),
        ("<b@c.example>", link("mailto:b@c.example", "b@c.example")),
        ("[a](/library/3-x/?page=2#md-b)", link("/library/3-x/?page=2#md-b", "a")),
        ("[a](#md-b)", link("#md-b", "a")),
        ("[a](</library/b c/>)", link("/library/b%20c/", "a")),
        ("[a](http://b.example/?c=1&copy=2&lt=3&amp;d)", link("http://b.example/?c=1&amp;copy=2&amp;lt=3&amp;d", "a")),
        ("[a](/b?c=&amp;lt;)", link("/b?c=&amp;lt;", "a")),
        ("[](http://b.example/?c=&amp;lt;)", link("http://b.example/?c=&amp;lt;")),
        ("[a][1]\n\n[1]: http://b.example", link("http://b.example", "a")),
        ("[a](javascript:b)", "<span>a</span>"),
        ("[a](b/c)", "<span>a</span>"),
        ("[a](//b.example)", "<span>a</span>"),
        ("[*a* http://c.example](http://b.example)", link("http://b.example", "<em>a</em> http://c.example")),
    ],
)
def test_links(text, html):
    assert render(text) == f"<p>{html}</p>"


def test_a_link_may_have_a_title():
    assert render('[a](/b "c & d")') == f'<p><a href="/b" title="c &amp; d" {RELATION}>a</a></p>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("![a](/library/12-x/file/)", '<img alt="a" src="/library/12-x/file/">'),
        ('![](/library/12/file/?v=2 "t")', '<img alt="" src="/library/12/file/?v=2" title="t">'),
        ("![a](http://b.example/c.png)", link("http://b.example/c.png", "a")),
        ("![](http://b.example/c.png)", link("http://b.example/c.png")),
        ("![a](/members/1-x/)", link("/members/1-x/", "a")),
        ("![a](data:image/png;base64,b)", "<span>a</span>"),
        ("[![a](http://b.example/c.png)](http://d.example)", link("http://d.example", "<span>a</span>")),
        ("[![](/library/1/file/)](/e)", link("/e", '<img alt="/e" src="/library/1/file/">')),
    ],
)
def test_images_come_from_the_library_only(text, html):
    assert render(text) == f"<p>{html}</p>"


# --- The whole -----------------------------------------------------------------------------


def test_entities_are_characters():
    assert render("&copy; &amp; &lt; &#8364; &nope; AT&T") == "<p>© &amp; &lt; € &amp;nope; AT&amp;T</p>"


def test_characters_that_no_page_can_hold_are_replaced():
    assert render("a\x00b\x02c\ud800d&#0;&#11;e") == "<p>a\ufffdb\ufffdc\ufffdd\ufffd\ufffde</p>"
    assert render("`&#11;`") == "<p><code>&amp;#11;</code></p>"


@pytest.mark.parametrize("text", ["", " ", "\n\t\r\n", "\u2003"])
def test_a_blank_text_is_empty(text):
    assert (render(text), plain(text)) == ("", "")


def test_line_ends_make_no_difference():
    assert render("- a\r\n- b\r\n\r\nc") == render("- a\n- b\n\nc") == render("- a\r- b\r\rc")


def test_texts_leave_nothing_behind_for_the_next():
    before = render("[a] [^1]")
    render("[a]: http://b.example\n[^1]: note\n\n[a] [^1]\n\n```\nx\n```\n\n- a", prefix="other")
    assert render("[a] [^1]") == before == "<p>[a] [^1]</p>"


def test_a_text_may_have_100_000_characters():
    text = ("word " * 20_000)[: MAX_CHARACTERS - 1]
    assert MAX_CHARACTERS == 100_000
    assert wrong_with(render(text)) == []
    with pytest.raises(TextTooLongError, match=r"^This text is longer than 100,000 characters$"):
        render("a" * 100_001)


def test_the_renderer_has_a_version():
    assert RENDERER_VERSION == 2


# --- Plain words ---------------------------------------------------------------------------


def test_plain_words_have_no_markup():
    text = (
        "# A *b*\n\nC [d](/e) ![f](/library/1/g) `h` <i> &amp; j[^1]\n\n- [x] k\n- l\n\n[^1]: m\n\n|n|o|\n|-|-|\n|p|q|"
    )
    assert plain(text) == "A b C d f h <i> & j ☑ k l n o p q m"


@pytest.mark.parametrize(
    ("text", "limit", "words"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two three", 8, "one two…"),
        ("one *two* three", 7, "one…"),
        ("unbreakable", 5, "unbr…"),
        ("one two", 1, "…"),
        ("one two", 0, ""),
        ("one " * 50_000, 9, "one one…"),
    ],
)
def test_plain_words_are_cut_after_a_word(text, limit, words):
    assert plain(text, limit=limit) == words


def test_plain_words_of_what_is_too_complex_are_as_typed():
    assert plain("+ " * 900 + "\n\n x\x00") == "+ " * 900 + "x\ufffd"
