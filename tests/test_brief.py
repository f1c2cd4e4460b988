"""Mission reports: every sentence from data, in the languages, kinds and forms that a mission sends."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import sys
import unicodedata
import zipfile
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import pytest
import yaml
from pypdf import PdfReader

from servanda import NamedBytes
from servanda.agreement.standards import STANDARDS
from servanda.app.brief import Written, write_brief
from servanda.briefs import FILE_COLUMNS, LANGUAGES, Asked, words_of
from servanda.briefs.model import Name, Share, Span
from servanda.briefs.said import phrase
from servanda.documents.read import read_manuscript
from servanda.errors import ServandaError
from servanda.evidence.decisions import STEPS
from servanda.evidence.model import STANCES
from servanda.findings.finding import BY
from servanda.report.briefs import brief_files, docx, pdf, plain_text, trace
from servanda.report.briefs.plain import unwrapped
from servanda.testing import agreement, reports
from servanda.values.codes import STANDARD
from servanda.values.time import hour_of
from servanda.verdicts.findings_table import STATUSES
from servanda.verdicts.model import VERDICTS
from servanda.verdicts.to_verify import QUESTIONS

ROOT = Path(__file__).resolve().parent.parent
ZONE = ZoneInfo("Europe/Kyiv")
ISOLATES = {0x2068: None, 0x2069: None}
CASE = Path(__file__).resolve().parent.parent / "cases" / "energy-truce-2025"
EVIDENCE = sorted((CASE / "evidence").iterdir())


def energy(of: str = "daily", language: str = "en", **asked: str) -> Written:
    about = Asked(**{"date": "2025-03-26", **asked})
    return write_brief(
        CASE / "agreement.yaml", EVIDENCE, [CASE / "coverage.yaml"], of=of, asked=about, language=language
    )


@pytest.fixture(scope="module")
def daily() -> Written:
    return energy()


WORLD = {"mandate": {"standard": "balance_of_probabilities", "attribution": False}}
CLAIM = {"origin": "Ministry", "side": "B", "actor": "A", "incident_id": "I1", "known_at": "2025-03-20T13:00:00Z"}


def small(of: str, *rows: dict[str, Any], parts: dict[str, Any] | None = None, **asked: Any) -> Written:
    about = Asked(**{"date": "2025-03-20", **asked})
    return write_brief(agreement(**(parts or {})), [reports(*rows)], [], of=of, asked=about, fuse=False)


def test_the_headline_of_a_day_says_how_many_how_many_before_and_that_nobody_looked(daily: Written) -> None:
    said = [daily.words.sentence(sentence) for sentence in daily.brief.lead]
    assert said == [
        "1 incident that may fall under the agreement is reported to have begun on 26 March 2025.",
        "The day before: 2; average of the 8 days before: 1.5.",
        "It is not confirmed.",
        "1 more may have happened in this time: it is counted before, where it may have begun, because its hour is not known.",
        "Nobody whose watch counts was looking: that nothing more is reported does not mean that nothing more happened.",
    ]


def test_what_became_known_after_the_reporting_day_is_not_in_its_report(daily: Written) -> None:
    known = {one["incident_id"] for one in _reports() if one["known_at"] and one["known_at"][:10] > "2025-03-26"}
    told = {row[-1].text for table in daily.brief.annexes if table.name == "events" for row in table.rows}
    assert told
    assert not told & (known - {one["incident_id"] for one in _reports() if one["known_at"][:10] <= "2025-03-26"})


def test_an_earlier_report_is_corrected_by_its_number(daily: Written) -> None:
    assert (
        "* Report No. 8 (25 March 2025): the number of incidents known to have begun\n  on that day is now 2; it was 0."
        in plain_text(daily.brief, daily.words)
    )


def test_a_trace_gives_every_sentence_with_its_values_and_where_they_are_found(daily: Written) -> None:
    data = json.loads(trace(daily.brief, daily.words))
    first = next(one for one in data["sentences"] if one["place"] == "lead")
    assert first["made_of"] == {"message": "lead.count", "n": 1, "day": "2025-03-26"}
    assert first["of"] == ["counts"]


def test_the_same_report_is_the_same_to_the_byte(daily: Written) -> None:
    assert brief_files(daily.brief, daily.words, traced=True) == brief_files(daily.brief, daily.words, traced=True)


@pytest.mark.parametrize(
    ("asked", "language", "code"),
    [
        ({"date": "2025-03-17"}, "en", "BRF004"),
        ({"date": "2025-02-30"}, "en", "BRF003"),
        ({"date": "26.3.2025"}, "en", "BRF003"),
        ({}, "de", "BRF001"),
    ],
)
def test_what_cannot_be_written_is_refused_with_a_code(asked: dict[str, str], language: str, code: str) -> None:
    with pytest.raises(ServandaError) as refused:
        energy(language=language, **asked)
    assert [fault.code for fault in refused.value.faults] == [code]
    assert refused.value.faults[0].hint


def _reports() -> list[dict[str, str]]:
    import csv

    with (CASE / "evidence" / "reports.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_no_language_lacks_a_message_and_every_plural_form_names_the_same_values() -> None:
    english = words_of("en", ZONE).messages
    for language in LANGUAGES:
        words = words_of(language, ZONE)
        assert set(words.messages) == set(english), language
        for key, forms in words.messages.items():
            named = [set(re.findall(r"{(\w+)}", form)) for form in forms]
            wanted = set(re.findall(r"{(\w+)}", english[key][-1]))
            assert all(names | {"n"} == wanted | {"n"} for names in named), (language, key)
            assert all(forms), (language, key)


def test_every_act_target_verdict_and_step_has_words_in_every_language() -> None:
    wanted = {f"act.{code}" for code in STANDARD.acts.codes} | {f"target.{code}" for code in STANDARD.targets.codes}
    wanted |= {f"verdict.{word}" for word in VERDICTS} | {f"step.{step}" for step in STEPS}
    wanted |= {f"outcome.{outcome}" for outcomes in STEPS.values() for outcome in outcomes}
    wanted |= {f"standard.{name}" for name in STANDARDS} | {f"status.{status}" for status in STATUSES}
    wanted |= {f"stance.{stance}" for stance in STANCES} | {f"question.{key}" for key in QUESTIONS}
    wanted |= {f"confirmed_by.{by}" for by in BY.categories}
    for language in LANGUAGES:
        assert wanted - set(words_of(language, ZONE).messages) == set()


def test_no_message_is_in_the_catalogues_that_nothing_says() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "src" / "servanda" / "briefs").rglob("*.py"))
    source += "".join(str(columns) for columns in FILE_COLUMNS.values())
    kinds = (
        "act",
        "target",
        "verdict",
        "status",
        "step",
        "outcome",
        "standard",
        "stance",
        "question",
        "share",
        "column",
    )
    source += "".join(
        path.read_text("utf-8") for path in (ROOT / "src" / "servanda" / "report" / "briefs").rglob("*.py")
    )
    idle = [
        key
        for key in words_of("en", ZONE).messages
        if key.partition(".")[0] not in kinds
        and f'"{key}"' not in source
        and f'}}.{key.partition(".")[2]}"' not in source
        and not any(f'"{key[:n]}{{' in source for n in range(4, len(key) + 1))
    ]
    assert idle == []


@pytest.mark.parametrize(
    ("language", "n", "said"),
    [
        ("en", 1, "1 incident was confirmed:"),
        ("en", 2, "2 incidents were confirmed:"),
        ("uk", 1, "Підтверджено 1 інцидент:"),
        ("uk", 3, "Підтверджено 3 інциденти:"),
        ("uk", 11, "Підтверджено 11 інцидентів:"),
        ("uk", 21, "Підтверджено 21 інцидент:"),
        ("ru", 4, "Подтверждены 4 инцидента:"),
        ("ru", 112, "Подтверждено 112 инцидентов:"),
        ("fr", 2, "2 incidents ont été confirmés :"),
        ("es", 1, "Se confirmó 1 incidente:"),
        ("ar", 1, "تأكد حادث واحد:"),
        ("ar", 2, "تأكد حادثان:"),
        ("ar", 5, "تأكد 5 حوادث:"),
        ("ar", 11, "تأكد 11 حادثًا:"),
        ("ar", 100, "تأكد 100 حادث:"),
    ],
)
def test_a_count_has_the_plural_form_that_its_language_has_for_it(language: str, n: int, said: str) -> None:
    assert words_of(language, ZONE).say(phrase("confirmed.count", n=n)) == said


def test_names_and_quotations_are_the_same_in_every_language() -> None:
    claim = {**CLAIM, "place_name": "Green Hill", "origin": "Press 7"}
    written = small("letter", claim, to="A", until="2025-03-22T12:00")
    for language in LANGUAGES:
        text = plain_text(written.brief, words_of(language, ZONE)).translate(ISOLATES)
        whole = " ".join(text.split())
        assert all(own in whole for own in ("Green Hill", "Aland", "Bland", "No strikes on energy"))
        assert "Press 7" not in whole  # whom a letter accuses is told how many say so


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_that_a_screen_breaks_has_the_words_of_the_one_for_mail_and_its_tables(language: str) -> None:
    written = small("daily", CLAIM, date="2025-03-19")
    text = plain_text(written.brief, words_of(language, ZONE))
    pieces = unwrapped(text)
    assert " ".join(said for _, said in pieces).split() == text.split()
    tables = [said for table, said in pieces if table]
    assert tables
    assert all(table in text for table in tables)
    broken = [line for _, said in pieces for line in said.split("\n") if line and line not in text.split("\n")]
    assert all(len(line) > 76 for line in broken)  # longer than a line of a mail: their breaks were taken out
    assert broken


def test_a_share_is_never_rounded_to_nothing_or_to_all() -> None:
    words = words_of("en", ZONE)
    assert [words.say(Share(share)) for share in (0.0, 0.001, 0.5, 0.9999, 1.0)] == [
        "0%",
        "less than 1%",
        "50%",
        "more than 99%",
        "100%",
    ]


def test_a_time_within_a_day_names_the_day_once_and_a_whole_day_has_no_hours() -> None:
    words = words_of("en", ZONE)
    noon = datetime(2025, 3, 26, 10, tzinfo=UTC)
    assert words.say(Span(noon, noon + timedelta(hours=2))) == "26 March 2025, 12:00 to 14:00"
    midnight = datetime(2025, 3, 25, 22, tzinfo=UTC)
    assert words.say(Span(midnight, midnight + timedelta(days=1))) == "26 March 2025"


def test_each_reading_has_its_verdict_deeds_are_no_breaches_and_who_was_out_was_not_looking() -> None:
    world = {
        "readings": {"first": {}, "second": {"terms.fire.forbid.target": ["energy"]}},
        "terms": {
            "fire": {"title": "المادة 3", "text": "No strikes.", "forbid": {"act": "strike"}},
            "leave": {"text": "Both leave.", "require": {"act": "withdrawal"}, "deadline": "start + 9 days"},
        },
    }
    post = {"who": "Post", "means": "camera", "detects": "strike", "in": "zone", "probability": 0.9, "reason": "seen"}
    times = {"from": "2025-03-20T00:00", "to": "2025-03-21T00:00"}
    outage = {"watches": ["p"], "from": "2025-03-20T10:00", "to": "2025-03-20T12:00", "reason": "no power"}
    watched = {"coverage": "test", "watches": [{"id": "p", **post, **times}], "outages": [outage]}
    seen = {"side": "none", "kind": "observation", "reliability": "A", "act": "withdrawal", "target": None}
    rows = reports({**CLAIM, "act": "strike", "target": "bridge"}, {**CLAIM, **seen, "incident_id": "I2"})
    zone = {"places": {"zone": {"at": [48.0, 37.0], "radius": "20 km"}}}
    text = agreement(**world, **zone)
    written = write_brief(text, [rows], [watched], of="daily", asked=Asked(date="2025-03-20"), fuse=False)
    said = " ".join(plain_text(written.brief, written.words, annexes=True).split())
    assert "what falls under no ban and no cap and is nobody's breach: 1, of which confirmed: 1." in said
    assert "Outage: Post (zone); 20 March 2025, 10:00 to 12:00." in said
    assert "Post: zone; 20 March 2025 (not all the time: 2 spells)." in said
    for hour, saw in (("08:30", "Nobody was looking there and then."), ("07:30", "Post (camera) was looking")):
        about = Asked(date="2025-03-20", incident="I1")
        row = reports({**CLAIM, "start": f"2025-03-20T{hour}:00Z", "lat": 48.0, "lon": 37.0})
        case = write_brief(text, [row], [watched], of="violation", asked=about, fuse=False)
        assert saw in plain_text(case.brief, case.words)
    assert "asked for: more than 50%." in " ".join(plain_text(case.brief, case.words).split())
    told = brief_files(written.brief, written.words)["daily-2025-03-20-terms.csv"].decode().splitlines()
    assert told[1].startswith("المادة 3,")  # as it is written, without the signs that set it apart among words
    assert {line.split(",")[1] for line in told[1:]} == {"first", "second", "all readings"}
    one = small("violation", CLAIM, incident="I1")
    assert "Reading" not in plain_text(one.brief, one.words)


def test_who_denies_an_act_later_does_not_make_it_last_until_then() -> None:
    told = "2025-03-20T12:00:00Z"
    later = {**CLAIM, "origin": "Other", "side": "A", "stance": "denies", "start": "2025-03-20T12:50:00Z"}
    written = small("spot", {**CLAIM, "start": told}, later, incident="I1")
    said = " ".join(map(written.words.sentence, written.brief.lead))
    assert "20 March 2025, 14:00. " in said
    assert "Denied by" in said


def test_a_denial_tells_no_hour_where_somebody_says_that_it_was_and_not_when() -> None:
    noon = datetime(2025, 3, 20, 12, tzinfo=UTC)
    assert hour_of([("asserts", None, None), ("denies", noon, None)]) is None
    assert hour_of([("denies", noon, None)]) == (noon, noon)


@pytest.mark.parametrize("of", ["daily", "spot", "sincrep", "violation", "weekly", "handover", "letter"])
def test_where_the_mandate_names_no_author_no_report_accuses_anybody(of: str) -> None:
    asked = {"incident": "I1", "to": "A", "until": "2025-03-25"}
    written = small(of, CLAIM, {**CLAIM, "origin": "Other", "side": "A", "stance": "denies"}, parts=WORLD, **asked)
    said = plain_text(written.brief, written.words, annexes=True)
    assert "Accused" not in said
    assert "accuse" not in said
    assert "as an act of" not in said
    if of != "letter":  # which asks the party that it is written to
        assert not re.search(r"Aland\b.*(denied|answered|admitted)", said)


def test_a_letter_names_the_accuser_as_accuser_and_takes_no_position() -> None:
    written = small("letter", CLAIM, to="A", until="2025-03-25T12:00")
    said = " ".join(plain_text(written.brief, written.words).split())
    assert "Sources of Bland accuse Aland of the following incident." in said
    assert "This is an allegation and no finding; this letter takes no position on it." in said
    assert "An answer is asked for until 25 March 2025, 12:00." in said


def test_a_letter_to_a_party_is_the_same_whatever_else_the_mission_knows() -> None:
    other = {"origin": "Post", "side": "none", "actor": "B", "incident_id": "I2", "start": "2025-03-20T18:00:00Z"}
    asked = {"to": "A", "until": "2025-03-25T12:00", "incident": "I1", "date": "2025-03-21"}
    told = [small("letter", *rows, **asked) for rows in ((CLAIM,), (CLAIM, other))]
    alone, beside = (plain_text(written.brief, written.words) for written in told)
    assert alone == beside
    assert "Made from" not in alone


def test_a_letter_takes_the_time_to_answer_from_the_right_of_reply() -> None:
    step = {"incident": "I1", "step": "right_of_reply", "of": "A", "until": "2025-03-24T10:00", "by": "Chair"}
    decided = yaml.safe_dump({"decisions": [{**step, "at": "2025-03-20T15:00", "why": "heard first"}]})
    files = [reports(CLAIM), NamedBytes("decisions.yaml", decided.encode())]
    asked = Asked(date="2025-03-20", to="A")
    written = write_brief(agreement(), files, [], of="letter", asked=asked, fuse=False)
    assert "until 24 March 2025, 10:00" in " ".join(plain_text(written.brief, written.words).split())


@pytest.mark.parametrize(
    ("of", "asked", "code"),
    [
        ("diary", {}, "BRF005"),
        ("spot", {}, "BRF007"),
        ("spot", {"incident": "I9"}, "BRF008"),
        ("letter", {"to": "A", "until": "soon"}, "BRF009"),
        ("letter", {"to": "C", "until": "2025-03-25"}, "BRF010"),
        ("letter", {"to": "B", "until": "2025-03-25"}, "BRF011"),
        ("letter", {"to": "A"}, "BRF012"),
        ("patrol", {"source": "Nobody"}, "BRF013"),
    ],
)
def test_a_report_about_what_is_not_there_is_refused_with_a_code(of: str, asked: dict[str, Any], code: str) -> None:
    with pytest.raises(ServandaError) as refused:
        small(of, CLAIM, **asked)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_without_a_date_the_report_is_of_the_last_day_of_which_anything_is_known() -> None:
    assert small("daily", CLAIM, date=None).brief.file == "daily-2025-03-20"
    with pytest.raises(ServandaError, match="BRF006"):
        write_brief(agreement(), [reports()], [], of="daily", asked=Asked())


def test_what_does_not_say_when_it_became_known_is_left_out_and_told() -> None:
    undated = {**CLAIM, "known_at": None, "incident_id": "I7"}
    for rows, left_out in (((CLAIM, undated), True), ((CLAIM,), False)):
        written = small("daily", *rows)
        told = " ".join(plain_text(written.brief, written.words).split())
        assert ("is not in this report. 1 row of the evidence does not say when it became known" in told) is left_out
    with pytest.raises(ServandaError, match="does not say when it became known and is left out: say it in known_at"):
        small("spot", CLAIM, undated, incident="I7")


def test_an_incident_that_only_hearsay_of_another_day_tells_of_is_not_new_again() -> None:
    later = {**CLAIM, "origin": "Agency", "side": "none", "known_at": "2025-03-21T13:00:00Z"}
    written = small("daily", CLAIM, later, date="2025-03-21")
    assert "No incident became known for the first time." in plain_text(written.brief, written.words)


def test_what_is_confirmed_is_told_on_the_day_on_which_it_became_so() -> None:
    seen = {**CLAIM, "origin": "Post", "side": "none", "kind": "observation", "reliability": "A"}
    written = small("daily", CLAIM, {**seen, "known_at": "2025-03-22T10:00:00Z"}, date="2025-03-22")
    section = next(s for s in written.brief.sections if s.heading.key == "section.confirmed")
    assert section.blocks[0].sentences[0].said.values["n"] == 1
    early = small("daily", CLAIM, {**seen, "known_at": "2025-03-22T10:00:00Z"}, date="2025-03-23")
    assert "Nothing was confirmed that was not confirmed before." in plain_text(early.brief, early.words)


def _said(written: Written) -> str:
    """The report as one line, without what isolates the directions of writing."""
    return " ".join(plain_text(written.brief, written.words).translate(ISOLATES).split())


SEEN = {
    "origin": "Mission",
    "side": "none",
    "reliability": "A",
    "kind": "observation",
    "actor": "A",
    "start": "2025-03-20T12:00:00Z",
}


@pytest.mark.parametrize(
    ("date", "due"), [("2025-03-20", False), ("2025-03-22", True), ("2025-03-30", True), ("2025-04-14", False)]
)
def test_when_a_period_of_what_recurs_runs_out_it_falls_due(date: str, due: bool) -> None:
    """Ten lorries a week from 18 March, for 30 days: weeks end on Tuesdays, and the last one is cut off. *Nothing falls due* stood there."""
    aid = {
        "text": "Aid",
        "title": "Aid",
        "require": {"act": "delivery", "at_least": 9, "unit": "lorries", "every": "1 week"},
        "binds": "A",
    }
    said = _said(
        small(
            "handover",
            SEEN | {"act": "delivery", "known_at": "2025-03-20T13:00:00Z"},
            parts={"terms": {"aid": aid}},
            date=date,
        )
    )
    assert ("the time to fulfil the term “Aid” runs out" in said) == due


@pytest.mark.parametrize(
    ("of", "known", "date"), [("weekly", "2025-03-25", "2025-03-30"), ("monthly", "2025-04-02", "2025-04-10")]
)
def test_the_report_of_a_week_or_month_is_corrected_by_the_next_by_its_number(of: str, known: str, date: str) -> None:
    """Nothing was said, so that numbers added up from week to week lacked what became known later."""
    late = SEEN | {"act": "shelling", "incident_id": "S1", "known_at": f"{known}T13:00:00Z"}
    said = _said(small(of, late, parts={"terms": {"fire": {"text": "x", "forbid": {"act": "shelling"}}}}, date=date))
    wrong = "Report No. 1 (20 March 2025): the number of incidents known to have begun on that day is now 1; it was 0."
    assert wrong in said


def test_who_does_what_he_owes_is_not_accused_of_it() -> None:
    """A delivery that was seen stood in the papers as *Accused: Aland*, seven lorries as seven acts, and in a letter as alleged against who brought them."""
    terms = {
        "fire": {"text": "No shelling", "forbid": {"act": "shelling"}},
        "aid": {
            "text": "Aid",
            "require": {"act": "delivery", "at_least": 9, "unit": "lorries", "every": "1 week"},
            "binds": "A",
        },
    }
    came = {
        **SEEN,
        "act": "delivery",
        "quantity": 7,
        "unit": "lorries",
        "incident_id": "D1",
        "known_at": "2025-03-20T13:00:00Z",
    }
    fired = {**SEEN, "act": "shelling", "quantity": 3, "incident_id": "S1", "known_at": "2025-03-20T14:00:00Z"}
    parts = {"terms": terms, "mandate": {"attribution": True}}
    text = _said(small("daily", came, fired, parts=parts))
    assert "20 March 2025, 14:00. By: Aland. Observed by: Mission." in text
    assert text.count("Accused: Aland.") == text.count("* S1: shelling")
    assert "add up to 3 acts" in text
    assert "Alleged against Aland and not answered by its sources: 1 incident." in text
    with pytest.raises(ServandaError) as refused:
        small("letter", came, parts=parts, to="A", until=datetime(2025, 3, 22, tzinfo=UTC))
    assert refused.value.faults[0].code == "BRF011"


def test_who_is_confirmed_as_the_author_in_place_of_another_is_told_on_the_day_on_which_he_is() -> None:
    """The mission named A, takes that back the next day and names B: *that no longer stands* stood there, and not whose act it is."""
    said = {**SEEN, "act": "shelling", "incident_id": "S1"}
    rows = [
        {**said, "known_at": "2025-03-20T13:00:00Z"},
        {**said, "stance": "retracts", "known_at": "2025-03-21T10:00:00Z"},
        {**said, "actor": "B", "known_at": "2025-03-21T11:00:00Z"},
    ]
    parts = {
        "terms": {"fire": {"text": "No shelling", "forbid": {"act": "shelling"}}},
        "mandate": {"attribution": True},
    }
    told = small("daily", *rows, parts=parts, date="2025-03-21")
    text = _said(told)
    assert "knew S1 (confirmed) as an act of Aland; that no longer stands." in text
    assert "1 incident was confirmed: * S1: shelling" in text
    assert "Accused: Bland." in text
    assert "Nothing was confirmed that was not confirmed before." in _said(
        small("daily", *rows, parts=parts, date="2025-03-22")
    )


def test_a_daily_report_counts_what_was_decided_that_day_and_tells_what_weighs() -> None:
    taken = [
        {"incident": "I1", "step": "triaged", "outcome": "in_scope", "at": "2025-03-20T15:00", "why": "heard first"},
        {"incident": "I1", "step": "determined", "outcome": "confirmed", "at": "2025-03-20T16:00", "why": "a crater"},
        {"incident": "I1", "step": "signed", "outcome": "agreed", "at": "2025-03-21T16:00", "why": "read"},
    ]
    steps = yaml.safe_dump({"decisions": [{**one, "by": "Mission"} for one in taken]}).encode()
    files = [reports(CLAIM), NamedBytes("decisions.yaml", steps)]
    about = Asked(date="2025-03-20", number=7)
    written = write_brief(agreement(), files, [], of="daily", asked=about, fuse=False)
    said = " ".join(plain_text(written.brief, written.words).split())
    assert "Daily report No. 7" in said
    assert "2 decisions were recorded:" in said
    assert "determined (confirmed)" in said
    assert "a crater" in said
    assert "heard first" not in said
    rows = brief_files(written.brief, written.words)["daily-2025-03-20-decisions.csv"].decode().splitlines()
    assert len(rows) == 3
    assert "heard first" in rows[1]


def test_an_incident_whose_hour_nobody_knows_is_counted_once_and_told_on_both_days() -> None:
    night = {
        **CLAIM,
        "start": "2025-03-20T20:00:00Z",
        "end": "2025-03-21T04:00:00Z",
        "known_at": "2025-03-21T09:00:00Z",
    }
    written = small("daily", night, date="2025-03-21")
    said = " ".join(map(written.words.sentence, written.brief.lead))
    assert "No incident that may fall under the agreement is reported to have begun on 21 March 2025." in said
    assert "1 more may have happened in this time" in said


def test_on_the_second_day_there_is_no_average_of_one_day() -> None:
    early = {**CLAIM, "start": "2025-03-18T20:00:00Z", "known_at": "2025-03-18T21:00:00Z"}
    written = small("daily", early, date="2025-03-19")
    assert "The day before: 1." in [written.words.sentence(one) for one in written.brief.lead]
    assert list(written.brief.sections[0].blocks[0].columns) == ["region", "incidents", "confirmed", "day_before"]


def test_a_position_is_written_alike_in_every_language() -> None:
    written = small("spot", CLAIM, incident="I1")
    for language in LANGUAGES:
        said = " ".join(words_of(language, ZONE).sentence(one) for one in written.brief.lead)
        assert "48.0, 37.0" in said


def test_an_id_that_nobody_gave_is_short_in_text_and_whole_in_the_tables() -> None:
    written = small("daily", {**CLAIM, "incident_id": None})
    whole = brief_files(written.brief, written.words)["daily-2025-03-20-incidents.csv"].decode().splitlines()[1]
    incident = re.match(r"x-[0-9a-f]{32}", whole)[0]
    said = plain_text(written.brief, written.words)
    assert f"{incident[:10]}…" in said
    assert incident not in said
    again = small("spot", {**CLAIM, "incident_id": None}, incident=f"{incident[:10]}…")
    assert again.brief.file == f"spot-{incident}-2025-03-20"


def test_of_very_many_incidents_those_of_the_period_are_counted_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["servanda.verdicts.verify"], "DESCRIBED", 3)
    old = [{**CLAIM, "incident_id": f"A{n}", "start": "2025-03-19T12:00:00Z"} for n in range(9)]
    known = {"start": "2025-04-25T12:00:00Z", "known_at": "2025-04-25T13:00:00Z"}
    world = {"in_force": {"from": "2025-03-18", "for": "90 days"}}
    late = [{**CLAIM, "incident_id": f"Z{n}", **known} for n in range(3)]
    written = small("daily", *old, *late, parts=world, date="2025-04-25")
    assert written.brief.lead[0].said.values["n"] == 3
    assert "Of 12 incidents 3 are described" in " ".join(plain_text(written.brief, written.words).split())


def test_words_from_evidence_are_never_read_as_markup_or_formulas() -> None:
    evil = "=cmd|' /C calc'!A0 <script>alert(1)</script> #panic() {n}"
    written = small("daily", {**CLAIM, "place_name": evil, "admin1": evil})
    files = brief_files(written.brief, written.words)
    page = files["daily-2025-03-20.en.html"].decode()
    assert "<script" not in page
    assert evil in plain_text(written.brief, written.words, annexes=False).replace("\n  ", " ")
    assert b"'=cmd" in files["daily-2025-03-20-events.csv"]
    book = zipfile.ZipFile(io.BytesIO(files["daily-2025-03-20.en.xlsx"]))
    assert not any(b"<f>" in book.read(name) for name in book.namelist() if "sheet" in name)


def test_a_page_loads_nothing_and_runs_nothing(daily: Written) -> None:
    page = brief_files(daily.brief, daily.words)["daily-2025-03-26.en.html"].decode()
    assert "default-src 'none'; img-src data:; style-src 'sha256-" in page
    assert not re.search(r"<script|https?://|url\(", page)


def test_a_long_table_is_cut_in_what_people_read_and_whole_in_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    for form in ("page", "pdf", "word"):
        monkeypatch.setattr(sys.modules[f"servanda.report.briefs.{form}"], "SHOWN_ROWS", 2)
    written = small("daily", *({**CLAIM, "incident_id": f"I{n}"} for n in range(7)))
    files = brief_files(written.brief, written.words)
    assert "5 more rows stand in the workbook and the CSV file." in files["daily-2025-03-20.en.html"].decode()
    assert files["daily-2025-03-20-events.csv"].decode().count("\n") == 8


def test_arabic_runs_from_right_to_left_in_the_page_the_word_document_and_the_workbook(
    daily: Written,
) -> None:
    files = brief_files(daily.brief, words_of("ar", ZONE))
    assert '<html lang="ar" dir="rtl">' in files["daily-2025-03-26.ar.html"].decode()
    word = zipfile.ZipFile(io.BytesIO(files["daily-2025-03-26.ar.docx"])).read("word/document.xml").decode()
    assert word.count("<w:bidi/>") > 20
    assert "<w:bidiVisual/>" in word
    sheet = zipfile.ZipFile(io.BytesIO(files["daily-2025-03-26.ar.xlsx"])).read("xl/worksheets/sheet1.xml").decode()
    assert 'rightToLeft="1"' in sheet
    core = zipfile.ZipFile(io.BytesIO(files["daily-2025-03-26.ar.xlsx"])).read("docProps/core.xml").decode()
    assert f"{daily.brief.until:%Y-%m-%d}T" in core


def test_a_letter_that_no_font_of_ours_has_stands_in_the_pdf_by_its_number_and_stops_no_report(daily: Written) -> None:
    spans = (resources.files("servanda.report.briefs") / "fonts" / "letters.txt").read_text().split()
    ends = [[int(end, 16) for end in (*span.split("-"), span.split("-")[0])[:2]] for span in spans]
    ours = " ".join(chr(n) for a, b in ends for n in range(min(a, b), max(a, b) + 1))
    brief = dataclasses.replace(daily.brief, title=Name("新华社 🙂"), subtitle=Name(f"Post\x1b\ufffe, {ours}"))
    told = PdfReader(io.BytesIO(pdf(brief, words_of("en", ZONE)))).pages[0].extract_text()
    assert [*dict.fromkeys(re.findall(r"\[U\+[^]]+\]", " ".join(told.split())))] == [
        "[U+001B U+FFFE]",
        "[U+65B0 U+534E U+793E]",
        "[U+1F642]",
    ]


@pytest.mark.parametrize("language", ["en", "uk", "ar"])
def test_the_pdf_is_tagged_has_its_language_and_embeds_its_fonts(daily: Written, language: str) -> None:
    reader = PdfReader(io.BytesIO(pdf(daily.brief, words_of(language, ZONE))))
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == language
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    inner = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert all({"/FontFile2", "/FontFile3"} & set(one.get_object()) for one in inner)
    assert len(reader.pages) <= 4
    assert not reader.metadata.author, "the program wrote it down, and is not its author"
    assert reader.metadata.creation_date == daily.brief.until
    text = unicodedata.normalize("NFKC", reader.pages[0].extract_text())
    assert {"en": "Daily report No. 9", "uk": "Щоденний звіт", "ar": "2025"}[language] in text


def test_the_word_document_has_its_title_and_language_for_who_only_hears_it(daily: Written) -> None:
    packed = zipfile.ZipFile(io.BytesIO(docx(daily.brief, daily.words)))
    told = packed.read("docProps/core.xml").decode()
    assert f"<dc:title>{escape(daily.words.say(daily.brief.title))}</dc:title>" in told
    assert "<dc:language>en-GB</dc:language>" in told
    assert "docProps/core.xml" in packed.read("_rels/.rels").decode()


def test_the_word_document_is_read_again_with_the_same_words(daily: Written) -> None:
    manuscript = read_manuscript(NamedBytes("daily.docx", docx(daily.brief, daily.words)))
    words = ["".join(piece.text for piece in block.pieces) for block in manuscript.blocks]
    assert daily.words.say(daily.brief.title) in words
    assert any("1 incident that may fall under the agreement" in text for text in words)


def test_of_many_published_counts_a_report_says_how_many_it_leaves_out() -> None:
    head = b"figure_id,claimant,count,unit,start,end,known_at\n"
    told = [f"F{n},Ministry {n},{n},acts,2025-03-20T06:00Z,2025-03-20T07:00Z,2025-03-20T09:00Z\n" for n in range(11)]
    files = [reports(CLAIM), NamedBytes("counts.csv", head + "".join(told).encode())]
    written = write_brief(agreement(), files, [], of="daily", asked=Asked(date="2025-03-20"), fuse=False)
    said = plain_text(written.brief, written.words)
    assert said.count("“acts”") == 8
    assert "Published counts that are not listed here: 3." in said
