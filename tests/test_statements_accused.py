"""Who accuses, admits or denies, and who does none of it: refusals to confirm, what is only supposed, denials of denials, *not they but others*."""

from __future__ import annotations

from pathlib import Path

import pytest

from servanda.app.statements import read_statements
from servanda.statements.accusations import accusations
from servanda.statements.slavic import slavic_accusations

RIVER = Path(__file__).resolve().parents[1] / "bench" / "speech" / "probes" / "river.yaml"


@pytest.mark.parametrize(
    ("code", "text", "kinds"),
    [
        ("ru", "Гайана не обвиняет Венесуэлу в обстреле Летема.", []),
        ("uk", "Гаяна не поклала провину на армію Венесуели.", []),
        ("ru", "Гайана не только обвинила Венесуэлу в обстреле Летема.", ["accuses VE"]),
        ("ru", "Гайана отрицает участие своих врачей в переговорах.", []),
        ("ru", "Гайана возложила вину на войска Венесуэлы. Армия участие отрицает.", ["accuses VE", "denies VE"]),
        ("en", "Guyana put the blame for the shelling of Lethem on the Venezuelan army.", ["accuses VE"]),
        ("en", "Guyana refused to confirm that Venezuela had attacked the convoy.", []),
        ("en", "Guyana confirmed that Venezuela had attacked the convoy.", ["accuses VE"]),
        ("en", "Guyana did not deny that its troops had shelled the port.", []),
        ("en", "Venezuela says that it has been accused by Guyana of attacking Lethem.", []),
        ("en", "Guyana said it had been falsely accused by Venezuela of shelling the port.", ["denies GY"]),
        ("en", "Guyana said Venezuela's claim that Guyanese troops had attacked the port was a lie.", ["denies GY", "accuses GY"]),
        ("en", "Venezuela said Guyana's claim that Venezuelan guns had attacked Lethem hid its losses.", ["accuses VE"]),
        ("en", "Venezuela said in a statement that Guyana had attacked the port.", ["accuses GY"]),
        ("en", "It was not Guyana but Venezuela that attacked the bridge, said Guyana's minister Mark Lott.", ["accuses VE"]),
        ("en", "It was Guyana and not Venezuela that broke the truce, said Venezuelan minister Luis Vega.", ["accuses GY"]),
        ("en", '"Guyana shelled us. Had Guyana attacked the port, we would know," Venezuelan minister Luis Vega said.', ["accuses GY"]),
        ("en", '"Had Guyana shelled us, we would have answered," Venezuelan minister Luis Vega said.', []),
        ("en", "\"A shepherd told us, 'Guyana shelled the farm'\", said Venezuela's minister Luis Vega.", []),
        ("en", '"It is not true that we did not shell the port," said Venezuelan minister Luis Vega.', []),
        ("en", '"This is a lie, we did not shell the port," said Venezuelan minister Luis Vega.', ["denies VE"]),
        ("ru", "Мост обстреляла не Венесуэла, а Гайана, заявил министр Венесуэлы Лев Гром.", ["accuses GY"]),
        ("ru", "Порт атаковали не войска Гайаны, а войска Венесуэлы, сообщили в МИД Гайаны.", ["accuses VE"]),
        ("ru", "«Это ложь, не мы обстреляли мост», — заявил министр Венесуэлы Лев Гром.", ["denies VE"]),
        ("ru", "«Неправда, что мы не обстреливали порт», — заявил министр Венесуэлы Лев Гром.", []),
        ("ru", "Гайана признала, что Венесуэла не обстреливала порт.", []),
        ("ru", "Гайана признала, что её войска обстреляли порт.", ["admits GY"]),
        ("uk", "Гаяна зізналася, що її військові атакували катер.", ["admits GY"]),
        ("uk", "Не Гаяна обстріляла міст, заявив міністр Венесуели Луїс Вега.", []),
        ("uk", "«Неправда, що ми обстрілювали порт», — заявив міністр Венесуели Луїс Вега.", ["denies VE"]),
    ],
)  # fmt: skip
def test_who_does_not_accuse_accuses_nobody(tmp_path: Path, code: str, text: str, kinds: list[str]) -> None:
    path = tmp_path / "t.txt"
    path.write_text(text, encoding="utf-8")
    whole = read_statements([path], RIVER)
    (document,), people = whole.documents, whole.people
    found = (
        accusations(document, whole.statements, people)
        if code == "en"
        else slavic_accusations(document, whole.statements, code, people.words)
    )
    assert [f"{a.kind} {a.of}" for a in found] == kinds
