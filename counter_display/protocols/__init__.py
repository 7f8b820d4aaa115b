"""The boards' languages: each a pure codec, without time, retry or port. `wires.<name>.protocol` in config.toml picks one."""

from __future__ import annotations

from types import ModuleType

from counter_display.protocols import a090

PROTOCOLS: dict[str, ModuleType] = {"a090": a090}
