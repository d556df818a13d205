"""A crawl of which a killed command has left a job on a cluster."""

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.engines.flink import job_name
from pipeline.engines.settings import EngineSettings
from pipeline.fetch.crawl import CrawlRequest, crawl
from pipeline.fetch.exchange import Settings
from pipeline.fetch.visit import Conduct
from pipeline.progress import Progress
from tests.support.flink_rest import FlinkRest, flink_rest

AGENT = "ex-bot/1.0 (+https://ex.com/bot)"


@dataclass
class Looking(FlinkRest):
    """A cluster that looks whether a file is there when it is told to cancel."""

    file: Path = Path()
    seen: list[bool] = field(default_factory=list)

    def cancel(self, path: str) -> None:
        """Cancel."""
        self.seen.append(self.file.exists())
        super().cancel(path)


def test_its_job_is_cancelled_before_what_it_writes_is_taken_away(tmp_path: Path) -> None:
    """Else a worker finds what it was writing gone, and asks its hosts once more."""
    (tmp_path / "no.list").touch()
    folder = tmp_path / "out"
    crawl(CrawlRequest(str(folder), Conduct(AGENT, 0.0), Settings(AGENT), urls=(str(tmp_path / "no.list"),)))
    partial = folder / ".segment.part"
    partial.touch()
    there = EngineSettings("flink", beam_options=("--job_endpoint=localhost:1",), output=str(folder))
    told = Looking(jobs={"a": (job_name(there, "fetch"), "RUNNING")}, file=partial)
    heard: list[Progress] = []
    with flink_rest(told):
        settings = EngineSettings("flink", master=told.url, beam_options=there.beam_options, output=there.output)
        crawl(CrawlRequest(str(folder), Conduct(AGENT, 0.0), Settings(AGENT), engine=settings), heard.append)
    assert told.seen == [True]
    assert not partial.exists()
    assert [one.note for one in heard if one.note] == [
        "Flink still ran a job of an earlier command of this run: cancelled"
    ]
