"""The key that backups are encrypted to: its public half in the hub's folder, its private half on paper alone.

Keys and files are those of age (https://age-encryption.org/v1): X25519 and ChaCha20-Poly1305, and whoever has the paper
opens a backup with the program `age`, too, without this one.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyrage
from pyrage import x25519

from config import Hall, Told
from printer_profiles import profile as profiles
from printer_profiles.escpos.encode import encode
from server.domain.print_outcome import outcome
from server.printing.slips.key_page import sheet
from server.printing.spool.printer import open_printer
from server.store import backup_state, secret

SECRET, LENGTH = "AGE-SECRET-KEY-1", 74
"""How a private key begins, and its characters in all."""


def make() -> x25519.Identity:
    """A new pair; nothing is kept of it."""
    return x25519.Identity.generate()


def use(hall: Hall, identity: x25519.Identity) -> None:
    """Encrypt backups to this key from now on: its public half goes into the hub's folder."""
    secret.write(backup_state.recipient_file(hall), str(identity.to_public()))


def recipient(hall: Hall) -> x25519.Recipient:
    """The public key of the hall. Raises Told where there is none."""
    file = backup_state.recipient_file(hall)
    try:
        return x25519.Recipient.from_str(file.read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        raise Told(
            f"{file}：还没有备份密钥：请先运行 ./run backup key。",
            f"{file}: there is no backup key yet: run ./run backup key first",
        ) from None
    except (pyrage.RecipientError, UnicodeDecodeError):
        raise Told(
            f"{file}：不是备份公钥：请运行 ./run backup key 换一个新的。",
            f"{file}: is no public key: make a new one by ./run backup key",
        ) from None


def read(words: str) -> x25519.Identity:
    """The private key from a file of that name, or `-` for the standard input, or the words themselves as they stand on
    the paper: in groups, in small letters, with or without line breaks. Raises Told.
    """
    typed = "".join(words.split()).upper()
    if not typed.startswith(SECRET):
        typed = _secret_of(words)
    try:
        return x25519.Identity.from_str(typed)
    except pyrage.IdentityError:
        raise Told(
            f"密钥有误：请对照纸上的字再输入一次，共{LENGTH}个字符，以 {SECRET} 开头。",
            f"The key is not right: type it again from the paper, {LENGTH} characters that begin with {SECRET}.",
        ) from None


def missing(words: str) -> int:
    """How many characters of a key are still to be typed; 0 where it is whole, or no key at all."""
    typed = "".join(words.split()).upper()
    return max(0, LENGTH - len(typed)) if typed.startswith(SECRET) else 0


def _secret_of(name: str) -> str:
    """What a file of a key holds; its lines that begin with # are remarks, as age-keygen writes them."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Told(
            f"--key：“{name}”既不是密钥也不是能读取的文件：请输入纸上的密钥，或写出存放密钥的文件名。",
            f"--key: '{name}' is neither a key nor a file that can be read: type the key from the paper, or name the"
            " file that holds it",
        ) from None
    return "".join("".join(line for line in text.splitlines() if not line.startswith("#")).split()).upper()


def groups(identity: x25519.Identity) -> list[str]:
    """The private key as a person copies it: lines of four groups of four characters."""
    text = str(identity)
    return [
        " ".join(text[at : at + 16][begin : begin + 4] for begin in range(0, len(text[at : at + 16]), 4))
        for at in range(0, len(text), 16)
    ]


def print_on(hall: Hall, printer: str, identity: x25519.Identity, at: str) -> None:
    """The private key as a slip, straight to the printer: a job of the spool would stand in the journal for ever.

    The hub must not hold the printer. Raises Told where it is known not to be on paper.
    """
    if printer not in hall.printers:
        known = "、".join(hall.printers) or "—"
        raise Told(
            f"--print：没有打印机“{printer}”，有：{known}。",
            f"--print: '{printer}' is no printer of this hall; known: {', '.join(hall.printers) or 'none'}",
        )
    table = hall.printers[printer]
    if table.url.startswith(("paper:", "cups:")):
        raise Told(
            f"--print：{table.url} 会把纸面存在磁盘上，密钥不能这样打印：请换直接连接的打印机，或抄写屏幕上的密钥。",
            f"--print: {table.url} keeps what is printed on a disk, and a key must not be kept: take a printer that is"
            " connected directly, or copy the key from the screen",
        )
    profile = profiles.load(table.profile)
    slip = sheet(hall, str(identity), groups(identity), str(identity.to_public()), at, profile.columns)
    try:
        port = open_printer(table.url, profile, hall.folder, hall.data)
    except OSError as error:
        raise Told(
            f"{printer}：{table.url} 打不开：请检查电源和连线，并先停主机。（{error}）",
            f"{printer}: {table.url} can't be reached: check its power and cable, and stop the hub first ({error})",
        ) from None
    try:
        sent = port.print(encode(slip, profile))
    finally:
        port.close()
    if (verdict := outcome(sent)).state == "failed":
        raise Told(
            f"{printer}：没有打印好：请看打印机，再来一次。（{sent.gone or verdict.reason}）",
            f"{printer}: it was not printed: look at the printer and try again ({sent.gone or verdict.reason})",
        )
