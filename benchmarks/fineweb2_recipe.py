"""Writes `jobs/recipes/fineweb2.toml` from FineWeb2's own files: `python -m benchmarks.fineweb2_recipe DIR`.

DIR is the folder `configs` of the GitHub repository huggingface/fineweb-2: a file for each language, with a line for each number and lists
of two numbers for n-grams. Languages are those of CONFIGS, of which lid.176 has a label. What no measure of ours counts is left out, as
the head of the recipe says.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from transforms.text.unspaced import UNSPACED_LANGUAGES

TARGET = Path(__file__).resolve().parents[1] / "jobs" / "recipes" / "fineweb2.toml"

# lid.176's label -> the file of FineWeb2, whose names are GlotLID's labels. Of the varieties and scripts of a language one is taken.
CONFIGS = {
    "ar": "arb_Arab", "az": "azj_Latn", "bg": "bul_Cyrl", "bn": "ben_Beng", "ca": "cat_Latn", "cs": "ces_Latn",
    "da": "dan_Latn", "de": "deu_Latn", "el": "ell_Grek", "es": "spa_Latn", "et": "ekk_Latn", "fa": "fas_Arab",
    "fi": "fin_Latn", "fr": "fra_Latn", "gu": "guj_Gujr", "he": "heb_Hebr", "hi": "hin_Deva", "hr": "hrv_Latn",
    "hu": "hun_Latn", "id": "ind_Latn", "it": "ita_Latn", "ja": "jpn_Jpan", "kn": "kan_Knda", "ko": "kor_Hang",
    "lt": "lit_Latn", "lv": "lvs_Latn", "ml": "mal_Mlym", "mr": "mar_Deva", "ms": "zsm_Latn", "ne": "npi_Deva",
    "nl": "nld_Latn", "no": "nob_Latn", "pa": "pan_Guru", "pl": "pol_Latn", "pt": "por_Latn", "ro": "ron_Latn",
    "ru": "rus_Cyrl", "sk": "slk_Latn", "sl": "slv_Latn", "sr": "srp_Cyrl", "sv": "swe_Latn", "sw": "swh_Latn",
    "ta": "tam_Taml", "te": "tel_Telu", "th": "tha_Thai", "tl": "fil_Latn", "tr": "tur_Latn", "uk": "ukr_Cyrl",
    "ur": "urd_Arab", "vi": "vie_Latn", "zh": "cmn_Hani",
}  # fmt: skip

HEAD = """\
# FineWeb2's rules, with its numbers for each of {count} languages: huggingface/fineweb-2, configs/*.yml, variant fineweb2_configs
#
# Written by `python -m benchmarks.fineweb2_recipe`. A number is of the file that is named behind it, in its third version (commits 05e6729
# and d331bee); of tur_Latn only the second (baedee4) could be read. Which rules there are and what is one number for all languages is in
# fineweb-2-pipeline.py. FineWeb2 goes by GlotLID's labels, this by lid.176's: of several varieties or scripts one is taken, so ar is judged
# by the numbers of Standard Arabic, no by those of Bokmål, fa by those of all Persian, sr by those in Cyrillic letters. English is
# FineWeb's (`fineweb`).
#
# Not here: FineWeb2's language identifier, whose thresholds mean nothing for another; its stop words, for which our lists stand; its near
# duplicates (MinHash by language over all crawls) and how they are upsampled; FineWeb's URL lists; the masking of e-mail and IP addresses,
# ftfy, lines cut at |. Its words are cut by a tokenizer for each language (NLTK, spaCy, Stanza, jieba, Kiwi, pythainlp), here by
# datatrove's rules for English: Korean words stay whole, Vietnamese syllables single, and scripts without spaces become pieces, whose mean
# length says nothing and is not judged. `fineweb_` measures are ours: more marks end a line, and words without marks are counted. A number
# of 0 or less bounds nothing in FineWeb2 and is left out.

name = "fineweb2"
corpora = ["text"]
opt_outs = [] # FineWeb2's pipeline heeds none

[extract]
peers = ["datatrove"]

[text]
form = "plain" # datatrove's extraction writes no marks
languages = [
{languages}
]

[text.rules]
lang_score = {{ floor = 0.65 }} # ours: FineWeb's for lid.176; FineWeb2's thresholds are GlotLID's
datatrove_words = {{ floor = 50, ceiling = 100_000 }} # Gopher App. A1, as FineWeb2
datatrove_hash_ratio = {{ ceiling = 0.1 }} # Gopher App. A1, as FineWeb2
datatrove_ellipsis_ratio = {{ ceiling = 0.1 }} # Gopher App. A1, as FineWeb2
datatrove_bullet_lines = {{ ceiling = 0.9 }} # Gopher App. A1, as FineWeb2
datatrove_ellipsis_lines = {{ ceiling = 0.3 }} # Gopher App. A1, as FineWeb2
gopher_stop_words = {{ floor = 2 }} # FineWeb2 fineweb-2-pipeline.py, min_stop_words
fineweb_dup_line_chars = {{ ceiling = 0.1 }} # FineWeb2 fineweb-2-pipeline.py, char_duplicates_ratio
"""

_NUMBER = re.compile(r"^(\w+): (-?[\d.]+)$", re.MULTILINE)
_LIST = re.compile(r"^(\w+):\n((?:- - \d+\n  - [\d.]+\n)+)", re.MULTILINE)
_PAIR = re.compile(r"- - (\d+)\n  - ([\d.]+)")
_PER_LINE = 17  # labels
_FLOOR = 0.65  # of `lang_score` in HEAD


def main(argv: Sequence[str] | None = None) -> int:
    """Write the recipe."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("configs", type=Path, help="the folder `configs` of huggingface/fineweb-2")
    folder = parser.parse_args(argv).configs
    TARGET.write_text(
        recipe({label: (folder / f"{code}.yml").read_text(encoding="utf-8") for label, code in CONFIGS.items()}),
        encoding="utf-8",
    )
    return 0


def recipe(configs: dict[str, str]) -> str:
    """The recipe of the files' texts, by label."""
    quoted = [f'"{label}"' for label in configs]
    lines = (f"  {', '.join(quoted[at : at + _PER_LINE])}," for at in range(0, len(quoted), _PER_LINE))
    sections = (section(label, config) for label, config in configs.items())
    return "\n".join((HEAD.format(count=len(configs), languages="\n".join(lines)), *sections))


def section(label: str, config: str) -> str:
    """The rules of one language. Raises KeyError where the file has not what it should have."""
    source = f"FineWeb2 {CONFIGS[label]}.yml"
    # Where neighbours share the probability, FineWeb2 asks for less too; 0.3 is its least.
    is_shared = float(dict(_NUMBER.findall(config))["language_score"]) < _FLOOR
    score = "lang_score = { floor = 0.3 } # ours: FineWeb2's least, where its own is below 0.65\n" if is_shared else ""
    rows = (f"{name} = {{ {bounds} }} # {source}\n" for name, bounds in rules(label, config))
    return f"[text.by_language.{label}]\n{score}{''.join(rows)}"


def rules(label: str, config: str) -> Iterator[tuple[str, str]]:
    """Each rule of a language and its bounds as TOML, but that of its score."""
    number = dict(_NUMBER.findall(config))
    pairs = {name: _PAIR.findall(listed) for name, listed in _LIST.findall(config)}
    yield "datatrove_dup_lines", f"ceiling = {number['dup_line_frac']}"
    for kind, name in (("top", "top_n_grams"), ("dup", "dup_n_grams")):
        for n, ceiling in pairs[name]:
            yield f"datatrove_{kind}_{n}gram_chars", f"ceiling = {ceiling}"
    if label not in UNSPACED_LANGUAGES:
        least, most = number["min_avg_word_length"], number["max_avg_word_length"]
        floor = f"floor = {least}, " if float(least) > 0 else ""
        yield "datatrove_mean_word_length", f"{floor}ceiling = {most}"
    # FineWeb2 calls it max_non_alpha_words_ratio; it is the least share of words with a letter.
    yield "datatrove_alpha_words", f"floor = {number['max_non_alpha_words_ratio']}"
    if float(number["line_punct_thr"]) > 0:
        yield "fineweb_terminal_lines", f"floor = {number['line_punct_thr']}"
    yield "fineweb_newlines_per_word", f"ceiling = {number['new_line_ratio']}"


if __name__ == "__main__":
    raise SystemExit(main())
