"""Checks what people signed with keys of their own, in a Servanda record or package that ``verifier.py`` has found to hold.

    python hands.py record DIR --policy POLICY          python hands.py package FILE --policy POLICY

It runs ``verifier.py``, which lies beside it, first (see there for POLICY; no quorum is asked for), and needs the same one package. The log records a
person's decision for him, and says in its entry (``hands``) by which key he signed the very file, salt and all. Keys stand in the entries of
the kind ``gives`` (``hands``): the newest of these before an entry says whose count. Three kinds: ``ed25519`` (RFC 8032) and
``p256`` (ECDSA with SHA-256) of a browser or a file, and ``webauthn`` of a hardware key, which signs its own data and the browser's with the hash of
the text in it. A place in the log is no part of the text: a person signs while others write; where it stands is the log's word.
"""

from __future__ import annotations

import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    del sys.path[0]  # of what lies beside this file nothing but verifier.py is run
import argparse
import base64
import importlib.util
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

if __package__:
    from servanda.record import verifier
else:  # it travels, and runs with the file beside it
    spec = importlib.util.spec_from_file_location("verifier", Path(__file__).with_name("verifier.py"))
    assert spec is not None
    verifier = sys.modules["verifier"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(verifier)  # type: ignore[union-attr]

SIZES = {"ed25519": 32, "p256": 33, "webauthn": 33}
"""Kinds of keys, and the bytes of each: a point of P-256 is compressed."""
_P, _EIGHTH = (1 << 255) - 19, 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL = {sign * y % _P for y in (0, 1, _EIGHTH) for sign in (1, -1)}  # of the points whose order divides eight
PRESENT, VERIFIED = 1, 4
"""Flags of a hardware key: somebody touched it; it knew him by a PIN or a finger."""


def text_of(origin: str, by: str, kind: str, name: str, digest: str) -> bytes:
    """What a person signs of a file that is to be recorded.

    Args:
        origin: the name of the log.
        by: the name of his key.
        kind: of the file, as ``decisions``.
        name: of the file.
        digest: its SHA-256 as it is kept, its salt in front.

    Returns:
        Six lines.
    """
    return f"servanda-hand/v1\n{origin}\n{by}\n{kind}\n{name}\n{digest}\n".encode()


def own_text(origin: str, by: str, key: Mapping[str, str]) -> bytes:
    """What whoever has a key signs with it to have it named.

    Args:
        origin: the name of the log.
        by: the name of the key.
        key: its public half.

    Returns:
        Six lines, the last of which is the digest of the key.
    """
    return text_of(origin, by, "key", key["kind"], verifier.sha(json.dumps(dict(key), sort_keys=True).encode()).hex())


def weak(public: bytes) -> bool:
    """Whether a public key of Ed25519 is a point of small order: whoever likes signs for it, without any secret."""
    return int.from_bytes(public, "little") % (1 << 255) % _P in _SMALL


def sound(key: Mapping[str, Any]) -> bool:
    """Whether something is a public key of a kind that is checked here."""
    try:
        size, raw = SIZES[key["kind"]], verifier.unbase64(key["key"])
        if key["kind"] == "ed25519":
            Ed25519PublicKey.from_public_bytes(raw)
            if weak(raw):
                return False
        else:
            EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw)
        wanted = {"kind", "key", "site"} if key["kind"] == "webauthn" else {"kind", "key"}
        return len(raw) == size and set(key) == wanted and all(isinstance(v, str) and v for v in key.values())
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def holds(key: Mapping[str, str], text: bytes, hand: Mapping[str, str]) -> bool:
    """Whether a signature is that of a key over a text.

    Args:
        key: ``kind`` and ``key``; of a hardware key also the ``site`` for which it was made.
        text: what was to be signed.
        hand: ``sig``; of a hardware key also ``authenticator`` and ``client``, the data that it signed.

    Returns:
        Whether it is, and nothing else stands beside it.
    """
    try:
        if not sound(key) or set(hand) - {"by"} != {
            "sig",
            *(("authenticator", "client") if key["kind"] == "webauthn" else ()),
        }:
            return False
        raw, signature = verifier.unbase64(key["key"]), verifier.unbase64(hand["sig"])
        if key["kind"] == "ed25519":
            Ed25519PublicKey.from_public_bytes(raw).verify(signature, text)
            return True
        if key["kind"] == "webauthn":
            text = _asserted(
                key["site"], text, verifier.unbase64(hand["authenticator"]), verifier.unbase64(hand["client"])
            )
        elif len(signature) == 64:  # r and s, as browsers write them
            signature = encode_dss_signature(
                int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            )
        else:
            return False
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw).verify(signature, text, ECDSA(SHA256()))
        return True
    except (InvalidSignature, ValueError, KeyError, TypeError, AttributeError):
        return False


def _asserted(site: str, text: bytes, authenticator: bytes, client: bytes) -> bytes:
    """What a hardware key signs where it is asked at a site to sign a text (WebAuthn, 7.2). Raises ``ValueError`` where these data are of something else."""
    said = verifier.read_json(client)
    challenge = base64.urlsafe_b64encode(verifier.sha(text)).decode().rstrip("=")
    asked = (said["type"], said["challenge"]) == ("webauthn.get", challenge) and said.get("crossOrigin") in (
        None,
        False,
    )
    made = (
        len(authenticator) >= 37 and authenticator[:32] == verifier.sha(site.encode()) and authenticator[32] & PRESENT
    )
    if not asked or not made:
        raise ValueError("it was asked for something else, or elsewhere")
    return authenticator + verifier.sha(client)


def check_hands(origin: str, bodies: Iterable[bytes]) -> dict[str, list[int]]:
    """Every signature of a person's own hand in the entries of a log.

    Args:
        origin: the name of the log.
        bodies: all its entries, which hold.

    Returns:
        By the name of a key, the entries whose file it signed.

    Raises:
        Broken: one does not hold, or its key did not count then.
    """
    keys: dict[str, Any] = {}
    found: dict[str, list[int]] = {}
    for index, body in enumerate(bodies):
        try:
            if not _may_say("payload", body) or "payload" not in (data := verifier.read_json(body)):  # a row
                continue
            payload = verifier.unbase64(data["payload"])
            if not _may_say("hands", payload) or "hands" not in (statement := verifier.read_json(payload))["predicate"]:
                continue
            says, kind = (
                statement["predicate"],
                statement["predicateType"].removeprefix(verifier.URN).removesuffix(":v1"),
            )
            if kind == "gives":
                keys = {name: key for name, key in says["hands"].items() if sound(key)}
                verifier.need(len(keys) == len(says["hands"]), 7, f"entry {index} names a key that is none")
                continue
            ((name, digest),) = [(s["name"], s["digest"]["sha256"]) for s in statement["subject"]]
            for hand in says.get("hands", ()):
                by, text = hand["by"], text_of(origin, hand["by"], kind, name, digest)
                verifier.need(by in keys, 7, f"entry {index} is signed with {by}, a key that did not count then")
                verifier.need(holds(keys[by], text, hand), 7, f"entry {index}: the signature with {by} does not hold")
                found.setdefault(by, []).append(index)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise verifier.Broken(7, f"entry {index}: its own hands cannot be read ({error})") from None
    return found


def _may_say(key: str, raw: bytes) -> bool:
    """Whether a key can stand in JSON, however that is written: nobody passes by a check by blanks, by order or by escapes."""
    return b'"%s"' % key.encode() in raw or b"\\" in raw


def told(found: Mapping[str, list[int]]) -> str:
    """What was checked, in a line."""
    each = ", ".join(f"{by}: {len(at):,}" for by, at in sorted(found.items()))
    return f"signed by people's own hands: {each or 'nothing'}"


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    top = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    top.add_argument("what", choices=["record", "package"])
    top.add_argument("place")
    top.add_argument("--policy", required=True)
    args = top.parse_args(arguments)
    if code := verifier.main([args.what, args.place, "--policy", args.policy, "--unsettled"]):
        return code
    place, policy = Path(args.place), verifier.Policy.parse(Path(args.policy).read_bytes())
    asked = verifier.Asked(policy, lambda step, what: None, quorum=False, unsigned=True)
    try:
        if args.what == "package":
            package = verifier.check_package(place.read_bytes(), asked)
            origin, bodies = (
                verifier.Checkpoint.parse(package["checkpoint"].encode()).origin,
                [e.encode() for e in package["entries"]],
            )
        else:
            head = verifier.check_checkpoint((place / "checkpoint").read_bytes(), asked)
            origin, bodies, size = head.origin, list[bytes](), verifier.TILE
            for n in range(-(-head.size // size)):
                width = min(size, head.size - n * size)
                bodies += verifier.unbundle((place / "tile/entries" / verifier.tile_name(n, width)).read_bytes(), width)
        print(verifier.safe(told(check_hands(origin, bodies))))
    except (verifier.Broken, OSError) as error:
        print(f"BROKEN: {verifier.safe(str(error))}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
