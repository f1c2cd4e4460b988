"""Readers, the register of sources, and the report table."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from servanda.errors import EvidenceError
from servanda.evidence import Context, EvidenceSource, Source, all_readers, read_evidence
from servanda.evidence.model import REPORT

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
    # what these two give out says nothing of when it became known
    assert table["known_at"].null_count() == (table.height if name in ("ged", "viina") else 0)


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
