"""What reads whole documents in place of the rules: a local program, or an address that answers as OpenAI's does. Off by default.

A **program** is started once, without a shell; it is given a line of JSON for each document, and writes lines of JSON. An **address** is asked only if it stands on the
list of those that are allowed, which is empty; it is asked without a proxy, and where it answers with another address nobody goes there. Time and
output have limits, and what breaks them ends the command with an error; what is said wrongly is rejected line by line (``statements.proposals``).
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from servanda.errors import Fault, ServandaError
from servanda.statements import Answer, Extractor

SECONDS = 600.0
LIMIT = 50_000_000
"""Bytes of an answer, of all documents together."""
KEY = "SERVANDA_EXTRACTOR_KEY"
"""The variable of the environment that holds the key of an address; no option does, for those are seen by others."""
_CHUNK, _TAIL = 65_536, 500
_ASK = """You extract who said what from a news document. You are given one JSON object: the document's text, the parties of an agreement, its terms and the stances there are.
Answer with lines of JSON and nothing else, one object for each saying and term:
{"document": "<its id>", "start": <offset>, "end": <offset>, "text": "<text[start:end], letter by letter>", "speaker": "<as the text names him>", "side": "<code of a party, or empty>", "term": "<id of a term, or empty>", "stance": "<one of the stances>"}
Offsets count characters from 0. Never change, shorten or translate a word. Leave out what you are not sure of. End with {"document": "<its id>", "done": true}."""


def extractor_of(text: str, *, allowed: Sequence[str] = (), model: str = "", seconds: float = SECONDS) -> Extractor:
    """What is meant by ``--extractor``.

    Args:
        text: a command, or an address that begins with http:// or https://.
        allowed: addresses that may be asked, as HOST:PORT.
        model: of an address, which model it shall ask.
        seconds: how long the whole may take; of an address, each document.

    Returns:
        The extractor.

    Raises:
        ServandaError: the command is empty, or the address is not allowed.
    """
    if not 0 < seconds < float("inf"):
        raise _error(f"{seconds:g} is no time to wait", "give seconds, as --extractor-seconds 600", "DOC008")
    if text.lower().startswith(("http://", "https://")):
        return _ChatAddress(_allowed(text, allowed), model, seconds)
    try:
        parts = shlex.split(text)
    except ValueError as error:
        raise _error(
            f"the command cannot be read: {str(error).lower()}", "close its quotation marks", "DOC007"
        ) from None
    if not parts:
        raise _error(
            "the command is empty", "give a command and its arguments, as --extractor 'python my_model.py'", "DOC007"
        )
    return _Program(tuple(parts), seconds)


def _error(what: str, hint: str, code: str) -> ServandaError:
    return ServandaError(Fault("--extractor", what, hint, code=code))


def _allowed(url: str, allowed: Sequence[str]) -> str:
    """The address, if it may be asked."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise _error("not an address", "write it as https://host:port/v1/chat/completions", "DOC012") from None
    here = f"{parts.hostname or ''}:{port}"
    if here.lower() not in {a.lower() for a in allowed}:
        hint = f"documents would leave this machine: if that is allowed, say so with --allow-address {here}"
        raise _error(f"{here} is not on the list of allowed addresses", hint, "DOC012")
    return url


@dataclass(frozen=True)
class _Program:
    """A program on this machine, started once."""

    command: tuple[str, ...]
    seconds: float

    def __call__(self, requests: Sequence[Mapping[str, Any]]) -> Answer:
        given = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in requests).encode()
        try:
            process = subprocess.Popen(  # noqa: S603 (the user's own command, without a shell)
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "cannot be started"
            raise _error(
                f"{self.command[0]} cannot be started: {why}", "check its path and that it may be run", "DOC007"
            ) from None
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        out, told = _Kept(LIMIT), _Kept(0, tail=_TAIL)
        threads = [
            threading.Thread(target=_write, args=(process.stdin, given), daemon=True),
            threading.Thread(target=out.read, args=(process.stdout, process), daemon=True),
            threading.Thread(target=told.read, args=(process.stderr, process), daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            code = process.wait(self.seconds)
        except subprocess.TimeoutExpired:
            what = f"{self.command[0]} did not end within {self.seconds:g} seconds"
            raise _error(what, "give fewer documents, or more time with --extractor-seconds", "DOC008") from None
        finally:
            _end(process)  # and what it started
            for thread in threads:
                thread.join(5)
            for stream in (process.stdout, process.stderr):
                stream.close()
        if out.over:
            raise _error(
                f"{self.command[0]} wrote more than {LIMIT:,} bytes",
                "give fewer documents, or correct the program",
                "DOC010",
            )
        if code != 0:
            last = told.data.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it says nothing"]
            raise _error(
                f"{self.command[0]} ended with {code}: {last[0][:200]}", "correct the program, and try again", "DOC009"
            )
        return Answer(lines_of(out.data, self.command[0]), " ".join(Path(part).name for part in self.command)[:100])


class _Kept:
    """What a stream says, up to a limit; of a stream of which only the end matters, its end."""

    def __init__(self, limit: int, tail: int = 0) -> None:
        self.limit, self.tail = limit, tail
        self.data, self.over = b"", False

    def read(self, stream: IO[bytes], process: subprocess.Popen[bytes]) -> None:
        """Read to the end, or to the limit, where the process is ended."""
        parts: list[bytes] = []
        size = 0
        with contextlib.suppress(OSError, ValueError):
            while chunk := stream.read1(_CHUNK):  # type: ignore[attr-defined]
                if self.tail:
                    self.data = (self.data + chunk)[-self.tail :]
                    continue
                size += len(chunk)
                if size > self.limit:
                    self.over = True
                    _end(process)
                    break
                parts.append(chunk)
        if not self.tail:
            self.data = b"".join(parts)


def _write(stream: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError, ValueError):  # it ended before it had read everything
        stream.write(data)
    with contextlib.suppress(OSError, ValueError):
        stream.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it started."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5)


def lines_of(data: bytes, who: str) -> tuple[str, ...]:
    """An answer in lines.

    Args:
        data: all that was written.
        who: wrote it.

    Returns:
        Its lines.

    Raises:
        ServandaError: it is not UTF-8, or no line of it is a JSON object.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _error(f"{who}: line {line} is not UTF-8", "write UTF-8, as JSON asks", "DOC011") from None
    lines = tuple(text.split("\n"))
    if any(line.strip() for line in lines) and not any(line.strip().startswith("{") for line in lines):
        begins = next(line.strip() for line in lines if line.strip())[:60]
        raise _error(
            f"{who} wrote no line of JSON; it begins: {begins}",
            "write one JSON object a line, as docs/statements.md tells",
            "DOC011",
        )
    return lines


class _NoOtherAddress(urllib.request.HTTPRedirectHandler):
    """An address that sends on to another one is not followed."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(frozen=True)
class _ChatAddress:
    """An address that answers as OpenAI's chat completions do."""

    url: str
    model: str
    seconds: float

    def __call__(self, requests: Sequence[Mapping[str, Any]]) -> Answer:
        lines: list[str] = []
        for request in requests:
            lines += _without_fences(self._ask(request))
        return Answer(tuple(lines), f"{self.model or 'model not named'} at {urlsplit(self.url).netloc}")

    def _ask(self, request: Mapping[str, Any]) -> str:
        asked = [
            {"role": "system", "content": _ASK},
            {"role": "user", "content": json.dumps(request, ensure_ascii=False)},
        ]
        body = json.dumps({"model": self.model, "temperature": 0, "messages": asked}).encode()
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get(KEY):
            headers["Authorization"] = f"Bearer {key}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoOtherAddress)
        try:
            sent = urllib.request.Request(self.url, body, headers)  # noqa: S310 (http and https only)
            with opener.open(sent, timeout=self.seconds) as reply:
                data = reply.read(LIMIT + 1)
        except urllib.error.HTTPError as error:
            raise _error(
                f"{self.url} answered with {error.code}", "check the address, the model and the key", "DOC013"
            ) from None
        except (OSError, ValueError) as error:
            why = "it took too long" if isinstance(error, TimeoutError) else str(getattr(error, "reason", error))[:120]
            raise _error(f"{self.url} does not answer: {why}", "check that it is running", "DOC013") from None
        if len(data) > LIMIT:
            raise _error(f"{self.url} answered with more than {LIMIT:,} bytes", "give fewer documents", "DOC010")
        try:
            said = json.loads(data.decode("utf-8"))["choices"][0]["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError, RecursionError):
            raise _error(
                f"{self.url} does not answer as a chat does", "give the address of chat completions", "DOC013"
            ) from None
        return str(said)


def _without_fences(text: str) -> list[str]:
    """Lines of an answer, without the marks of a block of code around them."""
    return [line for line in text.split("\n") if not line.strip().startswith("```")]
