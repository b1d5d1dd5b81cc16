"""A small identity provider on a port of its own: real keys, real codes, faults on wish."""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

CLIENT, SECRET = "wegweiser", "a secret: of two + parts"


class Key:
    """A key pair with its name, as it stands in the provider's list."""

    def __init__(self, name: str, kind: str = "RSA"):
        self.name = name
        self.algorithm = "RS256" if kind == "RSA" else "ES256"
        self.private: Any = (
            rsa.generate_private_key(65537, 2048)
            if kind == "RSA"
            else ec.generate_private_key(ec.SECP256R1())
        )

    def public(self) -> dict[str, str]:
        """Give what everybody may know."""
        shown = RSAAlgorithm if self.algorithm == "RS256" else ECAlgorithm
        found: dict[str, str] = shown.to_jwk(self.private.public_key(), as_dict=True)
        return {**found, "kid": self.name, "use": "sig", "alg": self.algorithm}


class Provider:
    """Signs in whoever `claims` describes; what a test sets here it says, right or wrong."""

    def __init__(self, now_ms: Callable[[], int]):
        self.now_ms = now_ms
        self.keys = [Key("first")]
        self.signing = self.keys[0]
        self.claims: dict[str, Any] = {}
        self.document: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.forge: Callable[[dict[str, Any]], str] | None = None
        self.refused: list[str] = []
        # Where people may be sent after they have left, and who has left.
        self.out = ""
        self.ended: list[str] = []
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.issuer = f"http://127.0.0.1:{self._server.server_port}/company"
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def said(self) -> dict[str, Any]:
        """Give the document of discovery."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end",
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
            **self.document,
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Sign somebody in without a question; gives where their browser is sent."""
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def end(self, asked: dict[str, str]) -> str:
        """End somebody's session; gives where their browser is sent, empty for nowhere."""
        hint = asked.get("id_token_hint")
        # The token may be old: it only says who leaves, and that they came here for this client.
        options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
        keys = {key.name: key.private.public_key() for key in self.keys}
        claims = (
            {}
            if hint is None
            else jwt.decode(
                hint,
                keys[jwt.get_unverified_header(hint)["kid"]],
                ["RS256", "ES256"],
                audience=asked["client_id"],
                issuer=self.issuer,
                options=options,
            )
        )
        assert asked["client_id"] == CLIENT
        self.ended.append(claims.get("sub", ""))
        if asked["post_logout_redirect_uri"] != self.out:
            return ""
        return f"{self.out}?{urlencode({'state': asked['state']})}"

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Turn a code into an ID token, once, for who holds secret and verifier."""
        began = self._codes.pop(form.get("code", ""), None)
        wrong = self._wrong(began, form, authorization)
        if wrong or began is None:
            self.refused.append(wrong)
            return 400, {"error": wrong}
        now = self.now_ms() // 1000
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": began["nonce"],
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        token = self.forge(claims) if self.forge else self.sign(claims)
        return 200, {"id_token": token, "access_token": "x", "token_type": "Bearer"}

    def _wrong(self, began: dict[str, str] | None, form: dict[str, str], authorization: str) -> str:
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":")
        if [unquote(one) for one in pair] != [CLIENT, SECRET]:
            return "invalid_client"
        if began is None or began["redirect_uri"] != form.get("redirect_uri"):
            return "invalid_grant"
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return "" if challenge == began["code_challenge"] else "invalid_grant"

    def sign(self, claims: dict[str, Any], key: Key | None = None) -> str:
        """Sign claims with a key of ours."""
        by = key or self.signing
        return jwt.encode(claims, by.private, by.algorithm, {"kid": by.name, **self.header})


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.asked.append(parts.path)
            if parts.path.endswith("/openid-configuration"):
                self._answer(200, provider.said())
            elif parts.path.endswith("/keys"):
                self._answer(200, {"keys": [key.public() for key in provider.keys]})
            else:
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                leaves = parts.path.endswith("/end")
                self._send_on(provider.end(asked) if leaves else provider.authorize(asked))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.exchange(form, self.headers.get("Authorization", "Basic ")))

        def _send_on(self, where: str) -> None:
            self.send_response(302 if where else 200)
            if where:
                self.send_header("Location", where)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _answer(self, status: int, told: dict[str, Any]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing: what a test sees is what counts."""

    return Handler
