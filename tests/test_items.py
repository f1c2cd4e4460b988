"""Declared items against inspected ones: the storage checks of 2015, and generated ones against a plain evaluator."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from servanda.agreement import Agreement
from servanda.app.verify import verify_files
from servanda.evidence.model import ITEM
from tests.build import HEAD, agreement, examples, instant, judged, reports

TERM = "terms:\n  storage:\n    text: Withdrawn weapons stay where they were declared to be.\n    declare: {items: {weapon: artillery}}\n"
TEXT: Agreement = agreement(Path(tempfile.mkdtemp()), HEAD + TERM)


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    out = []
    for n, row in enumerate(rows):
        full = {
            "item_id": f"T{n}", "row": n + 2, "file": "i.csv", "party": "A", "weapon": "D-30", "source": "Mission",
            "side": "none", "reliability": "A", "start": instant("03-20"), **row,
        }  # fmt: skip
        full.setdefault("origin", full["source"])
        full.setdefault("end", full["start"])
        full.setdefault("known_at", full["end"])
        out.append({column: full.get(column) for column in ITEM})
    return pl.DataFrame(out, schema=ITEM)


def declared(site: str, *serials: str) -> list[dict[str, Any]]:
    return [{"finding": "declared", "site": site, "serial": s, "source": "A", "side": "A"} for s in serials]


def seen(site: str, *serials: str, **more: Any) -> list[dict[str, Any]]:
    return [{"finding": "seen", "site": site, "serial": s, **more} for s in serials]


def outcome(*rows: dict[str, Any], **options: Any) -> tuple[str, Counter[str]]:
    run = judged(TEXT, reports(), items=table(*rows), **options)
    (verdict,) = [v for v in run.verdicts if v.party == "A"]
    return verdict.verdict, Counter(run.items.filter(pl.col("party") == "A")["status"].to_list())


def test_a_site_where_all_is_in_its_place() -> None:
    assert outcome(*declared("one", "1", "2"), *seen("one", "1", "2")) == ("complied", Counter(present=2))


def test_an_empty_site_is_a_site_where_everything_is_missing() -> None:
    assert outcome(*declared("one", "1", "2", "3", "4"), {"finding": "visited", "site": "one"}) == (
        "breached",
        Counter(missing=4),
    )


def test_the_number_is_right_and_the_serials_are_not() -> None:
    assert outcome(*declared("one", "1", "2"), *seen("one", "1", "9")) == (
        "breached",
        Counter(present=1, serial_mismatch=2),
    )


def test_a_discrepancy_in_serials_and_in_number() -> None:
    found = outcome(*declared("one", "1", "2", "3"), *seen("one", "1", "9"))
    assert found == ("breached", Counter(present=1, serial_mismatch=2, missing=1))


def test_a_breach_names_the_items() -> None:
    rows = [
        *declared("one", "1", "2", "3"),
        *seen("one", "1", "9"),
        *declared("two", *"4567"),
        *declared("two", *"ABC"),
    ]
    run = judged(TEXT, reports(), items=table(*rows, {"finding": "visited", "site": "two"}))
    said = next(s.text for v in run.verdicts if v.party == "A" for s in v.steps if s.rule == "wrong")
    missing, serials = said.split(". ")
    assert missing.startswith("Missing: ")
    assert missing.endswith("+3")
    assert "4 (D-30, two), 5 (D-30, two)" in missing
    assert serials.startswith("With another serial number: ")
    assert "9 (D-30, one)" in serials
    assert "wrong" not in {s.rule for v in run.verdicts if v.party == "B" for s in v.steps}


def test_where_serials_may_not_be_read_a_right_number_proves_nothing() -> None:
    assert outcome(*declared("one", "1", "2"), {"finding": "counted", "site": "one", "quantity": 2.0}) == (
        "undetermined",
        Counter(not_checked=2),
    )


def test_a_count_below_the_declared_number_shows_that_something_is_missing() -> None:
    assert outcome(*declared("one", "1", "2"), {"finding": "counted", "site": "one", "quantity": 1.0}) == (
        "breached",
        Counter(not_checked=1, missing=1),
    )


def test_refused_access_and_no_visit_are_no_breach_of_what_is_hidden() -> None:
    rows = [*declared("one", "1"), {"finding": "refused", "site": "one"}, *declared("two", "2")]
    assert outcome(*rows) == ("undetermined", Counter(access_refused=1, not_inspected=1))


def test_what_stands_there_undeclared_is_extra() -> None:
    assert outcome(*declared("one", "1"), *seen("one", "1", "2")) == ("breached", Counter(present=1, extra=1))


def test_an_absence_that_the_mechanism_excused() -> None:
    rows = [
        *declared("one", *"123456789", "X"),
        *seen("one", *"123456789"),
        {"finding": "excused", "site": "one", "serial": "X"},
    ]
    assert outcome(*rows) == ("excused", Counter(present=9, excused=1))


def test_the_last_inspection_counts_and_a_party_inspects_nothing() -> None:
    later = {"start": instant("03-25")}
    rows = [*declared("one", "1"), {"finding": "visited", "site": "one"}, *seen("one", "1", **later)]
    assert outcome(*rows)[0] == "complied"
    assert outcome(*rows, as_of=instant("03-22"))[0] == "breached"
    own = [*declared("one", "1"), *seen("one", "1", source="A", side="A")]
    assert outcome(*own)[0] == "undetermined"


def test_nobody_declares_for_another_and_nothing_is_declared_after_it_was_found() -> None:
    rows = [*declared("one", "1"), {"finding": "visited", "site": "one", "start": instant("03-21")}]
    assert outcome(*rows)[0] == "breached"
    assert outcome({**rows[0], "source": "B", "side": "B"}, rows[1])[0] == "undetermined"
    found = [*seen("one", "9"), {**declared("one", "9")[0], "start": instant("03-25")}]
    assert outcome(*found)[0] == "breached"


def test_to_turn_inspectors_away_undoes_nothing_that_they_saw() -> None:
    rows = [*declared("one", "1"), {"finding": "visited", "site": "one"}]
    assert outcome(*rows, {"finding": "refused", "site": "one", "start": instant("03-25")})[0] == "breached"


def test_one_inspection_may_last_a_day_and_be_told_twice() -> None:
    rows = [
        *declared("one", "1", "2"),
        *seen("one", "1", start=instant("03-20 10:00")),
        *seen("one", "2", start=instant("03-20 10:05")),
    ]
    assert outcome(*rows)[0] == "complied"
    counted = {"finding": "counted", "site": "one", "quantity": 2.0}
    assert outcome(*declared("one", "1", "2"), counted, counted) == ("undetermined", Counter(not_checked=2))


def test_inspections_outside_the_time_of_the_term_bear_on_nothing() -> None:
    early = {"finding": "visited", "site": "one", "start": instant("03-01")}
    assert outcome(*declared("one", "1"), early) == ("undetermined", Counter(not_inspected=1))


def test_a_mortar_below_the_class_is_nobody_s_business() -> None:
    rows = [
        *declared("one", "1"),
        *seen("one", "1"),
        {"finding": "seen", "site": "one", "serial": "T", "weapon": "T-72"},
    ]
    assert outcome(*rows)[0] == "complied"


def test_items_are_read_from_a_file_and_written_to_one(tmp_path: Path) -> None:
    from servanda.report import all_files

    (tmp_path / "a.yaml").write_text(HEAD + TERM, encoding="utf-8")
    (tmp_path / "i.csv").write_text(
        "item_id,finding,party,site,serial,weapon,source,side,reliability,start\n"
        "1,declared,A,=cmd,d30-1,D-30,A,A,,2025-03-20T10:00Z\n2,seen,A,=cmd,D30-1,D-30,Mission,none,A,2025-03-21T10:00Z\n",
        encoding="utf-8",
    )
    run = verify_files(tmp_path / "a.yaml", [tmp_path / "i.csv"])
    assert run.ingest.files[0].items == 2
    files = all_files(run)
    assert b"'=cmd,D30-1,D-30,present" in files["items.csv"]
    assert "Declared items" in files["report.html"].decode()


def plain(rows: pl.DataFrame) -> tuple[str, Counter[str]]:
    """The definitions in loops."""
    mine = [r for r in rows.to_dicts() if r["party"] == "A"]
    total: Counter[str] = Counter()
    for site in {r["site"] for r in mine}:
        here = [r for r in mine if r["site"] == site]
        owed: dict[str, Any] = {}
        for r in here:
            if r["finding"] == "declared" and r["side"] == "A":
                owed[r["serial"]] = min(r["known_at"], owed.get(r["serial"], r["known_at"]))
        good = [r for r in here if r["side"] == "none" and r["reliability"] in ("A", "B")]
        pardoned = {r["serial"] for r in good if r["finding"] == "excused"}
        looked = [r for r in good if r["finding"] in ("seen", "counted", "visited", "refused")]
        came_in = [r for r in looked if r["finding"] != "refused"]
        looked = came_in or looked
        last = [r for r in looked if r["start"].date() == max(x["start"] for x in looked).date()]
        if not last:
            total["not_inspected"] += len(owed)
            continue
        when = max(r["start"] for r in last)
        late = {s for s, since in owed.items() if since > when}
        known = set(owed) - late
        found = {r["serial"] for r in last if r["finding"] == "seen"}
        if all(r["finding"] == "refused" for r in last):
            total["not_inspected"] += len(late)
            total["access_refused"] += len(known)
        elif any(r["finding"] == "counted" for r in last) and not found:
            by_source: Counter[str] = Counter()
            for source, _, many in {
                (r["source"], r["weapon"], r["quantity"]) for r in last if r["finding"] == "counted"
            }:
                by_source[source] += int(many)
            # in the order of their serials, late ones among them
            for n, serial in enumerate(sorted(owed)):
                if serial in late:
                    total["not_inspected"] += 1
                elif n < max(by_source.values()):
                    total["not_checked"] += 1
                else:
                    total["excused" if serial in pardoned else "missing"] += 1
            total["surplus"] += max(0, min(by_source.values()) - len(known))
        else:
            total["not_inspected"] += len(late - found)
            gone = {s for s in known - found if s not in pardoned}
            more = found - known
            swapped = min(len(gone), len(more))
            total += Counter(
                present=len(known & found), excused=len((known - found) & pardoned), missing=len(gone) - swapped,
                extra=len(more) - swapped, serial_mismatch=2 * swapped,
            )  # fmt: skip
    wrong = total["missing"] + total["extra"] + total["serial_mismatch"] + total["surplus"]
    owed_all = sum(total.values()) - total["extra"] - total["serial_mismatch"] // 2 - total["surplus"]
    if wrong:
        return "breached", total
    if not owed_all or (total["present"] + total["excused"]) / owed_all < 0.9:
        return "undetermined", total
    return ("excused" if total["excused"] else "complied"), total


item_rows = st.lists(
    st.fixed_dictionaries(
        {
            "finding": st.sampled_from(
                ["declared", "declared", "declared", "seen", "seen", "seen", "counted", "visited", "refused", "excused"]
            ),
            "site": st.sampled_from(["one", "two"]),
            "serial": st.sampled_from(["1", "2", "3", "4"]),
            "quantity": st.sampled_from([1.0, 2.0, 5.0]),
            "side": st.sampled_from(["none", "none", "A", "A"]),
            "reliability": st.sampled_from(["A", "A", "C"]),
            "start": st.sampled_from([instant("03-20 10:00"), instant("03-20 12:00"), instant("03-22 10:00")]),
            "source": st.sampled_from(["Mission", "Other"]),
        }
    ),
    max_size=14,
)


@examples(150)
@given(item_rows)
def test_items_are_reconciled_as_the_definitions_say(rows: list[dict[str, Any]]) -> None:
    items = table(*rows)
    run = judged(TEXT, reports(), items=items)
    (verdict,) = [v for v in run.verdicts if v.party == "A"]
    word, counts = plain(items)
    surplus = counts.pop("surplus", 0)
    assert Counter(run.items.filter(pl.col("party") == "A")["status"].to_list()) == +counts
    assert (verdict.verdict, verdict.measure["extra"]) == (word, counts["extra"] + surplus)
