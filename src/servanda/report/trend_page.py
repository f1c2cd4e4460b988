"""The page, pictures, tables and data of trends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl
from markupsafe import Markup

from servanda import FORMAT, __version__
from servanda.agreement import Agreement
from servanda.evidence import IngestResult
from servanda.report.environment import asset, environment_of
from servanda.report.tables import csv_files
from servanda.report.trend_picture import draw_trend
from servanda.trends import Change, Period, Rate, Ratio, Series
from servanda.trends.columns import CHANGES, OF, RATES, RATIOS, SERIES
from servanda.values.reporting_day import Span
from servanda.verdicts import Verdict


@dataclass(frozen=True)
class Trend:
    """One series: of a term, a party (``None``: whoever) and an area (``(all)``), in ``unit``."""

    term: str
    title: str
    party: str | None
    area: str
    counted: str
    unit: str
    series: Series
    rates: tuple[Rate, ...]
    ratios: tuple[Ratio, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class TrendResult:
    """Series with their rates, and the verdicts of days; ``notes``: what was left out, and how many."""

    agreement: Agreement
    by: Span
    periods: tuple[Period, ...]
    trends: tuple[Trend, ...]
    days: tuple[Verdict, ...]
    notes: Mapping[str, int]
    ingest: IngestResult
    by_watch: bool
    """Whether what was watched is the denominator."""


def trend_tables(found: TrendResult) -> dict[str, pl.DataFrame]:
    """Rates, ratios, changes and series as tables, in the order of the series.

    Args:
        found: what was counted.

    Returns:
        The tables by name, with the columns of :data:`RATES`, :data:`RATIOS`, :data:`CHANGES` and :data:`SERIES`.
    """
    rates, ratios, changes = [], [], []
    for one in found.trends:
        of = _about(one)
        rates += [{**of, **_rate(rate)} for rate in one.rates]
        ratios += [{**of, **_ratio(ratio)} for ratio in one.ratios]
        changes += [{**of, **asdict(change)} for change in one.changes]
    series = [_spans(found, one) for one in found.trends]
    return {
        "rates": pl.DataFrame(rates, schema=RATES),
        "ratios": pl.DataFrame(ratios, schema=RATIOS),
        "level_changes": pl.DataFrame(changes, schema=CHANGES),
        "series": pl.concat(series) if series else pl.DataFrame(schema=SERIES),
    }


def _about(one: Trend) -> dict[str, Any]:
    return {"term": one.term, "party": one.party, "area": one.area, "counted": one.counted, "unit": one.unit}


def _rate(rate: Rate) -> dict[str, Any]:
    own = {name: getattr(rate, name) for name in RATES if name not in (*OF, "period", "first", "last")}
    return {"period": rate.period.name, "first": rate.period.first, "last": rate.period.last, **own}


def _ratio(ratio: Ratio) -> dict[str, Any]:
    return {"of": ratio.of.name, "to": ratio.to.name, "ratio": ratio.ratio, "low": ratio.low, "high": ratio.high}


def _spans(found: TrendResult, one: Trend) -> pl.DataFrame:
    """A series by days, weeks or months, with the verdict of each day."""
    day = pl.col("day")
    truncated = {"day": day, "week": day.dt.truncate("1w"), "month": day.dt.truncate("1mo")}[found.by]
    verdicts = verdicts_of_days(found, one) if found.by == "day" else {}
    spans = one.series.days.with_columns(span=truncated).group_by("span", maintain_order=True)
    rows = spans.agg(
        first=day.min(),
        last=day.max(),
        count=pl.when(pl.col("count").count() > 0).then(pl.col("count").sum()),
        no_report=pl.col("count").null_count(),
        watched=pl.col("watched").mean(),
    )
    rows = rows.with_columns(
        verdict=pl.Series([verdicts.get(first) for first in rows["first"].to_list()], dtype=pl.String),
        **{name: pl.lit(value, dtype=pl.String) for name, value in _about(one).items()},
    )
    return rows.select(pl.col(c).cast(d) for c, d in SERIES.items())


def verdicts_of_days(found: TrendResult, one: Trend) -> dict[date, str]:
    """The verdicts of days of a series of all areas; of all parties together the gravest."""
    if one.area != "(all)":
        return {}
    worse = ("breached", "disputed", "undetermined", "excused", "complied")
    out: dict[date, str] = {}
    day_of = found.agreement.reporting_day.day_of
    first = found.agreement.texts[0].reading
    for verdict in found.days:
        if verdict.term != one.term or verdict.reading != first or verdict.window.start is None:
            continue
        if one.party is not None and verdict.party != one.party:
            continue
        day = day_of(verdict.window.start)
        known = out.get(day)
        if verdict.verdict in worse and (known is None or worse.index(verdict.verdict) < worse.index(known)):
            out[day] = verdict.verdict
    return out


def trend_data(found: TrendResult, tables: Mapping[str, pl.DataFrame] | None = None) -> dict[str, Any]:
    """What ``trend.json`` holds: plain data; days as dates. ``tables``: those of :func:`trend_tables`, where they are at hand."""
    tables = trend_tables(found) if tables is None else tables
    return {
        "format": FORMAT,
        "servanda": __version__,
        "agreement": found.agreement.id,
        "by": found.by,
        "by_watch": found.by_watch,
        "periods": [{"name": p.name, "first": str(p.first), "last": str(p.last)} for p in found.periods],
        "left": dict(found.notes),
        **{name: json.loads(tables[name].write_json()) for name in ("rates", "ratios", "level_changes")},
    }


def pictures(found: TrendResult) -> dict[str, Markup]:
    """A picture for each term and party, of all areas, by the name of its file."""
    out: dict[str, Markup] = {}
    by = {(t.term, t.party, t.area, t.counted): t for t in found.trends}
    for one in found.trends:
        if one.counted != "told" or one.area != "(all)":
            continue
        sure = by[one.term, one.party, one.area, "confirmed"]
        key = f"t{len(out)}"
        name = f"trend-{one.term}{'-' + one.party if one.party else ''}.svg"
        days = verdicts_of_days(found, one)
        out[name] = draw_trend(one.series, sure.series, one.rates, one.changes, found.periods, days, one.unit, key)
    return out


def trend_page(found: TrendResult) -> str:
    """The page: pictures first, tables beside them."""
    drawn = pictures(found)
    sections = []
    for one in found.trends:
        if one.counted == "told" and one.area == "(all)":
            name = f"trend-{one.term}{'-' + one.party if one.party else ''}.svg"
            mine = [t for t in found.trends if (t.term, t.party) == (one.term, one.party)]
            sections.append(
                {
                    "of": one,
                    "picture": drawn[name],
                    "all": (whole := [t for t in mine if t.area == "(all)"]),
                    "told": [t for t in whole if t.counted == "told" or t.rates != one.rates],
                    "areas": [t for t in mine if t.area != "(all)" and t.counted == "told"],
                }
            )
    environment = environment_of(found.agreement.zone)
    environment.filters["ratio"] = ratio_words
    template = environment.get_template("trend.html.j2")
    return template.render(found=found, sections=sections, style=asset("report.css"), version=__version__)


def rate_row(trend: Trend, rate: Rate) -> tuple[str, ...]:
    """A line of the table of rates: term, party, what is counted, period, count, days, a day, and the interval."""
    amounts = ("-", "-") if rate.rate is None else (f"{rate.rate:.3g}", f"{rate.low:.3g} to {rate.high:.3g}")
    return (
        trend.term,
        trend.party or "(all)",
        trend.counted,
        rate.period.name,
        f"{rate.count:,}{f' (+{rate.outside:,} unwatched)' if rate.outside else ''}",
        str(rate.days),
        *amounts,
    )


def ratio_words(ratio: Ratio) -> str:
    """A ratio in words, with its interval."""
    high = "no upper bound" if ratio.high is None else f"{ratio.high:.3g}"
    middle = "more than can be told" if ratio.ratio is None else f"{ratio.ratio:.3g} times"
    return f"{middle} ({ratio.low:.3g} to {high})"


def trend_files(found: TrendResult) -> dict[str, bytes]:
    """The files of ``servanda trend``.

    Args:
        found: what was counted.

    Returns:
        File names with their content.
    """
    tables = trend_tables(found)
    data = json.dumps(trend_data(found, tables), ensure_ascii=False, indent=1) + "\n"
    head = f"<style>{asset('trend.css')}</style>"
    standing: Mapping[str, bytes] = {
        name: str(svg)
        .replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
        .replace(">", f">{head}", 1)
        .encode()
        for name, svg in pictures(found).items()
    }
    return {
        "trend.html": trend_page(found).encode(),
        **standing,
        **csv_files(tables),
        "trend.json": data.encode(),
    }
