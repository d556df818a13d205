"""Measures of a URL as a string: nothing is resolved and nothing is fetched. Pure; any string will do.

Ban words are whole words, in any case, in the singular or plural: `Logo.png`, `siteLogo2x.png` and `/icons/` are
caught; `essex`, `silicon` and `lexicon` are not. The published lists are case-sensitive substrings
(docs/sources.md, "Address rules").
"""

import re
from urllib.parse import unquote

_PARTS = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?P<authority>[^/?#\\]*)(?P<path>[^?#]*)")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")  # letters only, cut where camelCase begins a word
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")

# Published lists (docs/sources.md, "Address rules").
_LAION_REJECTS = (".svg", ".gif", "data:image", "javascript:")  # the LAION-5B crawler's
_MMC4_WORDS = frozenset(("logo", "button", "icon", "plugin", "widget"))
_OBELICS_WORDS = _MMC4_WORDS | {"porn", "xxx", "sex"}
# Ours: words that point to adult content, then roots that do so inside a longer word as well. One alone is weak
# evidence ("same-sex", "nude heels"): datatrove drops a URL for two or more of its soft words.
_ADULT_WORDS = frozenset(("sex", "sexy", "xxx", "nude", "erotic", "erotica", "milf", "fetish", "nsfw", "bdsm"))
# "sex" beside one of these is a word of biology, law or schools.
_PLAIN_BEFORE = frozenset(("same", "opposite", "by", "and"))
_PLAIN_BEHIND = frozenset(
    (
        "ratio",
        "ratios",
        "education",
        "differences",
        "determination",
        "chromosome",
        "chromosomes",
        "discrimination",
        "hormone",
        "hormones",
    )
)
_ADULT_ROOTS = ("porn", "hentai", "xvideo", "xhamster", "sexcam", "sexchat", "livesex", "camgirl", "camsex")


def split_url(url: str) -> tuple[str, str]:
    """Host (lower case, without user, port and final dot) and path (percent-decoded) of `url`; "" for what it lacks.

    A URL without a host (`data:`, `javascript:`) has no path either: its letters are no words.

    >>> split_url("https://user@Example.ORG.:80/a%20b/Logo.png?x=1")
    ('example.org', '/a b/Logo.png')
    """
    if not (parts := _PARTS.match(url)):
        return "", ""
    host = parts["authority"].rpartition("@")[2].lower()
    if not host.startswith("["):
        host = host.partition(":")[0].rstrip(".")
    return host, unquote(parts["path"])


def is_ip_host(host: str) -> bool:
    """Whether `host` is an address and no name: in brackets, or its last label is a number (the URL standard's test for
    IPv4).

    >>> [is_ip_host(host) for host in ("127.0.0.1", "[::1]", "2130706433", "0x7f.1", "1and1.com", "")]
    [True, True, True, True, False, False]
    """
    return host.startswith("[") or _NUMBER.fullmatch(host.rpartition(".")[2]) is not None


def url_words(part: str) -> list[str]:
    """The words of a host or path in lower case: runs of letters, cut also where camelCase begins a new one.

    >>> url_words("/img/siteLogo2x_ADBanner.PNG")
    ['img', 'site', 'logo', 'x', 'ad', 'banner', 'png']
    """
    spaced = re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])", " ", part)
    return [word.lower() for word in _WORDS.findall(spaced)]


def _among(words: list[str], banned: frozenset[str]) -> int:
    """How many of `words` are banned, or are the plural of a banned one."""
    return sum(word in banned or word.removesuffix("s") in banned for word in words)


def adult_words(words: list[str]) -> int:
    """How many of `words` name adult content; in "sex-ratio" and "same-sex" none does.

    >>> adult_words(["sex", "ratio"]), adult_words(["sex", "tape"])
    (0, 1)
    """
    around = zip(["", *words], words, [*words[1:], ""], strict=False)
    return sum(
        (_among([word], _ADULT_WORDS) > 0 or any(root in word for root in _ADULT_ROOTS))
        and not (word == "sex" and (before in _PLAIN_BEFORE or after in _PLAIN_BEHIND))
        for before, word, after in around
    )


def measure_url(url: str) -> dict[str, float]:
    """Every measure of `schemas.measures.URL_MEASURES`, by name, in that order. Any string will do."""
    host, path = split_url(url)
    lowered = url.lower()
    words = url_words(path)
    return {
        "url_chars": float(len(url)),
        "url_host_chars": float(len(host)),
        "url_ip_host": float(is_ip_host(host)),
        "url_adult_words": float(adult_words(url_words(host) + words)),
        "laion_url_rejects": float(sum(reject in lowered for reject in _LAION_REJECTS)),
        "obelics_url_ban_words": float(_among(words, _OBELICS_WORDS)),
        "mmc4_url_ban_words": float(_among(words, _MMC4_WORDS)),
    }
