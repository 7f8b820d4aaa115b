"""What every answer tells a browser not to do: run what stands in the page, be framed, tell others where one was.

Scripts and styles are files of ours; a template has no inline script, handler or style attribute, and a test reads them
all. Pictures may stand in the page as `data:`, the hall screen plays sounds of the hub.
"""

from __future__ import annotations

from collections.abc import Sequence

SOURCES = (
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
)
"""Content Security Policy Level 3, https://www.w3.org/TR/CSP3/."""
FEATURES = ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "serial", "usb")
"""https://www.w3.org/TR/permissions-policy/: none of our pages asks for any of them."""


def walls(framed_by: Sequence[str] = ()) -> dict[str, str]:
    """The headers; `framed_by` are the origins whose pages may show ours in a frame, besides the start page of the
    hall screens, which is one of ours.
    """
    framers = " ".join(["'self'", *framed_by])
    return {
        "Content-Security-Policy": "; ".join([*SOURCES, f"frame-ancestors {framers}"]),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES),
    } | ({} if framed_by else {"X-Frame-Options": "SAMEORIGIN"})
