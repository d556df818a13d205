"""The addresses of one unit, fetched politely: robots.txt of each host first, one request at a time and host, redirects step by step.

Every address ends in one row. Those whose response is kept also end in one record, in the segment that the row is in. The clocks here say
when a host is asked; they reach no row but by what the client measured.
"""

import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.fetch import rows
from pipeline.fetch.addresses import Address
from pipeline.fetch.evidence import Asked, records_of
from pipeline.fetch.exchange import Answer, Ask, Fetcher, Hop, Limits, product_token
from pipeline.fetch.robots import LIMITS as ROBOTS_LIMITS
from pipeline.fetch.robots import PATH, Policy, policy
from pipeline.fetch.segment import Segments
from schemas.fetches import DELAY_RULE, ROBOTS_RULE
from transforms.consent.policies import origin_of
from transforms.fetch.address import Rules, Target, target
from transforms.fetch.faults import FetchError, FetchFault
from transforms.fetch.pace import Manners, Pace, patience
from transforms.warc.heads import value

MOST_POLICIES = 4096  # origins whose robots.txt are at hand; the one that was asked for longest ago goes, and is fetched again when needed
REDIRECTS = frozenset((301, 302, 303, 307, 308))
# Answers that did not come: some in a row, and the host is given up for this wave.
SILENT = frozenset((FetchFault.TIMEOUT, FetchFault.RESET, FetchFault.DNS_FAILURE, FetchFault.TLS_ERROR))
PATIENCE = frozenset((429, 503))  # statuses that ask for it


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a unit behaves: how it introduces itself, its pause behind each request to a host (seconds), and its bounds."""

    agent: str
    pause: float = Manners().pause
    limits: Limits = field(default_factory=Limits)
    rules: Rules = field(default_factory=Rules)


@dataclass(slots=True)
class Job:
    """An address on its way, and what it is to ask next: itself, or where its redirects so far lead."""

    address: Address
    aim: Target
    hops: tuple[Hop, ...] = ()
    robots: str = ""  # what robots.txt said of the last request


class ForRobots(NamedTuple):
    """The key of a question for robots.txt, and the job that waits for it."""

    origin: str
    job: Job


class Visit:
    """One unit being fetched. `tell` hears of each row that is added."""

    def __init__(
        self,
        unit: int,
        attempt: int,
        conduct: Conduct,
        segments: Segments,
        tell: Callable[[rows.Row], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._unit = unit
        self._attempt = attempt
        self._manners = conduct
        self._token = product_token(conduct.agent)
        self._segments = segments
        self._tell = tell
        self._clock = clock
        # Placing has held the budget of each registered domain already.
        self._queues: Pace[Job] = Pace(Manners(pause=conduct.pause, budget=sys.maxsize))
        self._policies: OrderedDict[str, Policy] = OrderedDict()
        self._out = 0  # jobs that are with the client
        self._limits = _single(conduct.limits)

    def run(self, addresses: Iterable[Address], fetcher: Fetcher) -> None:
        """Fetch them all. Raises what is a bug or a full disk."""
        for address in addresses:
            self._enter(address)
        fetcher.run(self._asks(), self._hear)

    def _enter(self, address: Address) -> None:
        """Queue an address, or write the row of one that is not to be asked for."""
        if address.of:
            self._end(rows.duplicate(address, self._attempt))
            return
        try:
            aim = target(address.url, self._manners.rules)
        except FetchError as error:
            self._end(rows.failed(address, self._attempt, (), error.fault.value, error.detail))
            return
        self._queues.put(aim.host, aim.host, Job(address, aim))

    def _asks(self) -> Iterator[Ask | None]:
        while self._out or self._queues.waiting:
            self._segments.tick()
            job = self._queues.take(self._clock())
            if job is None:
                yield None
                continue
            ask = self._ask(job)
            if ask is not None:
                self._out += 1
                yield ask

    def _ask(self, job: Job) -> Ask | None:
        """What a job asks next; None where it has ended, since robots.txt says so."""
        origin = origin_of(job.aim.url)
        said = self._policies.get(origin)
        if said is None:
            return Ask(origin + PATH, ForRobots(origin, job), ROBOTS_LIMITS)
        if said.unreachable:
            row = rows.failed(job.address, self._attempt, job.hops, FetchFault.ROBOTS_UNREACHABLE, said.unreachable)
        elif not said.allows(self._token, job.aim.url):
            row = rows.dropped(job.address, self._attempt, job.hops, ROBOTS_RULE, job.aim.url)
        else:
            job.robots = said.said
            return Ask(job.aim.url, job, self._limits, target=job.aim)
        self._queues.answered(job.aim.host, self._clock(), asked=False)
        self._end(row)
        return None

    def _hear(self, answer: Answer) -> None:
        self._out -= 1
        if isinstance(answer.key, ForRobots):
            self._hear_robots(answer.key, answer)
        else:
            self._hear_job(answer.key, answer)

    def _hear_robots(self, key: ForRobots, answer: Answer) -> None:
        self._policies[key.origin] = found = policy(answer, self._token)
        if len(self._policies) > MOST_POLICIES:
            self._policies.popitem(last=False)
        host = key.job.aim.host
        self._queues.put(host, host, key.job, first=True)
        if not self._queues.slow_down(host, found.pause):
            self._leave_out(host, found.pause)
        self._queues.answered(host, self._clock())
        if answer.hops:
            self._queues.leads_to(host, answer.hops[0].address)
            self._segments.add(records_of(Asked(self._unit, self._attempt, key.origin + PATH), answer.hops))

    def _hear_job(self, job: Job, answer: Answer) -> None:
        job.hops += answer.hops
        refused = bool(answer.hops) and answer.hops[-1].status in PATIENCE
        wait = _asked_patience(answer.hops[-1]) if refused else 0.0
        if self._queues.answered(job.aim.host, self._clock(), refused, answer.fault in SILENT, wait):
            self._give_up(job.aim.host, answer)
        try:
            if answer.fault:
                raise FetchError(FetchFault(answer.fault), answer.detail)
            status = job.hops[-1].status
            if status in REDIRECTS:
                self._follow(job)
            elif status // 100 == 3:
                raise FetchError(
                    FetchFault.BAD_RESPONSE, f"the status {status} neither brings anything nor leads anywhere"
                )
            else:
                self._keep(job)
        except FetchError as error:
            self._end(rows.failed(job.address, self._attempt, job.hops, error.fault.value, error.detail))

    def _follow(self, job: Job) -> None:
        """Queue a job where its redirect leads. Raises FetchError."""
        last = job.hops[-1]
        if len(job.hops) > self._manners.limits.redirects:
            raise FetchError(FetchFault.TOO_MANY_REDIRECTS, f"more than {self._manners.limits.redirects}")
        location = value(last.headers, "location").strip()
        if not location:
            raise FetchError(FetchFault.BAD_RESPONSE, f"a redirect ({last.status}) that leads nowhere")
        job.aim = target(location, self._manners.rules, base=last.url)
        self._queues.put(job.aim.host, job.aim.host, job, first=True)

    def _keep(self, job: Job) -> None:
        """Write what came. Raises FetchError where it is not what was wanted."""
        body = rows.body_of(job.address, job.hops[-1])
        asked = Asked(self._unit, self._attempt, job.hops[0].url, job.robots, job.address.captions)
        row = rows.kept(job.address, self._attempt, job.hops, body)
        self._segments.add(records_of(asked, job.hops), row)
        self._tell(row)

    def _give_up(self, host: str, answer: Answer) -> None:
        detail = f"its last answers did not come ({answer.fault}: {answer.detail})"
        for job in self._queues.drain(host):
            self._end(rows.failed(job.address, self._attempt, job.hops, FetchFault.HOST_UNHEALTHY, detail))

    def _leave_out(self, host: str, pause: float) -> None:
        detail = f"its robots.txt asks for {pause:g} s behind each request"
        for job in self._queues.drain(host):
            row = rows.dropped(job.address, self._attempt, job.hops, DELAY_RULE, detail)
            self._end(row)

    def _end(self, row: rows.Row) -> None:
        self._segments.add((), row)
        self._tell(row)


def _single(limits: Limits) -> Limits:
    """Limits of one hop: redirects are followed here, since each asks robots.txt of its host first."""
    return Limits(**{name: getattr(limits, name) for name in Limits.__slots__} | {"redirects": 0})


def _asked_patience(hop: Hop) -> float:
    """The seconds that a refusal asks to wait; 0 where it says nothing."""
    return patience(value(hop.headers, "retry-after"), value(hop.headers, "date"))
