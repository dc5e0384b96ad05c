"""Whether the service may listen where it is told to, and whether it asks for keys there."""

from __future__ import annotations

import ipaddress
import socket

from vistka.errors import UsageError
from vistka.serve.settings import ServeSettings

MAX_PORT = 65535


def keys_needed(settings: ServeSettings, *, keys_in_force: int) -> bool:
    """Whether callers need a key: as the settings say, else yes unless the service listens on loopback alone.

    Raises:
        UsageError: it would be open to other machines without keys, and that was not said twice; or no key exists
            yet, so that nobody could use it; or the host or port is none.
    """
    if not 0 <= settings.port <= MAX_PORT:
        raise UsageError(f"{settings.port} is not a port", where="--port", next_step=f"give 0 to {MAX_PORT}")
    alone = is_loopback(settings.host)
    needed = not alone if settings.keys_required is None else settings.keys_required
    if alone or (needed and keys_in_force):
        return needed
    if needed:
        raise UsageError(
            "other machines could reach it, and there is no API key yet",
            where=f"--host {settings.host}",
            next_step="make one with `vistka keys add NAME`; or, to let anybody use it, give both --no-keys and"
            " --open-without-keys",
        )
    if not settings.open_without_keys:
        raise UsageError(
            "other machines could use it without a key",
            where=f"--host {settings.host}",
            next_step="leave --no-keys out; or, if anybody may use it, give --open-without-keys, too",
        )
    return False


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host: all that its name stands for is loopback.

    Raises:
        UsageError: the name stands for nothing.
    """
    if not host:
        return False  # every address of the machine
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UsageError("no such host", where=f"--host {host}", next_step="give an address of this machine") from error
    return all(_is_loopback_address(str(address[0])) for *_, address in found)


def _is_loopback_address(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
