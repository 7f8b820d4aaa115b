"""Figures that travel: ratios measured in one run against the bare limit, never absolute times. ``./run bench``."""
