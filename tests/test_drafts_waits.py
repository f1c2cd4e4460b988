"""Clauses that wait, exempt, define or tell: what treaties say around an obligation is no act of it, and what no value holds is asked."""

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


def test_what_must_have_come_before_is_asked_and_lends_neither_its_weapons_nor_its_party() -> None:
    (term,), written = drafted(
        "Once the Movement has withdrawn its tanks, the Government shall release 20 detainees within 48 hours."
    )
    assert (term["binds"], term["require"]["act"], term["require"].get("weapon")) == (["GN"], ["release"], None)
    assert "does it wait for 'Once the Movement has withdrawn its tanks'? No value does" in written
    assert "figures: what does 'Once'" not in written


@pytest.mark.parametrize(
    ("clause", "waits"),
    [
        ("Following verification by the Mission, the Movement shall release 20 detainees.", True),
        ("The Government shall open the road as soon as the Movement has left the town.", True),
        ("Upon signature of this Agreement, the Movement shall release 20 detainees.", False),
        ("After 14 days, the Movement shall release 20 detainees.", False),
        ("If possible, the Movement shall release 20 detainees by 3 May 2027.", False),
    ],
)
def test_a_day_of_the_text_itself_is_nothing_that_a_clause_waits_for(clause: str, waits: bool) -> None:
    assert ("TODO only_after" in drafted(clause)[1]) == waits


def test_what_must_come_before_a_ban_ends_is_not_what_it_forbids() -> None:
    (term,), _ = drafted("The Movement shall not move artillery across the Line before the Mission has inspected it.")
    assert "inspection" not in str(term)
    (term,), written = drafted("The Parties shall not fly drones until the Mission has arrived.")
    assert term["forbid"]["act"] == ["flight"]
    assert "does it bind only so? The clause says 'until the Mission has" in written


def test_what_a_clause_waits_for_between_commas_is_not_what_is_owed() -> None:
    (term,), written = drafted(
        "The Government shall, following consultation with the Movement, open the crossing point by 5 May 2027."
    )
    assert (term["require"]["act"], term["deadline"]) == (["route_opened"], "2027-05-05")
    assert "does it wait for 'following consultation with the Movement'?" in written


def test_what_is_to_be_told_in_advance_is_not_forbidden() -> None:
    (term,), _ = drafted("The Parties shall inform the Mission of every flight 24 hours in advance.")
    assert term["declare"] == {"notice": {"of": {"act": ["flight"]}, "before": "24 hours"}}


def test_a_ban_under_a_condition_is_a_ban_of_its_party() -> None:
    (term,), _ = drafted("The Government shall not resume its bombardment if the Movement delays the release.")
    assert (term["forbid"]["act"], term["binds"]) == (["shelling"], ["GN"])


@pytest.mark.parametrize(
    "clause",
    [
        "No more than 30 soldiers of the Government shall be present in the town at any time.",
        "Patrols of the Government shall not exceed six soldiers.",
    ],
)
def test_a_cap_binds_whose_soldiers_they_are(clause: str) -> None:
    (term,), _ = drafted(clause)
    assert term["binds"] == ["GN"]


@pytest.mark.parametrize(
    ("code", "clause"),
    [
        ("fr", "Les vols au-dessus de la ligne sont suspendus."),
        ("es", "Se suspenden los vuelos sobre la línea."),
    ],
)
def test_flights_that_are_suspended_are_forbidden_in_other_languages(code: str, clause: str) -> None:
    found = understand_abroad(clause, code, Actors())
    assert (found.what.kind, found.what.acts) == ("forbid", ("flight",))


def test_each_attack_that_is_reported_in_arabic_is_answered_and_not_forbidden() -> None:
    found = understand_abroad("يبلغ الطرفان البعثة بكل هجوم خلال ساعتين.", "ar", Actors())
    assert (found.what.kind, found.what.answer_to) == ("respond", ("attack",))


@pytest.mark.parametrize(
    ("code", "clause"),
    [
        ("ru", "После того как наблюдатели подтвердят отвод, Север освобождает пленных."),
        ("uk", "Щойно спостерігачі підтвердять відведення, Північ звільняє полонених."),
        ("fr", "Dès que les observateurs auront constaté le retrait, la Nordie libère les prisonniers."),
        ("es", "Una vez que los observadores verifiquen la retirada, Nortia liberará a los prisioneros."),
        ("ru", "В случае нападения Север освобождает пленных."),
        ("ar", "بعد أن يتحقق المراقبون من الانسحاب، تفرج الحكومة عن الأسرى."),
    ],
)
def test_in_other_languages_the_deed_of_a_condition_is_not_what_is_owed(code: str, clause: str) -> None:
    found = understand_abroad(clause, code, Actors())
    assert (found.what.kind, found.what.acts, "only_after" in found.questions) == ("require", ("release",), True)


@pytest.mark.parametrize(
    ("code", "clause"),
    [
        ("ru", "Если Юг не освободит пленных, Север вправе приостановить отвод."),
        ("uk", "Якщо Південь не звільнить полонених, Північ має право призупинити відведення."),
        ("fr", "Si la Sudie ne libère pas les prisonniers, la Nordie peut suspendre le retrait."),
        ("es", "Si Suria no libera a los prisioneros, el Gobierno podrá suspender la retirada."),
        ("ar", "إذا لم يفرج الجنوب عن الأسرى، يجوز للشمال تعليق الانسحاب."),
    ],
)
def test_a_right_to_suspend_a_deed_neither_owes_nor_forbids_it(code: str, clause: str) -> None:
    found = understand_abroad(clause, code, Actors())
    assert (found.what.kind, set(found.questions) >= {"permit", "only_after"}) == ("unverifiable", True)


@pytest.mark.parametrize(
    ("code", "clause", "said"),
    [
        ("ru", "С учётом положений статьи 4 артиллерия отводится на 30 км.", "С учётом положений"),
        ("uk", "Без шкоди для статті 4 артилерія відводиться на 30 км.", "Без шкоди для"),
        ("fr", "Sous réserve de l'article 4, tout survol est interdit.", "Sous réserve"),
        ("es", "Sin perjuicio del artículo 4, queda prohibido todo sobrevuelo.", "Sin perjuicio"),
        ("ar", "مع مراعاة المادة 4، يحظر تحليق الطائرات.", "مع مراعاة"),
    ],
)
def test_an_exception_by_reference_is_asked_in_other_languages(code: str, clause: str, said: str) -> None:
    assert repr(said) in understand_abroad(clause, code, Actors()).questions["except"]


def test_an_exception_by_reference_is_an_exception() -> None:
    (term,), _ = drafted("Subject to Article 4, no armed person shall be present in the town.")
    assert term["except"] == {"excepted": {"text": "Article 4"}}
    (term,), _ = drafted("Weapons in storage shall be subject to inspection by the Mission.")
    assert "except" not in term


@pytest.mark.parametrize(
    "clause",
    [
        "Под «нарушением» понимается любой обстрел или нападение.",
        "Термін «порушення» означає будь-який обстріл або напад.",
        "On entend par « violation » tout bombardement ou toute attaque.",
        "Por «violación» se entenderá todo bombardeo o ataque.",
        "يقصد بمصطلح «خرق» أي قصف أو هجوم.",
    ],
)
def test_a_definition_in_another_language_is_no_ban(clause: str) -> None:
    terms, written = drafted(clause)
    assert (terms, "# defined in clause 1" in written) == ([], True)


def test_what_a_clause_binds_to_behind_a_definition_is_a_term() -> None:
    (term,), written = drafted('"Line" means the line on Map 2. The Movement shall withdraw its tanks from the Line.')
    assert (term["require"]["act"], term["binds"]) == (["withdrawal"], ["SM"])
    assert "'Line' means 'the line on Map 2'" in written


@pytest.mark.parametrize(
    ("clause", "kind"),
    [
        ("Existing trenches shall be filled in within 30 days.", "unverifiable"),
        ("Notwithstanding paragraph 2, local police may carry arms.", "unverifiable"),
        ("A failure to release prisoners shall not entitle the other Party to suspend its withdrawal.", "unverifiable"),
        ("Nothing herein shall be taken to permit either side to reinforce its garrison.", "unverifiable"),
        ("Neither Party is obliged to release more than 30 prisoners.", "unverifiable"),
        ("The Mission shall verify the destruction of the missiles.", "unverifiable"),
        ("The Government shall refrain from suspending the flights of the Mission.", "unverifiable"),
        ("Any attack on a convoy shall be investigated by the Mission.", "unverifiable"),
        ("The Government shall suspend all reconnaissance flights.", "forbid"),
        ("Shelling shall be suspended for 72 hours to allow the evacuation of the wounded.", "forbid"),
        ("When the siren sounds, all firing shall stop.", "forbid"),
        ("Each Party shall inform all its forces of the cessation of hostilities.", "forbid"),
        ("Humanitarian convoys shall be neither delayed nor taxed.", "forbid"),
        ("Trenches shall be prohibited.", "forbid"),
        ("All mortar fire shall be discontinued.", "forbid"),
    ],
)
def test_what_is_done_with_a_thing_or_allowed_is_no_ban_on_it_and_what_is_suspended_is_banned(
    clause: str, kind: str
) -> None:
    (term,), _ = drafted(clause)
    assert kind in term


@pytest.mark.parametrize(
    ("clause", "to"),
    [
        ("The Parties shall inform the Mission of every exchange of fire within six hours.", ["armed_clash"]),
        ("Every shelling shall be reported to the other Party within six hours.", ["shelling"]),
    ],
)
def test_what_is_to_be_reported_whenever_it_comes_is_an_answer_to_it_and_no_ban(clause: str, to: list[str]) -> None:
    (term,), _ = drafted(clause)
    assert term["respond"] == {"to": {"act": to}, "with": {"act": ["report_made"]}, "within": "6 hours"}


@pytest.mark.parametrize(
    ("code", "clause"),
    [
        ("ru", "О каждом обстреле сообщается Миссии в течение шести часов."),
        ("uk", "Про кожен обстріл Місію повідомляють протягом шести годин."),
        ("fr", "Toute attaque est signalée à la Mission dans les six heures."),
        ("es", "Todo ataque se notificará a la Misión en el plazo de seis horas."),
        ("ar", "يبلغ عن كل قصف إلى البعثة خلال ست ساعات."),
    ],
)
def test_what_is_to_be_reported_is_an_answer_in_other_languages(code: str, clause: str) -> None:
    found = understand_abroad(clause, code, Actors())
    assert (found.what.kind, found.what.acts, found.deadline and found.deadline.text) == (
        "respond",
        ("report_made",),
        "6 hours",
    )


@pytest.mark.parametrize(
    ("clause", "asked"),
    [
        ("The Party concerned shall inform the Government of the release of prisoners.", "The clause says 'the Party concerned'"),
        ("All mines shall be cleared by the Party that laid them.", "The clause says 'the Party that laid them'"),
    ],
)  # fmt: skip
def test_a_party_that_is_told_by_what_it_did_is_asked_and_whom_it_tells_is_not_bound(clause: str, asked: str) -> None:
    (term,), written = drafted(clause)
    assert ("binds" in term, asked.lower() in written.lower()) == (False, True)


def test_forces_told_by_whose_they_are_bind_them() -> None:
    (term,), _ = drafted("At most 120 of the Government's troops may be stationed in Lom.")
    assert (term["limit"], term["binds"]) == ({"what": {"act": ["deployment"]}, "to": 120}, ["GN"])


def test_a_rate_a_cap_in_any_hours_and_one_by_its_verb_are_numbers() -> None:
    (rate,), _ = drafted("Detainees shall be released at a rate of not fewer than 20 per day.")
    assert rate["require"] == {"act": ["release"], "target": ["detainee"], "at_least": 20, "every": "1 day"}
    (most,), _ = drafted("In any period of 24 hours no more than three flights shall be made by the Government.")
    assert most["limit"] == {"what": {"act": ["flight"]}, "to": 3, "unit": "flights", "per": "24 hours"}
    (cap,), _ = drafted("The number of armed personnel of each Party in the zone is capped at six.")
    assert cap["limit"] == {"what": {"act": ["deployment"]}, "to": 6}


def test_what_is_owed_again_and_again_and_what_counts_back_are_asked() -> None:
    assert (
        "again and again? The clause says 'Every Friday'"
        in drafted("Every Friday the Government shall release 20 men.")[1]
    )
    assert "again and again? The clause says 'each month'" in drafted(
        "The Parties shall exchange, on the first Monday of each month, lists of detained persons."
    )[1]  # fmt: skip
    (term,), written = drafted(
        "The Government shall notify the Movement not later than ten days prior to any rotation."
    )
    assert ("deadline" in term["require"], "It counts back, which no value does" in written) == (False, True)


@pytest.mark.parametrize(
    ("clause", "lost"),
    [
        ("Detainees shall not be ill-treated, nor transferred to third States.", "transferred to third States"),
        ("The Movement shall see that its men neither enter the port nor fire upon ships.", "enter the port"),
        ("None of these may enter: rockets shall not be fired, nor mines laid.", ""),
    ],
)
def test_a_member_of_neither_and_nor_that_was_not_recognised_is_asked(clause: str, lost: str) -> None:
    assert (f"is {lost!r} forbidden too?" in drafted(clause)[1]) == bool(lost)


def test_heavy_weapons_brought_in_are_banned_as_such_and_things_in_a_list_are_no_strikes() -> None:
    (term,), _ = drafted("The Parties shall not move heavy weapons into the zone.")
    assert term["forbid"] == {"act": ["deployment"], "weapon": ["heavy_weapon"]}
    (term,), written = drafted(
        "None of the following shall be introduced into the zone: tanks, armed drones or mortars."
    )
    assert term["forbid"] == {"act": ["deployment"], "weapon": ["tank", "mortar"]}
    assert "is 'armed drones' forbidden too?" in written


def test_the_name_of_a_party_is_no_act() -> None:
    (term,), _ = drafted("The Movement shall refrain from recruiting persons under eighteen.")
    assert term["forbid"]["act"] == ["child_recruitment"]


def test_roman_items_are_obligations_of_their_own() -> None:
    terms, _ = drafted("The Government undertakes: (i) not to arrest civilians; (ii) to pay pensions.")
    assert terms[0]["text"] == "The Government undertakes not to arrest civilians"
    assert (terms[1]["text"], terms[1]["binds"]) == ("The Government undertakes to pay pensions.", ["GN"])


@pytest.mark.parametrize(
    ("code", "clause", "capped"),
    [
        ("uk", "Сторони не здійснюють обстрілів понад лінією.", False),
        ("uk", "Сторони не розміщують понад двадцять машин.", True),
        ("fr", "Les convois ne dépassent pas la ligne.", False),
        ("fr", "Les troupes déployées ne dépassent pas l'effectif convenu.", True),
    ],
)
def test_a_line_that_nobody_crosses_is_no_cap(code: str, clause: str, capped: bool) -> None:
    assert ("to" in understand_abroad(clause, code, Actors()).questions) == capped


def test_a_number_in_letters_is_asked_in_other_languages() -> None:
    found = understand_abroad("La Nordie libère quarante-cinq détenus dans les trois jours.", "fr", Actors())
    assert "'quarante-cinq détenus'" in found.questions["numbers"]
    assert "trois" not in found.questions["numbers"]
