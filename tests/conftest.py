"""Tests run from the project root, with ``tests`` importable as a package. Drawn examples have no deadline, since machines differ, and
are the same in every run: what a machine checks does not hang on luck. ``--hypothesis-profile explore`` draws others each time, and far more:
``make explore``. Coverage is not measured while a property is tried: what it counts is reached by examples that somebody wrote down,
and measuring makes a drawn one half as slow again. What is marked ``by_night`` (the same on the second database) is tried by ``make explore``
alone. NumPy's algebra and Polars have one thread, here and in what tests start: their tables are small, and threads that wait for each other
beside other tests cost a sixth to a quarter of the processor's time. That several threads change no byte is tried by itself (``test_golden``).
No power fails here: nothing waits until a disk has what was written. What is to reach it, and in which order, is tried by those who ask
for it (``test_record_faults``), and by processes that are killed.
"""

import gc
import os

import pytest
from hypothesis import is_hypothesis_test, settings

for number_of_threads in ("OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"):  # before anything loads them
    os.environ.setdefault(number_of_threads, "1")
os.fsync, os.sync = lambda handle: None, lambda: None
settings.register_profile("servanda", max_examples=20, deadline=None, derandomize=True)
settings.register_profile("explore", max_examples=1000, deadline=None, derandomize=False)
settings.register_profile("soak", max_examples=10_000, deadline=None, derandomize=False)
settings.load_profile("servanda")


def pytest_collection_finish(session: pytest.Session) -> None:
    """What collecting made stays until the end: looking for what of it is garbage, again and again, finds none."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("hypothesis_profile") != "explore":
        left = [item for item in items if item.get_closest_marker("by_night")]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if not item.get_closest_marker("by_night")]
    for item in items:
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
            item.add_marker(pytest.mark.no_cover)
