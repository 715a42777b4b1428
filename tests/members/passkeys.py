"""A passkey made of software, for tests: it answers the questions of the portal as a browser would."""

import base64
import hashlib
import json
import secrets
import struct

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256

from members.models import Member

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


def to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def to_bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class SoftKey:
    """One key for one site."""

    def __init__(self, host: str = "testserver") -> None:
        self.host = host
        self.id = secrets.token_bytes(16)
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.owner = b""
        self.count = 0

    def create(self, options: dict) -> dict:
        """Answers `creation_options`."""
        self.owner = to_bytes(options["publicKey"]["user"]["id"])
        public = cbor.encode(ES256.from_cryptography_key(self.private.public_key()))
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + public
        data = self._data(PRESENT | VERIFIED | WITH_KEY) + attested
        response = {
            "clientDataJSON": self._client_data("webauthn.create", options),
            "attestationObject": to_text(cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})),
        }
        return self._credential(response, {"credProps": {"rk": True}})

    def ask(self, options: dict) -> dict:
        """Answers `request_options`."""
        data, client_data = self._data(PRESENT | VERIFIED), self._client_data("webauthn.get", options)
        signed = data + hashlib.sha256(to_bytes(client_data)).digest()
        response = {
            "clientDataJSON": client_data,
            "authenticatorData": to_text(data),
            "signature": to_text(self.private.sign(signed, ec.ECDSA(hashes.SHA256()))),
            "userHandle": to_text(self.owner),
        }
        return self._credential(response, {})

    def _data(self, flags: int) -> bytes:
        self.count += 1
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count)

    def _client_data(self, kind: str, options: dict) -> str:
        challenge = options["publicKey"]["challenge"]
        told = {"type": kind, "challenge": challenge, "origin": f"http://{self.host}", "crossOrigin": False}
        return to_text(json.dumps(told).encode())

    def _credential(self, response: dict, results: dict) -> dict:
        name = to_text(self.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": results,
        }


def passkey_of(member: Member) -> Authenticator:
    """Gives the member a passkey; returns its row."""
    options = {"publicKey": {"user": {"id": to_text(b"1")}, "challenge": to_text(b"any")}}
    return WebAuthn.add(member, "Laptop", SoftKey().create(options)).instance
