"""When two addresses mean the same page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.links import normal_address


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("HTTPS://Example.ORG:443/A?b=2&a=1#part", "https://example.org/A?a=1&b=2"),
        ("http://example.org:80", "http://example.org/"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        ("https://example.org/?utm_source=x&UTM_Medium=y&q=%20a", "https://example.org/?q=+a"),
        ("https://example.org/?q=+a", "https://example.org/?q=+a"),
        ("https://example.org./", "https://example.org/"),
        ("https://me:word@example.org/", "https://me:word@example.org/"),
        ("https://[2001:DB8::1]:443/x", "https://[2001:db8::1]/x"),
        ("  no address ", "no address"),
        ("http://[", "http://["),
        ("http://example.org:99999/", "http://example.org:99999/"),
        ("", ""),
    ],
)
def test_normal_address(typed, normal):
    assert normal_address(typed) == normal


@given(st.text())
def test_never_raises(text):
    assert isinstance(normal_address(text), str)


LETTERS = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=8)


@given(
    st.sampled_from(["http", "HTTPS"]),
    LETTERS,
    LETTERS,
    st.dictionaries(LETTERS, st.text(max_size=5)),
    st.text(max_size=9),
)
def test_normal_is_normal(scheme, host, path, query, fragment):
    from urllib.parse import urlencode

    once = normal_address(f"{scheme}://{host}.example/{path}?{urlencode(query)}#{fragment}")
    assert normal_address(once) == once
    assert "#" not in once
