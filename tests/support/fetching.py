"""A client on loopback: its settings, and how it is asked."""

from collections.abc import Iterable, Mapping

from pipeline.fetch.client import Client, Follows, always
from pipeline.fetch.exchange import Answer, Ask, Limits, Settings
from pipeline.fetch.names import LookUp, system_look_up
from tests.support.hostile import Hostile
from transforms.fetch.address import PORTS, Rules, networks

AGENT = "tests/1.0 (+https://example.org/bot)"
SHORT = Limits(total=2.0, connect=1.0, first_byte=1.0, idle=1.0, body=1 << 20)


def settings(
    server: Hostile, resolve: Mapping[str, str] | None = None, allow: Iterable[str] = ("127.0.0.2",), **others: object
) -> Settings:
    """Settings under which a server on 127.0.0.2, and nothing else of loopback, may be reached."""
    rules = Rules(networks(allow), ports=PORTS | {server.port})
    return Settings(AGENT, rules, resolve or {}, **others)  # type: ignore[arg-type]


def fetched(
    how: Settings,
    urls: Iterable[str],
    limits: Limits = SHORT,
    look_up: LookUp = system_look_up,
    follows: Follows = always,
    headers: tuple[tuple[str, str], ...] = (),
) -> list[Answer]:
    """The answers, in the order of the addresses."""
    answers: list[Answer] = []
    asks = (Ask(url, number, limits, headers) for number, url in enumerate(urls))
    Client(how, look_up, follows).run(asks, answers.append)
    return sorted(answers, key=lambda answer: int(answer.key))
