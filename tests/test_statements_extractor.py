"""The seam for a language model: what it proposes is taken only as it stands in the document; a program that misbehaves is a clear error."""

from __future__ import annotations

import csv
import json
import os
import shlex
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from servanda.app import extractors
from servanda.app.extractors import extractor_of
from servanda.app.statements import read_statements
from servanda.cli.main import main
from servanda.errors import ServandaError
from servanda.statements import Answer, StatementAnalysis
from tests.test_statements import AGREEMENT

DATA = Path(__file__).parent / "data"
POST = DATA / "articles" / "post.txt"
RECORDED = f"{shlex.quote(sys.executable)} {shlex.quote(str(DATA / 'extractor' / 'answers.py'))}"
QUOTATION = "We will demand that firm guarantees become part of this agreement, and nothing less"


def program(code: str) -> str:
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


def answered(code: str) -> str:
    """A program that answers with what an expression makes of the request ``r``."""
    return program(f"import json, sys\nfor line in sys.stdin:\n    r = json.loads(line)\n    print({code})")


def read(tmp_path: Path, command: str, **options: object) -> StatementAnalysis:
    agreement = tmp_path / "agreement.yaml"
    agreement.write_text(AGREEMENT, encoding="utf-8")
    return read_statements([POST], agreement, extractor=extractor_of(command, **options))  # type: ignore[arg-type]


def test_a_recorded_model_is_taken_at_its_word_only_where_the_document_has_it(tmp_path: Path) -> None:
    analysis = read(tmp_path, RECORDED)
    assert [(s.speaker, s.side, s.content, s.direct, dict(s.stances)) for s in analysis.statements] == [
        ("Oskar Lindqvist", "NL", "hot air", True, {"observers": "rejects"}),
        ("Oskar Lindqvist", "NL", QUOTATION, True, {"guarantees": "demands"}),
    ]
    assert {s.read_by for s in analysis.statements} == {f"recorded-1 ({Path(sys.executable).name} answers.py)"}


def test_words_that_the_text_quotes_from_one_person_are_not_taken_as_anothers(tmp_path: Path) -> None:
    article = tmp_path / "talks.txt"
    article.write_text(
        'Talks\n\nMinister Ana Berg met General Karl Brandt.\n\n"The ceasefire must hold for a year," Berg said. Brandt nodded.\n',
        encoding="utf-8",
    )

    def model(requests: Sequence[Mapping[str, Any]]) -> Answer:
        (one,) = requests
        start = one["text"].index("The ceasefire must")
        words = "The ceasefire must hold for a year"
        item = {"document": one["document"], "start": start, "end": start + len(words), "text": words}
        said = [json.dumps(item | {"speaker": who}) for who in ("Berg", "Brandt")]
        return Answer((*said, json.dumps({"document": one["document"], "done": True})), "model")

    analysis = read_statements([article], extractor=model)
    assert [s.speaker for s in analysis.statements] == ["Ana Berg"]
    assert [r.reason for r in analysis.rejected] == ["the text gives these words to Ana Berg"]


def test_every_lie_is_listed_with_its_reason(tmp_path: Path) -> None:
    assert [(r.document, r.line, r.reason) for r in read(tmp_path, RECORDED).rejected] == [
        ("post", 3, "its text does not stand at its place"),
        ("post", 4, "its text does not stand at its place"),
        ("post", 5, "its speaker is not named in the document"),
        ("post", 6, "its side is none of the agreement's"),
        ("post", 7, "its term is none of the agreement's"),
        ("post", 8, "its stance is none of the legal ones"),
        ("post", 9, "said twice"),
        ("post", 10, "its place is not in the text"),
        ("post", 11, "its place is not in the text"),
        ("", 12, "no document of that name was asked about"),
        ("", 13, "not a line of JSON"),
        ("", 14, "not an object"),
    ]


def test_tables_and_page_say_which_model_said_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "agreement.yaml").write_text(AGREEMENT, encoding="utf-8")
    out = tmp_path / "out"
    options = ["--agreement", str(tmp_path / "agreement.yaml"), "--extractor", RECORDED, "--out", str(out)]
    assert main(["statements", str(POST), *options]) == 0
    assert "12 lines of the extractor not taken, see rejected.csv" in capsys.readouterr().out
    rows = list(csv.DictReader((out / "statements.csv").read_text("utf-8").splitlines()))
    assert {row["read_by"].split()[0] for row in rows} == {"recorded-1"}
    assert len(list(csv.DictReader((out / "rejected.csv").read_text("utf-8").splitlines()))) == 12
    page = (out / "statements.html").read_text("utf-8")
    assert "Read by a language model" in page
    assert "read by recorded-1" in page


def test_it_is_told_the_text_the_parties_the_terms_and_the_stances(tmp_path: Path) -> None:
    asked = tmp_path / "asked.jsonl"
    read(tmp_path, program(f"import sys; open({str(asked)!r}, 'w', encoding='utf-8').write(sys.stdin.read())"))
    request = json.loads(asked.read_text(encoding="utf-8"))
    assert request["servanda-extractor"] == 1
    assert request["text"].startswith("In an interview with The Fjord Courier")
    assert (request["language"], request["published"]) == ("en", "2031-03-04")
    assert request["parties"]["NL"] == ["Northland"]
    assert set(request["terms"]) == {"truce", "observers", "troops", "guarantees"}
    assert "rejects" in request["stances"]


def test_an_answer_that_stops_is_told_as_unfinished(tmp_path: Path) -> None:
    (rejected,) = read(tmp_path, program("")).rejected
    assert (rejected.document, rejected.reason) == ("post", "the answer about this document is unfinished")


@pytest.mark.parametrize(
    "item",
    [
        "{}",
        "{'start': 0}",
        "{'start': 0, 'end': 5, 'text': r['text'][:5]}",
        "{'start': 0, 'end': 5, 'text': r['text'][:5], 'speaker': ''}",
        "{'start': 0, 'end': 5, 'text': r['text'][:5], 'speaker': 'mara Diallo'}",
        "{'start': True, 'end': 5, 'text': r['text'][1:5], 'speaker': 'Amara Diallo'}",
        "{'start': 0.0, 'end': 5, 'text': r['text'][:5], 'speaker': 'Amara Diallo'}",
        "{'start': 2, 'end': 3, 'text': r['text'][2:3], 'speaker': 'Amara Diallo'}",
        "{'start': 0, 'end': 5, 'text': r['text'][:5], 'speaker': 'Amara Diallo', 'side': 7}",
        "{'start': 0, 'end': 5, 'text': r['text'][:5], 'speaker': 'Amara Diallo', 'term': 'truce'}",
        "{'start': 0, 'end': 5, 'text': r['text'][:5], 'speaker': ['Amara Diallo']}",
    ],
)
def test_an_item_that_lacks_something_is_rejected(tmp_path: Path, item: str) -> None:
    analysis = read(tmp_path, answered(f"json.dumps({{'document': r['document'], **{item}}})"))
    assert analysis.statements == ()
    assert len(analysis.rejected) == 2  # and the answer is unfinished


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("", "DOC007", "empty"),
        ("'", "DOC007", "quotation"),
        ("./no-such-program", "DOC007", "cannot be started"),
        (program("import time; time.sleep(60)"), "DOC008", "did not end within"),
        (program("import sys; print('out of memory', file=sys.stderr); sys.exit(3)"), "DOC009", "ended with 3: out of memory"),
        (program("import os; os.abort()"), "DOC009", "ended with"),
        (program("while True: print('x' * 9999)"), "DOC010", "wrote more than"),
        (program("print('I am happy to help!')"), "DOC011", "I am happy to help!"),
        (program("import sys; sys.stdout.buffer.write(b'{}\\n{\"a\": \"\\xe9\"}')"), "DOC011", "line 2 is not UTF-8"),
        (program("import sys; sys.stdout.buffer.write('{}'.encode('utf-16'))"), "DOC011", "not UTF-8"),
    ],
)  # fmt: skip
def test_a_program_that_misbehaves_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, code: str, words: str
) -> None:
    monkeypatch.setattr(extractors, "LIMIT", 2_000_000)
    with pytest.raises(ServandaError) as raised:
        read(tmp_path, command, seconds=0.5 if code == "DOC008" else 20)
    assert code in str(raised.value)
    assert words in str(raised.value)


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="groups of processes are POSIX")
def test_what_a_slow_program_started_is_ended_with_it(tmp_path: Path) -> None:
    mark = tmp_path / "alive"
    child = f"import time; time.sleep(1.5); open({str(mark)!r}, 'w')"
    with pytest.raises(ServandaError, match="DOC008"):
        read(
            tmp_path, program(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"), seconds=0.5
        )
    time.sleep(1.5)
    assert not mark.exists()


def test_a_flood_of_items_of_one_document_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from servanda.statements import proposals

    monkeypatch.setattr(proposals, "MOST", 5)
    item = "json.dumps({'document': r['document'], 'start': n, 'end': n + 9, 'text': r['text'][n:n + 9], 'speaker': 'Amara Diallo'})"
    analysis = read(tmp_path, answered(f"'\\n'.join({item} for n in range(50))"))
    assert len(analysis.statements) == 5
    assert {r.reason for r in analysis.rejected} >= {"more than 5 items of one document"}


class _Chat(BaseHTTPRequestHandler):
    """Answers as OpenAI's chat completions do, with what its server is told."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((body, self.headers.get("Authorization")))  # type: ignore[attr-defined]
        status, said = self.server.answer  # type: ignore[attr-defined]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def chat() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Chat)
    server.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def completion(text: str) -> bytes:
    return json.dumps({"choices": [{"message": {"content": text}}]}).encode()


def test_an_address_is_asked_only_if_it_is_allowed(tmp_path: Path, chat: HTTPServer) -> None:
    here = f"127.0.0.1:{chat.server_port}"
    with pytest.raises(ServandaError, match="DOC012"):
        read(tmp_path, f"http://{here}/v1/chat/completions")
    with pytest.raises(ServandaError, match="DOC012"):
        read(tmp_path, f"http://{here}/v1/chat/completions", allowed=["127.0.0.1", "localhost:80"])
    with pytest.raises(ServandaError, match="DOC012"):
        read(tmp_path, "http://127.0.0.1:99999/v1", allowed=["127.0.0.1:99999"])
    assert chat.asked == []  # type: ignore[attr-defined]


def test_a_chat_address_answers_in_a_block_of_code_and_is_named(
    tmp_path: Path, chat: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(extractors.KEY, "not-a-real-key")
    recorded = (DATA / "extractor" / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    chat.answer = (200, completion("\n".join(["```json", *recorded[:2], '{"document": "post", "done": true}', "```"])))  # type: ignore[attr-defined]
    here = f"127.0.0.1:{chat.server_port}"
    analysis = read(tmp_path, f"http://{here}/v1/chat/completions", allowed=[here], model="small")
    assert len(analysis.statements) == 2
    assert analysis.rejected == ()
    assert {s.read_by for s in analysis.statements} == {f"small at {here}"}
    ((body, key),) = chat.asked  # type: ignore[attr-defined]
    assert (body["model"], body["temperature"], key) == ("small", 0, "Bearer not-a-real-key")


@pytest.mark.parametrize(
    "answer", [(500, b""), (302, b""), (200, b"<html>"), (200, b"{}"), (200, b'{"choices": []}'), (200, b"\xff")]
)
def test_an_address_that_answers_otherwise_is_a_clear_error(
    tmp_path: Path, chat: HTTPServer, answer: tuple[int, bytes]
) -> None:
    chat.answer = answer  # type: ignore[attr-defined]
    here = f"127.0.0.1:{chat.server_port}"
    with pytest.raises(ServandaError, match="DOC013"):
        read(tmp_path, f"http://{here}/v1/chat/completions", allowed=[here])


def test_an_address_where_nobody_is_at_home_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ServandaError, match="DOC013"):
        read(tmp_path, "http://127.0.0.1:9/v1", allowed=["127.0.0.1:9"], seconds=2)


def test_what_a_model_reads_becomes_no_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "agreement.yaml").write_text(AGREEMENT, encoding="utf-8")
    options = ["--agreement", str(tmp_path / "agreement.yaml"), "--reports", str(tmp_path / "r.csv")]
    assert main(["statements", str(POST), *options, "--extractor", RECORDED]) == 2
    assert "DOC014" in capsys.readouterr().err
    assert not (tmp_path / "r.csv").exists()


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf"])
def test_seconds_that_are_no_time_are_refused(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["statements", str(POST), "--extractor", RECORDED, f"--extractor-seconds={seconds}"]) == 2
    assert "no time to wait" in capsys.readouterr().err


def test_an_answer_that_is_unfinished_is_said_in_the_first_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["statements", str(POST), "--extractor", program("")]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first == "1 article not read (the extractor's answer is unfinished): post."


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("{'side': ['NL'], 'term': 'truce', 'stance': 'rejects'}", "its side, term and stance are no words"),
        ("{'side': 'NL', 'term': {'truce': 1}, 'stance': 'rejects'}", "its side, term and stance are no words"),
        ("{'speaker': 'the'}", "its speaker is no name"),
        ("{'text': 'comment on the ceasefire'}", "a negation right before it is cut off"),
    ],
)
def test_values_of_other_kinds_small_words_and_cut_negations_are_rejected(
    tmp_path: Path, item: str, reason: str
) -> None:
    base = "{'document': r['document'], 'text': 'Amara Diallo', 'speaker': 'Amara Diallo'}"
    made = f"(lambda i: {{**i, 'start': r['text'].index(i['text']), 'end': r['text'].index(i['text']) + len(i['text'])}})({{**{base}, **{item}}})"
    assert reason in [r.reason for r in read(tmp_path, answered(f"json.dumps({made})")).rejected]
