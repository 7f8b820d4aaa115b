"""A hall's line to its district: rows of its journal up, over NATS, by a process of its own that reads the database and
holds no state. The hub waits for nothing of it. docs/district.md.
"""
