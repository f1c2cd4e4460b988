"""trends: how often acts were counted before, in and after a time, each rate with an interval; and days on which that changed.

In: a row for each day of a series, with what was counted and how much of the day was watched. Out: rates, their ratios, changes, and what was
left out, as data. It promises: a day without a report is never taken for a day without acts, what nobody watched never for quiet, and every
number comes with an interval or with the reason why there is none. A trend is no verdict. The statistics are those of ``statsmodels``,
``scipy`` and ``ruptures`` (``pip install 'servanda[trends]'``).

* ``series``   days, and the periods that they are parted into
* ``rates``    a rate for each period, and two of them beside each other
* ``changes``  days on which the level changed, and how surely
* ``columns``  the columns of the tables that are written
"""

from servanda.trends.changes import Change, changes_in
from servanda.trends.rates import Rate, Ratio, rates_of, ratio_of
from servanda.trends.series import DAYS, Period, Series

__all__ = ["DAYS", "Change", "Period", "Rate", "Ratio", "Series", "changes_in", "rates_of", "ratio_of"]
