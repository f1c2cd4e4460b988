"""What ``servanda.brief`` returns: a mission report with its text, its sentences and their data, and its files."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from servanda.app.brief import Written
from servanda.app.results import Result, write_files
from servanda.report.briefs import brief_files, frame_of, plain_text, trace


@dataclass(frozen=True, eq=False, repr=False)
class MissionReport(Result):
    """A report of a mission, in one language. ``servanda.brief`` makes it."""

    _written: Written

    @property
    def text(self) -> str:
        """The report as plain text, as for mail."""
        return plain_text(self._written.brief, self._written.words)

    @cached_property
    def sentences(self) -> pl.DataFrame:
        """One row per sentence: ``place, text, made_of`` (JSON text) and ``of`` (where its values are found)."""
        rows = [
            (one["place"], one["text"], json.dumps(one["made_of"], ensure_ascii=False), one["of"])
            for one in self.to_dict()["sentences"]
        ]
        text = pl.String()
        schema: dict[str, pl.DataType] = {"place": text, "text": text, "made_of": text, "of": pl.List(text)}
        return pl.DataFrame(rows, schema=schema, orient="row")

    @cached_property
    def tables(self) -> Mapping[str, pl.DataFrame]:
        """Every table by its name; what is no number is text of the language."""
        return {table.name: frame_of(table, self._written.words.say) for table in self._written.brief.tables()}

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Write the report in all its forms: text, HTML, PDF, Word document, tables, and its sentences with their data.

        Args:
            path: a folder, new or not.

        Returns:
            The folder.

        Raises:
            ServandaError: it cannot be written there; or ``servanda[reports]`` is not installed.
        """
        return write_files(path, brief_files(self._written.brief, self._written.words, traced=True))

    def to_dict(self) -> dict[str, Any]:
        """Every sentence and table with the data that it is made of, as plain data (``servanda schema brief``)."""
        data: dict[str, Any] = json.loads(trace(self._written.brief, self._written.words))
        return data

    def _about(self) -> str:
        return self._written.words.say(self._written.brief.title)

    def _shown(self) -> pl.DataFrame:
        return self.sentences.select("place", "text")
