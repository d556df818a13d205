"""Recipes: read strictly, all mistakes at once, with digests that only move when something changed."""

import dataclasses
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import corpora
from pipeline.corpora import load_recipe
from pipeline.corpora.interleaved import InterleavedPart
from pipeline.corpora.pairs import PairsPart
from pipeline.corpora.text import TextPart
from schemas import recipe as module
from schemas.languages import LANGUAGES
from schemas.measures import IMAGE_MEASURES, TEXT_MEASURES
from schemas.outcomes import UserError
from schemas.recipe import Bounds, ExtractPart, Recipe, nearest
from schemas.recipe_toml import dump, load

PLAIN = 'name = "mine"\n'


def mistakes(text: str, *settings: str) -> list[str]:
    """What `load` says of a wrong recipe, line by line."""
    with pytest.raises(UserError) as raised:
        load_recipe(text, settings, "r.toml")
    return str(raised.value).splitlines()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "name: missing"),
        (PLAIN + "sed = 1", "sed: unknown key; did you mean seed?"),
        (PLAIN + "[txt]", "txt: unknown key; did you mean text?"),
        (PLAIN + "text = 3", "text: expected a section, got 3"),
        (PLAIN + '[text]\nlanguages = "en"', 'text.languages: expected a list of strings, got "en"'),
        (PLAIN + "[text]\nlanguages = [1]", "text.languages: expected a list of strings, got [1]"),
        (PLAIN + '[pairs]\nformats = ["tar"]', "pairs.formats: unknown value 'tar'; known are parquet, webdataset"),
        (
            PLAIN + '[extract]\nengine = "trafilatur"',
            "extract.engine: unknown value 'trafilatur'; did you mean trafilatura?",
        ),
        (PLAIN + 'seed = "1"', 'seed: expected a whole number, got "1"'),
        (PLAIN + "seed = 1.0", "seed: expected a whole number, got 1.0"),
        (PLAIN + "seed = true", "seed: expected a whole number, got true"),
        (PLAIN + "[text]\nclean_c4 = 1", "text.clean_c4: expected true or false, got 1"),
        ("name = 3", "name: expected a string, got 3"),
        (PLAIN + "[limits]\nfailed_share = true", "limits.failed_share: expected a number, got true"),
        (PLAIN + "[limits]\nfailed_share = 1.5", "limits.failed_share: expected a share between 0 and 1, got 1.5"),
        (PLAIN + "[limits]\nfailed_share = nan", "limits.failed_share: expected a share between 0 and 1, got nan"),
        (PLAIN + "[shards]\nrows = 0", "shards.rows: expected 1 or more, got 0"),
        (PLAIN + "[extract]\nimage_bytes = -5", "extract.image_bytes: expected 1 or more, got -5"),
        (PLAIN + "[interleaved]\nmax_images = -1", "interleaved.max_images: expected 0 or more, got -1"),
        (PLAIN + 'corpora = ["text", "text"]', "corpora: 'text' is named twice"),
        (PLAIN + '[text]\nduplicates = ["url", "url"]', "text.duplicates: 'url' is named twice"),
        (PLAIN + "[pairs]\nformats = []", "pairs.formats: expected some of parquet, webdataset, got none"),
        (PLAIN + "corpora = []", "corpora: expected some of text, pairs, interleaved, got none"),
        (PLAIN + "[text.rules]\ngopher_words = {floor = nan}", "text.rules.gopher_words: nan is no bound"),
        (PLAIN + "[text]\nrules = 1", "text.rules: expected a section of rules, got 1"),
        (
            PLAIN + "[text.rules]\ngopher_words = 50",
            "text.rules.gopher_words: expected a floor, a ceiling or both, got 50; "
            "write gopher_words = { floor = 50 } or { ceiling = 50 }, "
            "or false to switch it off",
        ),
        (
            PLAIN + "[text.rules]\ngopher_words = {flor = 50}",
            "text.rules.gopher_words.flor: unknown key; did you mean floor?",
        ),
        (
            PLAIN + "[text.rules]\nimage_min_side = {floor = 50}",
            "text.rules.image_min_side: unknown rule; it belongs in [pairs.rules] or [interleaved.image_rules]",
        ),
        (
            PLAIN + "[pairs.rules]\nimage_min_sid = {floor = 50}",
            "pairs.rules.image_min_sid: unknown rule; did you mean image_min_side?",
        ),
        (
            PLAIN + "[interleaved.image_rules]\nimage_aspect = {floor = 3, ceiling = 2}",
            "interleaved.image_rules.image_aspect: floor 3 is above ceiling 2",
        ),
    ],
)
def test_mistake_is_named_with_its_place(text: str, expected: str) -> None:
    """Each kind of mistake gives one line: the file, the key, what was expected, what came, and the nearest name."""
    (line,) = mistakes(text)
    assert line == f"r.toml: {expected}" or line.startswith(f"r.toml: {expected};")


def test_all_mistakes_at_once() -> None:
    """A file with several mistakes is told of all of them."""
    text = 'nam = "x"\nseed = "1"\n[text.rules]\nwords = {floor = 1}\n[pairs]\ncaptions = ["alt", "altt"]'
    places = [line.split(":")[1].strip() for line in mistakes(text)]
    assert sorted(places) == ["nam", "name", "pairs.captions", "seed", "text.rules.words"]


def test_not_toml() -> None:
    """A file that is no TOML is refused with the parser's place."""
    (line,) = mistakes("name = x\n")
    assert line.startswith("r.toml is not valid TOML:") and "line 1" in line


def test_rules_stand_in_the_order_of_the_catalogue() -> None:
    """The order of rules in a file does not matter: the first that fails is the same one."""
    lines = ["gopher_alpha_words = {floor = 0.8}", "gopher_words = {floor = 50}"]
    one, other = (load_recipe(PLAIN + "[text.rules]\n" + "\n".join(order)) for order in (lines, lines[::-1]))
    assert list(one.parts["text"].rules) == list(other.parts["text"].rules) == ["gopher_words", "gopher_alpha_words"]
    assert one.digest() == other.digest()


BASE = 'name = "base"\nseed = 3\n[text]\nlanguages = ["en"]\n[text.rules]\n'
BASE += "gopher_words = {floor = 50, ceiling = 90}\ngopher_alpha_words = {floor = 0.8}\n"


def extending(text: str, **files: str) -> Recipe:
    """A recipe on top of others, by their names."""
    return load_recipe(text, where="own", bases=lambda name, where: (({"base": BASE} | files)[name], name))


def test_a_recipe_lies_over_the_one_that_it_extends() -> None:
    """What it does not say is said below; a bound that it names changes alone, a list and a rule that is false take the place."""
    recipe = extending(
        PLAIN
        + 'extends = "base"\n[text]\nlanguages = ["de"]\n[text.rules]\ngopher_words = {floor = 20}\ngopher_alpha_words = false'
    )
    assert (recipe.name, recipe.seed, recipe.parts["text"].languages) == ("mine", 3, ("de",))
    assert recipe.parts["text"].rules == {"gopher_words": Bounds(20, 90)}
    assert load_recipe(dump(recipe)) == recipe
    unbounded = extending(PLAIN + 'extends = "base"\n[text.rules]\ngopher_words = {ceiling = false}')
    assert unbounded.parts["text"].rules["gopher_words"] == Bounds(50)


def test_extending_goes_on_and_ends() -> None:
    """A recipe may extend one that extends another; a circle is a mistake, as is one without a name of its own."""
    between = 'extends = "base"\nname = "between"\nseed = 4'
    assert extending(PLAIN + 'extends = "between"', between=between).parts["text"].languages == ("en",)
    with pytest.raises(UserError, match="extends: own extends this recipe in turn"):
        extending(PLAIN + 'extends = "other"', other='extends = "own"', own="")
    with pytest.raises(UserError, match="name: missing"):
        extending('extends = "base"')
    with pytest.raises(UserError, match="expected the name or the file of one recipe"):
        extending(PLAIN + "extends = 3")
    with pytest.raises(UserError, match="no recipe 'base' is at hand"):
        load_recipe(PLAIN + 'extends = "base"')


@pytest.mark.parametrize(
    ("name", "label"), [("german", "de"), ("deu", "de"), ("zh-CN", "zh"), ("DE", "de"), ("germn", "de")]
)
def test_an_unknown_language_is_told_the_code(name: str, label: str) -> None:
    """A name, a longer code or one with a region leads to the label that the model has."""
    assert mistakes(PLAIN + f'[text]\nlanguages = ["{name}"]') == [
        f"r.toml: text.languages: no language is called '{name}' here; did you mean {label}?"
    ]
    assert f"did you mean {label}?" in mistakes(PLAIN + f"[text.by_language.{name}]")[0]


def test_a_language_has_rules_of_its_own() -> None:
    """They stand beside the rules for all, and `false` switches one off; both come back from the written recipe."""
    recipe = load_recipe(PLAIN + "[text.by_language.zh]\ngopher_stop_words = {floor = 1}\ngopher_words = false")
    assert dict(recipe.parts["text"].by_language) == {"zh": {"gopher_words": Bounds(), "gopher_stop_words": Bounds(1)}}
    assert load_recipe(dump(recipe)) == recipe
    (wrong,) = mistakes(PLAIN + "[text.by_language.zh]\ngopher_words = {floor = 2, ceiling = 1}")
    assert wrong == "r.toml: text.by_language.zh.gopher_words: floor 2 is above ceiling 1"


def test_a_measure_in_another_place_is_told_where_it_belongs() -> None:
    """A rule beside the section of rules, or of another corpus."""
    (line,) = mistakes(PLAIN + "[text]\ncaption_words = {floor = 3}")
    assert line == "r.toml: text.caption_words: unknown key; it belongs in [pairs.rules]"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("seed=7", ("seed", 7)),
        (" seed = 7 ", ("seed", 7)),
        ("name=other", ("name", "other")),
        ('name="a=b"', ("name", "a=b")),
        ('corpora=["text"]', ("corpora", ("text",))),
        ("extract.engine=trafilatura", ("extract", ExtractPart(engine="trafilatura"))),
        ("text.clean_c4=true", ("text", TextPart(clean_c4=True))),
        ("interleaved.max_images=3", ("interleaved", InterleavedPart(max_images=3))),
        ("text.rules.gopher_words.floor=20", ("text", TextPart(rules={"gopher_words": Bounds(floor=20)}))),
        ("text.rules.gopher_words={ceiling = 5}", ("text", TextPart(rules={"gopher_words": Bounds(ceiling=5)}))),
    ],
)
def test_setting_changes_one_value(setting: str, value: tuple[str, Any]) -> None:
    """`--set` puts in any value of TOML, and a bare word as a string."""
    recipe = load_recipe(PLAIN, [setting])
    assert (recipe.parts[value[0]] if value[0] in recipe.parts else getattr(recipe, value[0])) == value[1]


def test_setting_wins_over_the_file_and_the_last_over_the_first() -> None:
    """Settings are applied in their order, over what the file says."""
    assert load_recipe(PLAIN + "seed = 1", ["seed=2", "seed=3"]).seed == 3


@pytest.mark.parametrize("setting", ["seed", "=3", "text..x=1", ".seed=1", ""])
def test_setting_must_be_key_and_value(setting: str) -> None:
    """A setting without a key or a value shows how one looks."""
    (line,) = mistakes(PLAIN, setting)
    assert "expected SECTION.KEY=VALUE" in line


def test_setting_below_a_value() -> None:
    """A setting cannot go below something that is a value."""
    assert mistakes(PLAIN, "name.x=1") == ["--set 'name.x=1': name is a value, not a section"]


def test_setting_is_checked_like_the_file() -> None:
    """A misspelt key in a setting is named with the nearest."""
    assert mistakes(PLAIN, "interleaved.max_image=3") == [
        "r.toml: interleaved.max_image: unknown key; did you mean max_images?"
    ]


bounds = st.builds(
    lambda low, span, kind: Bounds(low if kind != 1 else None, low + span if kind else None),
    st.floats(-1e6, 1e6),
    st.floats(0, 1e6),
    st.sampled_from([0, 1, 2]),
)
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
languages = st.sampled_from(LANGUAGES)
text_rules = st.fixed_dictionaries({}, optional={m.name: bounds for m in TEXT_MEASURES[:4]})
recipes = st.builds(
    Recipe,
    name=names,
    corpora=st.lists(st.sampled_from(corpora.names()), unique=True, min_size=1).map(tuple),
    seed=st.integers(-(2**63), 2**63 - 1),
    opt_outs=st.lists(st.sampled_from(module.SIGNALS), unique=True).map(tuple),
    consent=st.sampled_from(["", "strict", "recorded"]),
    parts=st.fixed_dictionaries(
        {
            "text": st.builds(
                TextPart,
                languages=st.lists(languages, unique=True).map(tuple),
                clean_c4=st.booleans(),
                duplicates=st.sampled_from([(), ("url",), ("text", "url")]),
                rules=text_rules,
                by_language=st.dictionaries(languages, text_rules, max_size=2),
            ),
            "pairs": st.builds(PairsPart, main_content=st.booleans(), formats=st.just(("parquet",))),
            "interleaved": st.builds(
                InterleavedPart,
                max_images=st.integers(0, 100),
                one_image_share=st.floats(0, 1),
                image_rules=st.fixed_dictionaries({}, optional={m.name: bounds for m in IMAGE_MEASURES[:3]}),
            ),
        }
    ),
)


@given(recipes)
def test_dump_and_load_are_inverse(recipe: Recipe) -> None:
    """A resolved recipe written as TOML reads back as the same recipe, with the same digest."""
    again = load_recipe(dump(recipe))
    assert again == recipe and again.digest() == recipe.digest()


def test_dump_shows_every_field() -> None:
    """The resolved recipe states defaults too, so that it says what ran."""
    tree = tomllib.loads(dump(load_recipe(PLAIN)))
    assert tree.keys() == {field.name for field in dataclasses.fields(Recipe)} - {"parts"} | {*corpora.names()}
    assert tree["pairs"].keys() == {field.name for field in dataclasses.fields(PairsPart)}
    assert tree["extract"].keys() == {field.name for field in dataclasses.fields(ExtractPart)}


@given(recipes, recipes)
def test_digests_tell_recipes_apart(one: Recipe, other: Recipe) -> None:
    """Two recipes have one digest exactly where they are equal."""
    assert (one.digest() == other.digest()) == (one == other)


def test_defaults_do_not_enter_the_digest() -> None:
    """A value that is stated and equals its default changes nothing, so a new option leaves old digests as they are."""
    stated = load_recipe(PLAIN + "seed = 0\n[text]\nclean_c4 = false\nduplicates = []\n[shards]\nrows = 100_000")
    assert stated.digest() == load_recipe(PLAIN).digest()


def test_a_recipe_that_names_no_corpus_asks_for_all_there_are() -> None:
    """In the order of the registry; one that names some keeps the sections of all."""
    assert load_recipe(PLAIN).corpora == corpora.names()
    some = load_recipe(PLAIN + 'corpora = ["pairs"]')
    assert some.corpora == ("pairs",) and tuple(some.parts) == corpora.names()


def test_without_corpora_a_recipe_has_no_sections_of_them() -> None:
    """The layer below knows no corpus: a section of one is an unknown key there."""
    assert load(PLAIN + "[limits]\nfailed_share = 0.5").limits.failed_share == 0.5
    with pytest.raises(UserError, match="text: unknown key"):
        load(PLAIN + "[text]")


def test_digest_is_pinned() -> None:
    """The digest of a small recipe is what it always was: it stands in the manifests of finished runs."""
    recipe = load_recipe(PLAIN + 'corpora = ["text"]\n[text.rules]\ngopher_words = {floor = 50}')
    assert recipe.digest() == PINNED
    assert Recipe("mine").measuring_digest() == EMPTY


# sha256 of {"corpora":["text"],"name":"mine","text":{"rules":{"gopher_words":{"floor":50.0}}}} and of {}
PINNED = "dc0440fba79c1d89ae2a6f12ea7ee50b81833e5926ab4b9fcfa31b251e3fb1ea"
EMPTY = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_measuring_digest_follows_the_extract_part_alone() -> None:
    """Thresholds leave staging valid; a change of how pages are taken apart does not."""
    plain = load_recipe(PLAIN)
    assert load_recipe(PLAIN, ["text.rules.gopher_words.floor=9"]).measuring_digest() == plain.measuring_digest()
    assert load_recipe(PLAIN, ["extract.engine=trafilatura"]).measuring_digest() != plain.measuring_digest()


@given(st.floats(allow_nan=False), bounds)
def test_bounds_are_inclusive(value: float, rule: Bounds) -> None:
    """A value is kept exactly where no bound lies beyond it."""
    low = rule.floor is not None and value < rule.floor
    high = rule.ceiling is not None and value > rule.ceiling
    assert rule.keeps(value) == (not low and not high)


def test_nearest_lists_what_is_known_where_nothing_is_close() -> None:
    """Without a close name a short list is shown, and a long one is not."""
    assert nearest("zzz", ["text", "pairs"]) == "; known are text, pairs"
    assert nearest("zzz", [f"name{n}" for n in range(20)]) == ""


def test_a_rule_on_what_is_not_measured_is_a_mistake() -> None:
    """datatrove's counts are taken where the recipe asks for them; a rule that is switched off needs none."""
    rule = "[text.rules]\ndatatrove_words = {floor = 50}"
    (line,) = mistakes(PLAIN + rule)
    assert (
        line
        == 'r.toml: text.rules.datatrove_words: counted as datatrove counts, which needs extract.peers = ["datatrove"]'
    )
    assert load_recipe(PLAIN + rule + '\n[extract]\npeers = ["datatrove"]').extract.peers == ("datatrove",)
    (line,) = mistakes(PLAIN + "[text.by_language.de]\ndatatrove_words = {floor = 50}")
    assert line.startswith("r.toml: text.by_language.de.datatrove_words: counted as")
    assert load_recipe(PLAIN + "[text.by_language.de]\ndatatrove_words = false")


def test_ranges_of_stages_go_through_the_file_form() -> None:
    """Those of a guard, a section for each corpus, one of a floor alone; a range that is switched off is none."""
    text = PLAIN + "[guard.removed.text]\nduplicates = {floor = 0.1, ceiling = 0.8}\nrules = {floor = 0.2}"
    recipe = load_recipe(text)
    assert dict(recipe.guard.removed) == {"text": {"duplicates": Bounds(0.1, 0.8), "rules": Bounds(0.2)}}
    assert load_recipe(dump(recipe)) == recipe
    off = load_recipe(text, ("guard.removed.text.rules=false",))
    assert dict(off.guard.removed["text"]) == {"duplicates": Bounds(0.1, 0.8)}


def test_consent_in_a_word() -> None:
    """strict heeds all that is kept from training and what is named besides, recorded nothing; without a word a recipe is as it was."""
    plain = load_recipe('name = "x"\nopt_outs = ["signal_search", "noai"]')
    assert plain.heeded == ("signal_search", "noai")
    strict = load_recipe('name = "x"\nopt_outs = ["signal_search", "noai"]\nconsent = "strict"')
    assert strict.heeded[:2] == ("signal_search", "noai") and len(set(strict.heeded)) == len(strict.heeded)
    assert set(module.SIGNALS) - set(strict.heeded) == {"usage_ai_use", "usage_search", "signal_ai_input"}
    assert load_recipe('name = "x"\nopt_outs = ["noai"]\nconsent = "recorded"').heeded == ()
    assert load_recipe('name = "x"\nconsent = "strict"').heeded == module.RESERVING
    assert (
        plain.digest()
        == load_recipe('name = "x"\nopt_outs = ["signal_search", "noai"]\nconsent = ""').digest()
        != strict.digest()
    )
    with pytest.raises(UserError, match=r"consent: .*'strickt'; did you mean strict"):
        load_recipe('name = "x"\nconsent = "strickt"')
