"""The commands of bit images: raster, columns, graphics in the print buffer, pictures kept in the printer. On a Head.

Formats: Epson's reference of GS v 0, ESC *, GS ( L / GS 8 L, GS *, GS /, FS q, FS p. A picture is rows of whole
bytes, the highest bit left, 1 = black; column formats are turned into that.
"""

from __future__ import annotations

from collections.abc import Callable

from printer_profiles.virtual.head import Command, Head, Picture
from printer_profiles.virtual.sheet import Band
from printer_profiles.virtual.text import unshown

ZOOMS = ((1, 1), (2, 1), (1, 2), (2, 2))  # mode 0 to 3 of GS v 0, GS /, FS p
DENSITIES = {0: (8, (2, 3)), 1: (8, (1, 3)), 32: (24, (2, 1)), 33: (24, (1, 1))}  # ESC * m -> dots down, enlargement
NV_ROOM = 256 * 1024  # bytes for pictures that stay without power; differs by model


def rows_of(columns: bytes, wide: int, deep: int) -> bytes:
    """Columns of ``deep`` bytes, the highest bit on top -> rows of whole bytes."""
    across = (wide + 7) // 8
    rows = bytearray(across * deep * 8)
    for x in range(wide):
        for k in range(deep):
            byte = columns[x * deep + k]
            for bit in range(8):
                if byte & 0x80 >> bit:
                    rows[(8 * k + bit) * across + x // 8] |= 0x80 >> x % 8
    return bytes(rows)


def raster(head: Head, zero: int, m: int, x_low: int, x_high: int, y_low: int, y_high: int) -> Command:
    """GS v 0 m xL xH yL yH d…"""
    across, down = x_low + 256 * x_high, y_low + 256 * y_high
    rows = yield from head.data(across * down)
    if zero != 0x30 or m not in (0, 1, 2, 3, 0x30, 0x31, 0x32, 0x33) or not rows:
        head.complain(
            "光栅图是 GS v 0，模式 0 到 3，至少 1 字节宽、1 行高",
            "a raster is GS v 0, mode 0 to 3, at least one byte wide and one row high",
        )
        return
    if not head.profile.raster:
        head.complain("型号资料说它不会打印光栅图", "this model is said to print no raster")
    zoom = ZOOMS[m & 3]
    if across * 8 * zoom[0] > head.area:
        head.complain(
            f"图像宽 {across * 8 * zoom[0]} 点，纸上只有 {head.area} 点，多出的部分不打印",
            f"{across * 8 * zoom[0]} dots wide on {head.area}; the rest is cut off",
        )
    head.image(Band(rows, across, head.style.align, zoom))


def columns(head: Head, m: int, low: int, high: int) -> Command:
    """ESC * m nL nH d…: a strip of 8 or 24 dots in the line."""
    wide = low + 256 * high
    deep, zoom = DENSITIES.get(m, (8, (1, 1)))
    data = yield from head.data(wide * deep // 8)
    if m not in DENSITIES:
        head.complain("位图模式是 0、1、32 或 33", "a bit image is mode 0, 1, 32 or 33")
        return
    room = max(0, (head.area - head.x) // zoom[0])
    if wide > room:
        head.complain("位图超出打印区，多出的部分不打印", "a bit image beyond the print area; the rest is cut off")
    if wide := min(wide, room):
        head.strip(rows_of(data, wide, deep // 8), wide, zoom)


# --- GS ( L and GS 8 L ---


def graphics(head: Head, data: bytes) -> None:
    """The body of GS ( L or GS 8 L: m fn and parameters."""
    if len(data) < 2 or data[0] != 0x30 or data[1] not in FUNCTIONS:
        unshown(head)
        return
    try:
        FUNCTIONS[data[1]](head, data[2:])
    except IndexError:
        head.complain("参数不够，长度可能写错了", "parameters are missing; its length may be wrong")


def graphics_long(head: Head, letter: int, p1: int, p2: int, p3: int, p4: int) -> Command:
    """GS 8 L p1 p2 p3 p4 m fn …: GS ( L with a length of four bytes."""
    data = yield from head.data(p1 + (p2 << 8) + (p3 << 16) + (p4 << 24))
    graphics(head, data) if letter == 0x4C else unshown(head)


def _zoom(head: Head, x: int, y: int) -> tuple[int, int]:
    if x not in (1, 2) or y not in (1, 2):
        head.complain("放大倍数是 1 或 2", "enlargement is 1 or 2")
    return min(max(x, 1), 2), min(max(y, 1), 2)


def _whole(head: Head, data: bytes, wanted: int) -> bytes | None:
    if len(data) == wanted and wanted:
        return data
    head.complain(
        f"图像数据应为 {wanted} 字节，实为 {len(data)}，打印机会把后面的字节当文字打印",
        f"{wanted} bytes of image were due, {len(data)} came",
    )
    return None


def _store(head: Head, v: bytes) -> None:
    """fn 112: a bx by c xL xH yL yH d…"""
    wide, high = v[4] + 256 * v[5], v[6] + 256 * v[7]
    if (rows := _whole(head, v[8:], (wide + 7) // 8 * high)) is not None:
        head.style.graphic = Picture(rows, wide, _zoom(head, v[1], v[2]))


def _store_columns(head: Head, v: bytes) -> None:
    """fn 113: the same in columns"""
    wide, high = v[4] + 256 * v[5], v[6] + 256 * v[7]
    if (data := _whole(head, v[8:], wide * ((high + 7) // 8))) is not None:
        head.style.graphic = Picture(rows_of(data, wide, (high + 7) // 8), wide, _zoom(head, v[1], v[2]))


def _print(head: Head, _: bytes) -> None:
    """fn 50: what fn 112 or 113 stored"""
    if head.style.graphic is None:
        head.complain("没有存过可打印的图形", "no graphics stored to print")
        return
    head.picture(head.style.graphic)
    head.style.graphic = None


def _define(head: Head, store: dict[bytes, Picture], v: bytes, *, by_columns: bool) -> None:
    """fn 67, 68, 83, 84: a kc1 kc2 b xL xH yL yH [c d…] …"""
    if store is head.nv:
        head.keeps("gs_l")
    key, wide, high = v[1:3], v[4] + 256 * v[5], v[6] + 256 * v[7]
    deep = (high + 7) // 8
    size = wide * deep if by_columns else (wide + 7) // 8 * high
    if v[3] != 1:
        head.complain("只显示第一种颜色", "only the first colour is shown")
    data = _whole(head, v[9:] if v[3] == 1 else v[9 : 9 + size], size)
    if data is not None:
        store[key] = Picture(rows_of(data, wide, deep) if by_columns else data, wide)


def _show(head: Head, store: dict[bytes, Picture], v: bytes) -> None:
    """fn 69, 85: kc1 kc2 x y"""
    key, zoom = v[0:2], _zoom(head, v[2], v[3])
    if key in store:
        head.picture(Picture(store[key].rows, store[key].wide, zoom))
    else:
        head.complain(
            f"没有名为 {key.decode('latin-1')!r} 的图，什么也不打印",
            f"no picture is stored as {key.decode('latin-1')!r}; nothing is printed",
        )


def _erase_all(head: Head, store: dict[bytes, Picture], v: bytes) -> None:
    """fn 65, 81: C L R"""
    store.clear() if v[:3] == b"CLR" else unshown(head)


def _erase(store: dict[bytes, Picture], v: bytes) -> None:
    """fn 66, 82: kc1 kc2"""
    store.pop(v[0:2], None)


def _keys(head: Head, store: dict[bytes, Picture], identifier: bytes) -> None:
    """fn 64, 80: which keys are defined"""
    head.host.reply(
        b"\x37" + identifier + b"\x40" + b"".join(sorted(key for key in store if len(key) == 2))[:80] + b"\x00"
    )


def _capacity(head: Head, identifier: bytes, used: int) -> None:
    head.host.reply(b"\x37" + identifier + str(NV_ROOM - used).encode() + b"\x00")


def _used(head: Head) -> int:
    return sum(len(picture.rows) for picture in head.nv.values())


FUNCTIONS: dict[int, Callable[[Head, bytes], None]] = {
    0: lambda head, v: _capacity(head, b"\x30", 0),
    2: _print,
    3: lambda head, v: _capacity(head, b"\x31", _used(head)),
    48: lambda head, v: _capacity(head, b"\x30", 0),
    50: _print,
    51: lambda head, v: _capacity(head, b"\x31", _used(head)),
    64: lambda head, v: _keys(head, head.nv, b"\x72"),
    65: lambda head, v: _erase_all(head, head.nv, v),
    66: lambda head, v: _erase(head.nv, v),
    67: lambda head, v: _define(head, head.nv, v, by_columns=False),
    68: lambda head, v: _define(head, head.nv, v, by_columns=True),
    69: lambda head, v: _show(head, head.nv, v),
    80: lambda head, v: _keys(head, head.style.downloaded, b"\x73"),
    81: lambda head, v: _erase_all(head, head.style.downloaded, v),
    82: lambda head, v: _erase(head.style.downloaded, v),
    83: lambda head, v: _define(head, head.style.downloaded, v, by_columns=False),
    84: lambda head, v: _define(head, head.style.downloaded, v, by_columns=True),
    85: lambda head, v: _show(head, head.style.downloaded, v),
    112: _store,
    113: _store_columns,
}


# --- the older ways ---


def download(head: Head, x: int, y: int) -> Command:
    """GS * x y d…: one picture, x and y in bytes, by columns; lost without power and by ESC @."""
    data = yield from head.data(x * 8 * y)
    head.style.image = Picture(rows_of(data, x * 8, y), x * 8) if data else None


def print_download(head: Head, m: int) -> None:
    """GS / m"""
    if head.style.image is None:
        head.complain("没有下载过位图", "no bit image was downloaded")
        return
    head.picture(Picture(head.style.image.rows, head.style.image.wide, ZOOMS[m & 3]))


def define_nv(head: Head, count: int) -> Command:
    """FS q n [xL xH yL yH d…]…: all pictures in non-volatile memory anew, by columns, x and y in bytes."""
    head.keeps("fs_q")
    for key in [key for key in head.nv if len(key) == 1]:
        del head.nv[key]
    for n in range(1, count + 1):
        x_low, x_high, y_low, y_high = yield 4
        across, deep = x_low + 256 * x_high, y_low + 256 * y_high
        data = yield from head.data(across * 8 * deep)
        if data:
            head.nv[bytes((n,))] = Picture(rows_of(data, across * 8, deep), across * 8)


def print_nv(head: Head, n: int, m: int) -> None:
    """FS p n m"""
    if bytes((n,)) not in head.nv:
        head.complain(f"没有存过第 {n} 幅图，什么也不打印", f"no picture {n} is stored; nothing is printed")
        return
    picture = head.nv[bytes((n,))]
    head.picture(Picture(picture.rows, picture.wide, ZOOMS[m & 3]))


def variable(head: Head, zero: int, m: int, x_low: int, x_high: int, y_low: int, y_high: int) -> Command:
    """GS Q 0 m xL xH yL yH d…"""
    yield from head.data((x_low + 256 * x_high) * (y_low + 256 * y_high))
    unshown(head)
