"""Where a request comes from, and which requests come from one office."""

import pytest
from django.test import RequestFactory

from cop_portal.lib.network import client_ip, network_of


def seen(remote, forwarded=None):
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_ip(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote))


def test_without_proxies_of_ours_the_header_is_what_anybody_may_claim(settings):
    settings.TRUSTED_PROXIES = 0
    assert seen("203.0.113.9", "198.51.100.1") == "203.0.113.9"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1, 198.51.100.1", "198.51.100.1"),
        (2, "10.0.0.1, 198.51.100.1, 192.0.2.2", "198.51.100.1"),
        (2, "198.51.100.1", "203.0.113.9"),  # it did not come through both
        (1, "", "203.0.113.9"),
        (1, None, "203.0.113.9"),
        (1, "10.0.0.1, nonsense", "203.0.113.9"),
        (1, "198.51.100.1:4711", "198.51.100.1"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
    ],
)
def test_each_proxy_of_ours_adds_whom_it_saw_to_the_right(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    assert seen("203.0.113.9", forwarded) == address


def test_a_unix_socket_has_no_address(settings):
    assert seen("") == ""


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("", ""),
    ],
)
def test_of_ipv6_the_first_64_bits_are_one_network(ip, network):
    assert network_of(ip) == network
