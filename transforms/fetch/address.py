"""Which addresses may be fetched: rules on the URL, and on the IP address that its name leads to. Pure.

A URL is read once, by ada, as browsers read it. What is judged and what is asked for is how ada writes it, never the text that came in:
`http://0x7f.1`, `http://①②⑦.0.0.1` and `http://127.0.0.1.` are all `http://127.0.0.1/` then. IP addresses are judged by a list of our
own; `ipaddress.is_global` is wrong on a third of those that attacks use (docs/sources.md, "Addresses that
attacks use").
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple, TypeAlias

from ada_url import join_url, replace_url

from schemas.outcomes import UserError
from transforms.fetch.faults import FetchError, FetchFault
from transforms.html.urls import LONGEST, as_scalars, is_written

Network: TypeAlias = IPv4Network | IPv6Network

PORTS = frozenset({80, 443, 8080, 8443})
LOCAL_NAMES = ("localhost", "localdomain", "internal", "local")  # last labels of names that are not of the public net
LONGEST_NAME, LONGEST_LABEL = 253, 63  # characters (RFC 1035 §2.3.4)

REFUSED_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by a provider's customers
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's host, from inside a machine
        "169.254.0.0/16",  # link-local; metadata of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved; broadcast
    )
)
PUBLIC_V6 = IPv6Network("2000::/3")
REFUSED_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments; Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # 6bone, retired
        "3fff::/20",  # documentation
    )
)
MAPPED = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))  # IPv4 inside: that address is judged
ISATAP = (0x00005EFE, 0x02005EFE)  # first half of an interface id behind which an IPv4 address stands (RFC 5214 §6.1)

_CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")
_WRITTEN = re.compile(r"(https?)://([^/?#:@\[\]]+|\[[0-9a-f:]+\])(?::([0-9]{1,5}))?([/?][^#]*)")
PORT_OF = {"http": 80, "https": 443}
_DOTTED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")


@dataclass(frozen=True, slots=True)
class Rules:
    """What is refused beyond the lists above, and what is allowed in spite of them; `deny` wins over `allow`.

    `allow` is how tests reach loopback. `ports` are those that a URL may name.
    """

    allow: tuple[Network, ...] = ()
    deny: tuple[Network, ...] = ()
    ports: frozenset[int] = field(default=PORTS)


class Target(NamedTuple):
    """A URL that may be asked for: as ada writes it without a fragment, its parts, and its IP address where that is its host.

    `host` is as names are compared: in lower case, without the dot at its end. `written` is the host as the URL has it.
    """

    url: str
    scheme: str
    host: str
    port: int
    path: str
    literal: str
    written: str


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks as users write them: ADDRESS or ADDRESS/BITS. Raises `UserError` where one is none.

    >>> networks(["127.0.0.1", "fd00::/8"])
    (IPv4Network('127.0.0.1/32'), IPv6Network('fd00::/8'))
    """
    found: list[Network] = []
    for text in texts:
        try:
            found.append(ip_network(text))
        except ValueError as error:
            raise UserError(f"{text!r} is no IP address or network: {error}. Write it as 192.0.2.0/24.") from None
    return tuple(found)


def target(url: str, rules: Rules, base: str = "") -> Target:
    """What a URL, or a reference at a base such as a redirect's, asks for. Raises `FetchError`: `bad_url`, `address_refused`.

    A name is judged here only by what it says; the addresses that it leads to are for `refusal`.

    >>> target("HTTP://Ex.com.:80/a b#c", Rules()).url, target("//ex.org/x", Rules(), "http://ex.com/").host
    ('http://ex.com./a%20b', 'ex.org')
    >>> target("http://0x7f.1/", Rules())
    Traceback (most recent call last):
    transforms.fetch.faults.FetchError: address_refused: 127.0.0.1 is in 127.0.0.0/8
    """
    if len(url) > LONGEST:
        raise FetchError(FetchFault.BAD_URL, f"{len(url)} characters, where at most {LONGEST} are taken")
    if found := _CONTROL.search(url):
        raise FetchError(FetchFault.BAD_URL, f"the character {found[0]!r} at {found.start()}")
    address = url if is_written(url) else _as_written(url, base)
    parts = _WRITTEN.fullmatch(address)
    if not parts:
        raise FetchError(FetchFault.BAD_URL, _why_not(address))
    if len(address) > LONGEST:
        raise FetchError(FetchFault.BAD_URL, f"{len(address)} characters, where at most {LONGEST} are taken")
    scheme, written, port, path = parts.groups()
    number = int(port) if port else PORT_OF[scheme]
    if number not in rules.ports:
        raise FetchError(FetchFault.BAD_URL, f"port {number}, where {sorted(rules.ports)} are allowed")
    host, literal, unfit = _host(written)
    why = refusal(literal, rules) if literal else unfit
    if why:
        raise FetchError(FetchFault.ADDRESS_REFUSED, why)
    return Target(address, scheme, host, number, path, literal, written)


def _as_written(url: str, base: str) -> str:
    """A URL, or a reference at a base, as ada writes it. Raises `FetchError`."""
    text = as_scalars(url)
    try:
        return str(replace_url(join_url(as_scalars(base), text) if base else text, hash=""))
    except ValueError:
        why = "no URL by the URL standard" if base or "://" in text else "no https:// or http:// in front"
        raise FetchError(FetchFault.BAD_URL, why) from None


def _why_not(address: str) -> str:
    scheme, _, rest = address.partition(":")
    if scheme not in PORT_OF:
        return f"the scheme is {scheme[:20]}, where http and https are taken"
    return "a user name or password" if "@" in rest.split("/")[2] else "no host"


@lru_cache(maxsize=4096)
def _host(written: str) -> tuple[str, str, str]:
    """A host as names are compared, its IP address where it is one, and why its name is refused."""
    host = written.removesuffix(".")
    literal = host.strip("[]") if host.startswith("[") or _DOTTED.fullmatch(host) else ""
    return host, literal, "" if literal else _name_refusal(host)


def _name_refusal(host: str) -> str:
    """Why a name is refused for what it says, "" where it is not."""
    labels = host.split(".")
    if labels[-1] in LOCAL_NAMES:
        return f"{host[:80]} is a local name"
    if len(host) > LONGEST_NAME or not all(0 < len(label) <= LONGEST_LABEL for label in labels):
        return f"{host[:80]} is no name that the DNS can hold"
    return ""


@lru_cache(maxsize=4096)
def refusal(address: str, rules: Rules) -> str:
    """Why an IP address must not be connected to, "" where it may.

    >>> refusal("8.8.8.8", Rules()), refusal("::ffff:10.0.0.1", Rules()), refusal("127.0.0.1", Rules(networks(["127.0.0.1"])))
    ('', '::ffff:10.0.0.1 is 10.0.0.1, which is in 10.0.0.0/8', '')
    """
    try:
        outer = ip_address(address)
    except ValueError:
        return f"{address[:80]!r} is no IP address"
    inner = _inside(outer)
    kept = (outer,) if inner is None else (outer, inner)
    for network in rules.deny:
        if any(_within(one, network) for one in kept):
            return f"{address} is in {network}, which is denied"
    if any(_within(one, network) for network in rules.allow for one in kept):
        return ""
    why = _listed(outer if inner is None else inner)
    if not why:
        return ""
    return f"{address} is {why}" if inner is None else f"{address} is {inner}, which is {why}"


def _within(address: IPv4Address | IPv6Address, network: Network) -> bool:
    return address.version == network.version and address in network and not getattr(address, "scope_id", None)


def _inside(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address that is judged in place of an IPv6 address."""
    if address.version == 4 or address.scope_id or not any(address in network for network in MAPPED):
        return None
    return IPv4Address(int(address) & 0xFFFFFFFF)


def _listed(address: IPv4Address | IPv6Address) -> str:
    """Where the lists have an address that they refuse, "" where they do not."""
    if isinstance(address, IPv4Address):
        return next((f"in {network}" for network in REFUSED_V4 if address in network), "")
    if address.scope_id:
        return "of one link (it has a zone)"
    if address not in PUBLIC_V6:
        return f"outside {PUBLIC_V6}"
    if int(address) >> 32 & 0xFFFFFFFF in ISATAP:
        return f"a tunnel (ISATAP) to {IPv4Address(int(address) & 0xFFFFFFFF)}"
    return next((f"in {network}" for network in REFUSED_V6 if address in network), "")
