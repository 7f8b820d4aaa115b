"""Recorded and invented days, driven through the hub with a virtual clock: `python -m replay --help`."""
