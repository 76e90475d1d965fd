"""Tests reach this machine only. An audit hook sees every connect and look-up of the process, whoever asks."""

import ipaddress
import os
import sys
from urllib.parse import urlsplit


class OutsideWorld(Exception):
    """A test tried to reach something that is not this machine."""


def close_the_outside_world() -> None:
    """For the rest of the process: an audit hook cannot be taken away again."""
    sys.addaudithook(_guard)


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    match event, arguments:
        case "socket.connect" | "socket.sendto" | "socket.sendmsg", (_, (str(host), *_)):
            _refuse_unless_here(host)
        case "socket.getaddrinfo" | "socket.gethostbyname", (str(host), *_):
            _refuse_unless_here(host)


def _refuse_unless_here(host: str) -> None:
    if host not in ("", "localhost", _database_host()) and not _is_loopback(host):
        raise OutsideWorld(f"a test tried to reach {host}")


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _database_host() -> str | None:
    """A PostgreSQL given by TEST_PG_URL may stand elsewhere."""
    return urlsplit(os.environ.get("TEST_PG_URL", "")).hostname
