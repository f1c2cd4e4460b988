"""What a draft says and no value of its skeleton holds is asked: figures, parties in other forms, words outside the clauses."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from servanda.agreement import inspect_agreement
from servanda.app.draft import draft_file
from servanda.drafting.understand.amounts import number
from servanda.drafting.understand.unread import unread
from servanda.values.files import NamedBytes
from tests.docs_made import docx, par, pdf

HEAD = "Truce between the Government of Northland and the Southland Movement\n\n"


def skeleton(text: str, head: str = HEAD) -> str:
    return draft_file(NamedBytes("draft.txt", (head + text).encode()))[1].yaml


def terms(text: str, head: str = HEAD) -> dict[str, Any]:
    data = yaml.safe_load(skeleton(text, head))
    assert inspect_agreement(data)[1] == []
    return data["terms"]  # type: ignore[no-any-return]


def test_distances_beside_the_one_that_was_taken_are_asked() -> None:
    made = skeleton(
        "1. Both sides withdraw artillery 50 km from the line, rocket launchers 70 km and missiles 140 km.\n"
    )
    assert "what do '70 km', '140 km' say of this term?" in made


def test_each_of_several_numbers_is_a_cap_of_its_own() -> None:
    made = terms("1. No Party shall keep more than 50 tanks, 36 guns and 6,000 men within 10 km of the line.\n")
    caps = [term["limit"] for term in made.values()]
    assert [(cap["to"], cap["unit"]) for cap in caps] == [(50, "tanks"), (36, "guns"), (6000, "men")]
    assert [cap["what"] for cap in caps] == [
        {"weapon": ["tank"]},
        {"weapon": ["gun", "howitzer"]},
        {"act": ["deployment"]},
    ]
    assert all("10 km" in term["text"] for term in made.values())


def test_a_number_of_what_is_no_weapon_and_no_people_is_asked_beside_a_cap() -> None:
    made = "1. No Party shall keep more than 50 tanks, 36 generators and 6,000 men within 10 km of the line.\n"
    (term,) = terms(made).values()
    assert term["limit"] == {"what": {"weapon": ["tank"]}, "to": 50, "unit": "tanks"}
    assert "'36 generators', '6,000 men'" in skeleton(made)


def test_a_number_to_which_something_is_limited_is_its_cap() -> None:
    (term,) = terms("1. The Parties shall limit the number of combat aircraft at the field to 12.\n").values()
    assert term["limit"]["to"] == 12


@pytest.mark.parametrize(
    ("words", "n"),
    [("5 million", 5e6), ("2.5 million", 2.5e6), ("two million three hundred thousand", 2.3e6), ("1,234,567", 1234567)],
)
def test_millions_are_millions_in_the_file_too(words: str, n: float) -> None:
    assert number(words) == n
    (term,) = terms(f"1. The Government shall pay {words} crowns to the victims by 3 May 2027.\n").values()
    assert term["require"]["at_least"] == n


@pytest.mark.parametrize("words", ["3,5 km", "1.500 km"])
def test_a_number_that_may_be_two_is_asked_and_not_read_by_its_end(words: str) -> None:
    made = skeleton(f"1. Both sides move heavy weapons {words} from the line.\n")
    assert f"'{words}'" in made.split("TODO figures")[1]


def test_what_is_counted_in_a_period_is_the_noun_and_its_deed_the_nearest() -> None:
    text = "1. The Parties shall open corridors at Kerta, allow the delivery of 1,200 metric tons of food per week, and support the reunion of families.\n"
    quota = [t["require"] for t in terms(text).values() if "every" in t.get("require", {})]
    assert quota == [{"act": ["delivery"], "at_least": 1200, "unit": "tons", "every": "1 week"}]


def test_hours_of_the_day_numeric_dates_and_ordinals_are_asked_and_numbers_of_clauses_are_not() -> None:
    said = "Under paragraph 3 of Resolution 1701 (2006) aid moves between 6 a.m. and 18:00 by noon on the 5th day or by 12/03/2027."
    assert unread(said, "") == ["6 a.m", "18:00", "noon", "5th day", "12/03/2027"]
    assert unread("within fourteen (14) days, 1,200 tons", "beginning + 14 days from 'within fourteen (14) days'") == [
        "1,200 tons"
    ]


@pytest.mark.parametrize(
    ("head", "parties"),
    [
        (HEAD, {"Government of Northland", "Southland Movement"}),
        ('TRUCE\n\nThe Republic of Northland and the Southland Front (F), hereinafter the "Parties", have agreed:\n\n', {"Republic of Northland", "Southland Front"}),
        ("Statement\n\nAfter talks in Lom, Northland and Southland have agreed to:\n\n", {"Northland", "Southland"}),
        ("TRUCE BETWEEN\nTHE GOVERNMENT OF NORTHLAND (GoN)\nAND\nTHE SOUTHLAND MOVEMENT (IN OPPOSITION) (SM-IO)\n\n", {"GOVERNMENT OF NORTHLAND", "SOUTHLAND MOVEMENT"}),
    ],
)  # fmt: skip
def test_the_parties_are_read_from_the_words_before_the_clauses(head: str, parties: set[str]) -> None:
    assert set(yaml.safe_load(skeleton("1. All sides cease fire.\n", head))["parties"].values()) == parties


def test_a_party_is_known_by_the_name_that_the_preamble_gives_it_and_by_what_it_is() -> None:
    head = HEAD + 'The Government of Northland (hereinafter "the Administration") and the Southland Movement agree.\n\n'
    made = terms(
        "1. The Administration shall release 20 prisoners.\n2. The Movement shall release 30 prisoners.\n", head
    )
    assert [(t["binds"], t["require"]["at_least"]) for t in made.values()] == [(["GN"], 20), (["SM"], 30)]


def test_what_stands_outside_the_clauses_is_told_and_what_binds_there_is_asked() -> None:
    made = skeleton("Both sides shall keep the road open.\n\n1. Both sides cease fire.\n\nDone in Lom on 3 May 2027.\n")
    assert "TODO, is it a clause? It binds and has no number: Both sides shall keep the road open." in made
    assert "# outside the clauses (line 7): Done in Lom on 3 May 2027." in made
    assert "2027" not in yaml.safe_load(made)["terms"]["clause_1"]["text"]


def test_how_long_it_binds_and_what_other_clauses_leave_open_are_no_bans() -> None:
    made = "1. This Agreement shall remain in force for 90 days.\n2. Paragraph 1 does not apply to exercises.\n3. The truce expires on 3 May 2027.\n"
    assert all("unverifiable" in term for term in terms(made).values())
    said = skeleton(made)
    assert said.count("is that under 'in_force:'?") == 2
    assert "'90 days'" in said
    assert "Write it there under 'except:'" in said


def test_a_ban_on_recruiting_the_young_is_none_on_recruiting() -> None:
    (term,) = terms("1. The Movement shall not recruit any person under the age of 18.\n").values()
    assert term["forbid"] == {"act": ["child_recruitment"]}


def test_an_aircraft_that_may_not_fly_is_more_than_one_that_may_not_be_there() -> None:
    (term,) = terms(
        "1. The Parties shall not fly any aircraft, including unmanned aerial vehicles, within 10 km of the line.\n"
    ).values()
    assert term["forbid"] == {"act": ["flight"]}


def test_a_target_behind_several_acts_of_other_kinds_is_asked() -> None:
    made = skeleton("1. The Parties cease hostile propaganda and refrain from attacks on the civilian population.\n")
    assert (
        "# TODO target: is each of 'hostile propaganda, attacks' forbidden only against 'civilian population'?" in made
    )


def test_items_under_a_line_without_a_number_are_read_with_it() -> None:
    text = "Northland and Southland have agreed to:\n\n- exchange 175 prisoners;\n- not deploy missiles.\n"
    assert [t["text"] for t in terms(text, "Statement\n\n").values()] == [
        "Northland and Southland have agreed to exchange 175 prisoners;",
        "Northland and Southland have agreed to not deploy missiles.",
    ]


def test_the_month_of_may_gives_no_right() -> None:
    assert "permit" not in skeleton(
        "1. The Government shall release all prisoners of war not later than 30 May 2027.\n"
    )


def test_rows_drawn_with_bars_in_plain_text_are_rows() -> None:
    made = skeleton(
        "1. Both sides withdraw to these positions.\n\n| Unit | Position |\n|---|---|\n| 1st Brigade | Kerta |\n"
    )
    assert "# table row: 1st Brigade | Kerta" in made
    assert "Kerta" not in yaml.safe_load(made)["terms"]["clause_1"]["text"]


def test_a_clause_that_changes_another_text_is_none_of_its_own() -> None:
    made = '1. Paragraph 2 is amended to read: "Each Party shall keep its heavy weapons 25 km from the line."\n2. In Article 7, the words "six days" are replaced by "two days".\n'
    assert all("unverifiable" in term for term in terms(made).values())
    assert skeleton(made).count("is it one of the 'amendments:'") == 2


def test_what_one_half_of_a_clause_counts_is_not_lost_in_the_other() -> None:
    text = (
        "1. The Movement undertakes the decommissioning of all its arms. The Movement commits to hand over 840 arms.\n"
    )
    (term,) = terms(text).values()
    assert term["require"]["at_least"] == 840


def test_the_day_on_which_something_begins_is_not_the_day_by_which_it_is_done() -> None:
    begins = "1. The withdrawal of forces will begin on 15 September 2027 and be concluded by 31 December 2027.\n"
    assert [t.get("deadline") for t in terms(begins).values()] == ["2027-12-31"]
    assert "TODO deadline: by when?" in skeleton("1. The withdrawal of forces will begin on 15 September 2027.\n")


def test_a_target_beside_another_act_is_asked_and_narrows_nothing() -> None:
    text = "1. Cessation of military operations by both parties and withdrawal of forces from populated areas.\n"
    (term,) = terms(text).values()
    assert term["forbid"] == {"act": ["attack"]}
    assert "is 'populated areas' its target?" in skeleton(text)


def test_what_ends_before_a_deed_begins_forbids_nothing_there() -> None:
    text = "1. Upon the cessation of hostilities, the Government will withdraw its forces south of the line.\n"
    (term,) = terms(text).values()
    assert term["require"] == {"act": ["withdrawal"]}


def test_a_truce_until_an_hour_ends_then() -> None:
    made = yaml.safe_load(
        skeleton("1. All combat action shall cease from 18:00 on 19 April 2027 until 00:00 on 21 April 2027.\n")
    )
    assert str(made["in_force"]["until"]) == "2027-04-21T00:00"


def _cell(*paragraphs: str) -> str:
    return f"<w:tc>{''.join(par(words) for words in paragraphs)}</w:tc>"


def _table(*rows: list[str]) -> str:
    return f"<w:tbl>{''.join('<w:tr>' + ''.join(_cell(cell) for cell in row) + '</w:tr>' for row in rows)}</w:tbl>"


def test_a_draft_that_is_a_table_as_a_whole_has_its_clauses_in_the_rows() -> None:
    file = docx(
        par("Truce between Northland and Southland"),
        _table(
            ["No.", "Provision", "Remarks"],
            ["1", "Both sides cease fire.", "agreed"],
            ["2", "All prisoners of war are released.", ""],
        ),
    )
    text, made = draft_file(file)
    assert [(c.number, c.text) for c in text.clauses] == [
        ("1", "Both sides cease fire."),
        ("2", "All prisoners of war are released."),
    ]
    assert "# table row: agreed" in made.yaml


def test_a_draft_of_two_columns_has_the_clauses_of_both_languages() -> None:
    text, made = draft_file(docx(par("Truce"), _table(["1. Both sides cease fire.", "1. Стороны прекращают огонь."])))
    assert [c.text for c in text.clauses] == ["Both sides cease fire.", "Стороны прекращают огонь."]
    assert made.yaml.count("    # TODO language") == 1


def test_an_article_whose_words_stand_below_it_is_quoted_by_its_number() -> None:
    text, _ = draft_file(
        docx(
            par("Truce"),
            par("Article 1"),
            par("Both sides cease fire."),
            par("Article 2"),
            par("No Party shall lay mines."),
        )
    )
    assert [c.number for c in text.clauses] == ["Article 1", "Article 2"]


def test_numbers_that_count_the_lines_of_a_pdf_are_no_numbers_of_clauses() -> None:
    page = ["1 Truce between Northland and the South-", "2 land", "3 1. Both sides shall cease fire.", "4 2. The Parties shall release 200 pris-", "5 oners by 3 May 2027."]  # fmt: skip
    text, _ = draft_file(NamedBytes("d.pdf", pdf(page)))
    assert [c.text for c in text.clauses] == [
        "Both sides shall cease fire.",
        "The Parties shall release 200 prisoners by 3 May 2027.",
    ]


def test_leave_to_stay_is_asked_and_not_taken_for_a_ban() -> None:
    made = skeleton("1. Mortars of 82 mm and below may stay within 10 km, and others are moved back.\n")
    assert "is it a right, and no duty? The clause says 'may'" in made


@pytest.mark.parametrize(
    "words",
    ["with the exception of drones of the Mission", "apart from medical flights", "provided that notice was given"],
)
def test_an_exception_in_other_words_is_asked(words: str) -> None:
    made = skeleton(f"1. The use of drones by either side is prohibited, {words}.\n")
    assert "# TODO except: what must be shown before" in made


def test_distances_that_hold_for_some_weapons_each_are_a_term_each() -> None:
    text = "1. Each side shall withdraw its heavy weapons at least 50 km from the line of contact for artillery of 100 mm calibre or more, 70 km for multiple launch rocket systems and 140 km for tactical missiles, within fourteen days of signature.\n"
    made = terms(text)
    assert [(t["limit"]["what"], t["from"]) for t in made.values()] == [
        ({"weapon": ["artillery"], "calibre": ">= 100 mm"}, "signature + 14 days"),
        ({"weapon": ["rocket_artillery"]}, "signature + 14 days"),
        ({"weapon": ["tactical_missile"]}, "signature + 14 days"),
    ]
    assert "figures" not in skeleton(text)


def test_a_weapon_in_the_words_for_one_act_narrows_no_other() -> None:
    made = terms("1. The Parties shall refrain from aerial bombardment, artillery fire and sniper fire.\n")
    assert [t["forbid"] for t in made.values()] == [{"act": ["airstrike", "shelling", "small_arms"]}]
    beside = "1. The Parties shall refrain from looting and shelling with howitzers.\n"
    assert "forbidden only with 'howitzers'" in skeleton(beside)


def test_the_day_from_which_a_ban_binds_is_its_beginning() -> None:
    made = terms("1. The Parties shall refrain from shelling as of 00:01 on 12 April 2027.\n")
    assert [t["from"] for t in made.values()] == ["2027-04-12T00:01"]


def test_a_number_of_weapons_beside_a_cap_on_people_does_not_narrow_it() -> None:
    text = "1. Each Party shall keep no more than 300 soldiers and 12 armoured personnel carriers in the Buffer Zone.\n"
    people, carriers = (term["limit"] for term in terms(text).values())
    assert people == {"what": {"act": ["deployment"]}, "to": 300, "unit": "soldiers"}
    assert (carriers["what"], carriers["to"]) == ({"weapon": ["armoured_carrier"]}, 12)


def test_armed_drones_are_an_attack_and_no_mere_flight() -> None:
    (term,) = terms("1. The Parties shall cease all offensive operations and the use of armed drones.\n").values()
    assert term["forbid"]["act"] == ["assault", "strike_drone"]


def test_a_distance_behind_its_weapons_is_a_term_of_its_own() -> None:
    made = terms(
        "1. Tanks shall be withdrawn to 15 km and artillery of calibre 100 mm and above to 25 km from the line of contact.\n"
        "2. Long-range artillery (over 30 km) shall be kept 50 km, and mortars at least 20 km, from the line.\n"
    )
    assert [term["limit"]["what"] for term in made.values()] == [
        {"weapon": ["tank"]},
        {"weapon": ["artillery"], "calibre": ">= 100 mm"},
        {"weapon": ["artillery"], "range": "> 30 km"},
        {"weapon": ["mortar"]},
    ]
    assert [term["text"] for term in made.values()][1::2] == [
        "artillery of calibre 100 mm and above … shall be withdrawn to 25 km from the line of contact.",
        "mortars … shall be kept at least 20 km, from the line.",
    ]


def test_days_that_armies_count_from_and_days_of_the_week_are_read() -> None:
    leave, release, lists = terms(
        "1. The Movement shall leave the port by noon on D+30.\n"
        "2. The Government shall release no fewer than 25 detainees every Friday.\n"
        "3. The Government shall deliver 40 lorries of food every two weeks.\n"
    ).values()
    assert leave["deadline"] == "beginning + 30 days"
    assert release["require"]["every"] == "1 week"
    assert lists["require"]["every"] == "2 weeks"
    told = skeleton("1. The Movement shall leave the port by noon on D+30.\n")
    assert "counted from what? The clause names 'D'" in told
    assert "what does 'noon' say" in told


@pytest.mark.parametrize(
    "text",
    [
        "The Parties shall not obstruct the repair of water and power lines.",
        "The Movement shall keep no anti-aircraft weapons in the valley.",
        "The number of soldiers on leave shall not exceed ten per cent of the strength.",
        "The ban in Article 1 shall not apply to operations against groups that the Council lists.",
        "The Government shall not be required to withdraw its border guards.",
        "Air defence systems shall not be switched on except in case of an air attack.",
        "Light weapons are exempt from Article 12.",
        "The ban on flights is lifted as of 1 May 2027.",
        "No side shall object to the deployment of the Mission.",
        "A breach of the ban on flights shall be treated as a breach of the truce.",
        "Drones weighing less than 250 grams are not covered by Article 6.",
        "Helicopters shall keep an altitude of at least 1,500 metres over villages.",
        "The Movement shall refrain from felling trees, save where this is necessary to stop an advance.",
    ],
)
def test_a_word_for_an_act_that_a_clause_turns_is_no_act_of_a_term(text: str) -> None:
    (term,) = terms(f"1. {text}\n").values()
    assert "unverifiable" in term


@pytest.mark.parametrize(
    "text",
    [
        "If the Movement does not complete the assembly by the date in Article 7, the Government may suspend Article 8.",
        "Should either side fail to comply with Article 4, the other side shall be released from Article 5.",
    ],
)
def test_what_may_be_done_where_something_was_not_is_no_ban_and_no_duty(text: str) -> None:
    ban, made = terms(f"1. Both sides shall cease fire.\n2. {text}\n").values()
    assert "forbid" in ban
    assert made["when"]
    assert not {"forbid", "require"} & made.keys()


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("The Movement's forces are free to leave the camp by day.", "is it a right, and no duty?"),
        ("Where a side has not withdrawn, the other may stop its own withdrawal.", "is it a right, and no ban?"),
        (
            "For each 10 rockets handed over the Government shall dismantle one checkpoint.",
            "is it owed only for what another does?",
        ),
        (
            "The Movement shall assemble in camps, not exceeding 1,200 persons in each.",
            "is 'not exceeding 1,200 persons' for each of several?",
        ),
        ("Drones of the Mission shall not be fired at.", "what must not be attacked?"),
        ("The Movement shall vacate all public buildings, schools in particular.", "is it about more than 'schools'?"),
        (
            "No side shall introduce reinforcements, ammunition or new equipment.",
            "is 'ammunition', 'new equipment' forbidden too?",
        ),
    ],
)
def test_what_turns_or_narrows_a_clause_is_asked(text: str, asked: str) -> None:
    assert asked in skeleton(f"1. {text}\n")


def test_mines_against_tanks_are_no_tanks_and_checkpoints_are_no_soldiers() -> None:
    mines, posts = terms(
        "1. Both sides shall clear all anti-tank mines by 3 May 2027.\n2. All checkpoints are to be dismantled by 3 May 2027.\n"
    ).values()
    assert mines["require"] == {"act": ["mine_clearance"]}
    assert posts["require"] == {"act": ["route_opened"]}


def test_what_is_forbidden_unless_somebody_agrees_ahead_is_forbidden() -> None:
    (term,) = terms("1. Unless otherwise agreed, no reinforcements shall be sent to the front.\n").values()
    assert term["forbid"] == {"act": ["reinforcement"]}


def test_what_the_truce_is_used_for_is_forbidden_and_not_the_truce() -> None:
    used, barracks = terms(
        "1. No side shall use the ceasefire to recruit fighters.\n2. Hospitals shall not be used as barracks.\n"
    ).values()
    assert used["forbid"]["act"] == ["recruitment"]
    assert barracks["forbid"] == {"act": ["home_occupation"], "target": ["hospital"]}
