"""The arguments of all commands that fetch: who asks, how politely, and by which ways."""

import argparse
from contextlib import suppress
from typing import TYPE_CHECKING

from schemas.outcomes import UserError

if TYPE_CHECKING:
    from pipeline.fetch.how import Fetching

PAUSE = 1.0  # seconds: that of `transforms.fetch.pace.Manners`
AGENT_HELP = "who fetches, and how to reach you: 'NAME/VERSION (+https://ex.com/bot)'; robots.txt is asked for NAME"


def arguments(group: argparse._ActionsContainer) -> None:
    """Declare them, but for `--agent`."""
    group.add_argument(
        "--delay",
        type=seconds,
        default=PAUSE,
        metavar="SECONDS",
        help="least pause behind each request to a host (default: %(default)s)",
    )
    group.add_argument(
        "--resolve",
        action="append",
        default=[],
        metavar="NAME:ADDRESS",
        help="an IP address (and :PORT) for a host in place of the DNS's, * for all others; may be repeated",
    )
    group.add_argument(
        "--allow-address",
        action="append",
        default=[],
        metavar="NETWORK",
        help="IP addresses to fetch from although they are not public, for example 127.0.0.1; may be repeated",
    )


def seconds(text: str) -> float:
    """A pause, or an error that says what one is."""
    with suppress(ValueError):
        if 0 <= (value := float(text)) <= 600:
            return value
    raise argparse.ArgumentTypeError(f"expected seconds from 0 to 600, got {text!r}")


def fetching(args: argparse.Namespace, consent: str) -> "Fetching":
    """How the arguments ask to fetch, and what is made of what sites say about use. Raises UserError."""
    from pipeline.fetch.exchange import Settings
    from pipeline.fetch.how import Fetching
    from pipeline.fetch.policies import Consent
    from pipeline.fetch.visit import Conduct
    from transforms.fetch.address import Rules, networks

    rules = Rules(allow=networks(args.allow_address))
    settings = Settings(args.agent, rules, dict(map(resolved, args.resolve)))
    return Fetching(Conduct(args.agent, args.delay, rules=rules, consent=Consent(consent)), settings)


def resolved(text: str) -> tuple[str, str]:
    """A host and where it is. Raises UserError.

    >>> resolved("ex.com:127.0.0.1:8000")
    ('ex.com', '127.0.0.1:8000')
    """
    name, colon, address = text.partition(":")
    if not colon or not name or not address:
        raise UserError(f"--resolve {text}: expected NAME:ADDRESS, for example ex.com:127.0.0.1")
    return name.lower(), address
