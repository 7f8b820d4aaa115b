"""Where a browser's page has got to."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def arrives(page: Page, pattern: str) -> None:
    """Once a page is at an address with this pattern in it, and loaded. Playwright's own wait for an address fails
    where two navigations meet, as a redirect and a console that finds itself logged out.
    """
    expect(page).to_have_url(re.compile(pattern))
    page.wait_for_load_state()
