"""Which answers go to which requests."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from servanda.verdicts.occasions import Occasion, _assigned
from tests.build import instant

SETTINGS = settings(max_examples=150, deadline=None, derandomize=True)


def test_a_request_of_some_hours_does_not_hide_that_the_next_was_answered() -> None:
    def at(hour: int) -> datetime:
        return instant(f"03-20 {hour:02}:00")

    vague = Occasion("vague", 0, at(20), at(23), at(10), at(23))
    exact = Occasion("exact", 1, at(11), at(23), at(11), at(23))
    assert _assigned([vague, exact], [(at(12), at(12)), (at(21), at(21))]) == ({0, 1}, {0, 1})


@SETTINGS
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12), st.lists(st.integers(0, 23), max_size=12)
)
def test_answers_are_assigned_as_by_trying_each_request(asked: list[tuple[int, int]], answers: list[int]) -> None:
    def at(hour: int) -> datetime:
        return instant("03-20 00:00") + timedelta(hours=hour)

    occasions = [Occasion("", n, at(a + b), at(a + 9), at(a), at(a + 18)) for n, (a, b) in enumerate(sorted(asked))]
    answered: set[int] = set()
    used: set[int] = set()
    for n in sorted(range(len(answers)), key=lambda n: answers[n]):
        when = at(answers[n])
        free = [k for k, o in enumerate(occasions) if k not in answered and o.surely(when, when)]
        answered |= set(free[:1])
        used |= {n} if free else set()
    assert _assigned(occasions, [(at(a), at(a)) for a in answers]) == (answered, used)
