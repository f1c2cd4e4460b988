"""Files of cases (docs/formats.md, Cases) as tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from servanda.app.cases import checks_in


@dataclass(frozen=True, slots=True)
class Case:
    """One case, date or check of a file; ``str`` gives its name, for ``ids=str``."""

    name: str
    problems: Callable[[], list[str]]
    """What does not come out as expected, in words; nothing where all does."""

    def check(self) -> None:
        """Run it.

        Raises:
            AssertionError: something does not come out as the file expects, in words.
        """
        problems = self.problems()
        if problems:
            raise AssertionError(f"{self.name}:\n" + "\n".join(problems))

    def __str__(self) -> str:
        return self.name


def cases_in(*paths: str | Path) -> list[Case]:
    """The cases of some files, to be run one by one::

        @pytest.mark.parametrize("case", cases_in("cases.yaml"), ids=str)
        def test_case(case):
            case.check()

    Args:
        *paths: files of cases, each beside its agreement.

    Returns:
        A case for each case of the files, and one each for their dates and for what the checker finds.

    Raises:
        ServandaError: a file is no file of cases.
    """
    return [Case(name, problems) for name, problems in checks_in(paths)]


def run_cases(*paths: str | Path) -> int:
    """Run all cases of some files.

    Args:
        *paths: files of cases, each beside its agreement.

    Returns:
        How many there are.

    Raises:
        AssertionError: some do not come out as the files expect; all of them are told.
        ServandaError: a file is no file of cases.
    """
    cases = cases_in(*paths)
    failed = [f"{case.name}:\n" + "\n".join(problems) for case in cases if (problems := case.problems())]
    if failed:
        raise AssertionError("\n".join(failed))
    return len(cases)
