"""From matched reports to findings: what is confirmed, alleged, excused or open, incident by incident.

The rules, in the words of ``docs/verdicts.md``, for one term, reading and window:

1. *Origins.* All that one origin says of one incident counts once: in its own words with the greatest certainty among its
   versions. If it is only quoted, in several versions, its certainty is the mean over the versions (a version that does not fall
   under the term counts as 0); but what it says against its own side counts with the greatest. Its own words outweigh what others say it said. Hearsay (``directness`` 0) can accuse; it
   has no side, and neither confirms, denies, retracts nor excuses. A denial confirms nothing. A retraction takes back what its
   origin claimed against others (its own words only in its own words); an observation, a word against one's own side and an acknowledgement stay, as *withdrawn*:
   they accuse, open and confirm nothing. What it says later, as near to it as its retraction, stands; who has no side then accuses only whom it names since.
2. *Confirmed as the act.* By the mandate's standard, counting only origins whose certainty reaches the mandate's and who
   surely speak of the term's own act and target: enough observers, or enough origins that weigh. Observers who deny the
   incident contest it.
3. *Confirmed as a party's.* The same, counting only origins who name that party and no other, be it in general words where it is confirmed as
   the act, but that what one says against its own
   side stands whomever else it names; or an admission: the word that binds it. Observers who name somebody else alone contest it, and of an act that has one author nobody is confirmed beside
   another: neutral evidence goes before what the accused's own side adds, and that before an admission; of equals neither is.
   What it was bound to do: not its own word, but that which binds every other party. Events and triggers: neither.
4. *Excused.* Every precondition of one exception is shown for the incident (:mod:`servanda.findings.exceptions`).
5. *Alleged.* Not confirmed, and at least one origin whose certainty reaches the mandate's accuses the party.
6. *Below.* Like alleged, but the certainty does not reach the mandate's (and is at least 5 %); or told of nobody, by sources
   whose word opens nothing.
7. *Open.* Not confirmed as any party's, and: confirmed as the act; or contested; or withdrawn; or asserted, with 5 %
   or more, by a source without a side that weighs; or it would be confirmed if the certainty asked for were 5 %. It is open for everybody; but of an act or deed of which
   every source without a side that tells of it and weighs names somebody, for those alone whom they name. What only a party's own side
   says against it is open as that party's.
8. *Private.* Confirmed as the act of private persons, which is no party's.
9. *Faint.* What sources without a side that weigh tell with less than 5 %.
"""

from __future__ import annotations

import polars as pl

from servanda.agreement import Mandate
from servanda.findings.exceptions import PART, excused, pleaded
from servanda.findings.faint import EACH_FAINT, faint_of
from servanda.findings.finding import FINDING
from servanda.findings.for_whom import for_whom, is_bound
from servanda.findings.matched import MATCHES, NO_PARTY, PRIVATE, REMARKS_ON_INCIDENT, UNSIDED
from servanda.findings.origins import DOUBT, by_incident_id, exact_repeats, taken_back, with_deniers, with_voice
from servanda.findings.rules import Rules
from servanda.findings.standard import KEY, OF_ACT, contest, count_evidence, ways, with_means

_NO_EXCUSE = {c: pl.lit(None, dtype=FINDING[c]) for c in ("excuse", "plea", "unmet", *PART)}


def confirm(matched: pl.DataFrame, remarks: pl.DataFrame, rules: Rules) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Findings (:data:`FINDING`) and what is faint (:data:`EACH_FAINT`), from matched rows and what was said about incidents.

    Args:
        matched: rows of :data:`MATCHES`; all those of an incident, which may be split over several calls by incident.
        remarks: rows of :data:`REMARKS_ON_INCIDENT` about these incidents.
        rules: by which they are confirmed.
    """
    assert matched.columns == list(MATCHES)
    assert remarks.columns == list(REMARKS_ON_INCIDENT)
    matched, remarks = taken_back(matched, remarks)
    parts, faint = [], []
    plain, named = exact_repeats(matched.filter(~pl.col("named"))), by_incident_id(matched.filter("named"))
    for origins, alone in ((plain, True), (named, False)):
        if origins.height:
            voiced = with_deniers(with_voice(origins, rules), remarks)
            faint.append(faint_of(voiced, remarks, alone=alone))
            parts.append(_findings(voiced, remarks, rules, alone=alone))
    findings = pl.concat(parts) if parts else pl.DataFrame(schema=FINDING)
    return findings, pl.concat(faint) if faint else pl.DataFrame(schema=EACH_FAINT)


def _findings(origins: pl.DataFrame, remarks: pl.DataFrame, rules: Rules, *, alone: bool) -> pl.DataFrame:
    """Rules 2 to 8. ``alone``: every row of ``origins`` is the only one of its query and incident."""
    act = _of_act(count_evidence(origins, rules.mandate, None, alone=alone), rules.mandate)
    nameless = pl.DataFrame(schema=FINDING)
    if free := [n for n, query in enumerate(rules.queries) if query.binds is None]:
        whoever = pl.col("unit").is_in(free)
        nameless = _unattributed(act.filter(whoever), remarks, rules)
        origins, act = origins.filter(~whoever), act.filter(~whoever)
    if act.height == 0:
        return nameless
    counted = _by_party(origins, act, rules, alone=alone)
    rivals = [(counted, True)]
    if not alone and counted["rivals"].any():
        rivals = [(counted.filter(~pl.col("rivals")), True), (counted.filter("rivals"), False)]
    by_party = pl.concat([_of_party(rows, rules.mandate, alone=one) for rows, one in rivals])
    accused = _accused(by_party, remarks, rules)
    settled = by_party.filter("is").select(*KEY, private=pl.col("party") == PRIVATE)
    open_ = for_whom(_open(act, by_party, settled), origins, accused, rules, alone=alone)
    told = [] if alone else [accused, settled]  # who is alone and names nobody accuses nobody
    return pl.concat([accused, open_, _private(act, settled), _untold(act, told), nameless])


def _by_party(origins: pl.DataFrame, act: pl.DataFrame, rules: Rules, *, alone: bool) -> pl.DataFrame:
    """What there is for each party that somebody names, with what there is for the act."""
    of_act = [pl.col(old).alias(new) for new, old in OF_ACT.items()]
    if alone:  # row by row the same incidents
        origins = pl.concat([origins, act.select(of_act)], how="horizontal")
    counted = count_evidence(_accusing(origins, rules, alone=alone), rules.mandate, "party", alone=alone)
    return counted if alone else counted.join(act.select(*KEY, *of_act), on=KEY, how="left")


def _of_act(counted: pl.DataFrame, mandate: Mandate) -> pl.DataFrame:
    """Rule 2: whether it is confirmed as the act (``is``), but for contrary evidence (``ways``), and at 5 % (``could``)."""
    counted = with_means(counted, mandate)
    observed, several, mixed = ways(mandate)
    counted = counted.with_columns(
        ways=observed | several | mixed,
        contest=contest(mandate, pl.col("deniers"), pl.col("observers")),
        could=pl.any_horizontal(ways(mandate, "_doubt")),
        by=pl.when(observed).then(pl.lit("observation")).when(several | mixed).then(pl.lit("origins")),
        p=pl.when(observed).then("p_seen").otherwise("p_weighing"),
        one_author=pl.col("sole") | (~pl.col("neutral") & pl.col("sole_bound")),
    )
    return counted.with_columns((pl.col("ways") & ~pl.col("contest")).alias("is"))


_NEUTRAL, _WITH_OWN, _ADMITTED = 3, 2, 1


def _of_party(counted: pl.DataFrame, mandate: Mandate, *, alone: bool) -> pl.DataFrame:
    """Rule 3: whether it is confirmed as the party's (``is``), and what stands against that. ``alone``: nobody else is named."""
    counted = with_means(counted, mandate)
    observed, several, mixed = ways(mandate)
    act = pl.col("act_ways")
    admitted = pl.when(act).then("admitted_names").otherwise("admitted") & pl.lit(mandate.admission)
    if not mandate.rule.admission_confirms_act:
        admitted &= act
    strength = (
        pl.when((observed | several) & act)
        .then(_NEUTRAL)
        .when(mixed & act)
        .then(_WITH_OWN)
        .when(admitted)
        .then(_ADMITTED)
        .otherwise(0)
    )
    others = pl.lit(0, dtype=pl.UInt32) if alone else pl.col("observers").sum().over(KEY) - pl.col("observers")
    counted = counted.with_columns(
        strength=strength.cast(pl.Int8),
        others=pl.when("one_author").then(others).otherwise(0),
        by=pl.when(observed & act)
        .then(pl.lit("observation"))
        .when((several | mixed) & act)
        .then(pl.lit("origins"))
        .when(admitted)
        .then(pl.lit("admission")),
        p=pl.when(observed & act)
        .then("p_seen")
        .when((several | mixed) & act)
        .then("p_weighing")
        .otherwise(pl.when(act).then("p_admitted_names").otherwise("p_admitted")),
        own_could=pl.col("admitted_doubt") & pl.lit(mandate.admission),
    )
    stands = ~pl.col("act_contested") & ~contest(mandate, pl.col("others"), pl.col("observers"))
    counted = counted.with_columns(stands=pl.when(stands).then("strength").otherwise(0))
    is_ = pl.col("stands") > 0
    if not alone:
        top = pl.col("stands").max().over(KEY)
        first = (pl.col("stands") == top) & (pl.col("stands") > 0)
        is_ = first & ((first.sum().over(KEY) == 1) | ~pl.col("one_author")) | (is_ & ~pl.col("one_author"))
    counted = counted.with_columns(is_.alias("is"), accused=pl.col("p_accused") >= mandate.threshold)
    strong = pl.col("strength") > 0
    exchange = pl.lit(False)
    if not alone:
        exchange = (pl.col("clash") & strong & (strong.sum().over(KEY) > 1)) | (
            pl.col("is") & (pl.col("is").sum().over(KEY) > 1)
        )
    return counted.with_columns(
        exchange=exchange,
        settled=pl.col("is") if alone else pl.col("is").any().over(KEY),
        against=(pl.col("act_deniers") + pl.col("others")).cast(pl.UInt32),
        contested=pl.when((pl.col("strength") > 0) & pl.col("act_contested"))
        .then(pl.lit("act"))
        .when((pl.col("strength") > 0) & ~pl.col("is"))
        .then(pl.lit("author")),
    ).with_columns(own_open=_own_open())


def _own_open() -> pl.Expr:
    """Whether it is open as a party's by what only its own side says: an admission that is contested, withdrawn or uncertain."""
    contested = (pl.col("strength") == _ADMITTED) & pl.col("contested").is_not_null()
    elsewhere = pl.col("settled") & pl.col("one_author")
    return ~pl.col("is") & ~elsewhere & (contested | pl.col("own_could") | pl.col("own_back"))


def _accusing(origins: pl.DataFrame, rules: Rules, *, alone: bool) -> pl.DataFrame:
    """Each origin with the ``party`` that it names, and whose word confirms it (:func:`_voices`)."""
    # An origin that names two authors, or by inference alone, accuses and does not confirm; but for what it says against its own side,
    # and of an act of which several may each be an author.
    confirms = pl.col("attests") & (pl.col("names") == 1)
    against = pl.col("attests") & (pl.col("actors") == pl.col("side"))
    several = pl.lit(False)
    if not alone:
        # who withdrew whose it was, and says since whose, accuses the latter alone, but for a word against his own side
        origins = origins.filter(~pl.col("replaced") | (pl.col("side") != UNSIDED))
        origins, several = _each(origins), pl.col("attests") & pl.col("sures").is_not_null()
    still = pl.when("withdrawn").then(0)
    sures = pl.lit(0) if alone else pl.col("sures")
    # where others surely say what was done, who names its one author may say it in general words
    general = confirms & (pl.col("authorship") == 0)
    origins = origins.with_columns(
        pl.col("observer") & (confirms | several),
        pl.when(against).then("p_own_sure").otherwise(0),
        p_sure=pl.when(confirms)
        .then("p_sure")
        .when(several)
        .then(still.otherwise(sures))
        .when(against)
        .then("p_own_sure")
        .otherwise(0),
        p_own=pl.when(confirms).then("p_own").when(several).then(sures).when(against).then("p_against").otherwise(0),
    )
    origins = origins.with_columns(p_names=pl.when(general).then(still.otherwise("p")).otherwise("p_sure"))
    return _voices(origins.rename({"actors": "party"}).filter(pl.col("party") != NO_PARTY), rules)


def _each(origins: pl.DataFrame) -> pl.DataFrame:
    """A row for each whom an origin names."""
    several = pl.col("sures").is_not_null()
    plain = origins.filter(~several).with_columns(sures=pl.lit(None, dtype=pl.Int32)).explode("actors")
    return pl.concat([plain, origins.filter(several).explode("actors", "sures")])


def _voices(accusing: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """With whose word, besides observers', confirms it (``voice``), and how many such words it takes (``voices``).

    An act: the accused party's own. A deed: every other party's, for it is against their interest. A mark: nobody's.
    """
    bound, doer, parties = pl.col("bound"), pl.col("party"), rules.parties
    is_deed = pl.col("unit").is_in([n for n, query in enumerate(rules.queries) if query.voice == "deed"])
    other = (bound >= 0) & (bound < parties) & (bound != doer)
    others = pl.max_horizontal(parties - ((doer >= 0) & (doer < parties)).cast(pl.Int8), 1)
    return accusing.with_columns(
        own=pl.col("own") & (pl.col("side") == doer),
        voice=pl.when((pl.col("is_act") & (bound >= 0) & (bound == doer)) | (is_deed & other)).then(bound),
        voices=pl.when(is_deed).then(others).otherwise(1),
    )


def _accused(by_party: pl.DataFrame, remarks: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Rules 3 to 7: what is confirmed, excused, alleged, below, or open by its own side's word, of each party that a query binds."""
    accused = by_party.filter(is_bound(rules) & (pl.col("is") | pl.col("own_open") | (pl.col("p_accused") >= DOUBT)))
    accused = accused.with_columns(
        status=pl.when("is")
        .then(pl.lit("confirmed"))
        .when("own_open")
        .then(pl.lit("open"))
        .when("accused")
        .then(pl.lit("alleged"))
        .otherwise(pl.lit("below")),
        p=pl.when("is").then("p").otherwise("p_accused"),
        by=pl.when("is").then("by"),
        reports="all_reports",
        origins="all_origins",
        basis_stated="stated",
    )
    # what was seen of others, or of an act whose one author is somebody else, was not seen of this party
    elsewhere = pl.col("settled") & pl.col("one_author")
    saw = pl.col("saw") | (pl.col("act_saw_anybody") & ~elsewhere)
    answerable = (pl.col("status") == "alleged") & ~pl.col("withdrawn") & pl.col("contested").is_null() & ~saw
    return _typed(_excusing(accused.with_columns(answerable=answerable), remarks, rules))


def _excusing(accused: pl.DataFrame, remarks: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Rule 4: findings with the exception under which they fall, and the accused's own plea."""
    if not remarks.height and not any(query.granted for query in rules.queries):
        return accused.with_columns(**_NO_EXCUSE)
    confirmed = accused.filter("is").select(*KEY, "party")
    pardoned = excused(confirmed, remarks, rules)
    accused = accused.join(pardoned, on=[*KEY, "party"], how="left")
    accused = accused.join(pleaded(confirmed, remarks, rules), on=[*KEY, "party"], how="left")
    shown = pl.col("is") & pl.col("excuse").is_not_null()
    return accused.with_columns(
        status=pl.when(shown & pl.col("part_in").is_null()).then(pl.lit("excused")).otherwise("status"),
        plea=pl.when(pl.col("invoked").is_null())
        .then(None)
        .when(shown)
        .then(pl.lit("shown"))
        .otherwise(pl.lit("not shown")),
    )


def _open(act: pl.DataFrame, by_party: pl.DataFrame, settled: pl.DataFrame) -> pl.DataFrame:
    """What is open (rule 7), whosever it is: it may be a breach, and is neither confirmed nor merely alleged."""
    contested = pl.col("ways") & pl.col("contest")
    unsettled = act.filter(_happened())
    if unsettled.height == 0:
        return pl.DataFrame(schema=FINDING)
    unsettled = unsettled.join(settled, on=KEY, how="anti")
    rival = by_party.filter(pl.col("contested") == "author").select(KEY).unique().with_columns(rival=pl.lit(True))
    unsettled = unsettled.join(rival, on=KEY, how="left")
    only_told = ~pl.col("is") & ~contested & ~pl.col("saw") & (pl.col("observers") == 0) & pl.col("rival").is_null()
    return _typed(
        unsettled.with_columns(
            party=pl.lit(NO_PARTY, dtype=pl.Int8),
            status=pl.lit("open"),
            p=pl.when("is").then("p").otherwise("p_accused"),
            by=pl.when("is").then("by"),
            against="deniers",
            contested=pl.when(contested).then(pl.lit("act")).when("rival").then(pl.lit("author")),
            exchange=pl.lit(False),
            withdrawn="seen_back",
            answerable=only_told,
            basis_stated="stated",
            **_NO_EXCUSE,
        )
    )


def _happened() -> pl.Expr:
    """Whether it is open, unless it is confirmed as somebody's."""
    contested = pl.col("ways") & pl.col("contest")
    return pl.col("is") | contested | pl.col("told") | pl.col("seen_back") | pl.col("could")


def _private(act: pl.DataFrame, settled: pl.DataFrame) -> pl.DataFrame:
    """Rule 8: what is confirmed as the act of private persons."""
    if not settled["private"].any():
        return pl.DataFrame(schema=FINDING)
    return _plainly(act.join(settled.filter("private"), on=KEY, how="semi"), "private")


def _untold(act: pl.DataFrame, found: list[pl.DataFrame]) -> pl.DataFrame:
    """What else is told without an author, by those whose word opens nothing: below."""
    left = act.filter(pl.col("nobody") & ~_happened())
    for rows in found:
        left = left.join(rows.select(KEY).unique(), on=KEY, how="anti") if left.height else left
    return _plainly(left, "below") if left.height else pl.DataFrame(schema=FINDING)


def _plainly(act: pl.DataFrame, status: str) -> pl.DataFrame:
    return _typed(
        act.with_columns(
            party=pl.lit(NO_PARTY, dtype=pl.Int8),
            status=pl.lit(status),
            p="p_accused",
            by=pl.lit(None, dtype=pl.String),
            against="deniers",
            contested=pl.lit(None, dtype=pl.String),
            exchange=pl.lit(False),
            answerable=pl.lit(False),
            basis_stated="stated",
            **_NO_EXCUSE,
        )
    )


def _unattributed(act: pl.DataFrame, remarks: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The same for queries of which it does not matter, or may not be said, who did it."""
    if act.height == 0:
        return pl.DataFrame(schema=FINDING)
    if not rules.mandate.attribution:
        act = _by_own_word(act, rules.mandate)
    contested = pl.col("ways") & pl.col("contest")
    whose = pl.col("unit").is_in([n for n, query in enumerate(rules.queries) if query.of_some])
    rows = act.with_columns(
        party=pl.lit(NO_PARTY, dtype=pl.Int8),
        status=pl.when(pl.col("is") & whose)
        .then(pl.lit("open"))
        .when("is")
        .then(pl.lit("confirmed"))
        .when(pl.col("p_accused") >= rules.mandate.threshold)
        .then(pl.lit("alleged"))
        .when(_happened())
        .then(pl.lit("open"))
        .when(pl.col("p_accused") >= DOUBT)
        .then(pl.lit("below")),
        p=pl.when("is").then("p").otherwise("p_accused"),
        by=pl.when("is").then("by"),
        against="deniers",
        contested=pl.when(contested).then(pl.lit("act")),
        exchange=pl.lit(False),
        basis_stated="stated",
    )
    only_told = ~contested & ~pl.col("withdrawn") & ~pl.col("saw") & (pl.col("observers") == 0)
    rows = rows.with_columns(answerable=pl.col("status").is_in(["alleged", "open"]) & only_told & ~pl.col("is"))
    rows = _excusing(rows, remarks, rules)
    opened = pl.col("told") | contested | pl.col("seen_back")
    happened = rows.filter(opened & ~pl.col("is") & (pl.col("status") != "open")).with_columns(status=pl.lit("open"))
    return pl.concat([_typed(rows.filter(pl.col("status").is_not_null())), _typed(happened)])


def _by_own_word(act: pl.DataFrame, mandate: Mandate) -> pl.DataFrame:
    """With what a word that binds says against its own party, which it does also where no author is named: it confirms the act, or opens it."""
    admitted = pl.col("admitted") & pl.lit(mandate.admission)
    if not mandate.rule.admission_confirms_act:
        admitted &= pl.col("ways")
    own = pl.col("against_back") | (pl.col("admitted_doubt") & pl.lit(mandate.admission))
    act = act.with_columns(admitted=admitted & ~pl.col("ways"))
    act = act.with_columns(
        by=pl.when("admitted").then(pl.lit("admission")).otherwise("by"),
        p=pl.when("admitted").then("p_admitted").otherwise("p"),
        ways=pl.col("ways") | pl.col("admitted"),
        seen_back=pl.col("seen_back") | own,
        saw=pl.col("saw") | own,
    )
    return act.with_columns((pl.col("ways") & ~pl.col("contest")).alias("is"))


def _typed(findings: pl.DataFrame) -> pl.DataFrame:
    return findings.select(pl.col(c).cast(d) for c, d in FINDING.items())
