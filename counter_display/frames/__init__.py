"""Boards of other vendors as TOML files, and the command that shows a frame's bytes."""
