"""A per-page prior that shifts the cut, and a penalty for readers' comments beside an article.

On pages of services, listings and documentation nearly all text is main content. There raising the log odds of all blocks improves the
macro F1; elsewhere lowering them does. A few small trees recognise such pages by the means of some features over the page's words
(`benchmarks/train_extractor.py` trains them).
"""

from collections.abc import Sequence

import numpy as np

from transforms.html.features import Matrix, Measured, places_of
from transforms.html.model import UNIT, Model, Scores, in_steps, probability

_STEPS = 16  # to which features are rounded, so that sums are exact
# Log odds added where no page, and more where every page, would be one of those; the best of six pairs, all of them within 0.0006.
_LEAST, _RANGE = -0.4, 1.6

# Words of prose beside comments that make an article, and log odds; of 1, 1.5, 2, 3 and 5 all gain .004 or more on news and none loses
# more than .0008 on wcxb.
_PROSE, _COMMENT, _FORUM = 60, 2.0, "forum"


def page_means(measured: Measured, names: Sequence[str]) -> Matrix:
    """Some features x pages: the mean of each over the words of the page. Sums of whole numbers, so no page depends on another."""
    halves = (2 * measured.words).astype(np.int64)
    steps = np.rint(_STEPS * measured.matrix[places_of(names)]).astype(np.int64) * halves
    starts = measured.starts[:-1]
    sums, weights = np.add.reduceat(steps, starts, axis=1), _STEPS * np.add.reduceat(halves, starts)
    means: Matrix = (sums / weights).astype(np.float32)
    return means


def discounts(urls: Sequence[str], measured: Measured) -> Scores:
    """The penalty of each block, in the model's UNIT: that of readers' comments beside an article's prose, else 0.

    The model has seen few such pages: in 58 articles of the gold sets no comment is main content; in 18 threads of forums a fifth of the
    words in elements called comments is. A page whose address names a forum gets no penalty.
    """
    forum = np.repeat([_FORUM in url.lower() for url in urls], np.diff(measured.starts))
    return np.where((measured.feature("good_beside_comment") >= _PROSE) & ~forum, round(_COMMENT / UNIT), 0)


def leans(model: Model, measured: Measured) -> Scores:
    """The prior of each page, in the model's UNIT: what is added to the log odds of its blocks."""
    means, scales = page_means(measured, model.page_names), model.scales[places_of(model.page_names)]
    chances = probability(model.pages.scores(in_steps(means, scales)))
    return np.rint((_LEAST + _RANGE * chances) / UNIT).astype(np.int64)
