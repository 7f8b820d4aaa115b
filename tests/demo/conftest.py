"""The hub behind waitress, as the pages' tests have it."""

from tests.server.pages.conftest import web

__all__ = ["web"]
