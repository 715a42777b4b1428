"""An OpenID Connect provider on this machine: it signs whom it is told to, and makes the mistakes it is told to."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "portal", "a secret of the provider"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class IdentityProvider:
    """`person` is who signs in there; `lies` are claims of the ID token that it gets wrong."""

    def __init__(self) -> None:
        self.person = {"sub": "42", "name": "Nell Newcomer", "email": "nell@example.org", "email_verified": True}
        self.lies: dict = {}
        self.facts: dict = {}  # what userinfo says otherwise
        self.answers: dict = {}  # path: bytes that are sent instead
        self.codes: dict = {}
        self.asked: list = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def app(self) -> dict:
        """The setting of this provider, as django-allauth takes it."""
        return {
            "provider_id": "fake",
            "name": "Fake",
            "client_id": CLIENT,
            "secret": SECRET,
            "settings": {"server_url": self.url, "oauth_pkce_enabled": True},
        }

    def authorize(self, location: str) -> str:
        """What happens in the browser at the provider; returns the path of the portal it leads back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        self.asked.append(asked)
        assert location.startswith(f"{self.url}/authorize?")
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert (asked["code_challenge_method"], set(asked["scope"].split())) == ("S256", {"openid", "profile", "email"})
        code = secrets.token_hex(8)
        self.codes[code] = asked
        return f"{urlsplit(asked['redirect_uri']).path}?code={code}&state={asked['state']}"

    def token(self, form: dict) -> dict | None:
        """Answers a code, once, for whoever has the verifier that belongs to it."""
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or form.get("client_secret") != SECRET or asked["code_challenge"] != challenge:
            return None
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= {"sub": self.person["sub"], **self.lies}
        told = {name: value for name, value in claims.items() if value is not None}
        return {
            "access_token": "for userinfo",
            "token_type": "Bearer",
            "id_token": jwt.encode(told, KEY, algorithm="RS256", headers={"kid": "1"}),
        }

    def answer(self, path: str, form: dict) -> tuple[int, object]:
        if path in self.answers:
            return 200, self.answers[path]
        if path == "/.well-known/openid-configuration":
            names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            found = {f"{name}_endpoint": f"{self.url}/{page}" for name, page in names.items()}
            methods = ["client_secret_post"]
            return 200, {
                **found,
                "issuer": self.url,
                "jwks_uri": f"{self.url}/keys",
                "token_endpoint_auth_methods_supported": methods,
            }
        if path == "/token":
            token = self.token(form)
            return (200, token) if token else (400, {"error": "invalid_grant"})
        return (200, {**self.person, **self.facts}) if path == "/userinfo" else (404, {})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send({})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._send({name: values[0] for name, values in parse_qs(body).items()})

            def _send(self, form: dict) -> None:
                status, found = provider.answer(urlsplit(self.path).path, form)
                body = found if isinstance(found, bytes) else json.dumps(found).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Says nothing."""

        return Handler
