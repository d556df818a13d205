"""The catalogue of measures: every number a stage stores, by the name under which recipes bound it and shards carry it.

A rule is a measure with a floor, a ceiling or both, set in the recipe. The function that computes a measure spells its
name, so a search for the name finds the code.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """One number about one item. `source` says where the rule was published; `meaning` is one line with its unit.

    `version` is raised by whoever changes what the number is: staging that was measured by another version is then not decided over.
    `decoded` says that it is measured while an image is decoded, and staged; other measures of images follow from what is staged.
    `peer` names the tool whose way of counting it is: it is measured where the recipe's `extract.peers` names that tool, else it is null.
    `counted` says that it is counted over the whole run, where a rule of the recipe bounds it; else it is null.
    """

    name: str
    meaning: str
    source: str
    version: int = 1
    decoded: bool = False
    peer: str = ""
    counted: bool = False


IMAGE_MEASURES: tuple[Measure, ...] = (
    Measure("image_min_side", "shorter side of the picture as displayed, pixels", "Kosmos-1 App. B.1.3; COYO"),
    Measure("image_max_side", "longer side of the picture as displayed, pixels", "MINT-1T"),
    Measure("image_aspect", "longer side over shorter side", "COYO; CC12M"),
    Measure("image_pixels", "width times height, pixels", "LAION-5B"),
    Measure("image_bytes", "size of the image as archived, bytes", "LAION-5B"),
    Measure(
        "image_spread",
        "largest difference of values within a colour channel, 0 to 255; 0 is single-coloured; of 64 by 64 pixels, of all where they "
        "differ by less than 32",
        "Kosmos-1 App. B.1.3",
        version=2,
    ),
    Measure("image_frames", "frames of an animation, 1 of any other picture", "ours", decoded=True),
)

# How often a run's pages show an image, by its bytes: `pipeline.decide.uses` counts it.
IMAGE_USE_MEASURES: tuple[Measure, ...] = (
    Measure(
        "image_documents",
        "pages of the run that show these very bytes, by the pages' addresses; from 128 on an estimate",
        "OBELICS (arXiv 2306.16527), by address there",
        counted=True,
    ),
    Measure(
        "image_hosts",
        "hosts of the run whose pages show these very bytes, www. aside; from 128 on an estimate",
        "ours",
        counted=True,
    ),
)

ALT_MEASURES: tuple[Measure, ...] = (
    Measure(
        "alt_icon",
        "1 where the alt text calls the image a logo or an icon, by its last word or its first, else 0",
        "ours",
    ),
)

DOCUMENT_MEASURES: tuple[Measure, ...] = (
    Measure(
        "interleaved_images",
        "images of the document whose bytes are at hand and that pass the image rules",
        "Kosmos-1 §3.1",
    ),
    Measure(
        "interleaved_texts", "runs of text between images, before the first and after the last", "Kosmos-1 App. B.1.3"
    ),
    Measure(
        "interleaved_largest",
        "longest of the shorter sides of the document's images, pixels; 0 where it has none",
        "ours, after OBELICS, MMC4 and OmniCorpus, which take no image below 150",
    ),
)

NOTICE_MEASURES: tuple[Measure, ...] = (
    Measure(
        "error_page",
        "1 where the page is the notice of an error by its title (404, not found, access denied) and has at most 200 words, else 0",
        "ours",
    ),
)

LANGUAGE_MEASURES: tuple[Measure, ...] = (
    Measure("lang_score", "probability of the text's most likely language, 0 to 1", "fastText lid.176", version=2),
)

_GOPHER = "Gopher (arXiv 2112.11446) App. A1"
_GOPHER_TABLE = "Gopher (arXiv 2112.11446) Table A1, counted as DCLM counts"
_GOPHER_LATER = "Gopher (arXiv 2112.11446) Table A1, counted as datatrove counts, on words without marks"
_C4 = "C4 (arXiv 1910.10683), tensorflow/datasets c4_utils.py"
_DATATROVE = "datatrove 0.10 gopher_quality_filter.py, gopher_repetition_filter.py"
_FINEWEB_CODE = "datatrove 0.10 fineweb_quality_filter.py behind c4_filters.py, as examples/fineweb.py has them"
_FINEWEB = "FineWeb (arXiv 2406.17557) §3.6"
_KOSMOS = "Kosmos-1 (arXiv 2302.14045) App. B.1.3, which gives no formula"

# `transforms.text.measure.measure_text` computes these of a page's prose: its text without listings of code, which only the first two and
# `gopher_words` count too; where there is no prose, of the listings. The module that a measure's prefix names says how it is counted.
TEXT_MEASURES: tuple[Measure, ...] = (
    Measure("text_chars", "characters of the text", _C4),
    Measure(
        "text_replaced_chars",
        "replacement characters (U+FFFD): bytes that are no character of the page's charset",
        "ours",
    ),
    Measure(
        "gopher_words",
        "words: white-space tokens without the punctuation at their ends, empty ones left out; pieces of about two "
        "characters in Chinese and Japanese, four in Thai, Lao, Khmer, Burmese and Tibetan; listings counted too",
        _GOPHER,
        version=2,
    ),
    Measure("gopher_mean_word_length", "mean length of a word in characters", _GOPHER, version=2),
    Measure("gopher_hash_ratio", "number signs per word", _GOPHER, version=2),
    Measure("gopher_ellipsis_ratio", "ellipses (..., . . ., \u2026) per word", _GOPHER, version=2),
    Measure("gopher_bullet_lines", "share of lines that begin with a bullet", _GOPHER),
    Measure("gopher_ellipsis_lines", "share of lines that end in an ellipsis", _GOPHER),
    Measure("gopher_alpha_words", "share of white-space tokens that hold a letter", _GOPHER, version=2),
    Measure(
        "gopher_stop_words",
        "how many stop words of the text's language occur: of the be to of and that have with in English, of a list of "
        "ours elsewhere; 0 where there is none",
        _GOPHER,
        version=2,
    ),
    Measure("gopher_dup_lines", "share of lines that occur more than once (every copy counted)", _GOPHER_TABLE),
    Measure(
        "gopher_dup_paragraphs",
        "share of paragraphs that occur more than once (every copy counted)",
        _GOPHER_TABLE,
    ),
    Measure(
        "gopher_dup_line_chars", "share of the lines' characters in lines that occur more than once", _GOPHER_TABLE
    ),
    Measure(
        "gopher_dup_paragraph_chars",
        "share of the paragraphs' characters in paragraphs that occur more than once",
        _GOPHER_TABLE,
    ),
    *(
        Measure(
            f"gopher_top_{n}gram_chars",
            f"share of word characters in the most frequent repeated {n}-gram",
            _GOPHER_TABLE,
            version=2,
        )
        for n in (2, 3, 4)
    ),
    *(
        Measure(
            f"gopher_dup_{n}gram_chars", f"share of word characters in {n}-grams that repeat", _GOPHER_TABLE, version=2
        )
        for n in (5, 6, 7, 8, 9, 10)
    ),
    *(
        Measure(
            f"gopher_later_{n}gram_chars",
            f"share of word characters in {n}-grams that repeat an earlier one, taken one behind another, the first copy free",
            _GOPHER_LATER,
        )
        for n in (5, 6, 7, 8, 9, 10)
    ),
    Measure("c4_reference_sentences", "sentences on the lines that C4's line rules keep", _C4),
    Measure("c4_reference_dropped_lines", "share of lines that C4's line rules drop", _C4),
    Measure("c4_reference_lorem_ipsum", 'finished lines that say "lorem ipsum"', _C4),
    Measure("c4_reference_braces", "finished lines with an opening brace", _C4),
    Measure("fineweb_terminal_lines", "share of lines that end in terminal punctuation", _FINEWEB, version=2),
    Measure(
        "fineweb_short_lines",
        "share of lines of at most 30 characters, ideographs and kana counted twice",
        _FINEWEB,
        version=2,
    ),
    Measure(
        "fineweb_dup_line_chars",
        "share of characters in lines that repeat an earlier one, the first copy free",
        _FINEWEB,
    ),
    Measure(
        "fineweb_newlines_per_word",
        "newlines between lines, per word",
        "datatrove fineweb_quality_filter.py, not in the paper",
        version=2,
    ),
    Measure("kosmos_emoji_ratio", "emoji characters per white-space token", _KOSMOS),
    Measure("kosmos_hashtag_ratio", "hashtags per white-space token", _KOSMOS),
    Measure("kosmos_url_ratio", "share of characters inside URL links", _KOSMOS),
)

_OF_DATATROVE = {
    "words": "words, those of marks alone left out",
    "mean_word_length": "mean length of such a word in characters",
    "hash_ratio": "number signs per word, marks counted as words",
    "ellipsis_ratio": "ellipses (..., \u2026) per word, marks counted as words",
    "bullet_lines": "share of lines, blank ones too, that begin with a bullet or a hyphen",
    "ellipsis_lines": "share of lines, blank ones too, that end in an ellipsis",
    "alpha_words": "share of words that hold a letter, marks counted as words",
    "stop_words": "how many of the be to of and that have with occur in lower case, 0 to 8",
    "dup_lines": "share of lines that repeat an earlier one",
    "dup_paragraphs": "share of paragraphs that repeat an earlier one",
    "dup_line_chars": "share of characters in lines that repeat an earlier one",
    "dup_paragraph_chars": "share of characters in paragraphs that repeat an earlier one",
    **{
        f"top_{n}gram_chars": f"share of characters in the most frequent {n}-gram, with its spaces, also where it stands once"
        for n in (2, 3, 4)
    },
    **{
        f"dup_{n}gram_chars": f"share of characters in {n}-grams that repeat an earlier one, one behind another"
        for n in (5, 6, 7, 8, 9, 10)
    },
}
_OF_FINEWEB_CODE = {
    "c4_sentences": "sentences on the lines that C4's rules keep without its end marks",
    "c4_braces": "lines with an opening brace that get as far as that rule",
    "c4_lorem_ipsum": 'lines that say "lorem ipsum" and get as far as that rule',
    "terminal_lines": "share of the lines that C4's rules keep that end in terminal punctuation, quotes left out",
    "short_lines": "share of those lines of at most 30 characters",
    "c4_dup_line_chars": "share of characters in those lines that repeat an earlier one",
    "newlines_per_word": "newlines between those lines, per word, marks counted as words",
}

# `transforms.text.datatrove` counts these, where the recipe asks for it: words are spaCy's, marks among them, and first copies are free.
PEER_MEASURES: tuple[Measure, ...] = tuple(
    Measure(f"datatrove_{name}", meaning, source, peer="datatrove")
    for meanings, source in ((_OF_DATATROVE, _DATATROVE), (_OF_FINEWEB_CODE, _FINEWEB_CODE))
    for name, meaning in meanings.items()
)

# `transforms.pair.caption.measure_caption` computes these.
CAPTION_MEASURES: tuple[Measure, ...] = (
    Measure(
        "caption_chars",
        "characters of the caption",
        "LAION-5B: at least 5; COYO-700M: 6 to 1,000; DataComp basic: more than 5",
    ),
    Measure(
        "caption_words",
        "white-space words of the caption; pieces of about two characters where a script has no spaces",
        "COYO-700M: 3 to 256; DataComp basic: more than 2",
        version=2,
    ),
    Measure("caption_letters", "share of letters among the characters that are no white space", "ours"),
    Measure("caption_special_tags", "special tags such as <PERSON>", "Kosmos-1 (arXiv 2302.14045) App. B.1.2"),
    Measure(
        "caption_junk",
        "1 where the caption says nothing of the picture: a file name, `image`, `see caption`, a theme's words, search words; else 0",
        "ours",
    ),
    Measure(
        "caption_title", "1 where the caption is the page's title, with or without the site's name, else 0", "ours"
    ),
    Measure(
        "caption_pictures",
        "pictures of the page with this very alt text; 1 for other kinds",
        "ours, as COYO-700M's 10 in the corpus",
    ),
    Measure(
        "caption_uses",
        "images of the run, by their bytes, that have this very text beside them, its credit with it; from 128 on an estimate",
        "COYO-700M: at most 10",
        counted=True,
    ),
)

# `transforms.text.address.measure_url` computes these, of a page's address or of an image's.
URL_MEASURES: tuple[Measure, ...] = (
    Measure("url_chars", "characters of the URL", "LAION-5B crawler: cut at 2,000"),
    Measure("url_host_chars", "characters of the host", "LAION-5B crawler: at most 60"),
    Measure("url_ip_host", "1 where the host is an IP address, else 0", "ours"),
    Measure(
        "url_adult_words",
        "adult words in host and path; none in 'sex-ratio' or 'same-sex'",
        "ours, after datatrove's url_filter.py",
        version=2,
    ),
    Measure("laion_url_rejects", "how many of .svg .gif data:image javascript: occur", "LAION-5B crawler"),
    Measure(
        "obelics_url_ban_words",
        "logo button icon plugin widget porn xxx sex as words of the path",
        "OBELICS (arXiv 2306.16527)",
    ),
    Measure("mmc4_url_ban_words", "logo button icon plugin widget as words of the path", "MMC4 (arXiv 2304.06939)"),
)
