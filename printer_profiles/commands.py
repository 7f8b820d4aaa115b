"""The ESC/POS commands the virtual printer understands, as a table. It says what each is called, never what it does.

Two bytes -> the method of decoder.Decoder that carries it out, and how many parameter bytes that method is given; a
method that wants more asks for them. "unshown" = known and skipped with a complaint. Sources: docs/protocols/escpos.md.
"""

from __future__ import annotations

COMMANDS: dict[bytes, tuple[str, int]] = {
    b"\x10\x04": ("already_answered", 1),  # DLE EOT n
    b"\x10\x05": ("already_answered", 1),  # DLE ENQ n
    b"\x10\x14": ("pulse", 1),  # DLE DC4 fn
    b"\x1b\x40": ("initialise", 0),  # ESC @
    b"\x1b\x21": ("mode", 1),  # ESC !
    b"\x1b\x2d": ("underline", 1),  # ESC -
    b"\x1b\x32": ("default_spacing", 0),  # ESC 2
    b"\x1b\x33": ("spacing", 1),  # ESC 3
    b"\x1b\x45": ("bold", 1),  # ESC E
    b"\x1b\x47": ("bold", 1),  # ESC G
    b"\x1b\x4a": ("feed_dots", 1),  # ESC J
    b"\x1b\x4d": ("font", 1),  # ESC M
    b"\x1b\x61": ("align", 1),  # ESC a
    b"\x1b\x64": ("feed_lines", 1),  # ESC d
    b"\x1b\x74": ("code_page", 1),  # ESC t
    b"\x1b\x52": ("code_page", 1),  # ESC R
    b"\x1b\x70": ("drawer", 3),  # ESC p
    b"\x1b\x42": ("buzzer", 2),  # ESC B
    b"\x1b\x2a": ("column_image", 3),  # ESC *
    b"\x1b\x44": ("tabs", 0),  # ESC D
    b"\x1b\x20": ("unshown", 1),  # ESC SP
    b"\x1b\x24": ("unshown", 2),  # ESC $
    b"\x1b\x3d": ("unshown", 1),  # ESC =
    b"\x1b\x53": ("unshown", 0),  # ESC S
    b"\x1b\x56": ("unshown", 1),  # ESC V
    b"\x1b\x5c": ("unshown", 2),  # ESC backslash
    b"\x1b\x63": ("unshown", 2),  # ESC c 3..5
    b"\x1b\x7b": ("unshown", 1),  # ESC {
    b"\x1c\x21": ("chinese_mode", 1),  # FS !
    b"\x1c\x26": ("chinese_on", 0),  # FS &
    b"\x1c\x2d": ("underline", 1),  # FS -
    b"\x1c\x2e": ("chinese_off", 0),  # FS .
    b"\x1c\x43": ("unshown", 1),  # FS C
    b"\x1c\x53": ("unshown", 2),  # FS S
    b"\x1c\x57": ("chinese_double", 1),  # FS W
    b"\x1c\x70": ("unshown", 2),  # FS p
    b"\x1d\x21": ("size", 1),  # GS !
    b"\x1d\x28": ("extended", 3),  # GS ( x pL pH
    b"\x1d\x2f": ("unshown", 1),  # GS /
    b"\x1d\x42": ("invert", 1),  # GS B
    b"\x1d\x48": ("unshown", 1),  # GS H
    b"\x1d\x49": ("unshown", 1),  # GS I
    b"\x1d\x4c": ("unshown", 2),  # GS L
    b"\x1d\x50": ("unshown", 2),  # GS P
    b"\x1d\x56": ("cut", 1),  # GS V
    b"\x1d\x57": ("unshown", 2),  # GS W
    b"\x1d\x61": ("automatic", 1),  # GS a
    b"\x1d\x62": ("unshown", 1),  # GS b
    b"\x1d\x66": ("unshown", 1),  # GS f
    b"\x1d\x68": ("unshown", 1),  # GS h
    b"\x1d\x6b": ("bar_code", 1),  # GS k
    b"\x1d\x72": ("ask", 1),  # GS r
    b"\x1d\x76": ("raster", 6),  # GS v 0 m xL xH yL yH
    b"\x1d\x77": ("unshown", 1),  # GS w
}

# GS ( k, cn 49: function -> method
QR_FUNCTIONS: dict[int, str] = {65: "qr_model", 67: "qr_size", 69: "qr_error", 80: "qr_store", 81: "qr_print"}
