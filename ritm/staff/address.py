"""Where a request came from."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str | None:
    """
    This function will return the IP address a request came from, or None when the server does not know it.

    X-Forwarded-For is believed only as far as our own proxies wrote it (`RITM_PROXIES`); whatever a stranger
    put before that is his own invention.
    """
    text = request.META.get("REMOTE_ADDR", "")
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if settings.PROXIES and len(forwarded) >= settings.PROXIES:
        text = forwarded[-settings.PROXIES]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
