"""Readers, the register of sources, and the report table."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest

import servanda
from servanda.app.context import context_of
from servanda.errors import EvidenceError
from servanda.evidence import Context, EvidenceSource, Source, all_readers, read_evidence
from servanda.evidence.model import REPORT
from servanda.evidence.normalise.reports import normalise
from servanda.evidence.plugins import choose_reader
from servanda.testing import agreement
from servanda.values.files import NamedBytes

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
CONTEXT = Context(ZoneInfo("Europe/Kyiv"), {"RU": "Russian Federation", "UA": "Ukraine"})
SAMPLES = {
    "acled": (
        "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,admin1,location,latitude,longitude,geo_precision,source,notes,timestamp\n"
        "UKR1,2025-03-20,1,Explosions/Remote violence,Air/drone strike,Military Forces of Russia (2000-),Sumy,Sumy,50.9,34.8,1,Suspilne,text,1742800000\n"
        "UKR2,20 March 2025,2,Battles,Armed clash,Somebody,Sumy,Sumy,50.9,34.8,3,Suspilne; Other,text,1742800000\n"
    ),
    "firms": (
        "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_ti5,frp,daynight\n"
        "51.14,35.18,340.1,0.41,0.37,2025-03-20,2022,N,VIIRS,n,2.0NRT,290,5.1,N\n"
        "51.14,35.18,340.1,1.2,1.1,2025-03-20,22,Aqua,MODIS,85,6.1,290,9.9,N\n"
    ),
    "viina": (
        '"datetime","lon","lat","place_name","event_type","headline"\n'
        '"2025-02-01 10:30:00","37.7","48.5","Town","artillery|civcas","words"\n'
        '"2025-03-01 00:00:00","37.7","48.5","Town","artillery|civcas","words"\n'
    ),
    "alerts-merged": (
        "region,started_at,finished_at,n_subalerts\n"
        "Sumska oblast,2025-03-01 06:42:02+00:00,2025-03-01 09:08:59+00:00,1\n"
        "Nowhere oblast,2025-03-01 06:42:02+00:00,2025-03-01 09:08:59+00:00,1\n"
    ),
    "alerts-official": (
        "oblast,raion,hromada,level,started_at,finished_at,source\n"
        "Donetska oblast,Pokrovskyi raion,,raion,2022-04-01 02:31:46+00:00,2022-04-01 02:41:40+00:00,official\n"
        "Donetska oblast,,,oblast,2022-04-01 02:31:46+00:00,2022-04-01 02:41:40+00:00,official\n"
    ),
    "alerts-volunteer": (
        "region,started_at,finished_at,naive\n"
        "Lvivska oblast,2022-04-01 05:45:21+00:00,2022-04-01 06:07:51+00:00,False\n"
        "Lvivska oblast,2022-04-02 05:45:21+00:00,2022-04-02 06:07:51+00:00,True\n"
    ),
    "ged": (
        "id,type_of_violence,dyad_name,source_office,source_original,where_prec,where_coordinates,adm_1,latitude,longitude,date_prec,date_start,date_end,best\n"
        "300380.0,1.0,A - B,VDC,SOHR; VDC,1.0,village,Idlib,35.76,36.55,1.0,2013-01-03,2013-01-03,2.0\n"
        "300381.0,3.0,A - civilians,,,4.0,province,Idlib,35.76,36.55,2.0,2013-01-03,2013-01-09,2.0\n"
    ),
    "gdelt": (
        "GLOBALEVENTID,SQLDATE,EventCode,ActionGeo_Type,ActionGeo_FullName,ActionGeo_Lat,ActionGeo_Long,DATEADDED,SOURCEURL\n"
        "1,20250325,194,4,Town,48.1,37.7,20250325141500,https://example.org/a\n"
        "2,20250325,190,1,Land,48.1,37.7,20250325,\n"
    ),
    "yemen-data-project": (
        "Incident ID,Date,Governorate,District,Area,Target,Main category,Sub-category,Min Air Raids,Max Air Raids,Fatalities\n"
        "1,26/03/2015,North,East,-,A school,Educational_Facility,School,1,2,0\n"
        "2,2015-04-26,North,East,Town,Unknown,Unknown,Unknown,2,4,1\n"
    ),
    "fdsn": (
        "#EventID|Time|Latitude|Longitude|Depth/km|Author|MagType|Magnitude|EventLocationName|EventType\n"
        "1|2025-03-25T12:05:00.5|48.1|37.7|0|array N|ML|1.2|Town|explosion\n"
        "2|2025-03-25T13:05:00Z|48.1|37.7|0|array N|ML|1.2|Town|\n"
    ),
    "viina-files": (
        "viinaid,date,time,asciiname,ADM1_NAME,longitude,latitude,GEO_PRECISION,source,text\n"
        "1,20240325,14:05,Town,North,37.7,48.1,ADM1,paper,words\n"
        "2,20240325,NA,Town,North,37.7,48.1,PPL,paper,words\n"
    ),
    "airwars": (
        "post_id,code,permalink,date,strike_status_slug,strike_type_slug,latitude,longitude,geolocation_accuracy_slug\n"
        "1,AL001,https://example.org/1,2025-03-12,declared-strike,airstrike,48.1,37.7,village\n"
        "2,AL002,https://example.org/2,2025-03-13,alleged,,48.2,37.8,district\n"
    ),
    "truces-2025-counts": (
        "truce,date,period_start,period_end,side,source,stance,claimed_against,measure,count,qualifier,breakdown,statement_key,url,outlet,report_id,note\n"
        "easter,2025-04-20,2025-04-19T18:00+03:00,2025-04-20T00:00+03:00,UA,Staff,asserts,RU,shellings,387,exact,387 shellings; 19 assaults,k1,https://example.org,Daily,R1,\n"
        "easter,,2025-04-19T18:00+03:00,2025-04-20T00:00+03:00,RU,Ministry,asserts,UA,violations,1000,at_least,,k2,https://example.org,Daily,,words\n"
    ),
    "truces-2025": (
        "report_id,url,outlet,published,via,original_source,original_source_party,stance,kind,event_start,event_end,place_name,admin1,lat,lon,location_precision_km,act,target_type,is_energy_infrastructure,alleged_actor,effect,count,count_period_start,count_period_end,summary\n"
        "R1,https://example.org,Daily,2025-03-21,Daily < Staff,Staff,UA,asserts,event,2025-03-20T10:00+02:00,2025-03-20T11:00+02:00,Town,X,50,36,6,unspecified,other,yes,RU,,,,,words\n"
        "R2,https://example.org,Daily,2025-03,Daily < Staff,Staff,UA,asserts,aggregate,2025-03-20T10:00+02:00,2025-03-20T11:00+02:00,,,,,,unspecified,other,yes,RU,8 hits,8,2025-03-18T00:00+02:00,2025-03-25T00:00+02:00,words\n"
    ),
}


def read(
    tmp_path: Path, text: str, context: Context = CONTEXT, name: str = "sample.csv"
) -> tuple[pl.DataFrame, EvidenceSource]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    evidence = read_evidence([path], context)
    return pl.concat([pl.DataFrame(schema=REPORT), *evidence.batches()]), evidence


def test_every_reader_that_ships_has_a_sample_here() -> None:
    names = {reader.name for reader in all_readers() if not reader.name.startswith("servanda-")}
    assert names == set(SAMPLES)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_format_is_known_by_looking_at_it_and_loses_no_row(tmp_path: Path, name: str) -> None:
    table, evidence = read(tmp_path, SAMPLES[name])
    (file,) = evidence.ingest.files
    assert file.reader == name
    assert file.reports + file.figures + file.statements + file.quarantined == 2
    assert file.quarantined == 0
    assert table.schema == REPORT
    assert table.filter(pl.col("start") > pl.col("end")).height == 0
    # what these give out says nothing of when it became known
    silent = ("ged", "viina", "viina-files", "yemen-data-project", "fdsn", "airwars")
    assert table["known_at"].null_count() == (table.height if name in silent else 0)


def test_acled_days_are_days_of_the_agreements_zone_and_precision_follows_its_codes(tmp_path: Path) -> None:
    context = Context(CONTEXT.zone, CONTEXT.parties, actors={"Military Forces of Russia (2000-)": "RU"})
    table, _ = read(tmp_path, SAMPLES["acled"], context)
    assert table["actor"].to_list() == ["RU", None]
    assert table["act"].to_list() == ["strike", "armed_clash"]
    assert table["precision_m"].to_list() == [5_000.0, 100_000.0]
    assert table["start"].to_list() == [datetime(2025, 3, 19, 22, tzinfo=UTC)] * 2
    assert table["end"].to_list() == [datetime(2025, 3, 20, 22, tzinfo=UTC), datetime(2025, 3, 26, 22, tzinfo=UTC)]
    assert table["known_at"][0] == datetime.fromtimestamp(1742800000, UTC)


def test_a_satellite_sees_heat_as_an_origin_of_its_own_and_accuses_nobody(tmp_path: Path) -> None:
    table, _ = read(tmp_path, SAMPLES["firms"])
    assert table["act"].to_list() == ["fire", "fire"]
    assert table["origin"].n_unique() == 2
    assert table["kind"].unique().to_list() == ["observation"]
    assert table["actor"].null_count() == 2
    assert table["start"].to_list() == [
        datetime(2025, 3, 20, 20, 22, tzinfo=UTC),
        datetime(2025, 3, 20, 0, 22, tzinfo=UTC),
    ]
    assert table["credibility"].to_list() == ["3", "2"]
    assert table["precision_m"].to_list() == [410.0, 1200.0]


def test_viina_event_types_are_not_trusted_from_march_2025_on(tmp_path: Path) -> None:
    table, evidence = read(tmp_path, SAMPLES["viina"])
    assert table["act"].to_list() == ["shelling", None]
    assert (table["end"] - table["start"]).dt.total_hours().to_list() == [0, 24]
    assert any("does not say what was done" in note for note in evidence.ingest.notes)


def test_an_alert_is_a_warning_and_no_attack(tmp_path: Path) -> None:
    table, _ = read(tmp_path, SAMPLES["alerts-merged"])
    assert table["act"].to_list() == ["air_raid_alert", "air_raid_alert"]
    assert table["lat"].to_list()[0] == pytest.approx(51.2)
    assert table["lat"].to_list()[1] is None


def test_the_register_wins_over_what_a_row_says_of_its_own_source(tmp_path: Path) -> None:
    sample = (
        "report_id,source,origin,side,reliability,start,act,lat,lon\n"
        "R1,Agency,Ministry,none,A,2025-03-20T10:00Z,missile,48,37\n"
        "R2,Relay,,none,,2025-03-20T10:00Z,missile,48,37\n"
        "R3,Unknown blog,,,,2025-03-20T10:00Z,missile,48,37\n"
    )
    sources = {
        "Ministry": Source("Ministry", side="RU"),
        "Relay": Source("Relay", relays="Agency"),
        "Agency": Source("Agency", relays="Ministry"),
    }
    table, _ = read(tmp_path, sample, Context(CONTEXT.zone, CONTEXT.parties, sources=sources))
    assert table["side"].to_list() == ["RU", "RU", None]
    assert table["origin"].to_list() == ["Ministry", "Ministry", "Unknown blog"]


def test_sources_that_relay_each_other_in_a_circle_are_one_origin(tmp_path: Path) -> None:
    sample = "report_id,source,start,act\nR1,A,2025-03-20T10:00Z,missile\nR2,B,2025-03-20T10:00Z,missile\n"
    sources = {"A": Source("A", relays="B"), "B": Source("B", relays="A")}
    table, _ = read(tmp_path, sample, Context(CONTEXT.zone, CONTEXT.parties, sources=sources))
    assert table["origin"].n_unique() == 1


def test_a_register_in_yaml_is_read_among_the_evidence(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(
        "sources:\n  Daily: {side: none, reliability: A}\nactors:\n  'Forces of X': RU\n", encoding="utf-8"
    )
    (tmp_path / "r.csv").write_text(
        "report_id,source,start,act,actor\nR1,Daily,2025-03-20T10:00Z,missile,Forces of X\n", encoding="utf-8"
    )
    evidence = read_evidence([tmp_path / "r.csv", tmp_path / "sources.yaml"], CONTEXT)
    row = pl.concat(list(evidence.batches())).row(0, named=True)
    assert (row["side"], row["reliability"], row["actor"]) == ("none", "A", "RU")


@pytest.mark.parametrize("word", ["NA", "n/a", "None", "-", "null"])
def test_a_word_for_a_missing_value_in_the_register_is_none(word: str, tmp_path: Path) -> None:
    entry = f"{{side: none, reliability: A, relays: '{word}', means: '{word}', note: '{word}', speaks_for: '{word}'}}"
    (tmp_path / "sources.yaml").write_text(f"sources:\n  Daily: {entry}\n", encoding="utf-8")
    (tmp_path / "r.csv").write_text("report_id,source,start,act\nR1,Daily,2025-03-20T10:00Z,missile\n")
    evidence = read_evidence([tmp_path / "r.csv", tmp_path / "sources.yaml"], CONTEXT)
    (row,) = pl.concat(list(evidence.batches())).to_dicts()
    assert (row["origin"], row["side"], row["directness"], row["means"]) == ("Daily", "none", 2, None)


def test_csv_json_lines_and_parquet_give_the_same_reports(tmp_path: Path) -> None:
    rows = pl.DataFrame(
        {
            "report_id": ["R1", "R2"],
            "source": ["a", "b"],
            "start": ["2025-03-20T10:00+02:00", "2025-03-21T10:00:30Z"],
            "lat": [48.25, 48.5],
            "lon": [37.5, 37.25],
            "precision_km": [0.5, 2.0],
            "act": ["missile", "shelling"],
        }
    )
    rows.write_csv(tmp_path / "r.csv")
    rows.write_ndjson(tmp_path / "r.jsonl")
    rows.with_columns(
        pl.Series("start", [datetime(2025, 3, 20, 8, tzinfo=UTC), datetime(2025, 3, 21, 10, 0, 30, tzinfo=UTC)])
    ).write_parquet(tmp_path / "r.parquet")
    tables = [
        pl.concat(list(read_evidence([tmp_path / f], CONTEXT).batches())).drop("file", "row")
        for f in ("r.csv", "r.jsonl", "r.parquet")
    ]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


def test_a_packed_file_is_read_like_any_other(tmp_path: Path) -> None:
    import gzip

    with gzip.open(tmp_path / "r.csv.gz", "wt") as file:
        file.write("report_id,source,start,act\nR1,a,2025-03-20T10:00Z,missile\n")
    assert sum(b.height for b in read_evidence([tmp_path / "r.csv.gz"], CONTEXT).batches()) == 1


def test_naming_a_reader_that_does_not_fit_says_which_column_is_missing(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("report_id,source,start,act\n", encoding="utf-8")
    with pytest.raises(EvidenceError, match="lacks the column"):
        read_evidence([tmp_path / "r.csv"], CONTEXT, reader="firms")


def test_evidence_walked_twice_is_the_same_and_counted_once(tmp_path: Path) -> None:
    _, evidence = read(tmp_path, SAMPLES["acled"])
    assert sum(b.height for b in evidence.batches()) == 2
    assert len(evidence.ingest.files) == 1


@pytest.mark.skipif(not SHARED.exists(), reason="the real files lie beside the project, where CI has them")
@pytest.mark.parametrize(
    ("file", "reports", "quarantined"),
    [
        ("truces-2025/reports.csv", 354, 2),
        ("alerts-ukraine/alerts-2025-03-01--2025-05-04.csv", 2_477, 0),
        ("alerts-ukraine/official-2022.csv", 15_837, 0),
        ("alerts-ukraine/volunteer-2022.csv", 12_961, 0),
        ("viina/viina_incidents_202503.csv", 5_215, 0),
        ("viina/viina_incidents_202504.csv", 3_764, 0),
        ("ged-sample/ucdpged_sample1000.csv", 1_000, 0),
    ],
)
def test_the_real_files_are_read_whole(file: str, reports: int, quarantined: int) -> None:
    evidence = read_evidence([SHARED / file], CONTEXT)
    assert sum(b.height for b in evidence.batches()) == reports
    assert evidence.ingest.quarantined == quarantined


def test_where_there_is_a_register_a_row_cannot_make_itself_neutral_or_admit_in_anothers_name(tmp_path: Path) -> None:
    sample = (
        "report_id,source,side,reliability,kind,start,act,actor\n"
        "R1,Invented monitor,none,A,observation,2025-03-20T10:00Z,missile,UA\n"
        "R2,Invented ministry,UA,,claim,2025-03-20T10:00Z,missile,UA\n"
    )
    sources = {"Mission": Source("Mission", side="none", reliability="A")}
    table, evidence = read(tmp_path, sample, Context(CONTEXT.zone, CONTEXT.parties, sources=sources))
    assert table["side"].to_list() == [None, None]
    assert table["reliability"].to_list() == [None, None]
    assert any("not in the register" in note and n == 2 for note, n in evidence.ingest.notes.items())


def test_nothing_is_assumed_of_rows_that_could_not_be_read(tmp_path: Path) -> None:
    sample = (
        "report_id,source,side,kind,start,act,actor\n"
        "R1,Post,none,claim,2025-03-20T10:00Z,missile,UA\n"
        "R1,Post,none,claim,2025-03-20T10:00Z,missile,UA\n"
        "R2,Post,none,claim,2025-03-20T10:00Z,no such act,UA\n"
        "R2,Post,none,claim,some day,missile,UA\n"
    )
    table, evidence = read(tmp_path, sample, Context(CONTEXT.zone, CONTEXT.parties))
    assert (table.height, evidence.ingest.quarantined) == (2, 2)
    notes = {note.split(" (")[0]: count for note, count in evidence.ingest.notes.items()}
    assert notes["reports that do not say when they became known"] == notes["reports without coordinates"] == 2
    assert notes["report ids that stand more than once in their file"] == 1


MISSING = [
    "NA",
    "N/A",
    "n/a",
    "N.A.",
    "nan",
    "NaN",
    "None",
    "NULL",
    "null",
    "nil",
    "-",
    "—",
    "#N/A",
    "<NA>",
    "\\N",
    "none",
    "?",
    "unknown",
    *("н/д", "нет", "Немає даних", "S/O", "sin datos", "غير متوفر", "TBC", "невідомо", "Inconnu", "غير معروف"),
]


@pytest.mark.parametrize("word", MISSING)
def test_a_word_for_a_missing_value_is_no_id_no_origin_and_no_name(tmp_path: Path, word: str) -> None:
    head = "report_id,source,origin,start,end,act,actor,target,weapon,place_name,incident_id,answers,known_at,lat,lon\n"
    rows = f"{word},M,{word},2025-03-20T10:00Z,{word},strike,{word},{word},{word},{word},{word},{word},{word},{word},{word}\n"
    table, evidence = read(tmp_path, head + rows * 2)
    assert evidence.ingest.quarantined == 0
    assert table["origin"].unique().to_list() == ["M"]
    for column in ("incident_id", "answers", "actor", "target", "weapon", "place_name", "lat"):
        assert table[column].null_count() == 2, column
    assert table["report_id"].to_list() == ["sample.csv#2", "sample.csv#3"]


def test_without_a_side_is_said_with_none_and_a_missing_side_is_not_known(tmp_path: Path) -> None:
    head = "report_id,source,side,start,act\n"
    rows = [f"{n},M{n},{word},2025-03-20T10:00Z,strike\n" for n, word in enumerate(("none", "None", "NA", ""))]
    table, _ = read(tmp_path, head + "".join(rows))
    assert table["side"].to_list() == ["none", None, None, None]


def test_nil_as_a_quantity_is_told_for_it_may_mean_nothing_or_nothing_known(tmp_path: Path) -> None:
    _, evidence = read(tmp_path, "report_id,source,start,act,quantity\n1,M,2025-03-20T10:00Z,strike,nil\n")
    assert evidence.ingest.quarantine["field"].to_list() == ["quantity"]


@pytest.mark.parametrize("word", ["нет", "Немає", "néant", "لا يوجد"])
def test_none_in_any_language_as_a_quantity_makes_no_act(tmp_path: Path, word: str) -> None:
    _, evidence = read(tmp_path, f"report_id,source,start,act,quantity\n1,M,2025-03-20T10:00Z,strike,{word}\n")
    assert evidence.ingest.quarantine["field"].to_list() == ["quantity"]


UNREAD = [
    ("actor", "Plnad", {"actor": None}),
    ("target", "scool", {"target": None}),
    ("attributes", "sure", {"attributes": None}),
    ("end", "2025-03-20T09:00Z", {"end": datetime(2025, 3, 20, 10, tzinfo=UTC)}),
    ("lat", "x", {"lat": None, "lon": None}),
    ("precision_km", "near", {"precision_m": 5_000.0}),
    ("quantity", "foour", {"quantity": 1.0, "unit": "unread"}),
    ("kind", "saw it", {"kind": "observation"}),
    ("credibility", "high", {}),
]
FULL = {
    "report_id": "1",
    "source": "M",
    "side": "none",
    "start": "2025-03-20T10:00Z",
    "end": "",
    "act": "strike",
    **dict.fromkeys(("actor", "target", "attributes", "quantity", "kind", "credibility", "stance", "unit"), ""),
    "lat": "48.0",
    "lon": "37.0",
    "precision_km": "1",
}


def written(**changed: str) -> str:
    row = FULL | changed
    return ",".join(row) + "\n" + ",".join(row.values()) + "\n"


@pytest.mark.parametrize(("field", "value", "taken_for"), UNREAD)
@pytest.mark.parametrize("copies", [1, 1_001])  # texts of many rows are numbers
def test_a_row_of_a_source_without_a_side_is_a_report_without_the_field_that_cannot_be_read(
    tmp_path: Path, field: str, value: str, taken_for: dict[str, object], copies: int
) -> None:
    header, row = written(**{field: value}).splitlines()
    table, evidence = read(tmp_path, "\n".join([header, *[row] * copies]))
    assert (table.height, evidence.ingest.quarantined) == (copies, copies)
    told = table.row(0, named=True)
    assert told["credibility"] == "partial"
    assert {column: told[column] for column in taken_for} == taken_for
    assert (told["act"], told["side"]) == ("strike", "none")


@pytest.mark.parametrize(
    "other",
    [
        {"side": "RU"},
        {"side": ""},
        {"stance": "denies"},
        {"stance": "maybe"},
        {"start": "yesterday"},
        {"act": "stryke"},
        {"quantity": "nil"},
    ],
)
def test_without_who_when_what_and_that_it_was_a_row_that_cannot_be_read_is_no_report(
    tmp_path: Path, other: dict[str, str]
) -> None:
    table, evidence = read(tmp_path, written(actor="Plnad", **other))
    assert (table.height, evidence.ingest.quarantined) == (0, 1)


def test_a_row_of_a_record_whose_known_at_cannot_be_read_was_known_when_it_was_recorded() -> None:
    """Of an instant after that it fell away, as if it had not been there."""
    row = pl.DataFrame(FULL | {"known_at": "soon", "row": 2}).with_columns(pl.col("row").cast(pl.UInt32))
    row, reader = row.drop("precision_km"), choose_reader(row.columns, "e.csv", "servanda-reports")
    recorded = datetime(2025, 3, 21, tzinfo=UTC)
    done = normalise("reports", row, "e.csv", reader, CONTEXT, recorded)
    assert (done.good["known_at"].to_list(), done.quarantine.height) == ([recorded], 1)


def test_what_nobody_can_read_and_nobody_believes_opens_nothing(tmp_path: Path) -> None:
    table, _ = read(tmp_path, written(actor="Plnad", credibility="5"))
    assert table["credibility"].to_list() == ["5"]


ACLED = "event_id_cnty,event_date,year,event_type,sub_event_type,actor1,source,latitude,longitude\n"
SHELLING = "Explosions/Remote violence,Shelling/artillery/missile attack,Forces of A,M,4,-74"


@pytest.mark.parametrize(
    "written",
    [
        "2025-03-18",
        "2025-03-18T00:00:00Z",
        "2025-03-18 00:00:00",
        "2025-03-18T00:00:00.000+00:00",
        "2025-03-18 00:00:00-05",
        "18 March 2025",
        "18-March-2025",
        "18 Mar 2025",
        "18-Mar-25",
        "18 March 25",
        '"March 18, 2025"',
    ],
)
def test_a_day_of_acled_is_a_day_at_the_place_however_it_is_written(tmp_path: Path, written: str) -> None:
    bogota = Context(ZoneInfo("America/Bogota"), {"A": "Aland"}, actors={"Forces of A": "A"})
    table, _ = read(tmp_path, f"{ACLED}1,{written},2025,{SHELLING}\n", bogota)
    assert table.select("start", "end").row(0) == (
        datetime(2025, 3, 18, 5, tzinfo=UTC),
        datetime(2025, 3, 19, 5, tzinfo=UTC),
    )


@pytest.mark.parametrize("written", ["2025-03-18T05:00:00Z", "18-Mar-24", "3/18/2025", "45734"])
def test_what_is_no_day_of_acled_is_set_aside_with_the_value_that_stands_there(tmp_path: Path, written: str) -> None:
    _, evidence = read(tmp_path, f"{ACLED}1,{written},2025,{SHELLING}\n")
    assert evidence.ingest.quarantine.select("field", "value").rows() == [("start", written)]


def test_battles_of_acled_name_two_actors_and_accuse_nobody(tmp_path: Path) -> None:
    context = Context(CONTEXT.zone, {"A": "Aland"}, actors={"Forces of A": "A"})
    rows = ("Battles,Armed clash", "Battles,Government regains territory", "Explosions/Remote violence,Grenade")
    text = "".join(f"{n},2025-03-18,2025,{row},Forces of A,M,4,-74\n" for n, row in enumerate(rows))
    table, _ = read(tmp_path, ACLED + text, context)
    assert table["actor"].to_list() == [None, None, "A"]


FIRMS = "latitude,longitude,{},scan,track,acq_date,acq_time,satellite,{}confidence,type\n"


@pytest.mark.parametrize(
    ("names", "origin"),
    [
        (["T", "Terra", "terra"], "NASA FIRMS MODIS on Terra"),
        (["A", "Aqua"], "NASA FIRMS MODIS on Aqua"),
        (["N", "Suomi NPP", "SNPP"], "NASA FIRMS VIIRS on Suomi NPP"),
        (["N20", "NOAA-20", "1", "1.0"], "NASA FIRMS VIIRS on NOAA-20"),
        (["N21", "NOAA-21", "2"], "NASA FIRMS VIIRS on NOAA-21"),
    ],
)
def test_one_satellite_is_one_origin_in_every_product(tmp_path: Path, names: list[str], origin: str) -> None:
    instrument = origin.split()[2]
    column = "bright_ti4" if instrument == "VIIRS" else "bright_t31"
    named = FIRMS.format(column, "instrument,") + "".join(
        f"48.0123{'0' * n},37,330,1,1,2025-03-20,30,{name},{instrument},n,\n" for n, name in enumerate(names)
    )
    bare = FIRMS.format(column, "") + f"48.0123,37,330,1,1,2025-03-20,0030,{names[0]},n,0\n"
    tables = [read(tmp_path, text, name=f"{n}.csv")[0] for n, text in enumerate((named, bare))]
    assert pl.concat(tables)["origin"].unique().to_list() == [origin]
    assert pl.concat(tables)["report_id"].n_unique() == 1


@pytest.mark.parametrize(("kind", "word"), [("1", "volcano"), ("2", "static"), ("3", "off shore"), ("2.0", "static")])
def test_what_firms_knows_to_be_no_fire_is_left_out_and_told(tmp_path: Path, kind: str, word: str) -> None:
    row = "48,37,330,1,1,2025-03-20,30,N,n,"
    table, evidence = read(tmp_path, FIRMS.format("bright_ti4", "") + f"{row}{kind}\n{row}0\n{row}\n")
    assert table.height == 2
    assert word in evidence.ingest.quarantine["reason"][0]


@pytest.mark.parametrize(
    "name",
    [
        "Донецька область",
        "Донецька обл.",
        "ДОНЕЦЬКА ОБЛАСТЬ",
        "Донецкая область",
        "Donetsk Oblast",
        "Donetska oblast",
        "Донецька",
    ],
)
def test_a_region_of_ukraine_has_its_place_in_whatever_language(tmp_path: Path, name: str) -> None:
    head = "oblast,raion,hromada,level,started_at,finished_at,source\n"
    table, _ = read(tmp_path, f"{head}{name},,,oblast,2025-03-20 16:10:34+00:00,,official\n")
    assert table.select("lat", "lon", "precision_m").row(0) == (47.93, 37.74, 146_000.0)


@pytest.mark.parametrize(
    ("name", "lat"), [("м. Київ", 50.46), ("Київська область", 50.46), ("АР Крим", 45.43), ("Севастополь", 44.57)]
)
def test_cities_and_the_peninsula_have_theirs(tmp_path: Path, name: str, lat: float) -> None:
    head = "oblast,raion,hromada,level,started_at,finished_at,source\n"
    table, _ = read(tmp_path, f"{head}{name},,,oblast,2025-03-20 16:10:34+00:00,,official\n")
    assert table["lat"].to_list() == [lat]


ROW = '{"report_id": "1", "source": "M", "start": "2025-03-20T10:00Z", "act": "strike"}'


@pytest.mark.parametrize(
    "answer",
    [
        f'{{"status": 200, "count": 1, "data": [{ROW}]}}',
        f'{{\n  "success": true,\n  "data": [\n    {ROW}\n  ]\n}}\n',
        f'{{"Result": [{ROW}], "TotalCount": 1}}',
        f'{{"success": true, "messages": [], "data": [{ROW}]}}',
        f'{{"response": {{"items": [{ROW}], "page": 1}}}}',
        f"[{ROW}]",
        ROW,
    ],
)
def test_the_answer_of_an_api_is_read_by_its_rows(tmp_path: Path, answer: str) -> None:
    table, evidence = read(tmp_path, answer, name="answer.json")
    assert table["report_id"].to_list() == ["1"]
    assert evidence.ingest.quarantined == 0


def test_one_page_of_many_is_told(tmp_path: Path) -> None:
    table, evidence = read(tmp_path, f'{{"data": [{ROW}], "total_count": "1200"}}', name="answer.json")
    assert table.height == 1
    assert "1 of 1,200 rows" in evidence.ingest.quarantine["reason"][0]


def test_a_line_of_json_with_a_list_in_it_is_a_row_where_other_lines_follow(tmp_path: Path) -> None:
    line = ROW.replace("}", ', "data": [{"a": 1}]}')
    table, _ = read(tmp_path, f"{line}\n{line.replace('1', '2', 1)}\n", name="lines.json")
    assert table.height == 2


TOLD = {"report_id": "R1", "source": "Daily", "origin": "Daily", "start": "2025-03-20T10:00Z", "act": "missile"}
UTC_SECONDS = pa.timestamp("s", "UTC")


def _parquet(*more: tuple[str, pa.Array]) -> bytes:
    columns = [(name, pa.array([value])) for name, value in TOLD.items() if name not in dict(more)] + list(more)
    out = io.BytesIO()
    pa_parquet.write_table(pa.table([column for _, column in columns], names=[name for name, _ in columns]), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("column", "values", "reason"),
    [
        ("start", pa.array([-(2**50)], UTC_SECONDS), None),
        ("start", pa.array([2**40], UTC_SECONDS), "year must be between"),
        ("known_at", pa.array([2**40], UTC_SECONDS), "year must be between"),
        ("known_at", pa.array([-(2**62)], pa.timestamp("us", "UTC")), "year must be between"),
        ("end", pa.array([2**62], pa.timestamp("us", "Asia/Tokyo")), "year must be between"),
        ("start", pa.array([10**9], pa.timestamp("s", "Nowhere/Zone")), None),
        ("start", pa.array([2**30], pa.date32()), None),
        ("lat", pa.array([1], pa.decimal256(70, 2)), None),
        ("act", pa.array([b"\xff\xfe"], pa.binary()), None),
        ("summary", pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())), None),
    ],
)
def test_values_that_no_reader_expects_in_parquet_are_quarantined_or_a_fault_of_the_file(
    column: str, values: pa.Array, reason: str | None
) -> None:
    source = read_evidence([NamedBytes("t.parquet", _parquet((column, values)))], CONTEXT)
    if reason is None:
        with pytest.raises(EvidenceError, match="EVD0"):
            list(source.batches())
        return
    assert sum(table.height for table in source.batches()) == 0
    (told,) = source.ingest.quarantine.to_dicts()
    assert reason in told["reason"] + told["field"]


def test_two_columns_of_one_name_are_told_in_every_form_and_however_spaced() -> None:
    double = _parquet(("act", pa.array(["missile"])), ("act", pa.array(["strike"])))
    spaced = b"report_id,source,start,act, act\n1,Daily,2025-03-20T10:00Z,missile,strike\n"
    for file in (NamedBytes("t.parquet", double), NamedBytes("t.csv", spaced)):
        with pytest.raises(EvidenceError, match=r"EVD005.*duplicate column 'act'"):
            read_evidence([file], CONTEXT)
    for column, first, second in (("lat", "48.02", "48.9"), ("reliability", "A", "F")):
        rows = (
            f"report_id,source,start,act,lon,{column},{column}\n1,Daily,2025-03-20T10:00Z,missile,37,{first},{second}\n"
        )
        with pytest.raises(EvidenceError, match=rf"EVD005.*duplicate column '{column}'"):
            read_evidence([NamedBytes("t.csv", rows.encode())], CONTEXT)


def test_coordinates_under_another_name_are_told_rather_than_lost() -> None:
    for north, east in (("latitude", "longitude"), ("latitute", "lon"), ("lat", "Long"), ("широта", "долгота")):
        rows = f"report_id,source,start,act,{north},{east}\n1,Daily,2025-03-20T10:00Z,missile,48.02,37\n"
        with pytest.raises(EvidenceError, match=r"EVD013: unknown column(?s:.*)did you mean 'l(at|on)'"):
            read_evidence([NamedBytes("t.csv", rows.encode())], CONTEXT)


@pytest.mark.parametrize("form", ["[%s, %s]", '{"data": [%s, %s]}', "%s\n%s"])
@pytest.mark.parametrize("more", ['"summary": "\\ud800"', '"\\ud800": "x"', '"summary": {"a": ["\\udfff"]}'])
def test_half_an_emoji_in_json_is_a_row_in_quarantine_whatever_the_form(form: str, more: str) -> None:
    row = json.dumps(TOLD)
    text = form % (row, f"{row[:-1]}, {more}}}")
    source = read_evidence([NamedBytes("t.json", text.encode())], CONTEXT)
    assert sum(table.height for table in source.batches()) == 1
    assert source.ingest.quarantine["row"].to_list() == [2]


SHOWN = Context(
    CONTEXT.zone,
    CONTEXT.parties,
    preconditions={"fired_upon": "fired_upon", "consent_of_ru": "consent of RU", "consent_of_russia": "consent of RU"},
)


@pytest.mark.parametrize(
    ("written", "read", "odd"),
    [
        ("Fired upon@2025-03-20T11:50+02:00", "fired_upon@2025-03-20T09:50:00+00:00", 0),
        ("fired-upon; consent of russia", "fired_upon;consent of RU", 0),
        ("fired_upn", "fired_upn", 1),
    ],
)
def test_what_a_report_shows_is_found_however_it_is_written_and_else_told(written: str, read: str, odd: int) -> None:
    rows = f"report_id,source,start,act,shows\n1,Daily,2025-03-20T10:00Z,missile,{written}\n"
    source = read_evidence([NamedBytes("t.csv", rows.encode())], SHOWN)
    (table,) = source.batches()
    assert table["shows"].to_list() == [read]
    assert source.ingest.notes["reports that show something that no exception of the agreement asks for"] == odd


def test_an_exception_is_shown_by_the_full_name_of_who_consents() -> None:
    text = agreement(terms={"t": {"forbid": {"act": "strike"}, "text": "x", "unless": {"consent_of": ["A", "B"]}}})
    names = context_of(servanda.read_agreement(text)).preconditions
    assert {names["consent_of_a"], names["consent_of_aland"]} == {"consent of A"}
