import pytest

from transforms.text.measure import measure_text


def measured(text: str, name: str) -> float:
    return measure_text(text)[f"gopher_{name}"]


def test_quality_by_hand():
    """Ten words in twelve tokens on two lines, with one or two marks of each kind."""
    numbers = measure_text("- The #cat sat on 12 mats\nand the dog ... slept\u2026")
    assert numbers["gopher_words"] == 10
    assert numbers["gopher_mean_word_length"] == pytest.approx(31 / 10)
    assert numbers["gopher_hash_ratio"] == 1 / 10
    assert numbers["gopher_ellipsis_ratio"] == 2 / 10
    assert numbers["gopher_bullet_lines"] == 1 / 2
    assert numbers["gopher_ellipsis_lines"] == 1 / 2
    assert numbers["gopher_alpha_words"] == pytest.approx(9 / 12)
    assert numbers["gopher_stop_words"] == 2


@pytest.mark.parametrize(
    ("text", "name", "low", "high"),
    [
        ("I am too small...", "words", 0, 9),
        ("I am " * 20, "mean_word_length", 0, 2.9),
        ("interconnection " * 20, "mean_word_length", 10.1, 99),
        ("# comment " * 20, "hash_ratio", 0.11, 1),
        ("... comment " * 20, "ellipsis_ratio", 0.11, 1),
        ("the ./!*?<><> apple <?////> orange  ++ interconnection !<>??? have" * 20, "alpha_words", 0, 0.79),
        ("I am your father.\n" * 4, "dup_lines", 0.31, 1),
        ("I am your father.\n\n" * 4, "dup_paragraphs", 0.31, 1),
        (f"One.\n\nAnother one.\n\nA third one.\n\n{'x' * 30}.\n\n{'x' * 30}.", "dup_paragraph_chars", 0.21, 1),
        (f"One.\nAnother one.\nA third one.\n{'x' * 40}.\n{'x' * 40}.", "dup_line_chars", 0.21, 1),
        ("I am Frank, I am Frank, I am Frank", "top_2gram_chars", 0.21, 1),
        ("I am Frank, you are Jhon. I am Frank. I am Frank you are Jhon", "top_3gram_chars", 0.19, 1),
        (
            "I am a solo traveller " * 4 + "and these are other words that stand here to fill the page",
            "dup_5gram_chars",
            0.16,
            1,
        ),
    ],
)
def test_what_datatrove_rejects_is_beyond_the_same_limit(text, name, low, high):
    """The texts that datatrove's tests reject lie on the rejecting side of the paper's limit here too."""
    assert low <= measured(text, name) <= high


@pytest.mark.parametrize("ellipsis", ["...", ". . .", "\u2026"])
def test_ellipsis_lines_of_dclm(ellipsis):
    """DCLM's ellipsis cases: one line of two; none inside a line; two of three."""
    assert measured(f"One line ends with this{ellipsis}\n and one line does not.", "ellipsis_lines") == 1 / 2
    assert measured(f"Not at{ellipsis}the end of{ellipsis}a line.", "ellipsis_lines") == 0
    assert measured(f"Twice{ellipsis}{ellipsis}\n{ellipsis}once{ellipsis}\nnever.", "ellipsis_lines") == 2 / 3


@pytest.mark.parametrize("bullet", ["\u25cf", "\u2022", "*", "-"])
def test_bullet_lines_of_dclm(bullet):
    """DCLM's bullet cases: two lines of three; none inside a line."""
    assert measured(f"{bullet} One\n  {bullet}{bullet} two\n and three.", "bullet_lines") == 2 / 3
    assert measured(f"Not{bullet} at the start{bullet}\n of a line.", "bullet_lines") == 0


def test_stop_words_of_dclm():
    """Distinct, in any usual case, as whole words: DCLM's cases with `count_unique`."""
    assert measured("The best of the best", "stop_words") == 2
    assert measured("the be to of and that have with", "stop_words") == 8
    assert measured("Then Tom and Sally withheld bees", "stop_words") == 1
    assert measured("The.and.that", "stop_words") == 0
    assert measured('"The AND, that."', "stop_words") == 3


def test_word_lengths_of_dclm():
    """DCLM's mean word lengths: 26/6, 14/5 and none."""
    assert measured("The average word length is 4.33", "mean_word_length") == pytest.approx(26 / 6)
    assert measured("The cat in the hat", "mean_word_length") == pytest.approx(14 / 5)
    assert measured("  ", "mean_word_length") == 0


def test_letters_of_dclm_and_dolma():
    """A word needs one letter anywhere: 8 of 10 tokens in DCLM's case, all of them in Dolma's."""
    text = "This sentence contains <1,000 non-alphabetic w0rd5 within it but >1."
    assert measured(text, "alpha_words") == pytest.approx(8 / 10)
    assert measured("This is a test.", "alpha_words") == 1


def test_ordinary_text_repeats_little():
    """Text without a repeated line has no repeated phrase of five words, and only "speaks of" twice or more."""
    text = "\n".join(f"Sentence {word} speaks of {word}{word} alone." for word in ("ab", "cd", "ef", "gh", "ij"))
    assert measured(text, "dup_lines") == measured(text, "dup_5gram_chars") == measured(text, "top_3gram_chars") == 0
    assert measured(text, "top_2gram_chars") == pytest.approx(5 * 8 / (5 * 27))


def test_blank_lines_are_no_duplicates():
    """Dolma's first version counted blank lines as duplicates (docs/sources.md, "Gopher repetition"); here they change nothing."""
    plain = measure_text("one thing here\nanother thing there")
    spaced = measure_text("one thing here\n\n\n\n\nanother thing there\n\n\n")
    names = [name for name in plain if name.startswith("gopher_")]
    assert [plain[name] for name in names] == [spaced[name] for name in names]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Die Mühle steht am Fluß, und das Rad dreht sich mit dem Wasser."),
        ("ru", "Старая мельница стоит у реки, и жители ходят туда много лет, а колесо видно с моста."),
        ("zh", "古老的磨坊矗立在河边，村里的人们在那里走了多年。"),
        ("ar", "تقف الطاحونة القديمة على النهر، ويمشي أهل القرية إليها منذ سنوات، من القرية إلى النهر."),
    ],
)
def test_stop_words_are_those_of_the_language(language, text):
    """A sentence has two of its own language and none of Gopher's; a language without a list has none."""
    assert measure_text(text, language)["gopher_stop_words"] >= 2
    assert measure_text(text, "en")["gopher_stop_words"] == 0
    assert measure_text(text, "mwl")["gopher_stop_words"] == 0
