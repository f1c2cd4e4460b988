"""The shape of the file: every word known, every value of its kind, told in plain words."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from servanda.agreement.schema import file as written
from servanda.errors import Fault
from servanda.values.document import Document, Path_
from servanda.wording import did_you_mean

_UNKNOWN_KEY = "AGR002"
_PLAIN = {
    "missing": "is missing",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping: indented lines of 'name: value'",
    "model_type": "must be a mapping: indented lines of 'name: value'",
    "list_type": "must be a list: [one, two]",
}


def validate(document: Document, faults: list[Fault]) -> written.AgreementFile | None:
    """The file as typed values, or as much of it as is sound; adds every fault to ``faults``."""
    try:
        return written.AgreementFile.model_validate(document.data)
    except ValidationError as error:
        known = {(fault.line, fault.column) for fault in faults}
        for item in error.errors():
            fault = _plain(document, item)
            if (fault.line, fault.column) not in known or fault.code != _UNKNOWN_KEY:
                faults.append(fault)
        try:  # without what is wrong, so that the rest is looked at in the same run
            return written.AgreementFile.model_validate(_without(document.data, error.errors()))
        except ValidationError:
            return None


def _without(data: Any, errors: Any) -> Any:
    """A copy of the data without the values that were found wrong."""
    pruned = Document("", data).with_value(("title",), data.get("title"), ()).data
    for item in errors:
        here, path = pruned, [part for part in item["loc"] if part != "[key]"]
        for part in path[:-1]:
            if isinstance(here, dict) and isinstance(here.get(part), dict):
                here = here[part]
            else:
                path = [part]
                break
        if isinstance(here, dict) and path:
            here.pop(path[-1], None)
    return pruned


def _plain(document: Document, item: Any) -> Fault:
    """A fault in plain words from what pydantic found."""
    path: Path_ = tuple(part for part in item["loc"] if part != "[key]")
    name = next((part for part in reversed(path) if isinstance(part, str)), "the file")
    kind = item["type"]
    if kind == "extra_forbidden":
        allowed = _allowed(path[:-1])
        hint = did_you_mean(name, allowed)
        if not hint and item.get("input") is None:
            hint = "a comma inside { } begins a new entry: put the text that holds it in quotes"
        hint = hint or f"known here: {', '.join(allowed)}"
        return document.fault(path, f"unknown key {name!r}", hint, code=_UNKNOWN_KEY)
    if kind == "missing":
        return document.fault(path[:-1], f"{name!r} is missing", f"add a line '{name}: ...'", code="AGR001")
    if kind == "string_pattern_mismatch":
        hint = "use small letters, digits and hyphens"
        return document.fault(path, f"not a valid {name} name: {item.get('input')!r}", hint, code="AGR004")
    what = f"{name!r} {_PLAIN.get(kind, item['msg'].lower())}"
    return document.fault(path, what, _hint(kind, item), code="AGR003")


def _hint(kind: str, item: Any) -> str:
    """How a value of the wrong kind is corrected, where that is known."""
    value = item.get("input")
    if kind == "string_type" and isinstance(value, bool):
        return "put the word in quotes"
    if kind == "string_type" and isinstance(value, (int, float)):
        return f"put it in quotes or give its unit: '{value}'"
    return ""


def _allowed(path: Path_) -> list[str]:
    """The words that are known at a place of the file, by walking the models along the path."""
    model: type[BaseModel] = written.AgreementFile
    inside: Any = None  # what a mapping or list holds whose keys are the user's own
    for part in path:
        if inside is None:
            info = next((i for n, i in model.model_fields.items() if (i.alias or n) == part), None)
            if info is None:
                break
            found, keyed = _model_in(info.annotation)
            if found is None:
                break
            model, inside = found, (found if keyed else None)
        else:
            model, inside = inside, None
    return [info.alias or name for name, info in model.model_fields.items()]


def _model_in(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The model that an annotation speaks of, and whether it stands in a mapping or list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    for part in get_args(annotation):
        found, _ = _model_in(part)
        if found is not None:
            return found, get_origin(annotation) in (dict, list)
    return None, False
