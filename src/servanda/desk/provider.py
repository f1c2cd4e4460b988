"""What the identity provider says of somebody, and who of the register that is; loaded only where ``desk.yaml`` names one.

The first time, the claim that ``desk.yaml`` names is the login; from then on it is the provider's own id of him (``sub``) that counts, so that a name
that it gives to another later opens nothing. A new office or password by the administrator ends that, as it ends sessions.
"""

from __future__ import annotations

from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.openid_connect import views
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.urls import path
from requests import RequestException

from servanda.desk import models
from servanda.desk.configure import desk
from servanda.desk.views.shared import page


class Adapter(DefaultSocialAccountAdapter):
    """What allauth asks of the desk."""

    def is_open_for_signup(self, request: Any, sociallogin: Any) -> bool:  # noqa: ARG002
        """Nobody signs up: the administrator gives accounts."""
        return False

    def pre_social_login(self, request: Any, sociallogin: Any) -> None:
        """Find who of the register this is; whoever is not in it is nobody. What the provider signed and what it told must be of one and the same."""
        said = sociallogin.account.extra_data
        signed, told = said.get("id_token") or {}, said.get("userinfo") or {}
        if not signed.get("sub") or signed["sub"] != told.get("sub"):
            raise ImmediateHttpResponse(_not_signed_in(request))
        if sociallogin.is_existing:
            if not models.Person.objects.filter(login=sociallogin.user.username).exists():
                _nobody(request)
            return
        asked = desk().openid
        login = str(told.get(asked.claim if asked else "") or "")
        user = get_user_model().objects.filter(username=login, is_active=True).first()
        known = user is not None and models.Person.objects.filter(login=login).exists()
        if not known or SocialAccount.objects.filter(user=user).exists():
            _nobody(request)
        sociallogin.connect(request, user)

    def on_authentication_error(self, request: Any, provider: Any, **_: Any) -> None:  # noqa: ARG002
        """The provider did not say who it is, or what it said does not hold."""
        raise ImmediateHttpResponse(_not_signed_in(request))


def _nobody(request: Any) -> NoReturn:
    text = "The identity provider knows you, and this mission does not: ask its administrator for an office."
    raise ImmediateHttpResponse(page(request, "message.html", status=403, title="You are not signed in", text=text))


def _not_signed_in(request: Any) -> HttpResponse:
    text = (
        "The identity provider did not say who you are, or cannot be reached. Try again, or sign in with your password."
    )
    return page(request, "message.html", status=403, title="You are not signed in", text=text)


def login(request: Any, provider_id: str) -> Any:
    """To the identity provider."""
    try:
        return views.login(request, provider_id)
    except (RequestException, LookupError, ValueError):  # it cannot be reached, or answers with something else
        return _not_signed_in(request)


def callback(request: Any, provider_id: str) -> Any:
    """From the identity provider."""
    try:
        return views.callback(request, provider_id)
    except (RequestException, LookupError, ValueError):
        return _not_signed_in(request)


urlpatterns = [
    path("<str:provider_id>/login/", login, name="openid_connect_login"),
    path("<str:provider_id>/callback/", callback, name="openid_connect_callback"),
]
