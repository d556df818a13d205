"""Host -> registered domain: what somebody registered, below a suffix under which everybody may (Public Suffix List). Pure.

The list is the file that the package tld ships; its code is not used, as it looks a missing file up on the net and knows no host in
Punycode. Suffixes of firms count too, such as github.io: the sites below belong to many.
"""

from functools import lru_cache
from importlib.resources import files

from ada_url import idna_to_ascii

_LIST = ("res", "effective_tld_names.dat.txt")  # of the package tld
_REMEMBERED = 65_536  # hosts


@lru_cache(maxsize=_REMEMBERED)
def registered(host: str) -> str:
    """The registered domain of a host, as `transforms.fetch.address.target` writes hosts.

    An IP address, a host whose last label no rule knows, and a suffix itself stand for themselves.

    >>> [registered(host) for host in ("a.b.ex.co.uk", "me.github.io", "xn--bcher-kva.xn--55qx5d.cn", "www.city.kobe.jp")]
    ['ex.co.uk', 'me.github.io', 'xn--bcher-kva.xn--55qx5d.cn', 'city.kobe.jp']
    >>> [registered(host) for host in ("192.0.2.1", "[2001:db8::1]", "a.b.test", "co.uk", "")]
    ['192.0.2.1', '[2001:db8::1]', 'a.b.test', 'co.uk', '']
    """
    labels = host.split(".")
    least = _suffix(labels)
    return ".".join(labels[-least - 1 :]) if least else host


def _suffix(labels: list[str]) -> int:
    """How many labels at the end of a host are its suffix; 0 where no rule speaks of it. The longest rule counts, an exception first."""
    rules, known = _rules(), 0
    for many in range(1, len(labels) + 1):
        name = ".".join(labels[-many:])
        if f"!{name}" in rules:
            return many - 1
        if name in rules or (many > 1 and f"*.{name.partition('.')[2]}" in rules):
            known = many
    return known


@lru_cache(maxsize=1)
def _rules() -> frozenset[str]:
    """The rules of the list, in Punycode."""
    text = files("tld").joinpath(*_LIST).read_text("utf-8")
    lines = (line.split(maxsplit=1)[0] for line in text.splitlines() if line.strip() and not line.startswith("//"))
    return frozenset(rule if rule.isascii() else _ascii(rule) for rule in lines)


def _ascii(rule: str) -> str:
    """A rule whose labels of other letters are in Punycode."""
    return ".".join(label if label.isascii() else idna_to_ascii(label).decode() for label in rule.split("."))
