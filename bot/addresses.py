"""Which addresses our outgoing HTTP may open: public ones only, besides those the configuration names (SSRF guard)."""

import ipaddress
import re
import socket
from collections.abc import Iterable

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

Origin = tuple[str, str, int]
"""Scheme, host and port."""

_INTERNET = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is given out (https://www.iana.org/assignments/ipv6-address-space)."""
_NUMBER = re.compile("[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
_RESERVED = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
"""What Python 3.11 still takes for public: protocol assignments, the old way to 6to4, documentation."""


class ForbiddenAddress(OSError):
    """A name leads into a private network."""


class GuardedResolver(AbstractResolver):
    """Resolves names to public addresses only. The connector connects to what is returned here and asks nobody again,
    so a name that changes its mind (DNS rebinding) gains nothing. `places` may resolve to anything."""

    def __init__(self, places: Iterable[tuple[str, int]], inner: AbstractResolver) -> None:
        self._places = frozenset(places)
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if (host.lower(), port) in self._places:
            return found
        public = [one for one in found if is_public(one["host"])]
        if not public:
            raise ForbiddenAddress(host)
        return public

    async def close(self) -> None:
        await self._inner.close()


def origin_of(url: str) -> Origin:
    """Scheme, host and port of an http(s) address. Raises ValueError when it is none.

    Read by what opens it: another reading could see another host ("１２７.０.０.１" is 127.0.0.1 for it).
    """
    address = URL(url)
    if address.scheme not in ("http", "https") or not address.raw_host or address.port is None:
        raise ValueError("not an http address")
    return address.scheme, address.raw_host.lower(), address.port


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet; addresses that wrap another count as that one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or _nat64(ip)
        if inner is None:
            return ip in _INTERNET and _is_global(ip)
        return _is_global(inner)
    return _is_global(ip)


def _is_global(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _RESERVED)


def is_private_literal(host: str) -> bool:
    """Whether a host is written as an address that is not public, or as one only some can read (127.1, 0x7f000001: no
    name ends in a number); a name is judged when it is resolved."""
    try:
        return not is_public(host)
    except ValueError:
        return _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]) is not None


def _nat64(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    wrapped = ip in ipaddress.IPv6Network("64:ff9b::/96")
    return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF) if wrapped else None
