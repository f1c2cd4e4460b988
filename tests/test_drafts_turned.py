"""Clauses whose words seem to say one thing and say another: what a lawyer would not let pass is drafted so, or asked."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from servanda.agreement import inspect_agreement
from servanda.app.draft import draft_file
from servanda.drafting.understand.abroad import understand_abroad
from servanda.drafting.understand.actors import Actors
from servanda.values.files import NamedBytes

HEAD = "Truce between the Government of Northland and the Southland Movement\n\n"


def drafted(*clauses: str) -> tuple[list[dict[str, Any]], str]:
    text = HEAD + "".join(f"{n}. {clause}\n" for n, clause in enumerate(clauses, 1))
    written = draft_file(NamedBytes("draft.txt", text.encode()))[1].yaml
    data = yaml.safe_load(written)
    assert inspect_agreement(data)[1] == []
    return list(data["terms"].values()), written


@pytest.mark.parametrize(
    ("clause", "kind", "acts"),
    [
        ("Persons who leave the city shall not be fired upon.", "forbid", ["armed_clash", "shelling", "short_range_drone", "small_arms"]),
        ("Soldiers who refuse to fire shall not be punished.", "forbid", ["disciplinary_measure"]),
        ("Units which have violated the truce shall be withdrawn.", "require", ["withdrawal"]),
        ("Commanders shall ensure that no unit opens fire during the harvest.", "forbid", ["armed_clash", "shelling", "short_range_drone", "small_arms"]),
        ("No side shall fire unless fired upon.", "forbid", ["armed_clash", "shelling", "short_range_drone", "small_arms"]),
        ("The Parties shall not fail to report every movement of more than 50 men.", "require", ["report_made"]),
        ("No reinforcements of troops beyond one-for-one replacement shall be brought in.", "forbid", ["reinforcement"]),
        ("The cease-fire shall not be used to rearm.", "forbid", ["arms_transfer"]),
        ("No person shall be detained for having belonged to the Movement.", "forbid", ["civilian_detention"]),
        ("Persons detained since the truce began shall be released.", "require", ["release"]),
        ("Northland shall not resume its offensive even if Southland rejects the plan.", "forbid", ["assault"]),
    ],
)  # fmt: skip
def test_an_act_is_what_a_clause_forbids_or_asks_for_and_not_whom_or_what_it_speaks_of(
    clause: str, kind: str, acts: list[str]
) -> None:
    ((term,), _) = drafted(clause)
    assert sorted(term[kind]["act"]) == acts


@pytest.mark.parametrize(
    ("clause", "only"),
    [
        ("The Parties shall refrain from shelling during the month of Ramadan.", "during the month of Ramadan"),
        ("No person shall be detained for having belonged to the Movement.", "for having belonged to the Movement"),
        ("No Party shall detain civilians on account of their origin.", "on account of their origin"),
        ("Until the elections are held, neither side shall recruit children.", "Until the elections are held"),
        ("Neither side shall fire at night.", "at night"),
        ("There shall be no shelling between sunset and sunrise.", "between sunset and sunrise"),
        (
            "Neither Party shall use the territory of a third State to launch attacks.",
            "use the territory of a third State to launch attacks",
        ),
        ("Neither side shall fire during the truce.", ""),
        ("Neither side shall lay mines throughout the territory.", ""),
        ("Neither side shall fire until 1 May 2027.", ""),
        ("Neither side shall fire while remaining in its positions.", ""),
    ],
)
def test_when_or_why_alone_something_is_forbidden_is_asked(clause: str, only: str) -> None:
    (_, written) = drafted(clause)
    assert (f"# TODO only: does it bind only so? The clause says {only!r}" in written) == bool(only)


@pytest.mark.parametrize(
    ("code", "clause", "only"),
    [
        ("ru", "Стороны не ведут огонь в период уборки урожая.", "в период"),
        ("uk", "Сторони не ведуть вогонь під час жнив.", "під час"),
        ("uk", "До проведення виборів жодна сторона не проводить мобілізації.", "До проведення"),
        ("fr", "Les parties s'interdisent tout acte hostile pendant la saison des pluies.", "pendant"),
        ("es", "Las partes suspenden toda operación ofensiva durante las elecciones.", "durante"),
        ("ar", "يمتنع الطرفان عن أي عمل عدائي خلال شهر رمضان.", "خلال"),
    ],
)
def test_when_alone_something_is_forbidden_is_asked_in_other_languages(code: str, clause: str, only: str) -> None:
    found = understand_abroad(clause, code, Actors())
    assert (found.what.kind, only in found.questions.get("only", "")) == ("forbid", True)


def test_a_word_that_shares_its_noun_with_the_next_is_an_act_of_its_own() -> None:
    ((bombed,), _) = drafted("Air and artillery bombardment of the city is prohibited.")
    assert sorted(bombed["forbid"]["act"]) == ["airstrike", "shelling"]
    ((fired,), _) = drafted("Rocket and mortar fire is prohibited.")
    assert sorted(fired["forbid"]["act"]) == ["mortar_fire", "rocket_artillery_fire"]


def test_a_day_without_its_year_is_no_number_of_what_is_asked_for() -> None:
    ((term,), written) = drafted("All mines laid after 10 May shall be cleared by those who laid them.")
    assert term["require"] == {"act": ["mine_clearance"]}
    assert "'10 May'" in written


def test_what_a_participle_says_of_a_subject_is_not_forbidden() -> None:
    ((term,), _) = drafted("Weapons confiscated from civilians shall be kept in the depot.")
    assert "looting" not in str(term.get("forbid"))


@pytest.mark.parametrize(
    ("code", "clause"),
    [
        ("ru", "Ответный огонь по позиции, с которой ведётся обстрел, не является нарушением."),
        ("uk", "Обстріл позиції, з якої ведеться вогонь, не вважається порушенням."),
        ("fr", "Le bombardement d'une position d'où part un tir n'est pas considéré comme une violation."),
        ("es", "El bombardeo de una posición desde la que se dispara no constituye violación."),
        ("ar", "لا يعد قصف موقع أطلقت منه النار خرقا لهذا الاتفاق."),
    ],
)
def test_what_is_said_to_be_no_violation_is_no_ban_in_other_languages(code: str, clause: str) -> None:
    found = understand_abroad(clause, code, Actors())
    assert (found.what.kind, "exception" in found.questions["kind"]) == ("unverifiable", True)


def test_a_second_party_that_will_deploy_in_parallel_has_a_duty_of_its_own() -> None:
    left, came = drafted(
        "Northland will withdraw its forces within 60 days, and in parallel Southland will deploy along the line."
    )[0]
    assert (left["require"]["act"], came["require"]["act"]) == (["withdrawal"], ["deployment"])
    assert "forbid" in drafted("Southland shall deploy weapons only in the camps.")[0][0]


@pytest.mark.parametrize(
    ("clause", "asked"),
    [
        ("Each Party shall release ten prisoners for every hostage handed over.", "for every hostage handed over"),
        ("Any detained person shall be brought before a judge or released.", "either: may something else be done instead?"),
    ],
)  # fmt: skip
def test_what_is_owed_for_another_thing_or_instead_of_it_is_asked(clause: str, asked: str) -> None:
    ((term,), written) = drafted(clause)
    assert (term["require"]["act"], asked in written) == (["release"], True)


@pytest.mark.parametrize(
    ("clause", "asked"),
    [
        ("Persons who leave the city shall not be pursued or fired upon.", "what must not be attacked?"),
        ("The Parties shall not fire on, harass or detain fishermen.", "is it forbidden only against 'fishermen'?"),
        ("The Parties shall refrain from reprisals against those who helped it.", "is it forbidden only against 'those who helped it'?"),
        ("The Parties shall not fire at each other.", ""),
        ("The Parties shall not attack at night.", ""),
    ],
)  # fmt: skip
def test_whom_or_what_alone_it_is_forbidden_to_attack_is_asked(clause: str, asked: str) -> None:
    (_, written) = drafted(clause)
    assert ("# TODO target: " in written, asked in written) == (bool(asked), True)


@pytest.mark.parametrize(
    "clause",
    [
        "Shelling of a position from which fire was opened is not a violation of this Agreement.",
        "The truce shall not be interpreted as preventing Northland from arresting criminals.",
    ],
)
def test_what_is_said_to_be_no_violation_is_an_exception_and_no_ban(clause: str) -> None:
    ((term,), written) = drafted(clause)
    assert ("unverifiable" in term, "of which terms is it an exception?" in written) == (True, True)


@pytest.mark.parametrize(
    ("clause", "spared"),
    [
        ("All roadblocks except those manned jointly shall be removed within a week.", "those manned jointly"),
        ("Mortars, but not small arms, shall be withdrawn to 10 km.", "small arms"),
    ],
)
def test_what_is_spared_between_subject_and_verb_takes_no_verb_away(clause: str, spared: str) -> None:
    ((term,), written) = drafted(clause)
    assert "small_arms" not in str(term.get("forbid"))
    assert f"what must be shown before {spared!r} excuses" in written
    assert term.get("deadline", "") == ("beginning + 1 week" if "week" in clause else "")


@pytest.mark.parametrize(
    ("clause", "asked"),
    [
        ("Displaced families shall not be prevented from returning to their homes.", "kind: what act"),
        ("The truce does not cover operations against groups that the Council lists.", "of which terms is it an exception?"),
        ("Upon a complaint, a joint team shall visit the place within six hours.", "kind: what act"),
    ],
)  # fmt: skip
def test_what_is_hindered_spared_or_only_sets_a_clause_off_is_no_act_of_it(clause: str, asked: str) -> None:
    ((term,), written) = drafted(clause)
    assert "unverifiable" in term
    assert asked in written


@pytest.mark.parametrize(
    ("clause", "asked"),
    [
        ("Aircraft shall not enter the airspace over the zone, medical evacuation flights excepted.", "before 'medical evacuation flights' excuses an act"),
        ("Except for ambulances, no vehicle shall cross the line between 20:00 and 06:00.", "before 'ambulances' excuses an act"),
        ("Except for ambulances, no vehicle shall cross the line between 20:00 and 06:00.", "'20:00', '06:00'"),
        ("No reinforcements beyond one-for-one replacement shall be brought in.", "owed only for what another does? The clause says 'one-for-one'"),
        ("Helicopters shall fly no lower than 300 metres.", "is this forbidden or asked for?"),
        ("Helicopters shall fly no lower than 300 metres.", "what does '300 metres' say"),
        ("The parties shall refrain from propaganda and from calling the other side names.", "nothing was recognised in 'The parties shall … from calling the other side names.'"),
        ("The Parties shall not redeploy forces, rearm or lay mines.", "is 'redeploy forces' forbidden too?"),
        ("Each side withdraws its forces, leaving one platoon per post.", "what does 'one platoon' say"),
    ],
)  # fmt: skip
def test_what_narrows_a_clause_is_asked(clause: str, asked: str) -> None:
    assert asked in drafted(clause)[1]


def test_a_deed_that_goes_without_its_verb_is_a_term_of_its_own() -> None:
    terms, _ = drafted("Bridges shall be reopened and mines on the roads removed by 1 May.")
    assert [term["require"]["act"] for term in terms] == [["route_opened"], ["mine_clearance"]]


@pytest.mark.parametrize(
    ("means", "deadline"), [("the day of signature", "signature + 30 days"), ("the day on which lists are exchanged after signature", "beginning + 30 days")]
)  # fmt: skip
def test_a_day_that_the_draft_defines_as_that_of_its_signature_is_not_asked(means: str, deadline: str) -> None:
    ((term,), written) = drafted(f'"D" means {means}.', "The Movement shall withdraw its forces from the town by D+30.")
    assert term["deadline"] == deadline
    assert ("counted from what?" in written) is (deadline != "signature + 30 days")


ABROAD = {
    "ru": ("Военнослужащие, отказавшиеся открывать огонь, не подлежат наказанию.", "Запрет не распространяется на ответный огонь.", "Стороны не препятствуют доставке помощи.", "Стороны могут вести огонь в ответ.", "Стороны не ведут огонь, кроме случаев самообороны."),
    "uk": ("Військові, які відмовилися вести вогонь, не караються.", "Заборона не поширюється на ведення вогню у відповідь.", "Сторони не перешкоджають доставці допомоги.", "Сторони можуть відкривати вогонь у відповідь.", "Сторони не відкривають вогонь, крім випадків самооборони."),
    "fr": ("Les soldats qui refusent d’ouvrir le feu ne sont pas punis.", "L’interdiction ne s’applique pas aux bombardements aériens.", "Nul ne peut entraver la livraison des vivres.", "Les parties peuvent ouvrir le feu en réponse.", "Les parties cessent le feu, sauf en cas d’attaque."),
    "es": ("Los soldados que se nieguen a abrir fuego no serán castigados.", "La prohibición no se aplica a los ataques aéreos.", "Las partes no impedirán la liberación de los presos.", "Las partes podrán abrir fuego en respuesta.", "Las partes cesan el fuego, salvo en defensa propia."),
    "ar": ("لا يعاقب الجنود الذين يرفضون إطلاق النار.", "لا يسري الحظر على الرد على إطلاق النار.", "لا يعرقل الطرفان انسحاب القوات.", "يجوز للطرفين إطلاق النار ردا.", "يوقف الطرفان إطلاق النار إلا دفاعا عن النفس."),
}  # fmt: skip


@pytest.mark.parametrize("code", ABROAD)
def test_in_other_languages_words_that_turn_a_clause_are_no_ban_and_are_asked(code: str) -> None:
    described, frame, hindered, right, spared = (understand_abroad(text, code, Actors()) for text in ABROAD[code])
    assert [one.what.kind for one in (described, frame, hindered)] == ["unverifiable"] * 3
    assert "exception" in frame.questions["kind"]
    assert "right" in right.questions["permit"]
    assert spared.what == right.what.__class__("forbid", ("attack",), spared.what.kind_words, spared.what.act_words)
    assert "spare" in spared.questions["except"]


@pytest.mark.parametrize(
    ("clause", "most", "each"),
    [
        ("Not more than four convoys a week shall use the bridge road.", 4, "a week"),
        ("At most five armoured vehicles may be present at any one post.", 5, "any one"),
        ("There may be no more than ten policemen at every checkpoint.", 10, "at every"),
        ("No checkpoint shall be manned by more than eight men.", 8, "No checkpoint"),
        ("Each post shall have no more than four machine guns.", 4, "Each post"),
        ("The crossing points shall be guarded by no more than six policemen each.", 6, "each"),
    ],
)
def test_the_most_of_each_of_several_is_a_cap_that_is_asked(clause: str, most: int, each: str) -> None:
    (term,), written = drafted(clause)
    assert (set(term) & {"require", "forbid", "limit"}, term["limit"]["to"]) == ({"limit"}, most)
    assert "for each of several? The clause says" in written
    assert f"{each}'; it stands for all together" in written


@pytest.mark.parametrize(
    ("code", "clause", "most"),
    [
        ("ru", "Запрещается размещать свыше ста военнослужащих.", "свыше"),
        ("uk", "Розміщується не більше п'яти бронемашин.", "не більше"),
        ("fr", "Trois véhicules au plus sont déployés à chaque point de passage.", "au plus"),
        ("fr", "Les troupes déployées n'excèdent pas une compagnie.", "n'excèdent"),
        ("es", "El despliegue no superará los veinte policías.", "no superará"),
        ("ar", "لا ينشر أكثر من خمس مدرعات.", "أكثر من"),
    ],
)
def test_a_cap_in_words_is_asked_in_other_languages(code: str, clause: str, most: str) -> None:
    assert f"The clause says '{most}'" in understand_abroad(clause, code, Actors()).questions["to"]


@pytest.mark.parametrize(
    ("code", "clause"),
    [
        ("ru", "Стороны не более чем за десять дней отводят войска."),
        ("uk", "Понад сто полонених звільняють."),
        ("fr", "Plus de deux cents détenus seront libérés."),
        ("es", "Más de cien presos serán liberados."),
        ("es", "Las tropas se retiran en no más de diez días."),
        ("ar", "يطلق سراح أكثر من مئة أسير."),
        ("ar", "ينسحب الطرفان خلال عشرة أيام على الأكثر."),
    ],
)
def test_a_time_limit_and_more_than_so_many_are_no_cap_in_other_languages(code: str, clause: str) -> None:
    assert "to" not in understand_abroad(clause, code, Actors()).questions


@pytest.mark.parametrize(
    ("clause", "acts"),
    [
        ("Jamming of aircraft is forbidden.", ["jamming"]),
        ("Sniping is prohibited, as is the use of lasers against aircraft.", ["small_arms"]),
        ("Money shall not be collected at crossing points.", None),
        ("Photography at the crossing points is forbidden.", None),
        ("The crossing points shall not operate at night.", None),
    ],
)
def test_what_something_is_done_to_or_where_is_no_act_of_a_clause(clause: str, acts: list[str] | None) -> None:
    ((term,), _) = drafted(clause)
    assert "require" not in term
    assert term.get("forbid", {}).get("act") == acts


def test_drones_that_are_forbidden_against_something_are_asked() -> None:
    assert "only against 'vehicles'?" in drafted("The use of drones against vehicles shall stop.")[1]
