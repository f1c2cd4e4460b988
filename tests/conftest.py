"""Tests run from the project root, with ``tests`` importable as a package; drawn examples have no deadline: machines differ."""

from hypothesis import settings

settings.register_profile("servanda", deadline=None)
settings.load_profile("servanda")
