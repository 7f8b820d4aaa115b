"""The hub: it alone knows the truth. ``python -m server`` starts it; the application is made in ``server.app``."""
