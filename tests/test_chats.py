"""Chats as people export them: Telegram in JSON and HTML, WhatsApp in its regional habits; as articles, as messages, and as reports where they have the form of a row."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from servanda.app.importing import import_tables
from servanda.app.messages import read_messages
from servanda.app.statements import read_statements
from servanda.chats import Chat, chat_kind, read_chats
from servanda.cli.main import main
from servanda.errors import EvidenceError
from servanda.values.files import NamedBytes


def telegram(*messages: dict[str, Any], name: str = "Alder desk") -> bytes:
    """An export of one channel."""
    base = {"type": "message", "date": "2025-03-12T21:30:15", "date_unixtime": "1741807815", "from": name}
    listed = [{"id": n, **base, "text": "", **message} for n, message in enumerate(messages, 1)]
    document = {"name": name, "type": "public_channel", "id": 7, "messages": listed}
    return json.dumps(document, ensure_ascii=False).encode()


def whatsapp(*lines: str, name: str = "WhatsApp Chat with Desk.txt") -> NamedBytes:
    return NamedBytes(name, "\n".join(lines).encode())


def one(file: NamedBytes, order: str = "") -> Chat:
    (chat,) = read_chats(file, order)
    return chat


def page(*bodies: str) -> bytes:
    """A page as Telegram Desktop writes it."""
    head = '<div class="page_header"><div class="content"><div class="text bold">\nAlder desk\n</div></div></div>'
    return f'<!DOCTYPE html><html><body><div class="page_wrap">{head}<div class="history">{"".join(bodies)}</div></div></body></html>'.encode()


def post(n: int, inner: str, *, joined: bool = False) -> str:
    when = f'<div class="pull_right date details" title="12.03.2025 21:3{n}:15 UTC+02:00">21:3{n}</div>'
    return f'<div class="message default clearfix{" joined" if joined else ""}" id="message{n}"><div class="body">{when}{inner}</div></div>'


# Telegram


def test_the_text_of_a_message_may_be_a_string_or_a_list_of_parts() -> None:
    parts = ["We agree to ", {"type": "bold", "text": "the truce"}, "."]
    chat = one(NamedBytes("result.json", telegram({"text": "We agree to the truce."}, {"text": parts})))
    assert [m.text for m in chat.messages] == ["We agree to the truce."] * 2


def test_a_message_bears_its_instant_and_whom_it_was_forwarded_from_and_whether_it_was_changed() -> None:
    more = {
        "text": "x",
        "forwarded_from": "Mill news",
        "reply_to_message_id": 4,
        "edited": "2025-03-12T22:00:00",
        "edited_unixtime": "1741809600",
        "photo": "(File not included.)",
    }
    (message,) = one(NamedBytes("result.json", telegram(more))).messages
    assert (message.sender, message.origin, message.reply_to, message.media) == (
        "Alder desk",
        "Mill news",
        "4",
        "photo",
    )
    assert message.written == datetime(2025, 3, 12, 19, 30, 15, tzinfo=UTC)
    assert message.edited
    assert message.edited_at == datetime(2025, 3, 12, 20, 0, tzinfo=UTC)


def test_lines_of_the_program_are_counted_and_are_no_messages() -> None:
    chat = one(
        NamedBytes("result.json", telegram({"type": "service", "actor": "Ann", "action": "join"}, {"text": "x"}))
    )
    assert (len(chat.messages), chat.service) == (1, 1)


def test_an_export_of_a_whole_account_gives_each_of_its_chats() -> None:
    chats = [json.loads(telegram({"text": "x"}, name=name)) for name in ("Alder desk", "Birch desk")]
    document = {"about": "", "personal_information": {}, "chats": {"about": "", "list": chats}}
    found = read_chats(NamedBytes("result.json", json.dumps(document).encode()))
    assert [chat.name for chat in found] == ["Alder desk", "Birch desk"]


def test_a_page_of_telegram_gives_what_its_json_gives() -> None:
    forwarded = (
        '<div class="from_name">Alder desk</div><div class="forwarded body"><div class="from_name">Mill news '
        '<span class="date details" title="11.03.2025 20:00:00"> 11.03.2025 20:00:00</span></div><div class="text">We reject it.</div></div>'
    )
    reply = '<div class="reply_to details">In reply to <a href="#go_to_message1">this message</a></div><div class="text">More</div>'
    content = page(
        '<div class="message service" id="message-1"><div class="body details">12 March 2025</div></div>',
        post(
            1,
            '<div class="from_name">Alder desk</div><div class="text">We agree to <strong>the truce</strong>.<br>Truly.</div>',
        ),
        post(2, reply, joined=True),
        post(3, forwarded),
    )
    assert chat_kind(content) == "telegram-page"
    chat = one(NamedBytes("messages.html", content))
    assert chat.service == 1
    assert [(m.id, m.sender, m.origin, m.reply_to, m.text) for m in chat.messages] == [
        ("1", "Alder desk", "", "", "We agree to the truce.\nTruly."),
        ("2", "Alder desk", "", "1", "More"),
        ("3", "Alder desk", "Mill news", "", "We reject it."),
    ]
    assert chat.messages[0].written == datetime(2025, 3, 12, 19, 31, 15, tzinfo=UTC)


# WhatsApp


@pytest.mark.parametrize(
    ("line", "when"),
    [
        ("[13/03/2025, 21:30:15] Ann: hi", "2025-03-13 21:30:15"),
        ("13.03.25, 21:30 - Ann: hi", "2025-03-13 21:30:00"),
        ("3/13/25, 9:30\u202fPM - Ann: hi", "2025-03-13 21:30:00"),
        ("13/3/2025, 9:30 p. m. - Ann: hi", "2025-03-13 21:30:00"),
        ("13/3/25 12:05 a.\u00a0m. - Ann: hi", "2025-03-13 00:05:00"),
        ("[13.3.2025 klo 21.30.15] Ann: hi", "2025-03-13 21:30:15"),
        ("\u200e[13.03.25, 21:30:15] Ann: hi", "2025-03-13 21:30:15"),
        ("\u200f[١٣\u200f/٣\u200f/٢٠٢٥، ٩:٣٠:١٥ م] Ann: hi", "2025-03-13 21:30:15"),
        ("2025/3/13 下午9:30 - Ann: hi", "2025-03-13 21:30:00"),
        ("2025. 03. 13. 21:30 - Ann: hi", "2025-03-13 21:30:00"),
        ("13-03-2025 21:30 - Ann: hi", "2025-03-13 21:30:00"),
        ("13/03/2025 à 21:30 - Ann: hi", "2025-03-13 21:30:00"),
        ("13/03/2025 kl. 21:30 - Ann: hi", "2025-03-13 21:30:00"),
        ("13/03/2025, 21h30 - Ann: hi", "2025-03-13 21:30:00"),
        ("13/03/25, 21:30:15: Ann: hi", "2025-03-13 21:30:15"),
        ("[2025. 3. 13. 오후 9:30:15] Ann: hi", "2025-03-13 21:30:15"),
        ("2568/3/13 21:30 - Ann: hi", "None"),  # another calendar
    ],
)
def test_the_head_of_a_message_is_read_in_the_habits_of_its_region(line: str, when: str) -> None:
    (message,) = one(whatsapp(line)).messages
    assert (message.sender, message.text, str(message.written)) == ("Ann", "hi", when)


def test_a_message_runs_over_lines_and_pictures_and_lines_of_the_program_have_no_words() -> None:
    chat = one(
        whatsapp(
            "13/03/2025, 21:30 - Messages and calls are end-to-end encrypted. Tap to learn more.",
            "13/03/2025, 21:30 - Post 4: Shelling heard",
            "",
            "near the mill",
            "13/03/2025, 21:31 - Post 4: <Media omitted>",
            "13/03/2025, 21:32 - Post 4: IMG-20250313-WA0001.jpg (file attached)",
            "13/03/2025, 21:33 - Ann: quiet now <This message was edited>",
            "13/03/2025, 21:34 - Ann added Bob",
            "13/03/2025, 21:35 - Bob: This message was deleted",
        )
    )
    assert [(m.sender, m.text, m.media, m.edited) for m in chat.messages] == [
        ("Post 4", "Shelling heard\n\nnear the mill", "", False),
        ("Post 4", "", "media", False),
        ("Post 4", "", "media", False),
        ("Ann", "quiet now", "", True),
        ("Bob", "", "deleted", False),
    ]
    assert (chat.name, chat.service) == ("Desk", 2)


def test_what_the_phone_itself_says_under_a_name_is_no_message() -> None:
    chat = one(
        whatsapp(
            "[13/03/2025, 21:30:15] Desk: \u200eMessages and calls are end-to-end encrypted.",
            "\u200e[13/03/2025, 21:31:15] Ann: \u200eimage omitted",
            "[13/03/2025, 21:32:15] Ann: gone",
        )
    )
    assert [(m.text, m.media) for m in chat.messages] == [("", "media"), ("gone", "")]
    assert chat.service == 1


@pytest.mark.parametrize(
    ("days", "first"),
    [
        (("04/05/2025", "13/05/2025"), "2025-05-04"),
        (("04/05/2025", "04/13/2025"), "2025-04-05"),
        (("04.05.2025",), "2025-05-04"),
        (("2025-05-04",), "2025-05-04"),
        (("05/05/2025",), "2025-05-05"),
        (("11/04/2025", "02/05/2025"), "2025-04-11"),  # the other way it would be November, then February
        (("04/11/2025", "05/02/2025"), "2025-04-11"),
    ],
)
def test_the_order_of_day_and_month_is_inferred_from_the_whole_file(days: tuple[str, ...], first: str) -> None:
    chat = one(whatsapp(*(f"{day}, 21:30 - Ann: hi" for day in days)))
    assert str(chat.messages[0].written)[:10] == first


@pytest.mark.parametrize(
    "days", [("04/05/2025", "05/06/2025"), ("13/05/2025", "05/13/2025"), ("11/04/2025", "02/05/2025", "04/03/2025")]
)
def test_an_order_that_nothing_tells_is_refused_unless_it_is_named(days: tuple[str, ...]) -> None:
    file = whatsapp(*(f"{day}, 21:30 - Ann: hi" for day in days))
    with pytest.raises(EvidenceError, match="day/month or month/day") as refused:
        read_chats(file)
    assert refused.value.faults[0].code == "EVD201"
    assert str(one(file, "mdy").messages[-1].written)[:7] == f"2025-{days[-1][:2]}"


def test_a_line_in_a_message_that_poses_as_one_is_told() -> None:
    chat = one(
        whatsapp(
            "13/03/2025, 21:30 - Ann: he wrote",
            "[13/03/2025, 20:00:00] Governor: we surrender",  # another form: words of the message
            "13/03/2025, 20:00 - Governor: we surrender",  # the same form: nothing can tell, but for its time
        )
    )
    assert chat.messages[0].text == "he wrote\n[13/03/2025, 20:00:00] Governor: we surrender"
    assert any("not in the form of this file" in told for told in chat.told)
    assert any("pose as messages" in told for told in chat.told)


# as articles


def test_a_channel_speaks_for_itself_and_what_it_forwards_is_said_by_the_channel_it_came_from() -> None:
    words = "We will not accept a ceasefire of 30 days before the talks begin."
    own = NamedBytes("ministry.json", telegram({"text": words}, name="Ministry of Defence of Russia"))
    relay = NamedBytes(
        "mill.json", telegram({"text": words, "forwarded_from": "Ministry of Defence of Russia"}, name="Mill news")
    )
    analysis = read_statements([own, relay])
    assert {(s.speaker, s.side, s.via) for s in analysis.statements} == {
        ("Ministry of Defence of Russia", "RU", ("ministry#1",)),
        ("Ministry of Defence of Russia", "RU", ("Mill news", "mill#1")),
    }
    (occasion,) = analysis.aligned.occasions
    assert len(occasion.documents) == 2, "one origin, two relays"
    assert dict(analysis.statements[0].stances)["ceasefire"] == "condition"


def test_whom_a_message_quotes_speaks_and_not_its_sender() -> None:
    text = "Ukraine's foreign minister Andrii Sybiha said that Kyiv accepts the ceasefire."
    analysis = read_statements([NamedBytes("mill.json", telegram({"text": text}, name="Mill news"))])
    assert "Mill news" not in {s.speaker for s in analysis.statements}
    assert ("Andrii Sybiha", ("Mill news", "mill#1")) in {(s.speaker, s.via) for s in analysis.statements}


def test_messages_without_words_are_left_out_with_the_reason() -> None:
    content = telegram({"photo": "(x)"}, {"text": "We accept the ceasefire."})
    (document,) = read_statements([NamedBytes("a.json", content)]).documents
    assert document.dropped == (("no words", "message 1: photo"),)


# as messages


def test_messages_are_written_as_a_table_with_their_instants(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text("13/03/2025, 21:30 - Ann: quiet\n", encoding="utf-8")
    (tmp_path / "result.json").write_bytes(telegram({"text": "x", "forwarded_from": "Mill news"}))
    out = tmp_path / "messages.csv"
    files = [str(tmp_path / "chat.txt"), str(tmp_path / "result.json")]
    assert main(["import", *files, "--as", "messages", "--zone", "Europe/Kyiv", "--out", str(out)]) == 0
    rows = pl.read_csv(out, infer_schema_length=0)
    assert rows.select("sender", "origin", "published", "text").rows() == [
        ("Ann", None, "2025-03-13T19:30:00Z", "quiet"),
        ("Alder desk", "Mill news", "2025-03-12T19:30:15Z", "x"),
    ]


def test_times_without_a_zone_are_asked_for_and_those_that_came_twice_stay_empty() -> None:
    file = whatsapp("26/10/2025, 02:30 - Ann: once", "26/10/2025, 03:30 - Ann: twice")
    with pytest.raises(EvidenceError) as refused:
        read_messages([file])
    assert refused.value.faults[0].code == "EVD203"
    read = read_messages([file], "Europe/Kyiv")
    assert read.table["published"].to_list() == ["2025-10-25T23:30:00Z", None]
    assert any("clocks" in told for told in read.told)


def test_a_file_that_is_no_chat_is_not_read_as_messages() -> None:
    with pytest.raises(EvidenceError, match="no export of a chat"):
        read_messages([NamedBytes("a.csv", b"day,place\n2025-03-12,Alder\n")])


# as reports

FORM = ("Date: 13/03/2025", "Time: 20:15", "Place: Alder", "Latitude: 48.1", "Longitude: 37.7", "Type: shelling")


def test_a_message_whose_lines_name_their_values_is_a_report_and_no_other_is() -> None:
    file = whatsapp(
        f"13/03/2025, 21:30 - Post 4: {FORM[0]}",
        *FORM[1:],
        "Seen from the mill",
        "13/03/2025, 21:31 - Ann: shelling at Birch, 48.2 37.8",
    )
    result = import_tables([file], answers={("zone",): "Europe/Kyiv"})
    assert not result.questions
    (report,) = result.reports.rows(named=True)
    assert (report["source"], report["act"], report["report_id"]) == ("Post 4", "shelling", "Desk-1")
    assert (report["start"], report["known_at"]) == ("2025-03-13T20:15:00+02:00", "2025-03-13T21:30:00+02:00")
    assert report["summary"] == "Seen from the mill"
    assert any("1 of its 2 messages have the form of a row" in told for told in result.told)


def test_a_report_that_was_forwarded_has_the_channel_it_came_from_as_its_origin() -> None:
    content = telegram({"text": "\n".join(FORM), "forwarded_from": "Mill news"})
    result = import_tables([NamedBytes("result.json", content)], answers={("zone",): "Europe/Kyiv"})
    assert result.reports.select("source", "origin", "known_at").rows() == [
        ("Alder desk", "Mill news", "2025-03-12T19:30:15Z")
    ]


def test_a_chat_of_mere_words_gives_no_report_and_says_what_can_be_done_with_it() -> None:
    with pytest.raises(EvidenceError, match="none of which has the form of a row") as refused:
        import_tables([NamedBytes("result.json", telegram({"text": "Shelling of Alder at 20:15"}))])
    fault = refused.value.faults[0]
    assert fault.code == "EVD202"
    assert fault.hint is not None
    assert "servanda statements" in fault.hint
    assert "--as messages" in fault.hint


@pytest.mark.parametrize(
    ("deleted", "edited"),
    [
        ("Diese Nachricht wurde gelöscht.", "<Diese Nachricht wurde bearbeitet.>"),
        ("Це повідомлення видалено", "<Повідомлення відредаговано>"),
        ("Данное сообщение удалено", "<Сообщение изменено>"),
        ("Ce message a été supprimé", "<Ce message a été modifié>"),
        ("Se eliminó este mensaje.", "<Se editó este mensaje.>"),
        ("تم حذف هذه الرسالة", "<تم تعديل هذه الرسالة>"),
    ],
)
def test_what_was_taken_back_or_changed_is_told_in_the_language_of_the_phone(deleted: str, edited: str) -> None:
    text = f"13/03/2025, 21:33 - Ann: {deleted}\n13/03/2025, 21:34 - Ann: quiet now {edited}\n"
    (chat,) = read_chats(NamedBytes("c.txt", text.encode()))
    assert [(m.text, m.media, m.edited) for m in chat.messages] == [("", "deleted", False), ("quiet now", "", True)]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (("1403/12/14", "1404/01/05"), "2 messages have no time: of a year before WhatsApp, by a clock that was wrong or by another calendar, as 1403/12/14"),
        (("25/03/08", "26/03/08"), "2 messages have no time: of a year before WhatsApp, by a clock that was wrong or by another calendar, as 25/03/08"),
        (("25/03/25", "31/02/25"), "1 message has no time: of no day that there is, as 31/02/25"),
    ],
)  # fmt: skip
def test_a_message_without_a_time_says_why(days: tuple[str, ...], told: str) -> None:
    text = "".join(f"{day}, 21:33 - Ann: quiet\n" for day in days)
    (chat,) = read_chats(NamedBytes("c.txt", text.encode()))
    assert told in chat.told


REPORT = "Date: 20.03.2025\nTime: 14:05\nPlace: Alder\nEvent: Shelling"


def lines(*objects: dict[str, Any], name: str = "main.jsonl") -> NamedBytes:
    return NamedBytes(name, "\n".join(json.dumps(o) for o in objects).encode())


def signal(*items: dict[str, Any]) -> NamedBytes:
    """An export of Signal Desktop with one group, of which number 1 exported it and number 2 is a post."""
    return lines(
        {"version": "1", "backupTimeMs": "1742500000000"},
        {"recipient": {"id": "1", "self": {}}},
        {"recipient": {"id": "2", "contact": {"e164": "38", "profileGivenName": "Post", "profileFamilyName": "Four"}}},
        {"recipient": {"id": "3", "group": {"snapshot": {"title": {"title": "Sector East"}}}}},
        {"chat": {"id": "9", "recipientId": "3"}},
        *({"chatItem": {"chatId": "9", **item}} for item in items),
    )


def test_signals_own_export_gives_who_wrote_when_and_what_was_answered() -> None:
    chat = one(
        signal(
            {"authorId": "2", "dateSent": "1742472720000", "standardMessage": {"text": {"body": REPORT}}},
            {
                "authorId": "1",
                "dateSent": "1742472800000",
                "standardMessage": {"quote": {"targetSentTimestamp": "1742472720000"}, "text": {"body": "copy"}},
                "revisions": [{"dateSent": "1742472790000"}],
            },
            {"authorId": "2", "dateSent": "1742472900000", "updateMessage": {}},
            {"authorId": "2", "dateSent": "1742473000000", "standardMessage": {"attachments": [{"pointer": {}}]}},
        )
    )
    assert (chat.name, chat.program, chat.service) == ("Sector East", "Signal", 1)
    first, second, third = chat.messages
    assert (first.sender, first.written, first.text) == ("Post Four", datetime(2025, 3, 20, 12, 12, tzinfo=UTC), REPORT)
    assert (second.reply_to, second.edited) == (first.id, True)
    assert (third.text, third.media) == ("", "attachment")


def test_a_chat_of_sigexport_bears_the_name_of_its_folder_and_the_clock_of_the_computer() -> None:
    said = {"quote": "", "sticker": None, "reactions": [], "attachments": [], "deleted": False, "call": False}
    file = lines(
        {"date": "2025-03-20T14:12:00", "sender": "Post 1", "body": REPORT, **said},
        {"date": "2025-03-20T14:13:00", "sender": "Me", "body": "", **said, "deleted": True},
        name="out/Sector East/data.json",
    )
    chat = one(file)
    assert (chat.name, chat.service, len(chat.messages)) == ("Sector East", 1, 1)
    assert chat.messages[0].written == datetime(2025, 3, 20, 14, 12)  # noqa: DTZ001  the file names no zone
    result = import_tables([file], answers={("zone",): "Europe/Kyiv"})
    assert result.reports.select("source", "start", "known_at", "act").rows() == [
        ("Post 1", "2025-03-20T14:05:00+02:00", "2025-03-20T14:12:00+02:00", "shelling")
    ]
    assert any("Signal does not mark what is forwarded" in told for told in result.told)


def test_lines_of_json_that_are_no_chat_are_not_taken_for_one() -> None:
    assert read_chats(lines({"date": "2025-03-20", "sender": "A", "type": "shelling"})) == []
    assert read_chats(lines({"chat": "x", "type": "shelling"}, {"chat": "y", "type": "shelling"})) == []


RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Sector Press</title>
<item><title>Shelling near Terin</title><link>http://x/1</link><pubDate>Fri, 05 Mar 2027 14:20:00 +0200</pubDate><description>&lt;p&gt;Two shells fell.&lt;/p&gt;&lt;p&gt;Nobody was hurt.&lt;/p&gt;</description></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Updates</title><entry><title>Violations</title><id>urn:1</id><link href="http://x/1"/><published>2027-03-05T14:20:00Z</published>
<updated>2027-03-06T09:00:00Z</updated><author><name>J. Doe</name></author><content type="html">&lt;p&gt;12 explosions.&lt;/p&gt;</content></entry></feed>"""


def test_entries_of_feeds_are_messages_of_their_authors() -> None:
    table = read_messages([NamedBytes("a.xml", RSS.encode()), NamedBytes("b.xml", ATOM.encode())]).table
    assert table.select("message_id", "chat", "sender", "published", "edited", "text").rows() == [
        (
            "http://x/1",
            "Sector Press",
            "Sector Press",
            "2027-03-05T12:20:00Z",
            None,
            "Shelling near Terin\nTwo shells fell.\nNobody was hurt.",
        ),
        ("urn:1", "Updates", "J. Doe", "2027-03-05T14:20:00Z", "2027-03-06T09:00:00Z", "Violations\n12 explosions."),
    ]


def test_letters_are_messages_with_what_is_attached_named() -> None:
    letter = "From: Ops <o@x>\nTo: d@x\nSubject: Calm\nDate: Fri, 05 Mar 2027 19:00:00 +0200\n\nNothing heard.\n"
    table = read_messages([NamedBytes("a.eml", letter.encode())]).table
    assert table.select("sender", "published", "text").rows() == [
        ("Ops", "2027-03-05T17:00:00Z", "Calm\nNothing heard.")
    ]


def test_a_message_of_a_deleted_account_is_not_the_channels_word() -> None:
    gone, own = {"from": None, "from_id": "user5", "text": "x"}, {"from": None, "from_id": "channel7", "text": "y"}
    chat = one(NamedBytes("result.json", telegram(gone, own)))
    assert [message.sender for message in chat.messages] == ["deleted account 5", "Alder desk"]
