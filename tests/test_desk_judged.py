"""The judge in six languages: whatever it can say has a pattern, and no field of one swallows a sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("django")
from servanda.app.cases import run_all
from servanda.verdicts.builder import VerdictBuilder
from tests.desks import mission

ROOT = Path(__file__).parents[1]
JUDGE = ROOT / "src" / "servanda" / "verdicts"
ELSEWHERE = frozenset(
    {"summary.py", "summary_words.py", "to_verify.py", "verify.py", "divided", "model.py", "hearsay_words.py"}
)
"""What of that room says other things than steps, or is read apart (reports that count for less)."""
CODE = frozenset({"Callable[[CaseFile, EventTimes, Text, Term, str | None, Breaches], Concluded]"})
NOT_IN_STEPS = frozenset(
    {
        "found nowhere",
        "condition for its end met",
        "condition met since",
        "after the last act there is quiet",
        "not shown",
        "its condition is met",
        "if confirmed",
        "at once",
        "less than 0.1 % likely",  # a share, whatever it is
        "an event",  # the events of one
        "by no observer",  # by 0 of them
    }
)
"""What stands in measures, remarks, or in parts that other texts are made of."""
ONE_AS_MANY = {"is": "are", "was": "were", "has": "have", "denies": "deny", "breach": "breaches", "its": "their"} | {
    word: f"{word}s"
    for word in "incident origin report allegation occasion period pair number item act time count observer".split()
}
VERBS = {f"{verb}s": verb for verb in "fall count lie ask speak".split()}


@pytest.fixture(scope="module", autouse=True)
def desk(tmp_path_factory: pytest.TempPathFactory) -> None:
    mission(tmp_path_factory.mktemp("judged") / "m", reports=1)


def phrases() -> Iterator[tuple[str, str]]:
    """Every string of two words or more with which the judge makes its steps, clause by clause, with where it stands."""
    for path in sorted(JUDGE.rglob("*.py")):
        if ELSEWHERE & {path.name, path.parent.name}:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        faults = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Raise) for part in ast.walk(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes | faults:
                for clause in re.split(r"[;:.] ", f" {node.value} "):
                    words = clause.strip(" ,.;:()%")
                    if len(re.findall(r"[a-z]{2,}", words)) > 1 and " " in words and node.value not in CODE:
                        yield f"{path.name}:{node.lineno}", words


def as_of_many(words: str) -> str:
    """The words as a pattern says them, of many."""
    return re.sub(r"[A-Za-z]+", lambda w: {**ONE_AS_MANY, **VERBS}.get(w[0], w[0]), words)


def test_whatever_the_judge_can_say_has_a_pattern_in_the_catalogues_of_the_desk() -> None:
    from servanda.desk.judge_says import JUDGED

    known = as_of_many(" | ".join(JUDGED))
    lacking = [
        (where, words) for where, words in phrases() if as_of_many(words) not in known and words not in NOT_IN_STEPS
    ]
    assert lacking == [], lacking


@pytest.mark.parametrize("case", ["resolution-2231", "istanbul-2022", "negotiation-march-2025"])
def test_no_step_of_an_agreement_of_the_library_stands_in_english_on_a_page_of_another_language(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from servanda.desk.judged import judged
    from servanda.desk.languages import speaking

    steps: set[str] = set()
    made = VerdictBuilder.step

    def heard(self: VerdictBuilder, rule: str, text: str, uses: object = ()) -> None:
        steps.add(text)
        made(self, rule, text, uses)  # type: ignore[arg-type]

    monkeypatch.setattr(VerdictBuilder, "step", heard)
    assert list(run_all([ROOT / "cases" / case / "cases.yaml"]))
    for code in ("uk", "ru", "fr", "es", "ar"):
        with speaking(code):
            assert [step for step in sorted(steps) if judged(step) == step] == []


def test_no_field_of_a_sentence_swallows_the_next_sentence_or_a_clause_without_a_pattern() -> None:
    from servanda.desk.judged import judged
    from servanda.desk.languages import speaking

    with speaking("fr"):
        seen = judged(
            "33 % of place and time was watched: there an act of this kind would have been seen with a declared probability of at least 0.95; the mandate asks for 0.9. "
            "Nothing was found there; the chance that one act there went unseen is at most 0.05. less than 1 % was not watched: at most 148 km² at once, for up to 2 days, "
            "and some part every day at some time from 18:00 to 19:00 (Europe/Kyiv); nothing is said of that part."
        )
        assert "moins de 1 % n’ont pas été observés : au plus 148 km² à la fois, jusqu’à 2\xa0jours" in seen
        assert "18:00-19:00" in seen
        assert not re.search(r"\b(?:the|was|of|there|nothing)\b", seen)
        bound = "The term binds B from 2025-03-18T10:00:00+02:00 to 2025-03-28T00:00:00+02:00"
        ended = judged(f"{bound}; by what ends it, until: 2025-03-20T10:00:00+02:00.")
        assert ended.endswith("; d’après ce qui y met fin, jusqu’à : 2025-03-20T10:00:00+02:00.")
        assert "n’est pas en lorries : 1" in judged(
            "Of 1 incident what was counted is not lorries: one counts as shown of each, and how many there may have been is not known."
        )
        for english in (f"{bound}; it rained.", f"{bound}. It rained.", "Observers against observers: it rained."):
            assert judged(english) == english
        many = "3 reports are taken as a claim: 3 carried by Actualno (Bulgaria) (an observation that another carries; the register does not say that its carrier merely relays it (relays))."
        assert "Actualno (Bulgaria) : 3 (une observation portée par un autre" in judged(many)
        both = "disputed: one reading finds a breach, and another finds none (a: breached; b: not_due)."
        assert "(a: violé; b: pas échu)" in judged(both)


def test_numbers_stand_with_the_signs_of_the_language_and_with_all_their_digits() -> None:
    from servanda.desk.judged import judged, tied
    from servanda.desk.languages import speaking, told

    steps = {
        "1,234 incidents are open: such an act is shown, and whose it was is not.": "1,234",
        "1,234 reports are taken as claims: 1,200 carried by Actualno (Bulgaria) (an observation that another carries; the register does not say that its carrier merely relays it (relays)).": "1,200",
        "33 % of place and time was watched: there an act of this kind would have been seen with a declared probability of at least 0.95; the mandate asks for 0.90.": "0.90",
    }
    for code, signs in {"en": ",.", "uk": "\xa0,", "ru": "\xa0,", "fr": "\u202f,", "es": ".,", "ar": ",."}.items():
        with speaking(code):
            for step, number in steps.items():
                assert number.translate(str.maketrans(",.", signs)) in judged(step), (code, judged(step))
            assert f"0{signs[1]}70" in tied("with R2 of Post 2.5: 0.70 km and 0.0 h apart 11.4")
            assert "Post 2.5" in tied("with R2 of Post 2.5: 0.70 km and 0.0 h apart 11.4")
            rows = (
                "has some 2,000 rows; 1,500 at most are taken at once: divide it, or record it by 'servanda record add'"
            )
            assert f"1{signs[0]}500" in told(rows)


def test_a_sentence_of_the_judge_begins_with_a_capital_letter_in_every_language() -> None:
    from servanda.desk.judge_says import JUDGED
    from servanda.desk.languages import NAMES, messages_of

    whole = [key for key in JUDGED if key.endswith(".") and re.match(r"[A-Z]|%\(number\)s [a-z]", key)]
    small = {c: [k for k in whole if (said := messages_of(c).get(k, ("",))[0])[:1].islower() and said] for c in NAMES}
    assert {code: found for code, found in small.items() if found} == {}


@pytest.mark.parametrize("case", ["energy-truce-2025", "easter-truce-2025"])
@pytest.mark.parametrize("code", ["uk", "ru", "fr", "es", "ar"])
def test_what_an_agreement_was_understood_as_is_said_in_the_language_of_the_page(case: str, code: str) -> None:
    from servanda.agreement import read_agreement
    from servanda.agreement.plain_language import say_force, say_preface, say_term
    from servanda.desk.judged import judged
    from servanda.desk.languages import speaking

    text = read_agreement(ROOT / "cases" / case / "agreement.yaml")
    lines = [line for line in say_preface(text) if line]
    for one in text.texts:
        lines += say_force(text, one) + [line for term in one.terms for line in say_term(text, term)]
    asked = [line for line in lines if " must " in line]
    with speaking(code):
        english = [line for line in lines if judged(line) == line]
        whole = " ".join(judged(line) for line in asked)
    assert asked
    assert [line for line in english if not line.startswith("Excepted is") and "has come" not in line] == []
    assert "must" not in whole
    assert " act of " not in whole


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("A and B may each have no tank: counted is an act of deployment with tank in the place that holds for each: 'x' or 'z' for A, 'y' for B.", "où, pour chacun le sien : 'x' / 'z' (A), 'y' (B)."),
        ("This is a guarantee. It is set off by a breach shown of truce or silence.", "Elle est déclenchée par une violation établie de : truce / silence."),
        ("Then A must do this within 3 days: consultation.", "dans un délai de "),
        ("It is to be done by the end of 13 January 1996.", "avant la fin du 13 janv. 1996."),
        ("It is set off by a breach shown of truce by A.", "(par : A)."),
        ("Excepted is consent, only if all of this is shown: consent of A and consent of the B.", "que tous y ont consenti : A et the B."),
        ("A and B must each declare: strength and locations.", "de leurs forces : combien elles sont, où elles se trouvent."),
        ("A must not commit an act of deployment by a force foreign to B, by nationality, command or payroll, under whatever label in 'x'.", "par une force étrangère à B par la nationalité"),
        ("It is set off by 2 breaches shown of truce, all within 3 days.", ""),
        ("Then A must do this within 3 days: consultation, unless before that peace has come.", ""),
        ("A and B may each have no more than many men: counted is an act of deployment, anywhere.", ""),
    ],
)  # fmt: skip
def test_guarantees_bans_of_things_and_last_days_are_said_whole_or_stand_in_english(line: str, said: str) -> None:
    from servanda.desk.judged import judged
    from servanda.desk.languages import speaking

    with speaking("fr"):
        assert said in judged(line) if said else judged(line) == line


def test_what_is_said_of_an_act_in_a_way_without_a_pattern_leaves_its_sentence_in_english_whole() -> None:
    from servanda.desk.judged import judged
    from servanda.desk.languages import speaking

    for more in ("by a force foreign to A, by nationality", "in the place that holds for each, 'a' for A"):
        line = f"Aldova must not commit an act of shelling {more}, anywhere."
        with speaking("fr"):
            assert judged(line) == line
