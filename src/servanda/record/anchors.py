"""Anchors: somebody outside who says that a checkpoint existed by an instant. Plug-ins, and nothing here ever asks a network.

An anchor writes a request over the SHA-256 of a checkpoint's text; people carry it to the service by whatever way they trust, and
bring back a token, which is checked and recorded. Other packages add anchors by the entry point ``servanda.anchors``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol, TypeVar, runtime_checkable

from servanda.errors import Fault, RecordError
from servanda.values.plugins import load_plugins

T = TypeVar("T")


@runtime_checkable
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
    """The anchor with a name.

    Args:
        name: as ``rfc3161``.

    Returns:
        The one that comes with Servanda, or that of a plug-in.

    Raises:
        RecordError: there is none; the fault lists those that there are, and the plug-ins that could not be loaded.
    """
    plugins = load_plugins("servanda.anchors", _as_anchor)
    anchors: dict[str, Anchor] = {Rfc3161.name: Rfc3161()}
    anchors |= {anchor.name: anchor for anchor in plugins.loaded.values()}
    if name not in anchors:
        hint = "; ".join([f"there are: {', '.join(anchors)}", *map(str, plugins.not_loaded)])
        raise RecordError(Fault("--with", f"there is no anchor {name!r}", hint, code="REC009"))
    return anchors[name]


def _as_anchor(plugin: object) -> Anchor:
    """What a plug-in's class or function makes. Raises ``ValueError`` with the reason why it is not an anchor."""
    if not callable(plugin):
        raise ValueError(f"is a {type(plugin).__name__}, not a class or function that makes an anchor")
    anchor = plugin()
    if not isinstance(anchor, Anchor) or not isinstance(anchor.name, str):
        raise ValueError("makes something that is not an anchor: it needs name, request and check")
    if anchor.name == Rfc3161.name:
        raise ValueError(f"the anchor {anchor.name!r} comes with Servanda")
    return _Guarded(anchor)


class _Guarded:
    """An anchor of another package: whatever it fails with is told as its fault."""

    def __init__(self, anchor: Anchor) -> None:
        self.name, self._anchor = anchor.name, anchor

    def request(self, text: bytes) -> bytes:
        with self._blamed():
            return _of_type(self._anchor.request(text), bytes)

    def check(self, token: bytes, text: bytes, roots: Sequence[bytes]) -> datetime:
        with self._blamed():
            moment = _of_type(self._anchor.check(token, text, roots), datetime)
            if moment.tzinfo is None:
                raise TypeError("gives an instant without a zone")
            return moment.astimezone(UTC)

    @contextmanager
    def _blamed(self) -> Iterator[None]:
        try:
            yield
        except (ImportError, ValueError):
            raise
        except (Exception, SystemExit) as error:
            what = f"the anchor {self.name!r} of another package failed: {type(error).__name__}: {str(error)[:160]}"
            raise RecordError(Fault("--with", what, "tell its author, or choose another", code="REC035")) from error


def _of_type(answer: object, kind: type[T]) -> T:
    """What a plug-in answers, if it is of the type that it must be."""
    if not isinstance(answer, kind):
        raise TypeError(f"gives a {type(answer).__name__} where a {kind.__name__} is needed")
    return answer
