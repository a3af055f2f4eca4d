import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.client import address, network_of_request

PROXY = "10.0.0.2"


def came_from(peer, forwarded=None):
    environ = {"REMOTE_ADDR": peer}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    return address(environ)


@pytest.fixture
def proxies(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/24", "2001:db8::1"]


def test_without_listed_proxies_the_header_is_ignored(settings):
    settings.TRUSTED_PROXIES = []
    assert came_from("203.0.113.5", "198.51.100.1") == "203.0.113.5"


def test_a_stranger_cannot_name_an_address(proxies):
    assert came_from("203.0.113.5", "198.51.100.1") == "203.0.113.5"


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("1.1.1.1, 198.51.100.1, 10.0.0.3", "198.51.100.1"),
        (" 198.51.100.1 ", "198.51.100.1"),
        ("2001:DB8:0::5", "2001:db8::5"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("10.0.0.9", "10.0.0.9"),
        ("", PROXY),
        ("unknown", PROXY),
        ("198.51.100.1, bogus", PROXY),
        ("198.51.100.1, ", PROXY),
        (None, PROXY),
    ],
)
def test_behind_a_listed_proxy_the_right_most_stranger_counts(proxies, forwarded, client):
    assert came_from(PROXY, forwarded) == client


def test_a_mapped_peer_is_the_same_peer(proxies):
    assert came_from("::ffff:10.0.0.2", "198.51.100.1") == "198.51.100.1"
    assert came_from("::ffff:203.0.113.5") == "203.0.113.5"


def test_a_socket_file_has_no_address_unless_it_is_listed(settings):
    settings.TRUSTED_PROXIES = []
    assert came_from("", "198.51.100.1") == ""
    settings.TRUSTED_PROXIES = ["unix"]
    assert came_from("", "198.51.100.1") == "198.51.100.1"
    assert came_from("", None) == ""
    assert came_from("203.0.113.5", "198.51.100.1") == "203.0.113.5"


@given(peer=st.text(max_size=40), forwarded=st.text(max_size=200))
def test_no_header_makes_it_raise(peer, forwarded):
    assert isinstance(came_from(peer, forwarded), str)


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2::5", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_limits_count_all_addresses_of_one_home_as_one(rf, peer, network):
    assert network_of_request(rf.get("/", REMOTE_ADDR=peer)) == network
