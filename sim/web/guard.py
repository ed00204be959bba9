"""The page answers only some: this checks hosts, origins, a token, headers, the size of what is
sent."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "firelane_token"

MAX_BYTES = 1 << 20
"""Of a request's body."""

LARGER = {"/api/exports": 32 << 20}
"""Paths that take more than that."""

MAX_QUERY = 16_384

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
    "data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """Refuses requests for other hosts, from other sites, without the token, or too large."""

    def __init__(
        self,
        app: ASGIApp,
        hosts: Sequence[str],
        token: str | None = None,
        any_address: bool = False,
    ) -> None:
        """Guard an application.

        Args:
            app: what answers.
            hosts: names this page is called by.
            token: needed in a cookie or `?token=`, if any.
            any_address: it is called by any address in numbers, too. No other site's name can be led
                there, and behind a router or in a container the page does not know its own.
        """
        self._app, self._hosts, self._token = app, frozenset(hosts), token
        self._any_address = any_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal, cookie = self._judged(scope)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = [(k.encode(), v.encode()) for k, v in HEADERS.items()]
                if cookie:
                    extra.append((b"set-cookie", cookie.encode()))
                message["headers"] = [*message.get("headers", []), *extra]
            await send(message)

        answer = refusal or self._app
        await answer(scope, _limited(receive, _most_of(scope)), with_headers)

    def _judged(self, scope: Scope) -> tuple[PlainTextResponse | None, str]:
        headers = Headers(scope=scope)
        host = _host_in(headers.get("host", ""))
        if host not in self._hosts and not (self._any_address and _is_address(host)):
            return PlainTextResponse(f"This page is not called {host!r}.", 421), ""
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != headers.get("host"):
            return PlainTextResponse("Requests from other sites are refused.", 403), ""
        foreign = headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
        if foreign and (scope["method"], scope["path"]) != (
            "GET",
            "/",
        ):  # a link to the page is fine
            return PlainTextResponse("Requests from other sites are refused.", 403), ""
        if len(scope.get("query_string", b"")) > MAX_QUERY:
            return PlainTextResponse("The address is too long.", 414), ""
        length = headers.get("content-length", "0")
        if not re.fullmatch(r"[0-9]{1,9}", length) or int(length) > _most_of(scope):
            told = f"More than {_most_of(scope) >> 20} MiB was sent"
            told += "." if scope["path"] in LARGER else "; a scenario is a page of text."
            return PlainTextResponse(told, 413), ""
        return self._token_judged(scope, headers)

    def _token_judged(self, scope: Scope, headers: Headers) -> tuple[PlainTextResponse | None, str]:
        if self._token is None:
            return None, ""
        given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])[0]
        if hmac.compare_digest(given.encode(), self._token.encode()):
            return None, f"{COOKIE}={self._token}; HttpOnly; SameSite=Strict; Path=/"
        cookies = dict(
            pair.strip().partition("=")[::2] for pair in headers.get("cookie", "").split(";")
        )
        if hmac.compare_digest(cookies.get(COOKIE, "").encode(), self._token.encode()):
            return None, ""
        return PlainTextResponse(
            "Open the address with its token, as the server printed it.", 401
        ), ""


def _host_in(header: str) -> str:
    """Return the name in a Host header, without its port; empty where there is none."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _most_of(scope: Scope) -> int:
    return LARGER.get(str(scope["path"]), MAX_BYTES)


def _limited(receive: Receive, most: int) -> Receive:
    """Return a `receive` that cuts off a body without a stated length, too, once it is too
    large."""
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            return {"type": "http.disconnect"}
        return message

    return limited
