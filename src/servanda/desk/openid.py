"""Signing in through the mission's own identity provider (OpenID Connect), as ``desk.yaml`` says; without it, by password alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from servanda.errors import Fault, ServandaError

APPS = ("allauth.socialaccount", "allauth.socialaccount.providers.openid_connect")
_NEEDED = ("name", "server", "client", "secret")
_KEYS = (*_NEEDED, "claim")
_HERE = ("localhost", "127.0.0.1", "::1")
_CLAIM = re.compile(r"[a-z][a-z0-9_]{0,60}")


@dataclass(frozen=True)
class OpenId:
    """The identity provider: what it is called, its address, as whom the desk asks it, the file that holds the secret for that, and which claim is the login of the register."""

    name: str
    server: str
    client: str
    secret: Path
    claim: str = "preferred_username"

    def settings(self) -> dict[str, Any]:
        """What Django and allauth are told."""
        asked = {"server_url": self.server, "scope": ["openid", "profile"], "oauth_pkce_enabled": True}
        app = {"provider_id": "mission", "name": self.name, "client_id": self.client, "secret": self._secret()}
        return {
            "SOCIALACCOUNT_ADAPTER": "servanda.desk.provider.Adapter",
            "SOCIALACCOUNT_PROVIDERS": {"openid_connect": {"APPS": [{**app, "settings": asked}]}},
            "SOCIALACCOUNT_LOGIN_ON_GET": True,  # a form that leads elsewhere is what the strict policy forbids
            "SOCIALACCOUNT_AUTO_SIGNUP": False,
        }

    def _secret(self) -> str:
        try:
            return self.secret.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            what = f"the secret for the identity provider cannot be read: {error}"
            raise ServandaError(_fault(str(self.secret), what)) from None


def read_openid(said: Any, folder: Path, where: str) -> OpenId | None:
    """Read what stands under ``openid``.

    Args:
        said: what stands there; nothing where people sign in by password alone.
        folder: of the mission, from which the file of the secret is counted.
        where: the settings' file, for faults.

    Returns:
        The identity provider.

    Raises:
        ServandaError: it cannot be read.
    """
    if said is None:
        return None
    if not isinstance(said, Mapping) or not set(said) <= set(_KEYS):
        raise ServandaError(_fault(where, f"'openid' is a mapping of {', '.join(_KEYS)}"))
    lacking = [key for key in _NEEDED if not isinstance(said.get(key), str) or not said[key].strip()]
    if lacking:
        raise ServandaError(_fault(where, f"openid: does not say {', '.join(lacking)}"))
    at = urlsplit(said["server"])
    if at.scheme != "https" and not (at.scheme == "http" and at.hostname in _HERE):
        raise ServandaError(_fault(where, "openid: 'server' is an address that begins with https://"))
    claim = said.get("claim", OpenId.claim)
    if not isinstance(claim, str) or not _CLAIM.fullmatch(claim):
        raise ServandaError(_fault(where, f"openid: {claim!r} is no claim, as preferred_username"))
    return OpenId(said["name"].strip(), said["server"].strip(), said["client"].strip(), folder / said["secret"], claim)


def _fault(where: str, what: str) -> Fault:
    return Fault(where, what, "docs/desk.md says what stands there", code="DSK002")
