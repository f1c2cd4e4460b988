"""What a determination can be about: whether those whom it is about were heard, and whether a duplicate can be one.

Determinations, findings and the reports of their incidents in; determinations out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import polars as pl

from servanda.agreement import Agreement
from servanda.incidents import standing
from servanda.incidents.decisions import Life
from servanda.incidents.determinations import DUPLICATE, NAMES_AUTHOR, Determination
from servanda.values.names import name_key, names_of

_NEAR = timedelta(hours=24)
_ACCUSED = ("confirmed", "excused", "alleged", "below")


def heard(lives: Sequence[Life], findings: pl.DataFrame, agreement: Agreement) -> tuple[Life, ...]:
    """The lives of incidents, whose determinations stand only where the right of reply was that of whom they are about.

    That is the party to which the determination attributes the act; where it attributes it to none, who is accused of it.

    Args:
        lives: of all incidents that a step speaks of.
        findings: those of the rule, with the ids of their incidents.
        agreement: its actors, in the order of their numbers.

    Returns:
        The same lives; what is missing stands with the determination (``lacks``).
    """
    wanted = [life.incident for life in lives if life.determination is not None and life.determination.stands]
    if not wanted:
        return tuple(lives)
    actors = list(agreement.actors)
    rows = findings.filter(pl.col("incident").is_in(wanted) & pl.col("status").is_in(_ACCUSED) & (pl.col("party") >= 0))
    parties = rows.group_by("incident").agg(pl.col("party").unique())
    accused = {
        incident: {actors[n] for n in numbers}
        for incident, numbers in zip(parties["incident"].to_list(), parties["party"].to_list(), strict=True)
    }
    return tuple(_heard(life, accused.get(life.incident, set()), agreement) for life in lives)


def _heard(life: Life, accused: set[str], agreement: Agreement) -> Life:
    made = life.determination
    if made is None or not made.stands or made.outcome == DUPLICATE:
        return life
    about = _attributed(made, agreement) or sorted(accused)
    if not about or any(name_key(name) in made.heard for name in about):
        return life
    names = " or ".join(agreement.actors[name] for name in about)
    lacks = f"{names}, whom it is about, had not been given the right to reply"
    return dataclasses.replace(life, determination=dataclasses.replace(made, lacks=lacks))


def named_in(lives: Sequence[Life]) -> list[str]:
    """The incidents that somebody determined, and those that they repeat."""
    made = [life.determination for life in lives if life.determination is not None]
    return sorted({name for d in made for name in (d.incident, d.of if d.outcome == DUPLICATE else None) if name})


def alike(lives: Sequence[Life], said: pl.DataFrame, agreement: Agreement) -> tuple[Life, ...]:
    """The lives of incidents, of which a duplicate is one only where it agrees in act, author and time with a determined one.

    Args:
        lives: of all incidents, as :func:`heard` leaves them.
        said: the reports of the incidents that they determine.
        agreement: its tree of acts.

    Returns:
        The same lives; what is missing stands with the determination (``lacks``).
    """
    made = {life.incident: life.determination for life in lives if life.determination is not None}
    if not any(d.outcome == DUPLICATE and d.stands for d in made.values()):
        return tuple(lives)
    rows = standing(said).filter(pl.col("stance") != "denies").group_by("incident")
    known = rows.agg(
        pl.col("start").min(),
        pl.col("end").max(),
        acts=pl.col("act").drop_nulls().unique(),
        actors=pl.col("actor").drop_nulls().unique(),
    )
    columns = {name: known[name].to_list() for name in known.columns}
    by_incident = {
        incident: {name: column[n] for name, column in columns.items()}
        for n, incident in enumerate(columns["incident"])
    }
    return tuple(_alike(life, made, by_incident, agreement) for life in lives)


def _alike(
    life: Life, made: Mapping[str, Determination], known: Mapping[str, dict[str, Any]], agreement: Agreement
) -> Life:
    one = life.determination
    if one is None or one.outcome != DUPLICATE or not one.stands or one.of is None:
        return life
    lacks = _unlike(known.get(one.incident), known.get(one.of), agreement)
    lacks = lacks if made[one.of].stands else f"the determination of {one.of} is not the finding"
    return dataclasses.replace(life, determination=dataclasses.replace(one, lacks=lacks))


def _unlike(one: dict[str, Any] | None, other: dict[str, Any] | None, agreement: Agreement) -> str:
    """In what an incident differs from the one that it is said to repeat; nothing where they agree."""
    if one is None or other is None:
        return "nothing is reported of one of the two"
    tree = agreement.vocabulary.acts
    near = {code for act in other["acts"] for code in (*tree.below([act]), *tree.above([act]))}
    if other["acts"] and not set(one["acts"]) <= near | set(other["acts"]):
        return "the two differ in act"
    if other["actors"] and not set(one["actors"]) <= set(other["actors"]):
        return "the two differ in author"
    if one["start"] < other["start"] - _NEAR or one["end"] > other["end"] + _NEAR:
        return "the two are more than 24 hours apart"
    return ""


def _attributed(made: Determination, agreement: Agreement) -> list[str]:
    """The actor to whom a determination attributes the act, where it does."""
    if made.attributed not in NAMES_AUTHOR or made.of is None:
        return []
    meant = names_of(agreement.actors).get(name_key(made.of))
    return [meant] if meant else []
