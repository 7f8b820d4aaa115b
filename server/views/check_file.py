#!/usr/bin/env python3
"""Check a file of 责任追究 that a hall exported. It needs Python 3 and nothing else.

    python3 check.py            (in the folder into which the zip was unpacked)

It says whether the signature is genuine, the pages and rows are those that were signed, and each row of the hall's
journal has the hash that it claims. Compare the key's fingerprint with the one that the hall publishes: only then is it
that hall's. 核对签名、文件和每一行的哈希；密钥指纹请与大厅公布的比对。
"""

from __future__ import annotations

import hashlib
import io
import json
import pathlib
import sys
from typing import Any, Tuple  # noqa: UP035 - as below

# Ed25519, RFC 8032 section 5.1 and 6: verification only.
Point = Tuple[int, int, int, int]  # noqa: UP006 - runs by whatever Python 3 there is
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _add(a: Point, b: Point) -> Point:
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return i * j % P, k * m % P, j * k % P, i * m % P


def _times(n: int, point: Point) -> Point:
    found = (0, 1, 1, 0)
    while n:
        if n & 1:
            found = _add(found, point)
        point, n = _add(point, point), n >> 1
    return found


def _point(data: bytes) -> Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def genuine(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature of 64 bytes is that key's, of that message."""
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r, s = _point(key), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    left, right = _times(s, BASE), _add(r, _times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def row_hash(previous: str, fields: list[Any]) -> str:
    """The hash of a row of the journal from the hash before it and its seven fields."""
    told = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((previous + told).encode()).hexdigest()


def problems(folder: pathlib.Path) -> list[str]:
    """Every sentence that is wrong; none when all is right."""
    proof, found = (folder / "proof.json").read_bytes(), []
    told = json.loads(proof)
    if not genuine(bytes.fromhex(told["key"]), proof, bytes.fromhex((folder / "proof.sig").read_text().strip())):
        found.append("proof.json: 签名不对 the signature is not genuine")
    for name, digest in told["files"].items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            found.append(f"{name}: 被改过 changed since it was signed")
    before = None
    for row in json.loads((folder / "rows.json").read_text(encoding="utf-8")):
        seq = row["fields"][0]
        if row_hash(row["previous"], row["fields"]) != row["hash"]:
            found.append(f"rows.json: {seq}: 哈希不符 its hash does not fit")
        if before and before["fields"][0] >= seq:
            found.append(f"rows.json: {seq}: 次序不对 out of order")
        if before and before["fields"][0] + 1 == seq and before["hash"] != row["previous"]:
            found.append(f"rows.json: {seq}: 与前一行不连 does not follow the row before it")
        before = row
    return found


def main() -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a console that has no Chinese still says what it can
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent
    told = json.loads((folder / "proof.json").read_text(encoding="utf-8"))
    wrong = problems(folder)
    print(*wrong, sep="\n") if wrong else print(f"{told['number']}: 无误 all is right, {told['rows']} rows")
    print(f"指纹 fingerprint {hashlib.sha256(bytes.fromhex(told['key'])).hexdigest()[:32]}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
