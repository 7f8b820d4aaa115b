"""A USB printer without the kernel's usblp: bulk transfers by pyusb, loaded only where a url says `usb:`.

Nothing is reset and no configuration set that is set already: either would throw away what the printer is printing.
The kernel's driver is put aside while the port is open, and given back at its end.
"""

from __future__ import annotations

import errno
import math
import re
import time
from contextlib import suppress
from typing import Any

from server.printing.transport.port import Stuck

PRINTER_CLASS = 7
GET_PORT_STATUS = 1
PIECE = 512
URL = re.compile(r"usb:([0-9a-fA-F]{4}):([0-9a-fA-F]{4})(?:\?serial=(.+))?")


class UsbPrinter:
    """The first printer of that vendor and product, or the one with that serial number.

    `backend`: pyusb's, or a fake one.
    """

    def __init__(self, vendor: int, product: int, serial: str | None = None, backend: Any = None) -> None:
        self._core, self._util = _pyusb()
        self._device = self._find(vendor, product, serial, backend)
        self._kernel_driver = False
        try:
            self._claim()
        except BaseException:
            self._let_go()
            raise

    @classmethod
    def named(cls, url: str, backend: Any = None) -> UsbPrinter:
        """The printer of `usb:04b8:0e15` or `usb:04b8:0e15?serial=J7RF001`."""
        found = URL.fullmatch(url)
        if found is None:
            raise OSError(errno.EINVAL, f"{url}: not usb:vendor:product")
        return cls(int(found[1], 16), int(found[2], 16), found[3], backend)

    def write(self, data: bytes, timeout: float, limit: float = math.inf) -> None:
        end, gone = time.monotonic() + limit, 0
        while gone < len(data):
            patience = min(timeout, end - time.monotonic())
            try:
                sent = (
                    int(self._out.write(data[gone : gone + PIECE], max(1, int(patience * 1000)))) if patience > 0 else 0
                )
            except self._core.USBTimeoutError:
                sent = 0
            if not sent:
                raise Stuck(gone)
            gone += sent

    def read(self, timeout: float) -> bytes:
        if self._in is None:
            time.sleep(max(0.0, timeout))
            return b""
        try:
            return bytes(self._in.read(self._in.wMaxPacketSize, max(1, int(timeout * 1000))))
        except self._core.USBTimeoutError:
            return b""

    def lines(self) -> int | None:
        """By the printer class's GET_PORT_STATUS; None where the device refuses it."""
        index = self._interface.bInterfaceNumber
        try:
            return int(self._device.ctrl_transfer(0xA1, GET_PORT_STATUS, 0, index, 1, 500)[0])
        except (OSError, IndexError):
            return None

    def left(self, seconds: float) -> bool:
        """A bulk transfer that is over is the printer's."""
        return True

    def close(self) -> None:
        self._let_go()

    def _find(self, vendor: int, product: int, serial: str | None, backend: Any) -> Any:
        wanted = {"idVendor": vendor, "idProduct": product}
        try:
            found = self._core.find(find_all=True, backend=backend, **wanted)
            device = next((d for d in found if serial is None or d.serial_number == serial), None)
        except self._core.NoBackendError as error:
            raise OSError(errno.ENOSYS, "libusb is missing; install libusb-1.0-0") from error
        if device is None:
            which = f" with serial number {serial}" if serial else ""
            raise OSError(
                errno.ENODEV, f"no USB device {vendor:04x}:{product:04x}{which}; is it plugged in and switched on?"
            )
        return device

    def _claim(self) -> None:
        """Its printer interface, its two ends."""
        try:
            configuration = self._device.get_active_configuration()
        except self._core.USBError:
            self._device.set_configuration()
            configuration = self._device.get_active_configuration()
        printer = self._util.find_descriptor(configuration, bInterfaceClass=PRINTER_CLASS)
        if printer is None:
            raise OSError(errno.ENODEV, "the USB device has no printer interface")
        self._interface = printer
        with suppress(NotImplementedError):
            if self._device.is_kernel_driver_active(printer.bInterfaceNumber):
                self._device.detach_kernel_driver(printer.bInterfaceNumber)
                self._kernel_driver = True
        self._util.claim_interface(self._device, printer.bInterfaceNumber)
        self._out, self._in = self._end(self._util.ENDPOINT_OUT), self._end(self._util.ENDPOINT_IN)
        if self._out is None:
            raise OSError(errno.ENODEV, "the USB printer has no endpoint for data")

    def _end(self, direction: int) -> Any:
        bulk, way = self._util.ENDPOINT_TYPE_BULK, self._util
        return way.find_descriptor(
            self._interface,
            custom_match=lambda e: (
                way.endpoint_direction(e.bEndpointAddress) == direction and way.endpoint_type(e.bmAttributes) == bulk
            ),
        )

    def _let_go(self) -> None:
        with suppress(self._core.USBError):  # unplugged: nothing to give back
            if hasattr(self, "_interface"):
                self._util.release_interface(self._device, self._interface.bInterfaceNumber)
            if self._kernel_driver:
                self._device.attach_kernel_driver(self._interface.bInterfaceNumber)
        self._util.dispose_resources(self._device)


def _pyusb() -> tuple[Any, Any]:
    try:
        import usb.core  # type: ignore[import-untyped]
        import usb.util  # type: ignore[import-untyped]
    except ImportError as error:
        raise OSError(errno.ENOSYS, "pyusb is missing; install it, or say lp:/dev/usb/lp0") from error
    return usb.core, usb.util
