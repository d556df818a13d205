"""Where everything of a crawl lies.

    OUTPUT/  crawl.json account.json
             archive/0000/000012-0003.warc.gz and .cdxj     segment 3 of unit 12
             rows/0000/000012-0003.parquet                  what became of its addresses: the segment's commit record
             .work/lock                                     held by the process that is at work
             .work/1/                                       round 1: what was found, counts, places, addresses of units, finished waves

What `triptych run --input OUTPUT` reads is in `archive/`.
"""

from dataclasses import dataclass

from pipeline import storage

FOLDER_UNITS = 1000  # units in one folder, as in staging


@dataclass(frozen=True, slots=True)
class CrawlFolder:
    """The paths of a crawl."""

    path: str

    @property
    def identity(self) -> str:
        """Says by which lists and settings the folder is filled."""
        return storage.join(self.path, "crawl.json")

    @property
    def account(self) -> str:
        """What became of all addresses, in numbers."""
        return storage.join(self.path, "account.json")

    @property
    def work(self) -> str:
        """The folder of what is only of use to the crawl itself; hidden, so that nobody looks for archives there."""
        return self.file(".work")

    @property
    def lock_name(self) -> str:
        """The file by which a process holds the folder, relative to it."""
        return ".work/lock"

    def archive(self, unit: int, segment: int) -> str:
        """The archive of a segment, relative to the folder."""
        return f"archive/{unit // FOLDER_UNITS:04d}/{unit:06d}-{segment:04d}.warc.gz"

    def index(self, unit: int, segment: int) -> str:
        """The index beside it."""
        return self.file(self.archive(unit, segment).removesuffix(".warc.gz") + ".cdxj")

    @property
    def all_rows(self) -> str:
        """The folder of all rows."""
        return self.file("rows")

    def rows(self, unit: int, segment: int) -> str:
        """The rows of a segment, whose presence commits it."""
        return self.file(f"rows/{unit // FOLDER_UNITS:04d}/{unit:06d}-{segment:04d}.parquet")

    @staticmethod
    def unit_of(name: str) -> int:
        """The unit of a segment, by the name of its archive or of its rows.

        >>> CrawlFolder.unit_of(CrawlFolder("out").archive(12, 3))
        12
        """
        return int(name.rpartition("/")[2].partition("-")[0])

    def file(self, name: str) -> str:
        """A file by its name relative to the folder."""
        return storage.join(self.path, name)

    def round(self, number: int) -> "RoundFolder":
        """The work of one round; they count from 1."""
        return RoundFolder(storage.join(self.work, str(number)))


@dataclass(frozen=True, slots=True)
class RoundFolder:
    """The paths of the work of one round."""

    path: str

    def file(self, name: str) -> str:
        """A file by its name."""
        return storage.join(self.path, name)

    @property
    def sources(self) -> str:
        """The work list of what addresses are looked for in, and of those that are known."""
        return self.file("sources.jsonl")

    @property
    def found(self) -> str:
        """The folder of the counts of addresses that were found."""
        return self.file("found")

    @property
    def told(self) -> str:
        """The folder of what was told beside them."""
        return self.file("told")

    def list(self, number: int) -> str:
        """A list of addresses that were found."""
        return self.file(f"lists/{number:06d}.parquet")

    @property
    def lists(self) -> str:
        """The work list of the lists' parts."""
        return self.file("lists.jsonl")

    @property
    def counts(self) -> str:
        """The folder of the counts of hosts."""
        return self.file("counts")

    @property
    def places(self) -> str:
        """Where each host goes."""
        return self.file("places.json")

    @property
    def placed(self) -> str:
        """The folder of the counts of addresses of each unit."""
        return self.file("placed")

    def addresses(self, unit: int) -> str:
        """The addresses of a unit."""
        return self.file(f"addresses/{unit // FOLDER_UNITS:04d}/{unit:06d}.arrow")

    def claim(self, unit: int) -> str:
        """The file by which a task holds a unit."""
        return self.file(f"claims/{unit // FOLDER_UNITS:04d}/{unit:06d}")

    def wave(self, number: int) -> str:
        """The work list of a wave: its units."""
        return self.file(f"waves/{number:05d}.jsonl")

    def ended(self, wave: int) -> str:
        """The folder of the accounts of a wave."""
        return self.file(f"waves/{wave:05d}")
