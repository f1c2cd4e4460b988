"""chats: exports of Telegram, WhatsApp and Signal, letters and feeds, to messages: who wrote what, when, and from whom it was forwarded.

In: a file as the program exports it. Out: chats with their messages. It promises: nothing is made up. A time stands as the file has it, with
its zone only where the file says one; the order of day and month is inferred from the file or refused; what has no words of a person
(pictures, joins, calls) is counted, not lost.

* ``model``     a message, a chat
* ``telegram``  ``result.json``; ``telegram_pages``: the same as web pages
* ``whatsapp``  ``_chat.txt`` in its regional habits; ``heads``: the head of one of its messages
* ``signal``    ``main.jsonl`` of Signal Desktop, ``data.json`` of sigexport
* ``mail``      letters, alone and in folders; ``feeds``: RSS and Atom; ``markup``: words of the pages that both carry
* ``reading``   which of them a file is
* ``table``     messages as one table, with times of UTC
"""

from servanda.chats.mail import letters_in, read_mail
from servanda.chats.model import Chat, Message
from servanda.chats.reading import chat_kind, chats_of, read_chats
from servanda.chats.table import MESSAGE, message_table, needs_zone
from servanda.chats.telegram import chats_in

__all__ = [
    "MESSAGE",
    "Chat",
    "Message",
    "chat_kind",
    "chats_in",
    "chats_of",
    "letters_in",
    "message_table",
    "needs_zone",
    "read_chats",
    "read_mail",
]
