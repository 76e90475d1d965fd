import socket

import pytest

from tests.network import OutsideWorld


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org"])
def test_no_other_machine_can(host: str) -> None:
    with pytest.raises(OutsideWorld, match=host):
        socket.create_connection((host, 80), timeout=1)
