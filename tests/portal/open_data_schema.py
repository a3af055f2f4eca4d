"""Checks an answer against the schemas of the OpenAPI document: the part of them in use.

Stricter than they are: what they do not describe is an error here.
"""

import json
import re
from datetime import date, datetime

_IS_OF_TYPE = {
    "null": lambda value: value is None,
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
_READ = {
    "date": date.fromisoformat,
    "date-time": lambda text: datetime.fromisoformat(text).utcoffset(),
    "uri": lambda text: re.fullmatch(r"https?://\S+", text),
}
KNOWN = {"type", "format", "description", "properties", "required", "items", "minimum"}
KNOWN |= {"$ref"}


def body(response):
    """Return what `response` says: the value of JSON, the text of anything else."""
    text = b"".join(response).decode()
    return json.loads(text) if "json" in response["Content-Type"] else text


def errors(value, schema, document, *, at="$"):
    """Yield where `value` is not as `schema` says; raises AssertionError at unknown words."""
    assert set(schema) <= KNOWN, schema
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        yield from errors(value, document["components"]["schemas"][name], document, at=at)
        return
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(_IS_OF_TYPE[each](value) for each in types):
        yield f"{at}: {value!r} is no {types}"
    elif isinstance(value, dict):
        wrong = set(value) ^ set(schema["properties"])
        yield from (f"{at}: {key}" for key in wrong)
        for key in set(value) - wrong:
            yield from errors(
                value[key], schema["properties"][key], document, at=f"{at}.{key}"
            )
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from errors(each, schema["items"], document, at=f"{at}[{number}]")
    elif isinstance(value, str) and "format" in schema:
        read = _READ[schema["format"]]
        try:
            is_read = read(value) is not None
        except ValueError:
            is_read = False
        if not is_read:
            yield f"{at}: {value!r} is no {schema['format']}"
