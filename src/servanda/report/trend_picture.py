"""A series of days as SVG: what was counted, what nobody watched, what nobody reported, the rates with their intervals, and the verdicts of days."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

import polars as pl
from markupsafe import Markup, escape

from servanda.report.picture import WIDTH, hatchings, svg_of
from servanda.trends import Change, Period, Rate, Series
from servanda.trends.series import LEAST_WATCHED

Row: TypeAlias = tuple[date, float | None, float | None, float | None]
"""The first day of a bar; how many were told a day, ``None`` without a report; the share that was watched; how many are confirmed."""
_MOST_DAYS = 400
_LEFT, _RIGHT, _TALL = 64, WIDTH - 8, 150
_STRIP = {"breached": "✕", "complied": "✓", "excused": "◐", "undetermined": "?", "disputed": "≠"}


def draw_trend(
    told: Series,
    confirmed: Series,
    rates: Sequence[Rate],
    changes: Sequence[Change],
    periods: Sequence[Period],
    days: Mapping[date, str],
    unit: str,
    key: str,
) -> Markup:
    """Bars of days, over what was watched, with the rate of each period.

    Args:
        told: what anybody told, day by day.
        confirmed: what of it is confirmed.
        rates: of each period, of what was told.
        changes: days of change.
        periods: before, in force, after.
        days: the verdict of each day, where there is one.
        unit: in what is counted.
        key: keeps the ids of this picture apart from others'.

    Returns:
        The picture.
    """
    rows = _spans(told, confirmed)
    most = max([1.0, *(n or 0 for _, n, _, _ in rows), *(r.rate or 0 for r in rates)])
    top = min(1.4 * most, max([most, *(r.high or 0 for r in rates)]))
    at = _Scale(told.days["day"][0], told.days["day"][-1])
    wide = at.day * (7 if told.days.height > _MOST_DAYS else 1)
    parts = [hatchings(key), *_bars(rows, at, wide, top, key, by_watch=told.by_watch)]
    parts += _levels(rates, at, top)
    parts += _edges(periods, at, changes)
    parts += _axis(rows, at, top, unit)
    tall = _TALL + 34
    if days:
        parts += _strip(rows, at, wide, days, tall)
        tall += 26
    label = f"{unit.replace('_', ' ')}s by day, what was watched, and the rate of each period with its interval"
    return svg_of(WIDTH, tall, label, parts)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where days lie on the picture."""

    first: date
    last: date

    @property
    def day(self) -> float:
        """How wide a day is."""
        return (_RIGHT - _LEFT) / ((self.last - self.first).days + 1)

    def x(self, day: date) -> float:
        """Where a day begins; what lies outside is put at the border."""
        inside = min(max(day, self.first), self.last + timedelta(days=1))
        return _LEFT + (inside - self.first).days * self.day


def _spans(told: Series, confirmed: Series) -> list[Row]:
    """The bars: days, or of long series weeks, as so many a day."""
    both = told.days.with_columns(sure=confirmed.days["count"])
    if both.height > _MOST_DAYS:
        day = pl.col("day").dt.truncate("1w")
        both = both.group_by(day, maintain_order=True).agg(
            pl.col("count").mean(), pl.col("watched").mean(), pl.col("sure").mean()
        )
    columns = (both[c].to_list() for c in ("day", "count", "watched", "sure"))
    return list(zip(*columns, strict=True))


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _y(value: float, top: float) -> float:
    return 8 + (_TALL - 8) * (1 - min(value, top) / top)


def _bars(
    rows: Sequence[Row],
    at: _Scale,
    wide: float,
    top: float,
    key: str,
    *,
    by_watch: bool,
) -> list[str]:
    out = []
    for day, told, watched, sure in rows:
        x, w = at.x(day), max(wide - (0.6 if wide > 2 else 0), 0.4)
        if by_watch and (watched or 0) < 0.995:
            css = "unseen" if not watched else "thin"
            out.append(
                f'<rect class="{css}" fill="url(#{key}-{css})" x="{x:.1f}" y="8" width="{wide:.2f}" height="{_TALL - 8}"/>'
            )
        if told is None:
            out.append(f'<path class="open-day" d="M{x:.1f},{_TALL}h{wide:.2f}"><title>{day}: no report</title></path>')
            continue
        seen = "" if watched is None else f", {watched:.0%} watched"
        if told:
            y = _y(told, top)
            out.append(
                f'<rect class="bar alleged" x="{x:.1f}" y="{y:.1f}" width="{w:.2f}" height="{_TALL - y:.1f}"><title>{day}: {_amount(told)} told, {_amount(sure or 0)} confirmed{seen}</title></rect>'
            )
        if sure:
            y = _y(sure, top)
            out.append(
                f'<rect class="bar confirmed" x="{x:.1f}" y="{y:.1f}" width="{w:.2f}" height="{_TALL - y:.1f}"/>'
            )
        if not told and (not by_watch or (watched or 0) >= LEAST_WATCHED):
            out.append(
                f'<rect class="quiet" x="{x:.1f}" y="{_TALL - 2}" width="{w:.2f}" height="2"><title>{day}: none{seen}</title></rect>'
            )
    return out


def _levels(rates: Sequence[Rate], at: _Scale, top: float) -> list[str]:
    """The rate of each period as a line, its interval as a band."""
    out = []
    for rate in rates:
        if rate.rate is None or rate.low is None or rate.high is None:
            continue
        a, b = at.x(rate.period.first), at.x(rate.period.last + timedelta(days=1))
        if b <= a:
            continue
        out.append(
            f'<rect class="band" x="{a:.1f}" y="{_y(rate.high, top):.1f}" width="{b - a:.1f}" height="{max(_y(rate.low, top) - _y(rate.high, top), 0.8):.1f}"/>'
        )
        y = _y(rate.rate, top)
        words = f"{rate.period.name}: {rate.rate:.3g} a day, {rate.low:.3g} to {rate.high:.3g}"
        out.append(f'<path class="level" d="M{a:.1f},{y:.1f}H{b:.1f}"><title>{escape(words)}</title></path>')
    return out


def _edges(periods: Sequence[Period], at: _Scale, changes: Sequence[Change]) -> list[str]:
    """Where periods begin, and days of change with the days on which they may have been."""
    out = []
    for period in periods:
        x, room = at.x(period.first), at.x(period.last + timedelta(days=1)) - at.x(period.first)
        if room <= 0:
            continue
        name = (
            f'<text class="small" x="{x + 2:.1f}" y="12">{escape(period.name)}</text>'
            if room > 7 * len(period.name)
            else ""
        )
        out.append(f'<path class="edge" d="M{x:.1f},4V{_TALL}"/>{name}')
    for change in changes:
        x, a, b = (at.x(day) for day in (change.day, change.earliest, change.latest + timedelta(days=1)))
        words = f"change on {change.day} (from {change.earliest} to {change.latest}): {change.before:.3g} to {change.after:.3g} a day"
        out.append(
            f'<path class="change" d="M{x:.1f},20V{_TALL} M{a:.1f},24H{b:.1f} M{a:.1f},21v6 M{b:.1f},21v6"><title>{escape(words)}</title></path>'
        )
    return out


def _axis(rows: Sequence[Row], at: _Scale, top: float, unit: str) -> list[str]:
    out = [f'<path class="axis" d="M{_LEFT},{_TALL}H{_RIGHT}"/>']
    for value in (top / 2, top):
        y = _y(value, top)
        out.append(
            f'<path class="tick" d="M{_LEFT},{y:.1f}H{_RIGHT}"/><text class="small" x="4" y="{y + 4:.1f}">{_amount(value)}</text>'
        )
    out.append(f'<text class="small" x="4" y="{_TALL}">{escape(unit.replace("_", " "))}s</text>')
    step = max(1, math.ceil(len(rows) / 8))
    for day, *_ in rows[::step]:
        x = at.x(day)
        if x <= _RIGHT - 60:
            out.append(
                f'<path class="tick" d="M{x:.1f},{_TALL}v5"/><text class="small" x="{x + 2:.1f}" y="{_TALL + 15}">{day:%d %b %Y}</text>'
            )
    return out


def _strip(
    rows: Sequence[Row],
    at: _Scale,
    wide: float,
    days: Mapping[date, str],
    top: float,
) -> list[str]:
    """The verdict of every day, under its bar."""
    out = [f'<text class="small" x="4" y="{top + 14:.0f}">verdict</text>']
    for day, *_ in rows:
        word = days.get(day)
        if word is None:
            continue
        x = at.x(day)
        out.append(
            f'<rect class="day {escape(word)}" x="{x:.1f}" y="{top:.0f}" width="{max(wide - 0.6, 0.4):.2f}" height="18"><title>{day}: {escape(word)}</title></rect>'
        )
        if wide >= 9 and word in _STRIP:
            out.append(
                f'<text class="sign {escape(word)}" x="{x + wide / 2 - 4:.1f}" y="{top + 14:.0f}">{_STRIP[word]}</text>'
            )
    return out
