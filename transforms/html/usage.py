"""What AIPREF, Content-Signal, TDM reservation and RSL say about the use of a page; docs/sources.md, "Opt-outs". Pure, linear in time."""

import re
from collections.abc import Iterator, Mapping

from transforms.html.rsl import rsl_links

# Refused uses of `Content-Usage` (AIPREF) and of `Content-Signal`, strictest first.
USAGE_SIGNALS = (
    "usage_train_ai", "signal_ai_train", "usage_ai_use", "signal_ai_input", "usage_search", "signal_search",
)  # fmt: skip

# Keys of draft-ietf-aipref-vocab (2026-09), each with the keys of its older drafts that meant the same use or one that holds it; the
# narrowest key with a preference decides, as in those drafts.
USAGE_KEYS: Mapping[str, tuple[str, ...]] = {
    "usage_train_ai": ("train-genai", "genai", "train-ai", "ai", "tdm", "bots", "all"),
    "usage_ai_use": ("ai-use", "ai-output", "inference", "bots", "all"),
    "usage_search": ("search", "bots", "all"),
}
# draft-romm-aipref-contentsignals-00
CONTENT_SIGNALS = {"ai-train": "signal_ai_train", "ai-input": "signal_ai_input", "search": "signal_search"}

_KEY = r"[a-z*][a-z0-9_\-.*]*+"
_BARE = (
    r'(?:-?[0-9]++(?:\.[0-9]++)?|"(?:[ !#-\[\]-~]|\\["\\])*+"|[A-Za-z*][\w:/!#$%&\'*+\-.^`|~]*+'
    r'|:[A-Za-z0-9+/=]*+:|\?[01]|@-?[0-9]++|%"[^"]*+")'
)
_PARAMETERS = rf"(?:; *+{_KEY}(?:={_BARE})?)*+"
_LIST = rf"\( *+(?:{_BARE}{_PARAMETERS}(?: ++(?={_BARE})| *+(?=\))))*+\)"
MEMBER = re.compile(rf"({_KEY})(?:=({_LIST}|{_BARE}))?{_PARAMETERS}[ \t]*+(,[ \t]*+(?=[a-z*])|$)", re.ASCII)


def usage_of(name: str, content: str) -> Iterator[tuple[str, str]]:
    """The signals of a directive of that name, each with what said so.

    >>> list(usage_of("content-usage", "train-ai=n, search=y")), list(usage_of("tdm-reservation", "1, 1"))
    ([('usage_train_ai', 'train-ai=n')], [('tdm_reserved', '1')])
    """
    if name == "tdm-reservation" and is_reserved(content):
        yield "tdm_reserved", "1"
    elif name == "content-usage":
        said = dictionary(content)
        for signal, keys in USAGE_KEYS.items():
            key = next((key for key in keys if said.get(key) in ("y", "n")), "")
            if key and said[key] == "n":
                yield signal, f"{key}=n"
    elif name == "content-signal":
        for part in content.lower().split(","):
            key, _, value = (piece.strip(" \"'") for piece in part.partition("="))
            if key in CONTENT_SIGNALS and value == "no":
                yield CONTENT_SIGNALS[key], f"{key}=no"
    elif name == "link":
        for link in rsl_links(content):
            yield "rsl", link


def is_reserved(content: str) -> bool:
    """Whether TDM rights are reserved: by 1 alone, or by a 1 among the values that a proxy joined; the strictest counts.

    >>> is_reserved("1"), is_reserved('"1"; tdm-policy="x"'), is_reserved("true")
    (True, True, False)
    """
    return any(part.partition(";")[0].strip(" \t\r\n\"'") == "1" for part in content.split(","))


def dictionary(text: str) -> dict[str, str]:
    """The keys of a structured field dictionary (RFC 9651) with their values as written, "" for a bare key; empty if it is none.

    >>> dictionary('train-ai=n;reason="x, y", search'), dictionary("Train-AI=n")
    ({'train-ai': 'n', 'search': ''}, {})
    """
    text = text.strip(" ")
    found: dict[str, str] = {}
    position = 0
    while position < len(text):
        member = MEMBER.match(text, position)
        if member is None:
            return {}
        found[member[1]] = member[2] or ""
        position = member.end()
    return found
