"""A USB printer through pyusb and a false backend: nothing is reset, the kernel's driver is given back, every wait
ends.
"""

from __future__ import annotations

import errno
from types import SimpleNamespace
from typing import Any

import pytest
import usb.backend
import usb.core

from printer_profiles.profile import load
from server.domain.print_outcome import outcome
from server.printing.spool.printer import Head
from server.printing.transport.patience import Patience
from server.printing.transport.port import Stuck
from server.printing.transport.usb import UsbPrinter
from tests.server.printing.fake_printers import Talker

OUT, IN = 0x01, 0x82


def _record(**values: Any) -> SimpleNamespace:
    return SimpleNamespace(bLength=9, extra_descriptors=b"", **values)


class FalseBackend(usb.backend.IBackend):  # type: ignore[misc]
    """One printer on a bus: a Talker behind two bulk endpoints. `room`: bytes that it takes before it stands still."""

    def __init__(self, talker: Talker, *, room: int = 10**9, lines: int | None = 0x18, configured: bool = True) -> None:
        super().__init__()
        self.talker, self.room, self.port_lines, self.configured = talker, room, lines, configured
        self.said = b""
        self.calls: list[str] = []
        self.driver = True
        self.gone = False

    def enumerate_devices(self) -> list[str]:
        return ["printer"]

    def get_parent(self, dev: str) -> None:
        return None

    def get_device_descriptor(self, dev: str) -> SimpleNamespace:
        return _record(
            bDescriptorType=1,
            bcdUSB=0x200,
            bDeviceClass=0,
            bDeviceSubClass=0,
            bDeviceProtocol=0,
            bMaxPacketSize0=64,
            idVendor=0x04B8,
            idProduct=0x0E15,
            bcdDevice=0x100,
            iManufacturer=0,
            iProduct=0,
            iSerialNumber=0,
            bNumConfigurations=1,
            address=5,
            bus=1,
            port_number=1,
            port_numbers=(1,),
            speed=3,
        )

    def get_configuration_descriptor(self, dev: str, config: int) -> SimpleNamespace:
        return _record(
            bDescriptorType=2,
            wTotalLength=32,
            bNumInterfaces=1,
            bConfigurationValue=1,
            iConfiguration=0,
            bmAttributes=0xC0,
            bMaxPower=1,
        )

    def get_interface_descriptor(self, dev: str, intf: int, alt: int, config: int) -> SimpleNamespace:
        if intf or alt:
            raise IndexError("no such interface")
        return _record(
            bDescriptorType=4,
            bInterfaceNumber=0,
            bAlternateSetting=0,
            bNumEndpoints=2,
            bInterfaceClass=7,
            bInterfaceSubClass=1,
            bInterfaceProtocol=2,
            iInterface=0,
        )

    def get_endpoint_descriptor(self, dev: str, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        return _record(
            bDescriptorType=5,
            bEndpointAddress=(OUT, IN)[ep],
            bmAttributes=2,
            wMaxPacketSize=64,
            bInterval=0,
            bRefresh=0,
            bSynchAddress=0,
        )

    def open_device(self, dev: str) -> str:
        return dev

    def close_device(self, handle: str) -> None:
        self.calls.append("closed")

    def get_configuration(self, handle: str) -> int:
        if not self.configured:
            raise usb.core.USBError("not configured", errno=errno.ENOENT)
        return 1

    def set_configuration(self, handle: str, value: int) -> None:
        self.configured = True
        self.calls.append("configured")

    def reset_device(self, handle: str) -> None:
        self.calls.append("reset")

    def claim_interface(self, handle: str, intf: int) -> None:
        assert not self.driver, "the kernel's driver holds it"
        self.calls.append("claimed")

    def release_interface(self, handle: str, intf: int) -> None:
        self.calls.append("released")

    def is_kernel_driver_active(self, handle: str, intf: int) -> bool:
        return self.driver

    def detach_kernel_driver(self, handle: str, intf: int) -> None:
        self.driver = False

    def attach_kernel_driver(self, handle: str, intf: int) -> None:
        self.driver = True

    def bulk_write(self, handle: str, ep: int, intf: int, data: Any, timeout: int) -> int:
        if self.gone:
            raise usb.core.USBError("No such device", errno=errno.ENODEV)
        taken = bytes(data)[: self.room]
        if not taken:
            raise usb.core.USBTimeoutError("timed out", errno=errno.ETIMEDOUT)
        self.room -= len(taken)
        self.said += self.talker.answer(taken)
        return len(taken)

    def bulk_read(self, handle: str, ep: int, intf: int, buff: Any, timeout: int) -> int:
        if not self.said:
            raise usb.core.USBTimeoutError("timed out", errno=errno.ETIMEDOUT)
        data, self.said = self.said[: len(buff)], self.said[len(buff) :]
        for at, byte in enumerate(data):
            buff[at] = byte
        return len(data)

    def ctrl_transfer(
        self, handle: str, kind: int, request: int, value: int, index: int, data: Any, timeout: int
    ) -> int:
        if self.port_lines is None or (kind, request) != (0xA1, 1):
            raise usb.core.USBError("stalled", errno=errno.EPIPE)
        data[0] = self.port_lines
        return 1


def printer(backend: FalseBackend) -> UsbPrinter:
    return UsbPrinter.named("usb:04b8:0e15", backend)


def test_a_slip_by_usb_and_the_device_given_back() -> None:
    backend = FalseBackend(Talker())
    head = Head(printer(backend), load("generic-80"), Patience(answer=0.2))
    assert head.ready().state == "ready"
    assert outcome(head.print(b"\x1b@" + b"A001\n" * 500)).state == "printed"
    assert b"A001\n" * 500 in backend.talker.got
    assert not backend.driver
    head.close()
    assert backend.driver
    assert {"reset", "configured"}.isdisjoint(backend.calls)


def test_a_device_without_a_configuration_gets_one() -> None:
    backend = FalseBackend(Talker(), configured=False)
    printer(backend).close()
    assert "configured" in backend.calls


def test_a_stuck_one_says_how_much_it_took() -> None:
    port = printer(FalseBackend(Talker(), room=700))
    with pytest.raises(Stuck) as stuck:
        port.write(bytes(2000), 0.1)
    assert stuck.value.accepted == 700
    port.close()


def test_one_that_is_unplugged_is_an_oserror() -> None:
    backend = FalseBackend(Talker())
    port = printer(backend)
    backend.gone = True
    with pytest.raises(OSError, match="No such device"):
        port.write(b"x", 0.1)
    port.close()


@pytest.mark.parametrize(
    ("lines", "state"), [(0x18, "ready"), (0x38, "paper_out"), (0x10, "error"), (0x08, "offline"), (None, "ready")]
)
def test_the_port_status_lines_tell_faults(lines: int | None, state: str) -> None:
    head = Head(printer(FalseBackend(Talker(), lines=lines)), load("generic-80"), Patience(answer=0.2))
    assert head.look().state == state
    head.close()


def test_no_such_device_is_told_in_a_sentence() -> None:
    with pytest.raises(OSError, match="is it plugged in"):
        UsbPrinter.named("usb:0416:5011", FalseBackend(Talker()))
    with pytest.raises(OSError, match="serial number J7"):
        UsbPrinter.named("usb:04b8:0e15?serial=J7", FalseBackend(Talker()))
