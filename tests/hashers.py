"""Passwords of tests, hashed in the desk's own way with less work: a server of its own reads them too, and hashes them anew when somebody signs in."""

from django.contrib.auth.hashers import ScryptPasswordHasher


class Quick(ScryptPasswordHasher):
    """A thousandth of the work."""

    work_factor = 2
