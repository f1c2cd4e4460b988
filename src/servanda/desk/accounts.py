"""Signing in: only people of the register, and nobody makes an account for himself."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter

from servanda.desk import models


class Adapter(DefaultAccountAdapter):
    """What allauth asks of the desk."""

    def is_open_for_signup(self, request: Any) -> bool:  # noqa: ARG002
        """Nobody signs up: the administrator gives accounts."""
        return False

    def authenticate(self, request: Any, **credentials: Any) -> Any:
        """Only who is in the register now."""
        user = super().authenticate(request, **credentials)
        return user if user is not None and models.Person.objects.filter(login=user.username).exists() else None

    def get_client_ip(self, request: Any) -> str:
        """The address that the server saw: no header of the client is trusted."""
        return str(request.META.get("REMOTE_ADDR") or "unknown")
