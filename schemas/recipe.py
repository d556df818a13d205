"""Recipes: every choice of a run as one frozen value. `schemas.recipe_toml` reads and writes them."""

import dataclasses
import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# Where the words beside a picture may stand, the surest first: its alternate text; a figure's caption; a caption by its class or role, as
# WordPress, MediaWiki and Blogger write it; that of a table that shows pictures alone; what its attributes and those of the link around it
# name as such; the text beside it that says "Fig. 3" or "above". Of an image that a list names and no page, the list's.
CAPTION_KINDS = (
    "alt", "figcaption", "caption", "table_caption", "aria_description", "data_caption", "aria_label", "beside", "title", "link_title",
    "list",
)  # fmt: skip
STAGED_CAPTIONS = ("alt", "figcaption", "title")  # those with a column of their own in staging
OWN_CAPTIONS = ("figcaption", "caption", "table_caption")  # set beside the picture for all to read
# Staging holds a bit for each by its place: new ones are appended, none is moved.
SIGNALS = (
    "noai", "noimageai", "noindex", "noimageindex", "none", "tdm_reserved",
    "usage_train_ai", "usage_ai_use", "usage_search", "signal_ai_train", "signal_ai_input", "signal_search",
    "robots_ai", "robots_all", "ai_txt", "rsl",
)  # fmt: skip
# Those by which an owner keeps something from training, or may have: what terms in RSL say is not read. The others are about search and
# prompts.
OTHER_USES = frozenset(("usage_ai_use", "usage_search", "signal_ai_input", "signal_search"))
RESERVING = tuple(signal for signal in SIGNALS if signal not in OTHER_USES)
STRICT, RECORDED = "strict", "recorded"  # what is made of signals, in a word
ENGINES = ("triptych", "trafilatura")
PEERS = ("datatrove",)  # tools whose way of counting can be measured beside ours
# What near duplicates of texts are found by, by name (`transforms.dedup.signature.SETS`); "" measures nothing.
SIGNATURES = ("triptych", "datatrove", "nemo", "")
# The kinds of image files that can be decoded; the first four are what pages show everywhere.
IMAGE_FORMATS = ("jpeg", "png", "webp", "gif", "avif", "bmp", "tiff", "ico")
PICTURE_SETS = ("", "default", "wide")  # `transforms.dedup.pictures.SETS`, and none
SHARE = {"least": 0, "most": 1}  # the bounds of a field that is a share


@dataclass(frozen=True, slots=True)
class Bounds:
    """A rule: a measure below `floor` or above `ceiling` drops the item; None is no bound.

    >>> Bounds(floor=50).keeps(49), Bounds(floor=50).keeps(50)
    (False, True)
    """

    floor: float | None = None
    ceiling: float | None = None

    def keeps(self, value: float) -> bool:
        """Whether `value` lies within the bounds, both inclusive."""
        return (self.floor is None or value >= self.floor) and (self.ceiling is None or value <= self.ceiling)


Rules = Mapping[str, Bounds]
RulesByLanguage = Mapping[str, Rules]  # rules that take the place of those of the same names, for items in a language
RangesByCorpus = Mapping[str, Mapping[str, Bounds]]  # what is expected of each stage of a corpus


@dataclass(frozen=True, slots=True)
class ExtractPart:
    """How a page is taken apart. A change here means measuring anew; everything else in a recipe decides over stored numbers.

    `engine` finds the main content. An image of more than `image_bytes` (bytes) or `image_pixels`, or of none of the `image_formats`, is a
    failure. The child process that parses and decodes has `child_bytes` of memory at most.

    `item_seconds` is processor time (CPU seconds) of one page or image, so other work on the machine does not count. An item that waits
    instead has 30 times as many seconds, and 300 at least.

    `peers` are tools whose counts are measured too (`PEER_MEASURES`), which costs a tenth of a page's time; rules on them need it.

    `signature` names the set that near duplicates of texts are found by: `triptych` (n-grams of 5 words, 18 bands of 6 places: finds .90
    of the pairs that share .7 of their n-grams), `datatrove` (5 words, 14 bands of 8, as FineWeb has them: .56), `nemo` (the 20 bands of 13
    of NeMo Curator, over 5 words where it has 24 characters: .18), or "" for none. It takes 1 % of a page's time and 250 to 420 bytes of
    its row.
    """

    engine: str = field(default="triptych", metadata={"among": ENGINES})
    peers: tuple[str, ...] = field(default=(), metadata={"among": PEERS})
    signature: str = field(default="triptych", metadata={"among": SIGNATURES})
    image_bytes: int = field(default=20 * 2**20, metadata={"least": 1})
    image_pixels: int = field(default=50_000_000, metadata={"least": 1})
    image_formats: tuple[str, ...] = field(default=IMAGE_FORMATS[:4], metadata={"among": IMAGE_FORMATS})
    item_seconds: float = field(default=10.0, metadata={"least": 0.001})
    child_bytes: int = field(
        default=2 * 2**30, metadata={"least": 500_000_000}
    )  # what the child takes before its first item


ARCHIVED = "archived"
RESIZE_MODES = (ARCHIVED, "no", "border", "keep_ratio", "keep_ratio_largest", "center_crop")
# And what the rows of shards call them.
ENCODE_FORMATS: Mapping[str, str] = {"jpg": "jpeg", "png": "png", "webp": "webp"}


@dataclass(frozen=True, slots=True)
class ImagePart:
    """How the images of a corpus are published: as archived, or resized and encoded anew, with img2dataset's names and modes.

    `resize_mode` is `archived`, or `no` (encoded anew in its own size), `border` (the longer side is `image_size`, white around it makes
    a square), `keep_ratio_largest` (the longer side is `image_size`), `keep_ratio` (the shorter side is), `center_crop` (so, and the middle
    cut out as a square). `encode_quality` is 0 to 100, of a png 0 to 9. `strip_metadata` takes EXIF, XMP, IPTC, comments and what lies
    behind the picture out of archived bytes, all but the orientation and the colour profile; images encoded anew never hold them.

    All but `strip_metadata` is done where images are measured, in the same decoding, so another choice means measuring anew.
    """

    resize_mode: str = field(default=ARCHIVED, metadata={"among": RESIZE_MODES})
    image_size: int = field(default=256, metadata={"least": 1, "most": 4096})
    resize_only_if_bigger: bool = False
    encode_format: str = field(default="jpg", metadata={"among": tuple(ENCODE_FORMATS)})
    encode_quality: int = field(default=95, metadata={"least": 0, "most": 100})
    strip_metadata: bool = True

    @property
    def encodes(self) -> bool:
        """Whether images are encoded anew."""
        return self.resize_mode != ARCHIVED

    def measured(self) -> "ImagePart":
        """The same choice of what is encoded, whatever is stripped."""
        return dataclasses.replace(self, strip_metadata=True)


@dataclass(frozen=True, slots=True)
class Measuring(ExtractPart):
    """What staging depends on: how pages are taken apart, and the forms in which images are encoded anew, each once."""

    forms: tuple[ImagePart, ...] = ()


@dataclass(frozen=True, slots=True)
class LimitsPart:
    """When a run gives up: the share of an account that may fail, looked at from `budget_from` items on."""

    failed_share: float = field(default=1.0, metadata=SHARE)
    budget_from: int = field(default=1000, metadata={"least": 0})


@dataclass(frozen=True, slots=True)
class GuardPart:
    """When a run stops before it writes a shard, since more left than was expected.

    Of the items of one host that rounds of near duplicates look at, they may take the share `hosts`, looked at from `hosts_from` items on;
    of those of one archive `sources`. Near duplicates are those that are compared before they count: `near`, `phash` and the like, with a
    caption or without; captures of one address and copies of one text are none, so a site that was archived daily stops nothing. One
    cluster may hold the share `cluster` of all items that those rounds look at, counted from `cluster_from` items on.

    `removed` has the range of the share that each stage of a corpus takes out, by whatever rule or key, looked at from `removed_from`
    items on: `[guard.removed.text] duplicates = { ceiling = 0.8 }`. No stage has one unless it is named.
    """

    # ours, all of them: what is lost where more than nine of ten go is a source and no copies of it (docs/decisions.md, "The guard").
    hosts: float = field(default=0.9, metadata=SHARE)
    hosts_from: int = field(default=1000, metadata={"least": 1})
    sources: float = field(default=0.9, metadata=SHARE)
    sources_from: int = field(default=1000, metadata={"least": 1})
    cluster: float = field(default=0.25, metadata=SHARE)
    cluster_from: int = field(default=1000, metadata={"least": 2})
    removed: RangesByCorpus = field(default_factory=dict, metadata={"stages": True})
    removed_from: int = field(default=1000, metadata={"least": 1})


SURVIVORS = ("newest", "longest", "first", "measure")


@dataclass(frozen=True, slots=True)
class NearTexts:
    """What the round `near` of pages calls a near duplicate; by signatures of the set that `extract.signature` names.

    A text goes where its n-grams are at least `similarity` of those that it and the text that stays have together (Jaccard), by estimate.
    With `containment` above 0 it also goes where that share of the smaller text's n-grams is in the other, if the two met in a bucket.
    Of the texts that are alike the `newest` capture stays, the `longest` text, the `first` by id, or the one with the largest `measure`;
    then the least id. Each is compared with the one that stays, so what is only alike by a chain of others stays too: another pass
    chooses among those anew.
    """

    similarity: float = field(
        default=0.8, metadata=SHARE
    )  # NeMo Curator's; below it lie pages of one template (docs/decisions.md)
    containment: float = field(default=0.0, metadata=SHARE)
    survivor: str = field(default="newest", metadata={"among": SURVIVORS})
    measure: str = ""
    passes: int = field(default=1, metadata={"least": 1, "most": 4})


@dataclass(frozen=True, slots=True)
class NearImages:
    """Which pictures are one picture: none but those of equal bytes where `set` is empty; else by a radius of their perceptual hashes and a
    check by 256 bits more. All that is asked of a picture over the run goes by it: rounds of duplicates, on how many pages it is, sets of
    images. `wide` also finds small crops, borders and watermarks. With `flips` a picture that is mirrored or turned by quarters is the
    same.
    """

    set: str = field(default="", metadata={"among": PICTURE_SETS})
    flips: bool = False


# Words of the n-grams by which texts of tasks are found: fewer stand in many texts, and published rules have 8 to 13.
LEAST_NGRAM, MOST_NGRAM = 8, 13
DROP, CUT, MARK = "drop", "cut", "mark"  # what becomes of what is found in a task


@dataclass(frozen=True, slots=True)
class TasksPart:
    """What becomes of what stands in the tasks that a run is given (`--tasks`, indexes of `triptych index-task`), such as test sets.

    A page whose text shares `least` different n-grams with them or more (ours: 1) is dropped, or the blocks that hold one are `cut` out of
    it, or it is only marked, as all are, in the column `tasks`. A pair goes likewise by its caption, which cannot be cut and is dropped
    then. A picture that is one of a task's goes out of pairs and documents, or is only marked.
    """

    texts: str = field(default=DROP, metadata={"among": (DROP, CUT, MARK)})
    images: str = field(default=DROP, metadata={"among": (DROP, MARK)})
    least: int = field(default=1, metadata={"least": 1})


PIECE_UNITS = PARAGRAPHS, LINES = ("paragraph", "line")
REPEAT_SCOPES = SITE, RUN = ("site", "run")
REPEAT_KEEPS = KEEP_NONE, KEEP_FIRST = ("none", "first")


@dataclass(frozen=True, slots=True)
class RepeatsPart:
    """What becomes of lines or paragraphs that stand again and again: of those with more than `most` copies all go, or all but the first.

    A paragraph is a block of a page, a line is a line of one. `most` is how many copies a site or the whole run may have (0: nobody
    counts); a site is a host, with or without `www.`. Copies are counted over the pages that rules and duplicates leave; captures of one
    page have theirs in common. Where there are more, `keep` says whether the first `most` of them stay, in the order of the input, or none
    does. Pieces of fewer than `characters`, rows of tables and listings are never looked at.
    """

    unit: str = field(default=PARAGRAPHS, metadata={"among": PIECE_UNITS})
    scope: str = field(default=SITE, metadata={"among": REPEAT_SCOPES})
    most: int = field(default=0, metadata={"least": 0})
    keep: str = field(default=KEEP_NONE, metadata={"among": REPEAT_KEEPS})
    characters: int = field(default=20, metadata={"least": 8})


@dataclass(frozen=True, slots=True)
class ShardsPart:
    """The size of a shard before compression, in `bytes` and in `rows`: whichever of the two bounds is reached first closes it.

    A shard is what was kept of a group of units: consecutive ones, or with `mix` a group drawn by a seeded hash, so that one shard holds
    pages of many places of the crawl.
    """

    bytes: int = field(
        default=500_000_000, metadata={"least": 1}
    )  # the size the Hugging Face hub aims at (docs/sources.md, "Parquet shards")
    rows: int = field(default=100_000, metadata={"least": 1})
    mix: bool = False


Parts = Mapping[str, type[Any]]  # the sections that corpora bring along, by the corpus's name


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what a run writes, but its inputs. `parts` holds a section for each corpus there is, by its name.

    `consent` says in a word what `opt_outs` says one by one: with `strict` every signal drops an item by which its page, its server or its
    site keeps it from training (`noai`, `noindex`, `none`; `tdm_reserved`; `usage_train_ai`, `signal_ai_train`; `robots_ai`, `robots_all`,
    `ai_txt`; of images also `noimageai`, `noimageindex`) or names terms in RSL (`rsl`), which are not read, and what `opt_outs` names
    besides; with `recorded` none does, and rows show what was said. Left empty, `opt_outs` alone decides.
    """

    name: str
    corpora: tuple[str, ...] = ()
    seed: int = 0
    opt_outs: tuple[str, ...] = field(default=(), metadata={"among": SIGNALS})
    consent: str = field(default="", metadata={"among": ("", STRICT, RECORDED)})
    extract: ExtractPart = field(default_factory=ExtractPart)
    limits: LimitsPart = field(default_factory=LimitsPart)
    guard: GuardPart = field(default_factory=GuardPart)
    shards: ShardsPart = field(default_factory=ShardsPart)
    near_texts: NearTexts = field(default_factory=NearTexts)
    near_images: NearImages = field(default_factory=NearImages)
    tasks: TasksPart = field(default_factory=TasksPart)
    parts: Mapping[str, Any] = field(default_factory=dict)

    def digest(self) -> str:
        """SHA-256 (hex) of what differs from the defaults, so that a new option leaves old digests as they are."""
        return digest(sparse(self))

    @property
    def heeded(self) -> tuple[str, ...]:
        """The signals that drop an item, in the order in which they are asked.

        >>> Recipe("x", opt_outs=("noai",)).heeded, Recipe("x", opt_outs=("noai",), consent="recorded").heeded
        (('noai',), ())
        """
        if self.consent == RECORDED:
            return ()
        return tuple(dict.fromkeys((*self.opt_outs, *(RESERVING if self.consent == STRICT else ()))))

    @property
    def measuring(self) -> Measuring:
        """What staging depends on; corpora that publish images in one form share it."""
        asked = (part.image for part in self.parts.values() if hasattr(part, "image"))
        forms = tuple(dict.fromkeys(image.measured() for image in asked if image.encodes))
        own = {f.name: getattr(self.extract, f.name) for f in dataclasses.fields(self.extract)}
        return Measuring(**own, forms=forms)

    def measuring_digest(self) -> str:
        """SHA-256 (hex) of the part that staging depends on."""
        return digest(sparse(self.measuring))


def digest(value: Any) -> str:
    """SHA-256 (hex) of a JSON value, independent of the order of its keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def sparse(part: Any) -> dict[str, Any]:
    """The fields of a recipe that differ from their defaults, as a tree of plain values."""
    tree: dict[str, Any] = {}
    for f in dataclasses.fields(part):
        value = getattr(part, f.name)
        if f.name == "parts":
            tree |= {name: found for name, section in value.items() if (found := sparse(section))}
            continue
        found = sparse(value) if dataclasses.is_dataclass(value) else plain(value)
        if found not in ({}, plain(default_of(f))):
            tree[f.name] = found
    return tree


def plain(value: Any) -> Any:
    """A recipe value as TOML and JSON know it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        tree = {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        tree |= tree.pop("parts", {})
        return {key: item for key, item in tree.items() if item is not None}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, tuple) else value


def default_of(f: "dataclasses.Field[Any]") -> Any:
    """A field's default; MISSING where it has none."""
    return f.default_factory() if f.default_factory is not dataclasses.MISSING else f.default


def nearest(name: str, known: Iterable[str] | None) -> str:
    """`; did you mean …?` where some known name is close, else the list of known names where it is short."""
    names = list(known or ())
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known are {', '.join(names)}" if len(names) <= 12 else ""
