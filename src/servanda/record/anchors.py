"""Anchors: somebody outside who says that a checkpoint existed by an instant. Plug-ins, and nothing here ever asks a network.

An anchor writes a request over the SHA-256 of a checkpoint's text; people carry it to the service by whatever way they trust, and
bring back a token, which is checked and recorded. Other packages add anchors by the entry point ``servanda.anchors``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import entry_points
from typing import Protocol

from servanda.errors import Fault, RecordError


class Anchor(Protocol):
    """One service of trusted time."""

    name: str

    def request(self, text: bytes) -> bytes:
        """What to send for a checkpoint's text."""

    def check(self, token: bytes, text: bytes, roots: Sequence[bytes]) -> datetime:
        """When the text existed, by the token (UTC). ``roots``: PEM files that are trusted. Raises ``ValueError`` with the reason."""


class Rfc3161:
    """A time-stamping authority (RFC 3161), by the package ``rfc3161-client``: ``pip install 'servanda[anchors]'``."""

    name = "rfc3161"

    def request(self, text: bytes) -> bytes:
        """A TimeStampReq (DER) for SHA-256, as ``openssl ts -query`` writes it."""
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

        return (
            TimestampRequestBuilder()
            .data(text)
            .hash_algorithm(HashAlgorithm.SHA256)
            .nonce(nonce=False)
            .build()
            .as_bytes()
        )

    def check(self, token: bytes, text: bytes, roots: Sequence[bytes]) -> datetime:
        """The time in a TimeStampResp (DER) whose signer's chain ends in ``roots``."""
        from cryptography.x509 import load_pem_x509_certificates
        from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

        certificates = [c for pem in roots for c in load_pem_x509_certificates(pem)]
        response = decode_timestamp_response(token)
        verifier = VerifierBuilder(roots=certificates).build()
        try:
            verifier.verify_message(response, text)
        except VerificationError as error:
            raise ValueError(str(error)) from None
        moment: datetime = response.tst_info.gen_time
        return moment.astimezone(UTC)


def anchor_of(name: str) -> Anchor:
    """The anchor with that name. Raises :class:`RecordError` with those that there are."""
    found: dict[str, Anchor] = {Rfc3161.name: Rfc3161()}
    for point in sorted(entry_points(group="servanda.anchors"), key=lambda p: p.name):
        made = point.load()()
        found[made.name] = made
    if name not in found:
        raise RecordError(Fault("--with", f"there is no anchor {name!r}", f"there are: {', '.join(found)}"))
    return found[name]
