"""Signing in: only people of the register, and nobody makes an account for himself."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter

from servanda.desk import models
from servanda.incidents.guards import FORMER


class Adapter(DefaultAccountAdapter):
    """What allauth asks of the desk."""

    def is_open_for_signup(self, request: Any) -> bool:  # noqa: ARG002
        """Nobody signs up: the administrator gives accounts."""
        return False

    def authenticate(self, request: Any, **credentials: Any) -> Any:
        """Only who is in the register now; a session that somebody planted is another from then on, also before the second factor."""
        user = super().authenticate(request, **credentials)
        here = models.Person.objects.exclude(role=FORMER)
        if user is None or not here.filter(login=user.username).exists():
            return None
        request.session.cycle_key()
        return user

    def get_client_ip(self, request: Any) -> str:
        """The address that the server saw, or that a web server on this machine says it saw."""
        return str(request.META.get("REMOTE_ADDR") or "unknown")
