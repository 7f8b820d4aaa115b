"""Signatures of versions: Ed25519 (RFC 8032). The private key stays with who makes bundles; the public one is on each
hall's machine and is asked before anything of a bundle runs (bundle/stub.sh, by openssl).
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from config import Told


def make(file: Path) -> None:
    """A new key, readable by its owner alone. Raises Told where there is one."""
    if file.exists():
        raise Told(f"{file}：已经有了：请另写一个文件名。", f"{file}: exists already: give another name")
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(pem)


def key(file: Path) -> Ed25519PrivateKey:
    try:
        found = load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise Told(
            f"{file}：读不了签名密钥（{error}）：先运行“./run bundle key”。",
            f"{file}: no readable signing key ({error}); run './run bundle key' first",
        ) from None
    if not isinstance(found, Ed25519PrivateKey):
        raise Told(f"{file}：不是Ed25519密钥：请换一个。", f"{file}: no Ed25519 key; give another")
    return found


def public_pem(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(pem: bytes) -> str:
    """SHA-256 of the key's DER in groups of four, as the installer shows it."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(load_pem_public_key(pem).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    text = digest.finalize().hex()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def right(pem: bytes, signature: bytes, content: bytes) -> bool:
    public = load_pem_public_key(pem)
    if not isinstance(public, Ed25519PublicKey):
        return False
    try:
        public.verify(signature, content)
    except InvalidSignature:
        return False
    return True
