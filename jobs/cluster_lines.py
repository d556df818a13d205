"""Clusters of duplicates as lines of a terminal: the one that stays, why others left for it, and what else hangs together with it."""

from collections.abc import Iterator, Mapping
from typing import Any

from jobs.block_table import fit
from jobs.terminal import number

_INDENT, _WHY = 4, 22  # columns before a line, and for why an item left or stays
_LEAST = 20  # columns for an address, however narrow the terminal
_BESIDE = 100  # columns from which on an address is cut to stand beside its id; on a narrower terminal it stands below
HOT = 5  # items of hot buckets that are shown
_HOT = (
    "Near duplicates may have been missed beside these: others share a band with them,",
    "were compared with them alone in it, and most were not like them (unlike of all):",
)


def lines(facts: Mapping[str, Any], columns: int) -> list[str]:
    """All corpora, and what hot buckets hid."""
    found = []
    for corpus in facts["corpora"]:
        by = ", ".join(f"{rule} {number(count)}" for rule, count in corpus["rules"].items())
        found += [f"{corpus['corpus']}: {number(corpus['left'])} left for another one{f' ({by})' if by else ''}", ""]
        for place, cluster in enumerate(corpus["clusters"], 1):
            found += [*cluster_lines(place, cluster, corpus["kind"], columns), ""]
    if not facts["finished"]:
        found += ["This run is not finished: its texts are in no shard yet.", ""]
    return [*found, *hot_lines(facts["hot"], columns)] if facts["hot"] else found[:-1]


def cluster_lines(place: int, cluster: Mapping[str, Any], kind: str, columns: int) -> Iterator[str]:
    """One cluster: what it is, the one that stays, those that left with why, those that stay beside it."""
    yield f"{place:2}  {said(cluster)}"
    stays = cluster["stays"]
    room = max(_LEAST, columns - _INDENT - _WHY)
    yield from item_lines(standing(stays), stays["id"], address(stays), columns)
    if words := shown_words(stays):
        yield " " * (_INDENT + _WHY) + fit(words, room).rstrip()
    for member in cluster["members"]:
        yield from item_lines(why(member, kind), member["id"], member["url"], columns)
    if (more := cluster["left"] - len(cluster["members"])) > 0:
        yield f"{' ' * _INDENT}and {number(more)} more that left"
    for other in cluster["staying"]:
        yield from item_lines(alike("stays", other["cluster_similarity"]), other["id"], address(other), columns)
        if words := shown_words(other):
            yield " " * (_INDENT + _WHY) + fit(words, room).rstrip()
    if (more := cluster["others_stay"] - len(cluster["staying"])) > 0:
        yield f"{' ' * _INDENT}and {number(more)} more that stay"


def said(cluster: Mapping[str, Any]) -> str:
    """How many left for an item, by what, and how many hang together with it."""
    by = ", ".join(f"{rule} {number(count)}" for rule, count in cluster["rules"].items())
    found = f"{number(cluster['left'])} left for it ({by})" if by else "nothing left for it"
    together = cluster["together"] or 1
    if together > 1:
        found += f"; {number(together)} hang together by near duplicates"
    return found


def item_lines(what: str, identity: str, shown: str, columns: int) -> Iterator[str]:
    """One item: why it is there, its id, and its address as far as there is room, beside the id or below it."""
    head = f"{' ' * _INDENT}{what:{_WHY}}{identity}"
    beside = columns - len(head) - 2
    if columns >= _BESIDE or len(shown) <= beside:
        yield f"{head}  {fit(shown, max(_LEAST, beside)).rstrip()}"
    else:
        yield head
        yield " " * (_INDENT + _WHY) + fit(shown, max(_LEAST, columns - _INDENT - _WHY)).rstrip()


def standing(row: Mapping[str, Any]) -> str:
    """That an item stays; or by what it has left in turn, after it stood for others."""
    if "rule" in row:
        return f"left too, {row['rule']}"
    return alike("stays", row.get("cluster_similarity") if row.get("cluster") != row["id"] else None)


def why(member: Mapping[str, Any], kind: str) -> str:
    """Why an item left: the rule, and how alike it is to the one that stays: of pictures, in how many of 256 bits they differ."""
    value = member["value"]
    if value is None or kind == "text":
        return alike(member["rule"], value)
    return f"{member['rule']} {value:.0f} bits"


def alike(what: str, value: float | None) -> str:
    """A word, and an estimate of likeness where there is one.

    >>> alike("near", 0.9312), alike("url", None)
    ('near 0.93', 'url')
    """
    return what if value is None else f"{what} {value:.2f}"


def address(row: Mapping[str, Any]) -> str:
    """Where an item is, and of an image what it is; one that is in no shard says so."""
    if "url" not in row:
        return "(of an earlier run, left in parts, or in no Parquet shard)"
    picture = f"{row['format']} {row['width']} x {row['height']}, " if "width" in row else ""
    return f"{picture}{row['url']}"


def shown_words(row: Mapping[str, Any]) -> str:
    """What an item says: the first words of its text, else its caption, else its title."""
    return str(row.get("words") or row.get("caption") or row.get("title") or "")


def hot_lines(hot: list[Mapping[str, Any]], columns: int) -> list[str]:
    """The items that most of those that met them in a bucket were not like."""
    found = [*_HOT]
    for one in hot[:HOT]:
        what = f"{number(one['unlike'])} of {number(one['met'])}"
        found += item_lines(what, one["id"], one["url"] or unnamed(one["of"]), columns)
    return found + ([f"{' ' * _INDENT}and {number(len(hot) - HOT)} more"] if len(hot) > HOT else [])


def unnamed(of: str) -> str:
    """What stands for the address of an item of which none is told: pictures are compared without theirs."""
    return "(a picture)" if of == "pictures" else "(of an earlier run, or taken by a rule)"
