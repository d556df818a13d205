"""The addresses of one unit, fetched politely: robots.txt and like files of each site first, one request at a time and host, redirects step
by step.

Every address ends in one row. Those whose response is kept also end in one record, in the segment that the row is in. The clocks here say
when a host is asked; they reach no row but by what the client measured.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.fetch import rows
from pipeline.fetch.addresses import Address
from pipeline.fetch.evidence import Asked, Packed, records_of
from pipeline.fetch.exchange import Answer, Ask, Fetcher, Hop, Limits, product_token
from pipeline.fetch.on_the_way import Ending, Errand, ForFile, Job
from pipeline.fetch.policies import Consent, Site, Sites, evidence, file_address, headers_said, reserving
from pipeline.fetch.robots import LIMITS as FILE_LIMITS
from pipeline.fetch.robots import ROBOTS
from pipeline.fetch.segment import MOST_SECONDS, Segments
from schemas.fetches import DELAY_RULE, ROBOTS_RULE
from transforms.consent.policies import origin_of
from transforms.consent.said import Said
from transforms.fetch.address import Rules, Target, target
from transforms.fetch.faults import FetchError, FetchFault
from transforms.fetch.pace import Manners, Pace, patience
from transforms.warc.heads import value

MOST_HOSTS = 2000  # that are under way at once, of each of which the files are at hand
REDIRECTS = frozenset((301, 302, 303, 307, 308))
# Answers that did not come: some in a row, and the host is given up for this wave.
SILENT = frozenset((FetchFault.TIMEOUT, FetchFault.RESET, FetchFault.DNS_FAILURE, FetchFault.TLS_ERROR))
PATIENCE = frozenset((429, 503))  # statuses that ask for it


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a unit behaves: how it introduces itself, its pause behind each request to a host (seconds), its bounds, and what it makes of
    the files of sites."""

    agent: str
    pause: float = Manners().pause
    limits: Limits = field(default_factory=Limits)
    rules: Rules = field(default_factory=Rules)
    consent: Consent = Consent.RECORDED
    open_seconds: float = MOST_SECONDS  # that a segment stays open


class Visit:
    """One unit being fetched. `tell` hears of each row that is added."""

    def __init__(
        self,
        unit: int,
        round_: int,
        conduct: Conduct,
        segments: Segments,
        tell: Callable[[rows.Row], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._unit = unit
        self._round = round_
        self._manners = conduct
        self._token = product_token(conduct.agent)
        self._segments = segments
        self._tell = tell
        self._clock = clock
        # Placing has held the budget of each registered domain already.
        self._queues: Pace[Job] = Pace(Manners(pause=conduct.pause, budget=sys.maxsize))
        self._sites = Sites(self._token, conduct.consent)
        self._strict = conduct.consent == Consent.STRICT
        self._out = 0  # jobs that are with the client
        self._addresses: Iterator[Address] = iter(())
        self._left = True  # there may be addresses that are not queued
        self._open: Counter[str] = Counter()  # jobs under way by the host of their address
        self._closed: dict[
            str, Ending
        ] = {}  # how whatever is still wanted of a host ends, also what redirects lead there
        self._limits = _single(conduct.limits)

    def run(self, addresses: Iterable[Address], fetcher: Fetcher) -> None:
        """Fetch them all. Raises what is a bug or a full disk."""
        self._addresses = iter(addresses)
        fetcher.run(self._asks(), self._hear)

    def _begin(self) -> bool:
        """Queue further addresses while there is room for their hosts; whether there are any left."""
        while self._left and len(self._open) < MOST_HOSTS:
            address = next(self._addresses, None)
            self._left = address is not None
            if address:
                self._enter(address)
        return self._left

    def _enter(self, address: Address) -> None:
        """Queue an address, or write the row of one that is not to be asked for."""
        if address.of:
            self._add(rows.duplicate(address, self._round))
            return
        try:
            aim = target(address.url, self._manners.rules)
        except FetchError as error:
            self._add(rows.failed(address, self._round, (), error.fault.value, error.detail))
            return
        self._open[aim.host] += 1
        self._queues.put(aim.host, aim.host, Job(address, aim, aim.host))

    def _asks(self) -> Iterator[Ask | None]:
        while self._begin() or self._out or self._queues.waiting:
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
        """What a job asks next; None where it has ended, since a file of its site says so."""
        if job.aim.host in self._closed:
            self._queues.answered(job.aim.host, self._clock(), asked=False)
            self._end(job, self._closed[job.aim.host](job))
            return None
        if job.errand:
            return self._ask_behind(job, job.errand)
        origin = origin_of(job.aim.url)
        # What it has asked for is its own, whatever other sites have driven out meanwhile: else it might ask for ever.
        site = job.site = job.site or self._sites.find(origin)
        kind = self._sites.wanted(site) if site else ROBOTS
        row = self._refusal(job, site, known=not kind) if site else None
        if row:
            self._queues.answered(job.aim.host, self._clock(), asked=False)
            self._end(job, row)
            return None
        if kind:
            # Redirects of robots.txt itself are followed whatever others say (RFC 9309 §2.3.1.2).
            follows = None if kind == ROBOTS else self._lets_us
            return Ask(file_address(origin, kind), ForFile(origin, kind, job), FILE_LIMITS, follows=follows)
        return Ask(job.aim.url, job, self._limits, target=job.aim)

    def _ask_behind(self, job: Job, errand: Errand) -> Ask | None:
        """What is asked next for a file that lies behind a redirect: robots.txt of the site there, then the file if that lets us.

        It is asked for in the queue of the host whose file it is, as all of its redirects that the client follows.
        """
        origin = origin_of(errand.aim.url)
        site = errand.site = errand.site or self._sites.find(origin)
        if site is None:
            return Ask(file_address(origin, ROBOTS), ForFile(origin, ROBOTS, job), FILE_LIMITS)
        key = ForFile(origin_of(job.aim.url), errand.kind, job)
        fault, detail, robots = None, "", site.robots
        if robots.unreachable:
            fault, detail = robots.fault.value, f"{origin}: {robots.unreachable}"
        elif errand.aim.host in self._closed:
            closed = self._closed[errand.aim.host](job)
            fault, detail = closed["reason"], f"{origin}: {closed['detail']}"
        elif not robots.forbidding(self._token, errand.aim.url):
            limits = replace(FILE_LIMITS, redirects=FILE_LIMITS.redirects - len(errand.hops))
            return Ask(errand.aim.url, key, limits, target=errand.aim, follows=self._lets_us)
        self._queues.put(job.aim.host, job.aim.host, job, first=True)
        self._queues.answered(job.aim.host, self._clock(), asked=False)
        self._take_in(key, Answer(key, errand.hops, fault, detail))
        return None

    def _lets_us(self, url: str) -> bool:
        """Whether robots.txt is known here to let us ask for an address."""
        site = self._sites.find(origin_of(url))
        return site is not None and not (site.robots.unreachable or site.robots.forbidding(self._token, url))

    def _refusal(self, job: Job, site: Site, known: bool) -> rows.Row | None:
        """The row of a job that is not to be fetched by what its site says so far; notes what was said once all is `known`."""
        how, robots = (job.address, self._round, job.hops), site.robots
        job.robots = "unreachable" if robots.unreachable else robots.forbidding(self._token, job.aim.url)
        if job.robots:
            job.hear(site.said_to(self._token, job.aim.url))
            if robots.unreachable:
                return rows.failed(*how, robots.fault, robots.unreachable)
            return rows.dropped(*how, ROBOTS_RULE, job.aim.url)
        # What one file keeps from training needs no other to be asked.
        if not known and not (self._strict and reserving(site.said(job.aim.url))):
            return None
        job.robots = robots.said
        job.hear(site.said(job.aim.url))
        row = self._reserved(job, job.about)
        if row is None and self._strict and site.missing:
            return rows.failed(*how, FetchFault.POLICY_UNREACHABLE, site.missing)
        return row

    def _reserved(self, job: Job, said: Iterable[Said]) -> rows.Row | None:
        """The row of a job that is kept from training, where such are not fetched."""
        found = reserving(said) if self._strict else None
        detail = f"{found.line} ({found.source})" if found else ""
        return rows.dropped(job.address, self._round, job.hops, found.signal, detail) if found else None

    def _hear(self, answer: Answer) -> None:
        self._out -= 1
        if isinstance(answer.key, ForFile):
            self._hear_file(answer.key, answer)
        else:
            self._hear_job(answer.key, answer)

    def _hear_file(self, key: ForFile, answer: Answer) -> None:
        job, errand = key.job, key.job.errand
        home = job.aim.host
        there = errand.aim.host if errand else home
        self._queues.put(home, home, job, first=True)
        if key.kind == ROBOTS:
            site = self._sites.hear(key.origin, ROBOTS, answer, None)
            if errand:
                errand.site = site
            else:
                job.site = site
            self._write(key, answer)
            if not self._queues.slow_down(there, site.robots.pause):
                self._leave_out(there, site.robots.pause)
            self._queues.answered(home, self._clock())  # where it cannot be had, nothing else is asked for
        else:
            self._hear_policy(key, answer._replace(hops=(*(errand.hops if errand else ()), *answer.hops)))
            self._answered(home, answer)
        if answer.hops:
            self._queues.leads_to(there, answer.hops[0].address)

    def _hear_policy(self, key: ForFile, answer: Answer) -> None:
        """Take in what a site's file says, or go where it leads and robots.txt was not asked yet; `answer` has all hops so far."""
        if not answer.fault and answer.hops[-1].status in REDIRECTS:
            try:
                aim = self._led(answer.hops, FILE_LIMITS.redirects)
                key.job.errand = Errand(key.kind, answer.hops, aim)
                return
            except FetchError as error:
                answer = answer._replace(fault=error.fault.value, detail=error.detail)
        self._take_in(key, answer)

    def _take_in(self, key: ForFile, answer: Answer) -> None:
        """A file of a site has come, or cannot be had."""
        key.job.errand = None
        key.job.site = self._sites.hear(key.origin, key.kind, answer, key.job.site)
        self._write(key, answer)

    def _write(self, key: ForFile, answer: Answer) -> None:
        """Write the requests for a file."""
        if answer.hops:
            asked = Asked(self._unit, self._round, file_address(key.origin, key.kind))
            self._segments.add(records_of(asked, evidence(answer)))

    def _answered(self, host: str, answer: Answer) -> None:
        """Let a host wait as it asks for, or give it up."""
        refused = bool(answer.hops) and answer.hops[-1].status in PATIENCE
        wait = _asked_patience(answer.hops[-1]) if refused else 0.0
        if self._queues.answered(host, self._clock(), refused, answer.fault in SILENT, wait):
            self._give_up(host, answer)

    def _hear_job(self, job: Job, answer: Answer) -> None:
        job.hops += answer.hops
        self._answered(job.aim.host, answer)
        try:
            if answer.fault:
                raise FetchError(FetchFault(answer.fault), answer.detail)
            status = job.hops[-1].status
            if status // 100 == 3 and status not in REDIRECTS:
                raise FetchError(
                    FetchFault.BAD_RESPONSE, f"the status {status} neither brings anything nor leads anywhere"
                )
            said = tuple(headers_said(job.hops[-1]))
            job.said += said
            if status not in REDIRECTS:
                self._keep(job)
            elif row := self._reserved(job, said):
                self._end(job, row)
            else:
                self._follow(job)
        except FetchError as error:
            self._end(job, rows.failed(job.address, self._round, job.hops, error.fault.value, error.detail))

    def _follow(self, job: Job) -> None:
        """Queue a job where its redirect leads. Raises FetchError."""
        job.aim, job.site = self._led(job.hops, self._manners.limits.redirects), None
        self._queues.put(job.aim.host, job.aim.host, job, first=True)

    def _led(self, hops: Sequence[Hop], most: int) -> Target:
        """Where the last of some redirects leads, of which at most so many are followed. Raises FetchError."""
        last = hops[-1]
        if len(hops) > most:
            raise FetchError(FetchFault.TOO_MANY_REDIRECTS, f"more than {most}")
        location = value(last.headers, "location").strip()
        if not location:
            raise FetchError(FetchFault.BAD_RESPONSE, f"a redirect ({last.status}) that leads nowhere")
        return target(location, self._manners.rules, base=last.url)

    def _keep(self, job: Job) -> None:
        """Write what came. Raises FetchError where it is not what was wanted."""
        body = rows.body_of(job.address, job.hops[-1])
        asked = Asked(self._unit, self._round, job.hops[0].url, job.robots, job.about, job.address.captions)
        row = rows.kept(job.address, self._round, job.hops, body)
        self._end(job, row, records_of(asked, job.hops, body.as_sent))

    def _give_up(self, host: str, answer: Answer) -> None:
        detail = f"its last answers did not come ({answer.fault}: {answer.detail})"
        self._close(
            host, lambda job: rows.failed(job.address, self._round, job.hops, FetchFault.HOST_UNHEALTHY, detail)
        )

    def _leave_out(self, host: str, pause: float) -> None:
        detail = f"its robots.txt asks for {pause:g} s behind each request"
        self._close(host, lambda job: rows.dropped(job.address, self._round, job.hops, DELAY_RULE, detail))

    def _close(self, host: str, ending: Ending) -> None:
        """Ask a host for nothing more in this unit."""
        self._closed[host] = ending
        for job in self._queues.drain(host):
            self._end(job, ending(job))

    def _end(self, job: Job, row: rows.Row, records: Iterable[Packed] = ()) -> None:
        """Write the row of a job, and what it brought."""
        self._add(row | rows.told(job.robots, job.said), records)
        self._open[job.home] -= 1
        if not self._open[job.home]:
            del self._open[job.home]

    def _add(self, row: rows.Row, records: Iterable[Packed] = ()) -> None:
        self._segments.add(records, row)
        self._tell(row)


def _single(limits: Limits) -> Limits:
    """Limits of one hop: redirects are followed here, since each asks robots.txt of its host first."""
    return Limits(**{name: getattr(limits, name) for name in Limits.__slots__} | {"redirects": 0})


def _asked_patience(hop: Hop) -> float:
    """The seconds that a refusal asks to wait; 0 where it says nothing."""
    return patience(value(hop.headers, "retry-after"), value(hop.headers, "date"))
