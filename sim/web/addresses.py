"""Find what this machine is called by others, without asking anybody."""

from __future__ import annotations

import socket

ANY = ("0.0.0.0", "::")
"""Hosts that mean every address of this machine."""

_ELSEWHERE = (
    *("192.0.2.1", "10.255.255.254", "172.31.255.254", "192.168.255.254"),
    *("2001:db8::1", "fd00::1"),
)
"""Addresses that nobody has, or that private networks have: each is reached by one of our own."""


def own_addresses(host: str) -> list[str]:
    """Return the addresses by which other machines reach what listens at `host`, one of `ANY`.

    Addresses that lead furthest come first. Where `host` is `0.0.0.0`, only IPv4 addresses are
    given.
    """
    others = [other for other in _ELSEWHERE if host == "::" or ":" not in other]
    found = dict.fromkeys(_towards(other) for other in others)
    return [own for own in found if own and not own.startswith(("127.", "0.")) and own != "::1"]


def host_names() -> list[str]:
    """Return what this machine calls itself, and what a local network may call it."""
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    return [one for one in dict.fromkeys([name, short, f"{short}.local"]) if short]


def in_address(host: str) -> str:
    """Return a host as it stands in the address of a page."""
    return f"[{host}]" if ":" in host else host


def _towards(other: str) -> str:
    """Return our own address on the way to another one; empty where there is no way.

    Connecting a datagram socket sends nothing: it only looks up the way.
    """
    family = socket.AF_INET6 if ":" in other else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as way:
            way.connect((other, 9))
            return str(way.getsockname()[0])
    except OSError:
        return ""
