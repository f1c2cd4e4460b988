"""Tests run from the project root, with ``tests`` importable as a package. Drawn examples have no deadline, since machines differ, and
are the same in every run: what a machine checks does not hang on luck. ``--hypothesis-profile explore`` draws others each time, and far more:
``make explore``. Coverage is not measured while a property is tried: what it counts is reached by examples that somebody wrote down,
and measuring makes a drawn one half as slow again. NumPy's algebra has one thread, here and in what tests start: its matrices are small, and
threads that wait for each other beside other tests cost a quarter of the processor's time.
"""

import os

import pytest
from hypothesis import is_hypothesis_test, settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before anything loads NumPy
settings.register_profile("servanda", max_examples=30, deadline=None, derandomize=True)
settings.register_profile("explore", max_examples=1000, deadline=None, derandomize=False)
settings.register_profile("soak", max_examples=10_000, deadline=None, derandomize=False)
settings.load_profile("servanda")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
            item.add_marker(pytest.mark.no_cover)
