"""The hub's certificate and the hall's authority behind it: made, taken from somebody else, renewed, looked at.

In `<data>/tls`: `hub.pem` (the hub's certificate and what is between it and its root), `hub.key`; `authority.pem`, the
root that devices and browsers must know, and for a hall with an authority of its own `authority.key`. Devices find the
root as `authority.pem` beside their token.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from config import Hall, Told
from config.values import HOST_NAME, is_this_machine
from server.domain.private_line import RENEWED_S, Validity
from server.store import secret

AUTHORITY_DAYS, HUB_DAYS = 3650, 397
"""397: browsers refuse a longer one of an authority that is not their own maker's, some of any authority."""
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128")
"""RFC 1918, 4193, 4291: the hall's authority may vouch for addresses of these nets …"""
LOCAL = ("localhost", "lan", "local", "internal", "home.arpa")
"""… and for names below these, besides the hub's own: whoever stole its key could pretend to be no bank."""


class Files(NamedTuple):
    chain: Path
    key: Path
    authority: Path
    authority_key: Path


def files(hall: Hall) -> Files:
    folder = hall.data / "tls"
    return Files(folder / "hub.pem", folder / "hub.key", folder / "authority.pem", folder / "authority.key")


def names(hall: Hall) -> list[str]:
    """Every name and address that the hub's certificate must hold for, its first one first."""
    listen = hall.hub.listen.rpartition(":")[0].strip("[]")
    own = socket.gethostname()
    wanted = [
        urlsplit(hall.hub.url).hostname or "",
        *hall.hub.names,
        listen,
        own if re.fullmatch(HOST_NAME, own) else "",
    ]
    kept = [one.lower() for one in wanted if one and one not in ("0.0.0.0", "::")]
    return list(dict.fromkeys([*kept, "localhost", "127.0.0.1", "::1"]))


# --- reading ----------------------------------------------------------------------------------------------------------


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256, as Windows, Android and browsers show it: pairs in capitals."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def authority(hall: Hall) -> x509.Certificate | None:
    """The root that browsers and devices must know; None if there is none, or everybody knows it already."""
    file = files(hall).authority
    return _chain(file)[0] if file.exists() else None


def first(hall: Hall) -> x509.Certificate:
    """The certificate that the hub answers with. Raises Told."""
    return _chain(files(hall).chain)[0]


_read: dict[Path, tuple[int, Validity]] = {}


def validity(hall: Hall) -> Validity:
    """Of the hub's certificate and its authority. Read again only when it has changed: the live page asks at each
    change of the hall. Raises Told.
    """
    at = files(hall)
    try:
        changed = at.chain.stat().st_mtime_ns
    except OSError as error:
        raise _unreadable(at.chain, error) from None
    if at.chain not in _read or _read[at.chain][0] != changed:
        own = at.authority_key.exists()
        until = _until(_chain(at.chain)[0])
        _read[at.chain] = changed, Validity(until, own, _until(_chain(at.authority)[0]) if own else None)
    return _read[at.chain][1]


def _until(certificate: x509.Certificate) -> float:
    return certificate.not_valid_after_utc.timestamp()


def _chain(file: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        raise _unreadable(file, error) from None


def _key(file: Path) -> ec.EllipticCurvePrivateKey:
    try:
        found = serialization.load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unreadable(file, error) from None
    return found  # type: ignore[return-value]  # whichever kind: it signs, or has a public key


def _unreadable(file: Path, error: Exception) -> Told:
    why = error.strerror if isinstance(error, OSError) else error
    return Told(
        f"{file}：不是可读的PEM证书或密钥（{why}）：请重新运行“./run certificate”，或换一个文件。",
        f"{file}: no readable certificate or key in PEM ({why}); run './run certificate' again, or give another file",
    )


# --- making -----------------------------------------------------------------------------------------------------------


def keep(hall: Hall, now: float, *, anew: bool = False) -> bool:
    """See that there is a certificate of these names which does not end soon, by an authority of the hall's own;
    whether one was made. One that was taken from somebody else is left alone. `anew`: a new authority, too. Raises
    Told.
    """
    at = files(hall)
    secret.own_folder(at.chain.parent)
    if at.chain.exists() and not at.authority_key.exists() and not anew:
        _give(hall)
        return False
    if anew or not at.authority_key.exists():
        _make_authority(hall, now)
        made = True
    else:
        made = not _good(at, names(hall), now + RENEWED_S)
    if made:
        _make(hall, now)
    _give(hall)
    return made


def _good(at: Files, wanted: Sequence[str], until: float) -> bool:
    if not (at.chain.exists() and at.key.exists()):
        return False
    first = _chain(at.chain)[0]
    fits = first.public_key() == _key(at.key).public_key()
    return fits and _until(first) > until and not _missing(first, wanted)


def _missing(certificate: x509.Certificate, wanted: Sequence[str]) -> list[str]:
    """Which of these names it does not hold for; `*.hall.lan` holds for one label."""
    try:
        told = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return list(wanted)
    known = {name.lower() for name in told.get_values_for_type(x509.DNSName)}
    known |= {str(address) for address in told.get_values_for_type(x509.IPAddress)}
    return [name for name in wanted if not {name, f"*.{name.partition('.')[2]}"} & known]


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _subject(hall: Hall, what: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Jiaohao {hall.hall.id} {what}"[:64])])


def _dates(builder: x509.CertificateBuilder, now: float, days: int) -> x509.CertificateBuilder:
    """From a day ago, since a device's clock may be behind."""
    since = datetime.fromtimestamp(now, UTC) - timedelta(days=1)
    return builder.not_valid_before(since).not_valid_after(since + timedelta(days=days))


def _make_authority(hall: Hall, now: float) -> None:
    at, key, who = files(hall), ec.generate_private_key(ec.SECP256R1()), _subject(hall, "authority")
    own = [x509.DNSName(name) for name in names(hall) if isinstance(_general(name), x509.DNSName)]
    outside = [x509.IPAddress(ip_network(name)) for name in names(hall) if isinstance(_general(name), x509.IPAddress)]
    permitted = [*own, *map(x509.DNSName, LOCAL), *(x509.IPAddress(ip_network(net)) for net in PRIVATE), *outside]
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    made = _dates(builder, now, AUTHORITY_DAYS).sign(key, hashes.SHA256())
    secret.write(at.authority_key, _pem(key))
    secret.write(at.authority, made.public_bytes(serialization.Encoding.PEM).decode().strip())


def _make(hall: Hall, now: float) -> None:
    at, key = files(hall), ec.generate_private_key(ec.SECP256R1())
    _permitted(hall, _chain(at.authority)[0])
    root, root_key = _chain(at.authority)[0], _key(at.authority_key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_subject(hall, "hub"))
        .issuer_name(root.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names(hall)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), critical=False)  # type: ignore[arg-type]
    )
    made = _dates(builder, now, HUB_DAYS).sign(root_key, hashes.SHA256())
    _put(at, made.public_bytes(serialization.Encoding.PEM).decode().strip(), _pem(key))


def _permitted(hall: Hall, root: x509.Certificate) -> None:
    """Whether the authority may vouch for all names: a certificate with one more would be believed by nobody."""
    told = root.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    nets = [ip_network(one.value) for one in told if isinstance(one, x509.IPAddress)]
    below = [one.value for one in told if isinstance(one, x509.DNSName)]

    def may(name: str) -> bool:
        if isinstance(_general(name), x509.IPAddress):
            return any(ip_address(name) in net for net in nets)
        return any(name == known or name.endswith(f".{known}") for known in below)

    if outside := [name for name in names(hall) if not may(name)]:
        listed = ", ".join(outside)
        raise Told(
            f"{listed}：本厅的根证书不能为这个地址作证：请运行“./run certificate --new-authority”，"
            "再给每台电脑装上新的。",
            f"{listed}: the hall's authority may not vouch for it; run './run certificate --new-authority', then bring"
            " the new one to every machine",
        )


def _put(at: Files, chain: str, key: str) -> None:
    """The key first: a hub that is killed between the two finds that they do not fit, and makes both anew."""
    secret.write(at.key, key)
    secret.write(at.chain, chain)


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode().strip()


def _give(hall: Hall) -> None:
    """The root beside the tokens, for who brings a token to a device."""
    at, beside = files(hall), hall.data / "tokens" / "authority.pem"
    if at.authority.exists():
        text = at.authority.read_text(encoding="ascii").strip()
        if not beside.exists() or beside.read_text(encoding="ascii").strip() != text:
            secret.write(beside, text)
    else:
        beside.unlink(missing_ok=True)


# --- somebody else's --------------------------------------------------------------------------------------------------


def take(hall: Hall, chain_file: Path, key_file: Path, root_file: Path | None, now: float) -> x509.Certificate:
    """Use this certificate from now on; checked first: that the key fits, each is signed by the next and the last by
    the root, it holds for the hub's name, and today. Raises Told.
    """
    chain, key = _chain(chain_file), _key(key_file)
    roots = _chain(root_file) if root_file else []
    first = chain[0]
    if first.public_key() != key.public_key():
        raise Told(
            f"{key_file}：不是这张证书的密钥：请给出与 {chain_file.name} 一起的那个。",
            f"{key_file}: not the key of this certificate; give the one that came with {chain_file.name}",
        )
    above = [*chain[1:], *roots[:1]]
    for lower, upper in zip([first, *above], above, strict=False):
        if lower != upper:
            _signed(lower, upper, chain_file)
    if not roots and first.issuer == first.subject:
        roots = [first]
    wanted = names(hall)[:1] if not is_this_machine(hall.hub.url) else []
    if missing := _missing(first, [*wanted, *hall.hub.names]):
        raise Told(
            f"{chain_file}：证书上没有 {'、'.join(missing)}：请改 [hub] url 和 names，或要一张写着它们的证书。",
            f"{chain_file}: does not hold for {', '.join(missing)}; change [hub] url and names, or get one that does",
        )
    for one in chain:
        since, until = one.not_valid_before_utc, one.not_valid_after_utc
        if not since.timestamp() <= now < until.timestamp():
            raise Told(
                f"{chain_file}：只在 {since:%Y-%m-%d} 到 {until:%Y-%m-%d} 有效：请换一张，或看主机的日期对不对。",
                f"{chain_file}: holds from {since:%Y-%m-%d} to {until:%Y-%m-%d} alone; get another, or look at the"
                " machine's date",
            )
    at = files(hall)
    secret.own_folder(at.chain.parent)
    at.authority_key.unlink(missing_ok=True)
    _put(at, chain_file.read_text(encoding="ascii").strip(), key_file.read_text(encoding="ascii").strip())
    if roots:
        secret.write(at.authority, roots[0].public_bytes(serialization.Encoding.PEM).decode().strip())
    else:
        at.authority.unlink(missing_ok=True)
    _give(hall)
    return first


def _signed(lower: x509.Certificate, upper: x509.Certificate, file: Path) -> None:
    try:
        lower.verify_directly_issued_by(upper)
    except (ValueError, TypeError, InvalidSignature):
        zh, en = (one.rfc4514_string() for one in (lower.subject, upper.subject))
        raise Told(
            f"{file}：证书链断了：“{zh}”不是“{en}”签发的；请按 主机、中间、根 的顺序放在一个文件里。",
            f"{file}: the chain is broken: '{zh}' was not issued by '{en}'; put the hub's first, then those between",
        ) from None
