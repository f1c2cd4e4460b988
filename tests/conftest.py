"""Tests run from the project root, with ``tests`` importable as a package. Drawn examples have no deadline, since machines differ, and
are the same in every run: what a machine checks does not hang on luck. ``--hypothesis-profile explore`` draws others each time.
"""

from hypothesis import settings

settings.register_profile("servanda", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, derandomize=False)
settings.load_profile("servanda")
