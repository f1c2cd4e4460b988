"""testing: small worlds for the tests of who builds on Servanda.

In: a few words. Out: agreements, reports, watches and sources as the public functions take them, and the runner of YAML cases. It
promises: what is not said has a default that stays; a word that is not known is an error, so that a test cannot pass by a slip.

* ``builders``  agreements, reports, watches, sources in memory
* ``cases``     files of cases, for ``pytest.mark.parametrize`` or in one call

::

    import servanda
    from servanda.testing import agreement, coverage, reports, watch

    def test_a_strike_that_a_neutral_post_saw_is_a_breach():
        table = reports({"source": "Mission", "kind": "observation", "side": "none", "reliability": "A", "actor": "A"})
        result = servanda.verify(agreement(), table, coverage(watch()))
        assert result.verdicts["verdict"].to_list() == ["breached", "complied"]
"""

from servanda.testing.builders import agreement, coverage, report, report_table, reports, source, watch
from servanda.testing.cases import Case, cases_in, run_cases

__all__ = [
    "Case",
    "agreement",
    "cases_in",
    "coverage",
    "report",
    "report_table",
    "reports",
    "run_cases",
    "source",
    "watch",
]
