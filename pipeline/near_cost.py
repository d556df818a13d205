"""What finding near duplicates exchanges and holds, by a recipe alone: amounts a page and a picture. Pure."""

from typing import Any

from pipeline import corpora
from pipeline.decide.near import CLAIM
from pipeline.decide.pictures import hash_dtype
from schemas.recipe import Recipe
from transforms.dedup.pictures import SETS as PICTURE_SETS
from transforms.dedup.signature import SETS as TEXT_SETS

# Measured, beside some 50 MB: the worker that joins pages (a parent and a count each), at 8 and 24 million; a task that finds pairs of
# pictures, at 1 and 3 million, and of flipped ones too, at 1 and 2.
UNION_BYTES = 8
PAIRS_BYTES, FLIPPED_BYTES = 170, 740


def near_cost(recipe: Recipe) -> dict[str, Any]:
    """What near duplicates cost; empty where the recipe looks for none.

    `pages` has the corpora that look, the most `rows` and `bytes` that a page claims in partitions of keys, and the most that one worker
    holds of it (`worker_bytes`). `pictures` has the same of a picture, whose row lies in a file that each of so many `tasks` reads. What is
    alike, or shares a bucket, is exchanged besides: a row of evidence each.
    """
    found: dict[str, Any] = {}
    asking = [corpus for corpus in corpora.of_recipe(recipe) if corpora.has_near_pages(corpus, recipe)]
    if asking:
        bands = TEXT_SETS[recipe.extract.signature].bands
        found["pages"] = {
            "corpora": [corpus.name for corpus in asking],
            "rows": bands,
            "bytes": bands * CLAIM.itemsize,
            "worker_bytes": UNION_BYTES,
        }
    if recipe.near_images.set and corpora.look_at_images(recipe):
        tasks = PICTURE_SETS[recipe.near_images.set].choices
        found["pictures"] = {
            "tasks": tasks,
            "rows": 1,
            "bytes": hash_dtype(recipe.near_images).itemsize,
            "worker_bytes": FLIPPED_BYTES if recipe.near_images.flips else PAIRS_BYTES,
        }
    return found
