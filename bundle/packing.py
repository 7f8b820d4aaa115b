"""Writes a bundle: the shell's part, then one tar file with the list of what is in it, its signature and the rest."""

from __future__ import annotations

import hashlib
import tarfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bundle import signing

STUB = Path(__file__).with_name("stub.sh")
LIST, SIGNATURE, PUBLIC = "MANIFEST", "MANIFEST.sig", "release.pub"


def pack(folder: Path, version: str, key: Ed25519PrivateKey, out: Path) -> None:
    """All files of `folder`, signed, as the file `out`, which `sh` runs. `folder` gets the list and its signature."""
    (folder / PUBLIC).write_bytes(signing.public_pem(key))
    files = sorted(one for one in folder.rglob("*") if one.is_file() and one.name not in (LIST, SIGNATURE))
    told = "".join(f"{_sha256(one)}  {one.relative_to(folder)}\n" for one in files).encode()
    (folder / LIST).write_bytes(told)
    (folder / SIGNATURE).write_bytes(key.sign(told))
    new = out.with_suffix(".new")
    with new.open("wb") as made:
        made.write(STUB.read_text(encoding="utf-8").replace("@VERSION@", version).encode())
        with tarfile.open(fileobj=made, mode="w|", format=tarfile.GNU_FORMAT) as tar:
            for one in (folder / LIST, folder / SIGNATURE, *files):
                tar.add(one, arcname=str(one.relative_to(folder)), recursive=False, filter=_nobodys)
    new.replace(out)


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o644
    return entry
