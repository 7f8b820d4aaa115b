"""Checksums against the catalogue's check values: what each gives for the nine digits 123456789."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_display.protocols.checksums import CRC16, SUMS, Crc16
from counter_display.virtual.devices.modbus import remainder

CHECKS = [
    ("crc16-modbus", 0x4B37), ("crc16-arc", 0xBB3D), ("crc16-ccitt-false", 0x29B1),
    ("crc16-xmodem", 0x31C3), ("crc16-kermit", 0x2189), ("crc16-x25", 0x906E),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value"), CHECKS)
def test_the_catalogues_check_values(kind: str, value: int) -> None:
    assert CRC16[kind].of(b"123456789") == value


def test_every_variant_is_checked() -> None:
    assert {kind for kind, _ in CHECKS} == set(CRC16)


def test_parameters_of_ones_own() -> None:
    assert Crc16(0x1021, 0xB2AA, True, 0).of(b"123456789") == 0x63D0  # CRC-16/RIELLO of the catalogue


@pytest.mark.parametrize(
    ("kind", "data", "value"),
    [("sum8", b"\xff\x02", 1), ("sum16", b"\xff\x02", 0x101), ("xor8", b"\xff\x02", 0xFD), ("xor8", b"", 0)],
)
def test_sums(kind: str, data: bytes, value: int) -> None:
    assert SUMS[kind](data) == value


@given(st.binary(max_size=60))
def test_modbus_agrees_with_the_virtual_board(data: bytes) -> None:
    assert CRC16["crc16-modbus"].of(data).to_bytes(2, "little") == remainder(data)
