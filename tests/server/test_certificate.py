"""The hall's authority and the hub's certificate: made, renewed, taken from somebody else; and the hub that speaks
https with it, to browsers, kiosks and streams.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

import config
from hub_client import HubAway, HubClient, authority_beside
from server import certificate, validity
from server.__main__ import main
from server.app import create_app
from server.commands.rounds import renew
from server.domain.private_line import DAY_S
from server.pages import access
from server.serve import web_server
from server.store.database import Store
from server.tls import Seal
from server.verbs.hub import Hub
from tests.conftest import free_port, write_hall
from tests.server.pages.conftest import hire
from tests.waiting import DEADLINE_S

NAME = "hub.street.example"


def hall_with(folder: Path, **hub: Any) -> config.Hall:
    wished = {"listen": "0.0.0.0:8000", "url": "https://192.168.7.10:8000", "https": True, **hub}
    return config.load(write_hall(folder, lambda hall: hall["hub"].update(wished)))


def end_of(hall: config.Hall) -> float:
    until = validity.until(hall)
    assert until
    return until


# --- made and renewed ---


def test_a_hall_gets_an_authority_and_a_certificate_that_only_its_owner_reads(tmp_path: Path) -> None:
    hall, now = hall_with(tmp_path, names=["queue.hall.lan"]), time.time()
    assert certificate.keep(hall, now) and not certificate.keep(hall, now)
    root, first = certificate.authority(hall), certificate.first(hall)
    assert root
    first.verify_directly_issued_by(root)
    told = first.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"queue.hall.lan", "localhost"} <= set(told.get_values_for_type(x509.DNSName))
    assert {"192.168.7.10", "127.0.0.1"} <= set(map(str, told.get_values_for_type(x509.IPAddress)))
    for file in certificate.files(hall):
        assert file.stat().st_mode & 0o777 == 0o600
    assert (hall.data / "tokens" / "authority.pem").read_bytes() == certificate.files(hall).authority.read_bytes()
    assert len(certificate.fingerprint(root)) == 32 * 3 - 1


def test_it_is_renewed_before_its_end_and_the_authority_stays(tmp_path: Path) -> None:
    hall, now = hall_with(tmp_path), time.time()
    certificate.keep(hall, now)
    root, before = certificate.authority(hall), end_of(hall)
    assert not certificate.keep(hall, before - 61 * DAY_S)
    assert certificate.keep(hall, before - 59 * DAY_S)
    assert end_of(hall) > before + 300 * DAY_S and certificate.authority(hall) == root


def test_a_new_address_gets_a_certificate_and_one_that_the_authority_may_not_vouch_for_is_said(tmp_path: Path) -> None:
    now = time.time()
    certificate.keep(hall_with(tmp_path), now)
    moved = hall_with(tmp_path, url="https://10.9.8.7:8000")
    assert certificate.keep(moved, now) and not certificate.keep(moved, now)
    before = certificate.first(moved)
    bank = hall_with(tmp_path, url="https://www.bank.example")
    with pytest.raises(config.Told, match=r"www\.bank\.example") as refused:
        certificate.keep(bank, now)
    assert "--new-authority" in refused.value.en and certificate.first(bank) == before
    assert certificate.keep(bank, now, anew=True)


def test_a_key_that_does_not_fit_after_a_power_cut_is_made_anew(tmp_path: Path) -> None:
    hall = hall_with(tmp_path)
    certificate.keep(hall, time.time())
    at = certificate.files(hall)
    at.key.write_bytes(at.authority_key.read_bytes())
    assert certificate.keep(hall, time.time())
    Seal(at.chain, at.key)


# --- somebody else's ---


class Street:
    """An authority of the street, and what it issues, written by other means than the hall's own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP384R1())
        self.root = self._signed("Street", self.key.public_key(), "Street", self.key, ca=True)
        (folder / "root.pem").write_bytes(self.root.public_bytes(Encoding.PEM))

    def issue(self, name: str = NAME, days: float = 90, since: float = -1) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._signed(name, key.public_key(), "Street", self.key, days=days, since=since)
        chain, key_file = self.folder / "hub-chain.pem", self.folder / "hub-key.pem"
        chain.write_bytes(made.public_bytes(Encoding.PEM))
        key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return chain, key_file

    def _signed(
        self, name: str, key: Any, by: str, signer: Any, *, ca: bool = False, days: float = 90, since: float = -1
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, by)]))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=since))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(signer, hashes.SHA256())
        )


@pytest.fixture
def street(tmp_path: Path) -> Street:
    return Street(tmp_path)


def take(street: Street, hall: config.Hall, chain: Path, key: Path) -> x509.Certificate:
    return certificate.take(hall, chain, key, street.folder / "root.pem", time.time())


def test_a_certificate_of_the_street_is_taken_and_left_alone(tmp_path: Path, street: Street) -> None:
    hall = hall_with(tmp_path, url=f"https://{NAME}")
    certificate.keep(hall, time.time())
    taken = take(street, hall, *street.issue())
    assert certificate.first(hall) == taken and certificate.authority(hall) == street.root
    assert not certificate.files(hall).authority_key.exists()
    assert not certificate.keep(hall, time.time() + 89 * DAY_S) and certificate.first(hall) == taken
    assert [one.what for one in validity.concerns(hall, time.time() + 70 * DAY_S)] == ["end"]
    beside = authority_beside(hall.data / "tokens" / "K1")
    assert beside and x509.load_pem_x509_certificate(beside.read_bytes()) == street.root


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("key", "not the key of this certificate"),
        ("chain", "the chain is broken"),
        ("name", f"does not hold for {NAME}"),
        ("ended", "holds from"),
        ("early", "holds from"),
        ("no pem", "no readable certificate"),
    ],
)
def test_a_wrong_one_is_refused_in_a_sentence_and_nothing_changes(
    tmp_path: Path, street: Street, wrong: str, said: str
) -> None:
    hall = hall_with(tmp_path, url=f"https://{NAME}")
    certificate.keep(hall, time.time())
    before = {file: file.read_bytes() for file in certificate.files(hall)}
    name, days, since = {
        "name": ("other.example", 90.0, -1.0),
        "ended": (NAME, -0.5, -1.0),
        "early": (NAME, 90.0, 2.0),
    }.get(wrong, (NAME, 90.0, -1.0))
    chain, key = street.issue(name, days, since)
    if wrong == "key":
        key.write_bytes(
            ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
    if wrong == "chain":
        (tmp_path / "other").mkdir()
        street = Street(tmp_path / "other")
    if wrong == "no pem":
        chain.write_text("hello")
    with pytest.raises(config.Told) as refused:
        take(street, hall, chain, key)
    assert said in refused.value.en
    assert {file: file.read_bytes() for file in certificate.files(hall)} == before


# --- the command ---


def test_the_command_switches_https_on_and_keeps_the_files_comments(tmp_path: Path) -> None:
    file = write_hall(tmp_path, lambda hall: hall["hub"].update(listen="0.0.0.0:8000", insecure="yes"))
    done = CliRunner().invoke(main, ["--config", str(file), "certificate", "--url", "https://192.168.7.10:8000/"])
    assert done.exit_code == 0, done.output
    hall, text = config.load(file), file.read_text(encoding="utf-8")
    assert (hall.hub.https, hall.hub.url, hall.hub.insecure) == (True, "https://192.168.7.10:8000", "no")
    assert "# The one address that kiosks and boards know." in text
    root = certificate.authority(hall)
    assert root and certificate.fingerprint(root) in done.output and "/authority" in done.output
    again = CliRunner().invoke(main, ["--config", str(file), "certificate"])
    assert again.exit_code == 0 and certificate.authority(hall) == root and file.read_text(encoding="utf-8") == text


def test_the_command_takes_one_and_refuses_an_address_in_clear(tmp_path: Path, street: Street) -> None:
    file = write_hall(tmp_path)
    chain, key = street.issue()
    command = ["--config", str(file), "certificate", "take", str(chain), str(key), "--root", f"{tmp_path}/root.pem"]
    done = CliRunner().invoke(main, [*command, "--url", f"https://{NAME}"])
    assert done.exit_code == 0, done.output
    assert (
        config.load(file).hub.url == f"https://{NAME}"
        and certificate.first(config.load(file)).issuer == street.root.subject
    )
    refused = CliRunner().invoke(main, [*command, "--url", "http://hub"])
    assert refused.exit_code != 0 and config.load(file).hub.url == f"https://{NAME}"


# --- the hub that speaks it ---


class Secured:
    """A hub at work behind waitress, with the hall's certificate."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.hall = hall_with(folder, listen=f"127.0.0.1:{self.port}", url=f"https://localhost:{self.port}")
        certificate.keep(self.hall, time.time())
        self.hub = Hub(self.hall, Store(self.hall.data, durable=False), time.time)
        access.give_tokens(self.hub)
        hire(self.hub)
        self.at = certificate.files(self.hall)
        self.seal = Seal(self.at.chain, self.at.key)
        self.web = web_server(create_app(self.hub), "127.0.0.1", self.port, 40, seal=self.seal)
        threading.Thread(target=self.web.run, daemon=True).start()

    @property
    def token_file(self) -> Path:
        return self.hall.data / "tokens" / "K1"

    def client(self, authority: Path | None) -> HubClient:
        return HubClient(self.hall.hub.url, self.token_file.read_text(), timeout=DEADLINE_S, authority=authority)

    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.at.authority))

    def stop(self) -> None:
        self.hub.stop()
        self.web.task_dispatcher.shutdown(timeout=1)
        self.web.trigger.pull_trigger(self.web.asyncore.close_all)
        self.hub.store.close()


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[Secured]:
    hub = Secured(tmp_path)
    yield hub
    hub.stop()


def test_a_kiosk_asks_and_follows_by_https_with_the_root_beside_its_token(secured: Secured) -> None:
    client, stop = secured.client(authority_beside(secured.token_file)), threading.Event()
    assert client.get("/screen")["seq"] == 0
    for shown in client.follow("/screen", stop):
        if shown is not None:
            stop.set()
    assert stop.is_set() and client.heard_at


def test_without_the_root_it_believes_nobody_and_says_what_to_do(secured: Secured) -> None:
    with pytest.raises(HubAway, match=r"put authority\.pem of the hub's tokens beside the token"):
        secured.client(None).get("/screen")


def test_many_and_large_answers_come_whole(secured: Secured) -> None:
    line = http.client.HTTPSConnection("localhost", secured.port, timeout=DEADLINE_S, context=secured.trusting())
    for path in ("/api/v1/openapi.json", "/static/hall.css", "/login") * 3:
        line.request("GET", path)
        answer = line.getresponse()
        assert answer.status == 200 and len(answer.read()) == int(answer.headers["Content-Length"])
        assert answer.headers["Strict-Transport-Security"] == "max-age=2592000"
    line.request("POST", "/login", body=b"x" * 100_000)
    assert line.getresponse().status == 400
    line.close()


def test_a_login_over_https_gives_a_cookie_for_https_alone(secured: Secured) -> None:
    line = http.client.HTTPSConnection("localhost", secured.port, timeout=DEADLINE_S, context=secured.trusting())
    line.request("GET", "/login")
    answer = line.getresponse()
    assert "Secure" in answer.headers["Set-Cookie"] and "HttpOnly" in answer.headers["Set-Cookie"]
    token = re.search(r'csrf-token" content="([^"]+)"', answer.read().decode())
    assert token
    form = urlencode({"csrf_token": token[1], "staff": "50", "password": "pass-50"})
    head = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": answer.headers["Set-Cookie"].partition(";")[0],
    }
    line.request("POST", "/login", form, {**head, "Referer": f"https://localhost:{secured.port}/login"})
    entered = line.getresponse()
    entered.read()
    assert (entered.status, entered.headers["Location"]) == (302, "/hall")
    assert "Secure" in entered.headers["Set-Cookie"]
    line.request("GET", "/hall", headers={"Cookie": entered.headers["Set-Cookie"].partition(";")[0]})
    assert line.getresponse().status == 200
    line.close()


def test_the_same_port_takes_plain_lines_of_its_own_machine_and_strangers_who_speak_nothing(secured: Secured) -> None:
    with socket.create_connection(("127.0.0.1", secured.port), timeout=DEADLINE_S) as stranger:
        stranger.sendall(b"\x16\x03\x01\x00\x05hello")
        assert stranger.recv(100)[:1] in (b"", b"\x15")  # an alert, or closed
    line = http.client.HTTPConnection("127.0.0.1", secured.port, timeout=DEADLINE_S)
    line.request("GET", "/login")
    answer = line.getresponse()
    assert answer.status == 200 and "Secure" not in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in answer.headers
    line.close()


def test_old_protocols_are_refused(secured: Secured) -> None:
    old = secured.trusting()
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2
    with socket.create_connection(("localhost", secured.port), timeout=DEADLINE_S) as line:
        assert old.wrap_socket(line, server_hostname="localhost").version() == "TLSv1.2"
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("localhost", secured.port), timeout=DEADLINE_S) as line, pytest.raises(ssl.SSLError):
        old.wrap_socket(line, server_hostname="localhost")


def test_a_renewed_certificate_is_taken_up_while_the_hub_runs(secured: Secured) -> None:
    def shown() -> bytes:
        with (
            socket.create_connection(("localhost", secured.port), timeout=DEADLINE_S) as line,
            secured.trusting().wrap_socket(line, server_hostname="localhost") as sealed,
        ):
            return sealed.getpeercert(binary_form=True) or b""

    before = shown()
    assert not secured.seal.look() and shown() == before
    secured.at.chain.unlink()
    assert certificate.keep(secured.hall, time.time()) and secured.seal.look()
    assert shown() != before and not secured.seal.look()


def test_a_name_that_the_hall_gets_while_the_hub_runs_stands_on_the_certificate(secured: Secured) -> None:
    hub = secured.hub
    table = hub.hall.hub.model_copy(update={"names": ["neu.hall.lan"]})
    hub.hall = hub.hall.model_copy(update={"hub": table})
    renew(hub, secured.seal)
    names = certificate.first(hub.hall).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "neu.hall.lan" in names.get_values_for_type(x509.DNSName)


def test_a_hub_that_is_spoken_to_in_clear_by_the_wrong_address_says_which_is_right(secured: Secured) -> None:
    app = create_app(secured.hub)
    app.config["SEALED"] = True
    client = app.test_client()
    foreign = {"REMOTE_ADDR": "192.168.7.20"}
    moved = client.get("/hall?x=1", environ_base=foreign, base_url="http://192.168.7.10:8000")
    assert (moved.status_code, moved.headers["Location"]) == (308, "https://192.168.7.10:8000/hall?x=1")
    asked = client.get("/api/v1/hall", environ_base=foreign)
    assert asked.status_code == 308 and "https:" in asked.json["detail"] and "https" in asked.json["detail_en"]
    assert client.post("/login", environ_base=foreign).status_code == 308
    assert client.get("/authority", environ_base=foreign).status_code == 200
