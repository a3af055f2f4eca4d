"""Which address a request came from.

`X-Forwarded-For` is believed only when the peer is a proxy listed in `TRUSTED_PROXIES`
(addresses or networks; the word "unix" stands for a proxy that speaks through a socket file).
Then the right-most address that is not such a proxy is the client: everything further left
was written by the client itself.
"""

from functools import lru_cache
from ipaddress import ip_address, ip_interface, ip_network

from django.conf import settings

__all__ = [
    "UNIX_SOCKET",
    "address",
    "address_of_request",
    "network_of_request",
    "parse_proxies",
]

UNIX_SOCKET = "unix"
_NETWORK_OF_A_HOME = 64  # bits; whoever has one IPv6 address can take any of so many


def address(environ):
    """Return the client's address in its normal form, or "" when nobody can know it.

    IPv4-mapped IPv6 becomes IPv4. No header, however malformed, makes it raise.
    """
    peer = _normal(environ.get("REMOTE_ADDR", ""))
    sockets, networks = parse_proxies(tuple(settings.TRUSTED_PROXIES))
    believed = sockets if peer is None else _is_in(peer, networks)
    if not believed:
        return "" if peer is None else str(peer)
    client = peer
    for hop in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        hop_address = _normal(hop)
        if hop_address is None:
            break
        client = hop_address
        if not _is_in(client, networks):
            break
    return "" if client is None else str(client)


def address_of_request(request):
    """Return the client's address of a Django request; see `address`."""
    return address(request.META)


def network_of_request(request):
    """Return what limits count by: the client's address, of IPv6 the network of its home."""
    found = _normal(address_of_request(request))
    if found is None or found.version == 4:
        return "" if found is None else str(found)
    return str(ip_interface((found, _NETWORK_OF_A_HOME)).network)


@lru_cache(maxsize=8)
def parse_proxies(listed):
    """Return (whether sockets are trusted, trusted networks); raises ValueError."""
    networks = tuple(ip_network(each) for each in listed if each != UNIX_SOCKET)
    return UNIX_SOCKET in listed, networks


def _normal(text):
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _is_in(found, networks):
    return any(found in network for network in networks)
