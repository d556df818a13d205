"""Which captures of an index are wanted: a small closed language, asked of a Parquet file or of a line of CDXJ. Pure.

    host=ex.com,www.ex.com    of these hosts              domain=ex.co.uk     of these registered domains, with all their hosts
    url=https://ex.com/blog/  whose address begins so     language=deu        whose main language it is (ISO 639-3)
    mime=text/html,image/*    of these media types        status=200,206      with these answers (default: 200; * for all)
    subset=warc               of these parts of a crawl (default: warc; also crawldiagnostics, robotstxt)

Values of one field are alternatives, fields must all hold. `FIELD=@FILE` takes the values from a file, a line each.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.outcomes import UserError
from schemas.recipe import nearest

SUBSETS = ("warc", "crawldiagnostics", "robotstxt")
_COLUMNS = {
    "host": "url_host_name",
    "domain": "url_host_registered_domain",
    "url": "url",
    "language": "content_languages",
    "mime": "content_mime_detected",
    "status": "fetch_status",
    "subset": "warc_filename",
}
# Columns of Common Crawl's index by which row groups can be passed over for a host: rows are sorted by the labels of hosts from the end.
_LABELS = ("url_host_tld", "url_host_2nd_last_part")
_HIVE = re.compile(r"(?:^|/)subset=([^/]+)/")
_IPV4 = re.compile(r"[0-9.]+")
ReadList = Callable[[str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Selection:
    """The values of each field, sorted; a field without values holds for all captures."""

    host: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    url: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    mime: tuple[str, ...] = ()
    status: tuple[str, ...] = ("200",)
    subset: tuple[str, ...] = ("warc",)

    def columns(self) -> list[str]:
        """The columns of a Parquet index that are asked about."""
        return [column for name, column in _COLUMNS.items() if getattr(self, name)]

    def in_file(self, path: str) -> bool:
        """Whether a file of an index may hold what is wanted, by its folder (`subset=warc`, as partitions are written).

        >>> Selection().in_file("crawl=CC-MAIN-2024-22/subset=robotstxt/a.parquet"), Selection().in_file("a.parquet")
        (False, True)
        """
        found = _HIVE.search(path)
        return not self.subset or found is None or found[1] in self.subset

    def takes(self, told: Mapping[str, Any]) -> bool:
        """Whether a capture is wanted, by what a line of CDXJ tells of it.

        >>> line = {"url": "https://www.ex.com/a", "status": "200", "mime": "text/html", "languages": "deu,eng", "filename": "a.warc.gz"}
        >>> Selection(domain=("ex.com",), language=("deu",)).takes(line), Selection(host=("ex.com",)).takes(line)
        (True, False)
        """
        url = str(told.get("url", ""))
        host = host_in(url)
        mime = str(told.get("mime-detected") or told.get("mime") or "")
        return (
            (not self.status or str(told.get("status")) in self.status)
            and (not self.subset or subset_of(str(told.get("filename", ""))) in self.subset)
            and (not self.host or host in self.host)
            and (not self.domain or any(name in self.domain for name in _above(host)))
            and (not self.url or url.startswith(self.url))
            and (not self.language or str(told.get("languages", "")).partition(",")[0] in self.language)
            and (not self.mime or any(_is_kind(mime, wanted) for wanted in self.mime))
        )

    def expression(self, names: Iterable[str]) -> Any:
        """What is asked of a Parquet index that has columns of these names, None where all is wanted. Raises UserError."""
        there = set(names)
        missing = [column for column in self.columns() if column not in there]
        if missing:
            raise UserError(f"it has no column {missing[0]}, which the selection asks about; it has {', '.join(names)}")
        asked = [_any_of(self, name, there) for name in _COLUMNS if getattr(self, name)]
        together = None
        for one in asked:
            together = one if together is None else together & one
        return together


def subset_of(filename: str) -> str:
    """Which part of a crawl an archive belongs to, by its path.

    >>> subset_of("crawl-data/CC-MAIN-2024-22/segments/1.1/robotstxt/a.warc.gz"), subset_of("a.warc.gz")
    ('robotstxt', 'warc')
    """
    return next((name for name in SUBSETS[1:] if f"/{name}/" in filename), SUBSETS[0])


def host_in(url: str) -> str:
    """The host of an address in small letters, without user and port.

    >>> host_in("https://u@WWW.Ex.com:8080/a"), host_in("http://[::1]/"), host_in("dns:ex.com")
    ('www.ex.com', '[::1]', '')
    """
    _, slashes, rest = url.partition("://")
    name = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].lower() if slashes else ""
    return re.sub(r":\d*$", "", name)


def _above(host: str) -> list[str]:
    """A host and the domains that it is below."""
    labels = host.split(".")
    return [".".join(labels[place:]) for place in range(len(labels))]


def _is_kind(mime: str, wanted: str) -> bool:
    return mime.startswith(wanted[:-1]) if wanted.endswith("*") else mime == wanted


def _any_of(selection: Selection, name: str, there: set[str]) -> Any:
    """One field as an expression."""
    column, values = pc.field(_COLUMNS[name]), getattr(selection, name)
    if name == "status":
        return column.isin(pa.array([int(value) for value in values], pa.int16()))
    if name == "subset":
        return _either(_of_subset(column, value) for value in values)
    if name == "url":
        begins = _either(pc.starts_with(column, value) for value in values)
        # Where an address begins with a whole host, its rows lie where the host's do.
        hosts = [host_in(value) if value.count("/") > 2 else "" for value in values]
        return _narrowed(begins, hosts, there)
    if name == "language":
        return column.isin(list(values)) | _either(pc.starts_with(column, f"{value},") for value in values)
    if name == "mime":
        begins = [value[:-1] for value in values if value.endswith("*")]
        exact = column.isin(pa.array([value for value in values if not value.endswith("*")], pa.string()))
        return _either([exact, *(pc.starts_with(column, value) for value in begins)])
    exact = column.isin(list(values))
    return _narrowed(exact, values, there) if name == "host" else exact


def _of_subset(column: Any, name: str) -> Any:
    others = _either(pc.match_substring(column, f"/{other}/") for other in SUBSETS[1:])
    return ~others if name == SUBSETS[0] else pc.match_substring(column, f"/{name}/")


def _either(expressions: Iterable[Any]) -> Any:
    first, *others = expressions
    for one in others:
        first = first | one
    return first


def _narrowed(asked: Any, hosts: Sequence[str], there: set[str]) -> Any:
    """An expression that is true of these hosts alone, with what their last two labels must be then, so that row groups are passed over."""
    known = all(host.count(".") and not _IPV4.fullmatch(host) and host[-1] not in "].:" for host in hosts)
    if not known or not there.issuperset(_LABELS):
        return asked
    for column, place in zip(_LABELS, (-1, -2), strict=True):
        asked = asked & pc.field(column).isin(sorted({host.split(".")[place] for host in hosts}))
    return asked


def selection_of(words: Iterable[str], read_list: ReadList) -> Selection:
    """The selection that a user's words say: `FIELD=VALUE,VALUE` each. Raises UserError.

    >>> selection_of(["host=Ex.com,b.org", "status=*", "mime=image/*"], lambda path: [])
    Selection(host=('b.org', 'ex.com'), domain=(), url=(), language=(), mime=('image/*',), status=(), subset=('warc',))
    """
    known = [one.name for one in fields(Selection)]
    found: dict[str, set[str]] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if name not in known:
            raise UserError(
                f"--select {word}: there is no field {name}{nearest(name, known)}; known are {', '.join(known)}"
            )
        if not equals or not text:
            raise UserError(f"--select {word}: expected {name}=VALUE")
        from_file = text.startswith("@")
        given = read_list(text[1:]) if from_file else [text] if name == "url" else text.split(",")
        values = [value.strip() for value in given]
        found.setdefault(name, set()).update(_checked(word, name, value) for value in values if value)
    return Selection(**{name: () if "*" in values else tuple(sorted(values)) for name, values in found.items()})


def _checked(word: str, name: str, value: str) -> str:
    """A value as indexes write it. Raises UserError where it is none of its field."""
    if name in ("status", "subset") and value == "*":
        return value
    wrong = {
        "status": not re.fullmatch(r"[1-9][0-9]{2}", value),
        "subset": value not in SUBSETS,
        "language": not re.fullmatch(r"[a-z]{3}", value),
        "host": "/" in value or not value.isascii(),
        "domain": "/" in value or not value.isascii() or value.startswith("."),
        "url": "://" not in value,
        "mime": "/" not in value or "*" in value[:-1],
    }
    hints = {
        "status": "a number of three digits, or * for all",
        "subset": f"one of {', '.join(SUBSETS)}, or *",
        "language": "a code of three letters (ISO 639-3) such as deu",
        "host": "the name of a host in ASCII, such as www.ex.com",
        "domain": "a registered domain in ASCII, such as ex.co.uk",
        "url": "how an address begins, such as https://ex.com/blog/",
        "mime": "a media type such as text/html, or image/*",
    }
    if wrong[name]:
        raise UserError(f"--select {word[:200]}: {value[:100]!r} is not {hints[name]}")
    return value.lower() if name in ("host", "domain", "mime") else value
