"""Read by Python at the start of each process that has this folder in its PYTHONPATH: its clock is off by what another
program writes into the file that CHAOS_CLOCK names, so many seconds, eight bytes of a C double.

Only the clock that people set is moved (`time.time`); what counts seconds goes on, as on a real machine.
"""

import mmap
import os
import struct
import time

_real = time.time


def _stepped() -> None:
    with open(os.environ["CHAOS_CLOCK"], "rb") as file:
        off = mmap.mmap(file.fileno(), 8, prot=mmap.PROT_READ)

    def moved() -> float:
        return _real() + float(struct.unpack("d", off[:8])[0])

    time.time = moved


if os.environ.get("CHAOS_CLOCK"):
    _stepped()
