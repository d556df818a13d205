"""Registered domains against the package whose list is used, and what it does not know."""

import pytest
from tld import get_fld

from transforms.fetch.domain import _rules, registered


def test_every_rule_as_the_package_reads_it() -> None:
    """Below every suffix that is written in ASCII one label more is registered, as tld says; `*` is any label, `!` an exception."""
    rules = [rule for rule in sorted(_rules()) if "xn--" not in rule]
    assert len(rules) > 8000
    for rule in rules:
        host = f"a.b.{rule.replace('*', 'any').removeprefix('!')}"
        assert registered(host) == get_fld(f"http://{host}/"), host


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.ex.com", "ex.com"),
        ("com", "com"),
        ("a.b.blogspot.com", "b.blogspot.com"),
        ("a.b.c.ck", "b.c.ck"),
        ("a.www.ck", "www.ck"),
        ("a.b.c.kawasaki.jp", "b.c.kawasaki.jp"),
        ("x.city.kawasaki.jp", "city.kawasaki.jp"),
        # 公司.cn: hosts are written in Punycode, the list is not
        ("a.b.xn--55qx5d.cn", "b.xn--55qx5d.cn"),
        ("a.b.xn--p1ai", "b.xn--p1ai"),
        ("a.b.no-such-suffix", "a.b.no-such-suffix"),
        ("localhost", "localhost"),
        ("203.0.113.9", "203.0.113.9"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        ("a" * 60 + ".b" * 90 + ".com", "b.com"),
    ],
)
def test_hosts(host: str, domain: str) -> None:
    """Exceptions, wildcards, suffixes of firms, other scripts; an IP address and an unknown suffix stand for themselves."""
    assert registered(host) == domain
