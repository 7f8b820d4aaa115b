"""A directory asked over OpenID Connect (统一登录): where to send a browser, who came back, and whom it has logged out.

Authorization code with PKCE, state and nonce. Only the directory's own words are believed: discovery and keys are
fetched from it over TLS, the ID token is checked against them. Knows no account and no page.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from config import Text, Told
from intake.encoding import word

PATIENCE_S = 5.0
"""For each question to the directory: nobody waits longer to learn that it is away."""
LEEWAY_S = 60
"""Its clock and ours may differ so much."""
SCOPE = "openid profile"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signatures by a key pair. `none`, and those by a secret that both sides know, are not taken."""


class Away(Told):
    """The directory can't be asked now, or says what it should not."""


AWAY = Text(
    "统一登录现在连不上：请用本机工号和密码登录，或稍后再试。",
    "The directory can't be reached: log in with your own password here, or try later.",
)
UNTRUE = Text(
    "统一登录的答复无法确认：请重新登录；再次出现请联系系统管理员。",
    "The directory's answer can't be confirmed: log in again; if it comes again, tell an administrator.",
)


@dataclass(frozen=True)
class Asked:
    """What is kept in the browser's sealed cookie until it comes back."""

    url: str
    state: str
    nonce: str
    verifier: str


class Client(Protocol):
    """What a directory calls us, and by which secret and authority: [sign_on] of a hall's file or a district's."""

    @property
    def issuer(self) -> str: ...
    @property
    def client_id(self) -> str: ...
    @property
    def secret_file(self) -> str: ...
    @property
    def ca_file(self) -> str: ...


class Directory:
    """One directory. Files of `table` are paths from `folder` on; `back` is the address of ours that it sends browsers
    to.
    """

    def __init__(self, table: Client, folder: Path, back: str) -> None:
        self.table, self._folder, self.back = table, folder, back
        self._found: dict[str, Any] | None = None

    def begin(self) -> Asked:
        """Where to send a browser. Raises Away."""
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        url, state = self._session().create_authorization_url(
            str(self._discovered()["authorization_endpoint"]), nonce=nonce, code_verifier=verifier
        )
        return Asked(url, state, nonce, verifier)

    def finish(self, asked: Asked, answer_url: str) -> dict[str, Any]:
        """The claims of whoever came back with `answer_url`. Raises Away for anything but a true ID token."""
        found = self._discovered()
        try:
            token = self._session(asked.state).fetch_token(
                str(found["token_endpoint"]),
                authorization_response=answer_url,
                code_verifier=asked.verifier,
                timeout=PATIENCE_S,
            )
            claims = self._checked(str(token["id_token"]), self._keys())
        except requests.RequestException as error:
            raise Away(*AWAY) from error
        except (AuthlibBaseError, JoseError, KeyError, ValueError) as error:
            raise Away(*UNTRUE) from error
        if not secrets.compare_digest(str(claims.get("nonce", "")), asked.nonce):
            raise Away(*UNTRUE)
        return claims

    def logged_out(self, token: str) -> dict[str, Any]:
        """The claims of a logout token that the directory itself sends (OpenID Connect Back-Channel Logout 1.0, 2.6).
        Raises Away for anything but a true one.
        """
        try:
            claims = self._checked(token, self._keys())
            if LOGOUT not in claims["events"] or "nonce" in claims:
                raise ValueError("no logout token")
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise Away(*UNTRUE) from error
        return claims

    def _checked(self, id_token: str, keys: KeySet) -> dict[str, Any]:
        """The claims, signed by one of its keys, for us, and of now (OpenID Connect Core 3.1.3.7)."""
        table = self.table
        told = jwt.decode(id_token, keys, algorithms=ALGORITHMS)
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": table.issuer},
            aud={"essential": True, "value": table.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        ).validate(told.claims)
        party = told.claims.get("azp")
        several = isinstance(told.claims["aud"], list) and len(told.claims["aud"]) > 1
        if (party is not None or several) and party != table.client_id:
            raise ValueError("azp")
        return dict(told.claims)

    def _session(self, state: str | None = None) -> OAuth2Session:
        table = self.table
        session = OAuth2Session(
            client_id=table.client_id,
            client_secret=_secret(self._folder, table),
            scope=SCOPE,
            redirect_uri=self.back,
            state=state,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if table.secret_file else "none",
        )
        session.verify = _authority(self._folder, table)
        return session

    def _discovered(self) -> dict[str, Any]:
        """What the directory says of itself (OpenID Connect Discovery 4). Raises Away."""
        if self._found is None:
            found = self._get(f"{self.table.issuer.rstrip('/')}/.well-known/openid-configuration")
            needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if found.get("issuer") != self.table.issuer or not all(isinstance(found.get(key), str) for key in needed):
                raise Away(*UNTRUE)
            self._found = found
        return self._found

    def _keys(self) -> KeySet:
        """Asked for at each login: a directory changes its keys when it likes."""
        return KeySet.import_key_set(self._get(str(self._discovered()["jwks_uri"])))  # type: ignore[arg-type]

    def _get(self, url: str) -> dict[str, Any]:
        try:
            answer = requests.get(url, timeout=PATIENCE_S, verify=_authority(self._folder, self.table))
            answer.raise_for_status()
            said = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise Away(*AWAY) from error
        if not isinstance(said, dict):
            raise Away(*UNTRUE)
        return said


def _authority(folder: Path, table: Client) -> str | bool:
    return str(folder / table.ca_file) if table.ca_file else True


def _secret(folder: Path, table: Client) -> str | None:
    """Raises Away where its file is not there: own accounts go on."""
    if not table.secret_file:
        return None
    try:
        return word((folder / table.secret_file).read_bytes())
    except OSError as error:
        raise Away(
            f"{table.secret_file}：读不到统一登录的密钥：请检查“sign_on.secret_file”。",
            f"{table.secret_file}: the directory's secret can't be read; check sign_on.secret_file.",
        ) from error
