"""An address on its way through a visit: where it stands, what it waits for, and what was said so far. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from pipeline.fetch import rows
from pipeline.fetch.addresses import Address
from pipeline.fetch.exchange import Hop
from pipeline.fetch.policies import Site
from transforms.consent.said import Said
from transforms.fetch.address import Target


@dataclass(slots=True)
class Errand:
    """A file of a site that lies elsewhere: its kind, the requests so far, where they lead, and what is known of the site there."""

    kind: str
    hops: tuple[Hop, ...]
    aim: Target
    site: Site | None = None


@dataclass(slots=True)
class Job:
    """An address on its way, what it is to ask next (itself, or where its redirects so far lead), and the host that it began at."""

    address: Address
    aim: Target
    home: str
    hops: tuple[Hop, ...] = ()
    site: Site | None = None  # what is known of the site where it stands
    errand: Errand | None = None  # for a file of that site, while redirects lead elsewhere
    robots: str = ""  # what robots.txt said of the last request
    about: tuple[Said, ...] = ()  # what files of its site say about where it stands
    said: tuple[Said, ...] = ()  # and what was said on the whole way

    def hear(self, said: Iterable[Said]) -> None:
        """Take in what files of the site say about where it stands."""
        self.about = tuple(said)
        self.said += self.about


# The row with which a job ends.
Ending: TypeAlias = Callable[[Job], rows.Row]


class ForFile(NamedTuple):
    """The key of a question for a file of a site, and the job that waits for it."""

    origin: str
    kind: str
    job: Job
