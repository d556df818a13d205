"""`/.well-known/tdmrep.json`: which paths of a site have their rights to text and data mining reserved. Pure.

An array of rules `{"location": pattern, "tdm-reservation": 0 or 1, "tdm-policy": address}`; the first that matches decides (TDMRep, W3C
community group; docs/sources.md, "Policies of a site").
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from transforms.characters import lower
from transforms.consent.patterns import decoded, escaped, matches
from transforms.html.directives import LONGEST, directive
from transforms.html.urls import as_scalars
from transforms.html.usage import is_reserved

_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder(strict=False)
_ORIGIN = re.compile(r"https?://[^/?#]*", re.IGNORECASE)


class Reservation(NamedTuple):
    """A rule: the paths that it speaks of, and whether they are reserved."""

    location: str
    reserved: bool
    policy: str


class TdmRep:
    """A tdmrep.json, read. Of one that is damaged or cut the rules before that place count; one that is no list of rules says nothing.

    >>> held = TdmRep(b'[{"location": "/open/*", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]')
    >>> list(held.about("/open/a")), list(held.about("/b"))
    ([], [('tdm_reserved', '/: tdm-reservation: 1')])
    """

    def __init__(self, body: bytes) -> None:
        self._rules = tuple(reservations(body))

    def about(self, target: str) -> Iterator[tuple[str, str]]:
        """The signal that the file gives about a target, with what gives it."""
        plain = decoded(target)
        rule = next((rule for rule in self._rules if matches(rule.location, plain)), None)
        if rule and rule.reserved:
            policy = f", tdm-policy: {rule.policy}" if rule.policy else ""
            yield "tdm_reserved", directive(rule.location, f"tdm-reservation: 1{policy}")[:LONGEST]


def reservations(body: bytes) -> Iterator[Reservation]:
    """The rules of a file, in order."""
    for found in values(body.decode(json.detect_encoding(body), "replace").removeprefix("\ufeff").strip()):
        rule = {lower(key): value for key, value in found.items()} if isinstance(found, dict) else {}
        location = rule.get("location", "/") if rule else None
        if isinstance(location, str):
            told = rule.get("tdm-policy")
            policy = as_scalars(told) if isinstance(told, str) else ""
            yield Reservation(path_pattern(location), reserves(rule.get("tdm-reservation")), policy)


def values(text: str) -> Iterator[Any]:
    """The values of a JSON list up to where it is none any more; of another text the value that it is.

    >>> list(values('[{"a": 1}, 2, {"b"')), list(values('{"a": 1}'))
    ([{'a': 1}, 2], [{'a': 1}])
    """
    is_list = text.startswith("[")
    at = _BETWEEN.match(text, 1).end() if is_list else 0  # type: ignore[union-attr]  # it matches nothing too
    while at < len(text):
        try:
            found, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):  # no JSON, or one that is nested beyond any rule
            return
        yield found
        if not is_list:
            return
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]


def path_pattern(location: str) -> str:
    """A location as a pattern of paths: without scheme and host, from the root, escapes as targets have them.

    >>> path_pattern("*.pdf"), path_pattern("img/"), path_pattern("https://ex.com/a")
    ('*.pdf', '/img/', '/a')
    """
    path = _ORIGIN.sub("", location.strip(), count=1)
    pattern = decoded(escaped(path.encode("utf-8", "replace").decode("latin-1")))
    return pattern if pattern.startswith(("/", "*")) else f"/{pattern}"


def reserves(value: object) -> bool:
    """Whether a value of `tdm-reservation` reserves: the number 1, or a text that a header could have."""
    return value == 1 if type(value) in (int, float) else isinstance(value, str) and is_reserved(value)
