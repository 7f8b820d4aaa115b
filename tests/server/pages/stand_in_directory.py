"""A directory (OpenID Connect provider) of the tests' own, on the standard library and cryptography alone: it shares no
code with what it checks. Signs by RS256 by hand, holds PKCE to RFC 7636, gives each code once, and lies when told to.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT, SECRET = "jiaohao-kaiyuan", "the hall's secret"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class Directory(ThreadingHTTPServer):
    """`person`: the claims of whoever is logged in there. `lies`: claims that a token has instead of the true ones."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Pages)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person: dict[str, Any] = {"sub": "u-1", "preferred_username": "0815", "name": "陈静", "groups": ["hall"]}
        self.lies: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.signs_with = self.key
        self.named = self.issuer
        """What it says its own name is."""
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.refused: list[str] = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()

    def allow(self, url: str) -> str:
        """What a browser that follows `url` is sent back to once its person has agreed: path and query of ours."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert url.startswith(f"{self.issuer}/authorize?")
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
        assert "openid" in asked["scope"].split() and len(asked["state"]) >= 16 and len(asked["nonce"]) >= 16
        code = secrets.token_urlsafe(12)
        self.codes[code] = asked
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": asked["nonce"],
            **self.person, **self.lies,
        }  # fmt: skip
        head = b64(json.dumps({"alg": "RS256", "kid": "k1", **self.header}).encode())
        signed = f"{head}.{b64(json.dumps({k: v for k, v in claims.items() if v is not None}).encode())}"
        if self.header.get("alg") == "none":
            return f"{signed}."
        if self.header.get("alg") == "HS256":  # by a key that everybody has
            mac = hashlib.sha256(json.dumps(self.jwk()).encode() + signed.encode()).digest()
            return f"{signed}.{b64(mac)}"
        return f"{signed}.{b64(self.signs_with.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def jwk(self) -> dict[str, str]:
        public = self.key.public_key().public_numbers()
        return {"kty": "RSA", "kid": "k1", "use": "sig", "alg": "RS256", "n": number(public.n), "e": number(public.e)}


class _Pages(BaseHTTPRequestHandler):
    server: Directory

    def log_message(self, *args: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        here = self.server
        here.asked.append(self.path)
        if self.path == "/.well-known/openid-configuration":
            self._say(
                200,
                {
                    "issuer": here.named,
                    "authorization_endpoint": f"{here.issuer}/authorize",
                    "token_endpoint": f"{here.issuer}/token",
                    "jwks_uri": f"{here.issuer}/keys",
                },
            )
        elif self.path == "/keys":
            self._say(200, {"keys": [here.jwk()]})
        else:
            self._say(404, {})

    def do_POST(self) -> None:
        here = self.server
        form = {k: v[0] for k, v in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
        asked = here.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{quote(CLIENT)}:{quote(SECRET)}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        known = self.headers.get("Authorization", "") in (f"Basic {basic}", f"Basic {plain}")
        challenge = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        wrong = (
            "code" if asked is None
            else "client" if not known
            else "challenge" if challenge != asked["code_challenge"]
            else "redirect" if form.get("redirect_uri") != asked["redirect_uri"]
            else ""
        )  # fmt: skip
        if wrong or asked is None:
            here.refused.append(wrong)
            self._say(400, {"error": "invalid_grant", "error_description": wrong})
        else:
            token = here.token(asked)
            self._say(200, {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": token})

    def _say(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
