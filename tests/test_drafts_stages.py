"""Clauses in stages, with numbers that compare and with words beside a duty: a term for each time, and no value or ban that the words do not hold."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from servanda.agreement import inspect_agreement
from servanda.app.draft import draft_file
from servanda.drafting.understand.abroad import understand_abroad
from servanda.drafting.understand.actors import Actors
from servanda.values.files import NamedBytes

HEAD = "Truce between the Government of Northland and the Southland Movement\n\nBodies: Joint Mission (JM)\n\n"


def drafted(text: str) -> tuple[list[dict[str, Any]], str]:
    written = draft_file(NamedBytes("draft.txt", f"{HEAD}1. {text}\n".encode()))[1].yaml
    terms = yaml.safe_load(written)["terms"] or {}
    if terms:
        assert inspect_agreement(yaml.safe_load(written))[1] == []
    return list(terms.values()), written


@pytest.mark.parametrize(
    ("code", "clause", "acts", "due"),
    [
        ("ru", "Не менее 50 пленных освобождаются в течение 10 дней.", "release", "10 days"),
        ("ru", "За сутки до выборов стороны отводят войска.", "withdrawal", "1 day"),
        ("uk", "Сторони не пізніше трьох днів відводять танки.", "withdrawal", "3 days"),
        ("uk", "Сторони відводять артилерію, не раніше ніж за два дні.", "withdrawal", ""),
        ("fr", "La Nordie ne libère pas moins de 50 prisonniers dans un délai n'excédant pas dix jours.", "release", "10 days"),
        ("fr", "Avant les élections, la Nordie libère les prisonniers.", "release", ""),
        ("es", "No más tarde del 3 de mayo, Suria retirará sus tropas.", "withdrawal", ""),
        ("es", "No menos de 50 prisioneros serán liberados en no más de diez días.", "release", "10 days"),
        ("ar", "خلال مدة لا تزيد على يومين يفرج الجنوب عن الأسرى.", "release", "2 days"),
        ("ar", "ينسحب الطرفان في موعد لا يتجاوز شهر.", "withdrawal", "1 month"),
    ],
)  # fmt: skip
def test_not_fewer_and_not_later_than_deny_nothing_in_other_languages(
    code: str, clause: str, acts: str, due: str
) -> None:
    found = understand_abroad(clause, code, Actors())
    assert (found.what.kind, found.what.acts) == ("require", (acts,))
    assert (found.deadline.text if found.deadline else "") == due


@pytest.mark.parametrize(
    ("code", "clause", "kind", "acts"),
    [
        ("ru", "Войска не входят в зону.", "forbid", "advance"),
        ("uk", "Озброєні особи не заходять до буферної зони.", "forbid", "advance"),
        ("fr", "Les Parties ne pénètrent pas dans la zone.", "forbid", "advance"),
        ("es", "Las tropas no podrán entrar en la zona.", "forbid", "advance"),
        ("ar", "لا تدخل القوات المنطقة العازلة.", "forbid", "advance"),
        ("ru", "Сёла Северска не входят в зону разграничения.", "unverifiable", ""),
        ("uk", "Сторони залишають казарми до 3 травня.", "unverifiable", ""),
        ("ru", "Стороны передают семьям погибших деньги.", "unverifiable", ""),
        ("es", "Las Partes entregarán los restos de comida.", "unverifiable", ""),
        ("es", "Las Partes no abandonarán las conversaciones.", "unverifiable", ""),
        ("fr", "La Nordie quitte l'enclave en dix jours.", "require", "withdrawal"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_deed_in_other_languages_is_none(code: str, clause: str, kind: str, acts: str) -> None:
    found = understand_abroad(clause, code, Actors())
    assert (found.what.kind, "".join(found.what.acts)) == (kind, acts)


def test_what_is_forbidden_before_a_deed_and_what_counts_back_is_asked() -> None:
    for code, clause in (("ru", "До отвода артиллерии пленные не освобождаются."), ("fr", "Avant le retrait, aucun prisonnier n'est libéré.")):  # fmt: skip
        found = understand_abroad(clause, code, Actors())
        assert (found.what.kind, "only" in found.questions) == ("forbid", True)
    found = understand_abroad("За годину до світанку сторони відводять війська.", "uk", Actors())
    assert (found.deadline and found.deadline.way, "counts back" in found.questions["deadline"]) == ("before", True)


@pytest.mark.parametrize(
    ("clause", "terms"),
    [
        ("Farmers may cross the line at harvest, and no Party shall fire on them.", ["armed_clash shelling short_range_drone small_arms"]),
        ("The Parties shall meet within 5 days of signature in the school of Korba, and neither Party may use the school for military purposes.", ["meeting_held", "home_occupation"]),
        ("The Movement shall clear the mines on the road by 1 May 2027, and in the fields no mines shall be laid.", ["mine_clearance", "mine_laying"]),
        ("The Parties shall keep their howitzers silent and their tanks in barracks.", ["shelling", "cantonment"]),
        ("The Movement shall hand over the wounded from the tanks by 3 May 2027.", ["handover"]),
    ],
)  # fmt: skip
def test_a_ban_behind_a_right_and_each_deed_of_one_verb_are_terms_of_their_own(clause: str, terms: list[str]) -> None:
    found = [" ".join(sorted((t.get("forbid") or t["require"])["act"])) for t in drafted(clause)[0]]
    assert found == terms


def test_a_ban_in_which_nothing_was_recognised_is_asked_and_not_lost() -> None:
    assert "nothing was recognised in 'neither Party shall hinder them.'" in drafted(
        "Displaced persons may return to Varosh from 1 May 2027, and neither Party shall hinder them."
    )[1].replace("\n", " ")


def test_a_time_for_something_is_no_number_of_it_in_every_period() -> None:
    (term,), _ = drafted("The Parties shall meet within 5 days of signature and every week.")
    assert "at_least" not in term["require"]


def test_a_clause_in_another_script_is_never_read_as_english() -> None:
    terms, written = drafted(
        "The Movement shall not attack hospitals.\n2. M-777 відводять на 15 км.\n3. Огонь прекращается."
    )
    assert (terms[1]["require"]["act"], "in a language that is not recognised" in written) == (["withdrawal"], True)


def test_none_of_the_parties_may_is_a_ban_and_no_right() -> None:
    found = understand_abroad("Ninguna de las Partes podrá reclutar menores.", "es", Actors())
    assert (found.what.kind, "permit" in found.questions) == ("forbid", False)
    found = understand_abroad("Не нарушая перемирия стороны могут размещать наблюдателей.", "ru", Actors())
    assert "permit" in found.questions
    found = understand_abroad("Si Suria no retira sus tropas, Nortia podrá suspender la liberación.", "es", Actors())
    assert "permit" in found.questions


def test_stages_with_a_time_each_are_a_term_each() -> None:
    terms, _ = drafted(
        "The Movement shall release 100 prisoners within 10 days of signature, 200 within 20 days of signature and the rest by 1 June 2027."
    )
    assert [(t["deadline"], t["require"].get("at_least")) for t in terms] == [
        ("signature + 10 days", 100),
        ("signature + 20 days", 200),
        ("2027-06-01", None),
    ]
    terms, _ = drafted("Within 10 days the Movement shall withdraw from Aden, and within 20 days from Lahij.")
    assert [(t["binds"], t["deadline"]) for t in terms] == [(["SM"], f"beginning + {n} days") for n in (10, 20)]


@pytest.mark.parametrize(
    "clause",
    [
        "The Movement shall release all prisoners within 60 days of signature and in any event by 1 June 2027.",
        "By 1 May 2027, or within 30 days of signature, whichever is earlier, the Movement shall withdraw its tanks.",
        "The Parties shall report by 1 May 2027 and 1 June 2027.",
    ],
)
def test_two_times_of_one_deed_are_one_term(clause: str) -> None:
    assert len(drafted(clause)[0]) == 1


def test_shares_places_of_meeting_and_times_of_rights_are_no_values_of_a_duty() -> None:
    (term,), _ = drafted("The Movement shall withdraw one third of its fighters by 3 May 2027.")
    assert term["require"] == {"act": ["withdrawal"]}
    (term,), _ = drafted(
        "The Parties shall meet at the bridge, and either Party may ask for a further meeting within 24 hours."
    )
    assert ("target" in term["require"], "deadline" in term) == (False, False)
    (term,), written = drafted("The Government shall keep its troops in barracks during the harvest.")
    assert "does it bind only so? The clause says 'during the harvest'" in written


@pytest.mark.parametrize(
    ("clause", "not_act"),
    [
        ("The Government shall supply the besieged districts with flour.", "siege"),
        ("The Government shall neutralise the mines on the road.", "law_adopted"),
        ("Neutral observers shall inspect the depots.", "law_adopted"),
        ("Calls between the Directors of Military Operations shall be made every Monday.", "attack"),
        ("The Government shall not reinforce outposts in the ceasefire areas.", "'attack'"),
        ("Two flights a week shall operate from the airport.", "forbid"),
        ("Helicopters may fly up to 1,000 metres from the Line.", "limit"),
    ],
)
def test_an_adjective_or_the_beginning_of_another_word_is_no_act(clause: str, not_act: str) -> None:
    assert not_act not in str([{k: v for k, v in t.items() if k != "text"} for t in drafted(clause)[0]])


def test_guns_and_mortars_that_are_handed_in_are_weapons_handed_over() -> None:
    (term,), written = drafted("The Movement shall hand in its mortars no later than three weeks before the election.")
    assert (term["require"]["act"], "counts back" in written) == (["weapons_handed_over"], True)


@pytest.mark.parametrize(
    ("clause", "terms"),
    [
        ("The Government need not withdraw its guards.", [("unverifiable", "", "")]),
        ("The Government has no obligation to release spies.", [("unverifiable", "", "")]),
        ("Tanks need not be moved, but the Government shall open the road by 1 May 2027.", [("require", "route_opened", "GN")]),
        ("The Movement may keep its rifles, but the Government shall release all prisoners by 1 May 2027.", [("require", "release", "GN")]),
        ("The Government has no duty to rebuild the dam; the Movement shall open the road by 1 May 2027.", [("require", "route_opened", "SM")]),
        ("Neither Party shall be prohibited from patrolling its side.", [("unverifiable", "", "")]),
        ("The Movement shall cease to be bound by Article 4 if the Government fires on it.", [("unverifiable", "", "")]),
        ("The Mission shall have unhindered access to all barracks.", [("forbid", "access_denied", "")]),
    ],
)  # fmt: skip
def test_what_nobody_has_to_do_binds_nobody_and_a_duty_behind_it_binds_its_own_subject(
    clause: str, terms: list[tuple[str, str, str]]
) -> None:
    kinds = ("require", "forbid", "limit", "unverifiable")
    found = [
        (kind, "".join(t[kind]["act"]) if isinstance(t[kind], dict) else "", "".join(t.get("binds", ())))
        for t in drafted(clause)[0]
        for kind in kinds
        if kind in t
    ]
    assert found == terms


def test_what_only_the_time_names_is_no_target() -> None:
    (term,), _ = drafted("The Government shall, within seven days of the arrival of the observers, lift the blockade of Lanze.")  # fmt: skip
    assert term["forbid"] == {"act": ["blockade"]}


def test_whom_a_party_lets_do_a_deed_and_what_gives_no_right_is_asked() -> None:
    for clause, asked in (
        ("The Movement shall allow the Government to repair the dam.", "lets 'the Government' do it"),
        ("Subject to verification by the Mission, the Movement shall be permitted to keep 50 rifles.", "is it a right, and no ban?"),
        ("Nothing in this Article permits shelling.", "gives nobody a right"),
        ("Drones shall not be prohibited from flying over the river.", "is it forbidden at all?"),
    ):  # fmt: skip
        assert asked in drafted(clause)[1]


@pytest.mark.parametrize(
    ("code", "leaves_open", "owes_nothing", "denies_twice", "bans"),
    [
        ("ru", "Ничто не препятствует сторонам отводить войска.", "Юг не обязан освобождать пленных.", "Стороны не могут не отводить войска.", "Стороны не могут не только размещать войска, но и минировать дороги."),
        ("uk", "Сторонам не забороняється розміщувати лікарів.", "Південь не зобов'язаний звільняти полонених.", "Сторони не можуть не відвести війська.", "Сторони не можуть розміщувати війська в зоні."),
        ("fr", "Rien n'interdit aux Parties de retirer leurs blessés.", "La Nordie n'est pas tenue de retirer ses gardes.", "Les Parties ne manqueront pas de libérer les prisonniers.", "Aucune des Parties ne bombarde les villes."),
        ("es", "Ninguna disposición impedirá retirar a los heridos.", "Suria no estará obligada a liberar a los presos.", "Suria no dejará de liberar a los presos.", "Ninguna de las Partes prohibirá el acceso de la Misión."),
        ("ar", "لا يمنع هذا الاتفاق سحب القوات.", "لا يلتزم الشمال بسحب قواته.", "لا يتوانى الطرفان عن سحب القوات.", "لا يمنع الطرفان وصول المراقبين."),
    ],
)  # fmt: skip
def test_in_other_languages_a_denied_ban_or_duty_is_no_ban(
    code: str, leaves_open: str, owes_nothing: str, denies_twice: str, bans: str
) -> None:
    sentences = (leaves_open, owes_nothing, denies_twice, bans)
    found = [understand_abroad(clause, code, Actors()) for clause in sentences]
    assert [u.what.kind for u in found] == ["unverifiable", "unverifiable", "unverifiable", "forbid"]
    asked = [u.questions["kind"] for u in found[:3]]
    assert ["leave open" in asked[0], "nobody has to" in asked[1], "denies twice" in asked[2]] == [True] * 3


@pytest.mark.parametrize(
    ("clause", "kind", "acts", "asked"),
    [
        ("The Movement shall not open fire on the bridge, save in answer to fire.", "forbid", "small_arms", "except"),
        ("No side shall enter the zone unless escorted by monitors.", "forbid", "advance", "except"),
        ("Northland shall permit refugees to return, provided that they are not armed.", "require", "return_of_displaced", "lets"),
        ("No side shall be hindered from keeping up to 90 policemen in the town.", "unverifiable", "", "kind"),
        ("From dusk to dawn no drones shall be flown within 3 km of the river.", "forbid", "flight", "only"),
        ("Shelling shall be suspended for as long as the Movement holds its fire.", "forbid", "shelling", "binds"),
        ("The army of Northland shall stop recruiting rebels.", "forbid", "recruitment", ""),
        ("No attacks shall be launched from schools.", "forbid", "attack", "only"),
        ("The Movement shall release the passengers of the vessel within two days of signature.", "require", "release", ""),
        ("Northland shall dismantle its radar on the cape.", "require", "demobilisation", "deadline"),
    ],
)  # fmt: skip
def test_what_a_condition_or_an_exception_names_is_neither_owed_nor_meant(
    clause: str, kind: str, acts: str, asked: str
) -> None:
    (term,), written = drafted(clause)
    assert kind in term
    values = str({key: value for key, value in term.items() if key != "text"})
    assert not any(f"'{code}'" in values for code in ("monitor", "ship", "radar", "route_opened", "school"))
    assert not acts or acts in term[kind]["act"]
    assert not asked or f"# TODO {asked}: " in written


def test_two_who_share_one_verb_owe_each_his_own() -> None:
    terms, _ = drafted("The Movement shall withdraw its fighters from the port and Northland its tanks.")
    assert [len(term["binds"]) for term in terms] == [1, 1]
    assert terms[0]["binds"] != terms[1]["binds"]


@pytest.mark.parametrize(
    ("title", "clause", "kind", "acts"),
    [
        ("Truce between Northland and the Free Districts", "The Free Districts shall vacate the school by 5 June 2026.", "require", ["withdrawal"]),
        ("Truce between Northland and the Peace Front", "The Peace Front shall not lay mines.", "forbid", ["mine_laying"]),
        ("Truce between Northland and the Lake Guard", "Monitors shall have unimpeded access, including by helicopter, to the lake.", "forbid", ["access_denied"]),
        ("Accord entre la Nordie et le Front de libération", "Le Front de libération retire ses troupes.", "require", ["withdrawal"]),
    ],
)  # fmt: skip
def test_what_a_party_s_name_says_is_no_word_of_the_clause(title: str, clause: str, kind: str, acts: list[str]) -> None:
    written = draft_file(NamedBytes("draft.txt", f"{title}\n\n1. {clause}\n".encode()))[1].yaml
    (term,) = yaml.safe_load(written)["terms"].values()
    assert (term[kind]["act"], "weapon" in term[kind]) == (acts, False)
    assert ("binds" in term) == ("Free" in title or "Peace" in title)


@pytest.mark.parametrize(
    ("clause", "kind", "acts"),
    [
        ("The Movement shall pay the families of those killed on 3 March 2026.", "require", ["payment"]),
        ("Members who surrender before 9 August 2026 shall benefit from an amnesty.", "require", ["amnesty_adopted"]),
        ("No force shall hinder the return of families.", "unverifiable", []),
        ("Nothing shall prevent the sides from extending the truce.", "unverifiable", []),
        ("The sides will refrain from articles that may undermine the ceasefire.", "unverifiable", []),
        ("Crowds shall not be met with live fire.", "forbid", ["small_arms"]),
        ("It is prohibited to answer with sniper fire.", "forbid", ["small_arms"]),
        ("Tanks shall not be brought back to the depots from which they were withdrawn.", "unverifiable", []),
        ("Unless the sides agree otherwise, the truce ends at noon on 3 March 2026.", "unverifiable", []),
    ],
)  # fmt: skip
def test_what_happened_before_or_ends_the_truce_is_not_due(clause: str, kind: str, acts: list[str]) -> None:
    (term,), _ = drafted(clause)
    assert "deadline" not in term
    assert kind in term
    assert not acts or term[kind]["act"] == acts


@pytest.mark.parametrize(
    ("code", "clause", "act"),
    [
        ("ru", "Армия освобождения не обстреливает мост.", "shelling"),
        ("uk", "Фронт визволення відводить війська.", "withdrawal"),
        ("es", "El Frente de Liberación retirará sus tropas.", "withdrawal"),
    ],
)
def test_what_a_party_s_name_says_is_no_deed_in_other_languages(code: str, clause: str, act: str) -> None:
    names = {"ru": "Армией освобождения", "uk": "Фронтом визволення", "es": "el Frente de Liberación"}
    assert understand_abroad(clause, code, Actors({"A": "Nord", "B": names[code]})).what.acts == (act,)
