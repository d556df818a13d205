"""What tells pages that are nearly all main content."""

import numpy as np

from transforms.html.extract import segmented
from transforms.html.features import Measured, measure
from transforms.html.leaning import discounts, leans, page_means
from transforms.html.model import UNIT, default_model
from transforms.html.walk import Walked, walk


def measured(pages: list[Walked]) -> Measured:
    """The pages measured together."""
    return measure(
        [page.segments for page in segmented(pages)], [page.looks for page in pages], default_model().lexicon
    )


def some_pages() -> list[Walked]:
    """Two pages of different make."""
    prose = "<p>" + "This is a sentence, and it is followed by others. " * 6 + "</p>"
    return [
        walk(f"<h1>A title</h1>{prose * 4}", "http://a.example/"),
        walk("<ul><li>One<li>Two</ul>", "http://b.example/"),
    ]


def test_means_weigh_words() -> None:
    """A page's mean is that of the feature over its words, to a sixteenth of a step of each block."""
    found = measured(some_pages())
    first, end = found.starts[:2]
    wanted = np.average(found.feature("ends_stop")[first:end], weights=found.words[first:end])
    assert abs(page_means(found, ["words", "ends_stop"])[1, 0] - wanted) < 1 / 16


def test_lean_does_not_depend_on_company() -> None:
    """A page leans the same alone and beside others."""
    pages, model = some_pages(), default_model()
    alone = [leans(model, measured([page]))[0] for page in pages]
    assert leans(model, measured(pages)).tolist() == alone


def test_comments_beside_an_article_are_discounted() -> None:
    """Readers' comments lose log odds where prose stands beside them, but not alone, and not at a forum's address."""
    prose = "<p>" + "The river rose in the night, and by morning the lower town stood under water. " * 5
    comments = f'<div id="comments">{prose}</div>'
    pages = [prose + comments, comments, prose + comments]
    urls = ["http://a.example/news", "http://b.example/", "http://c.example/forum/1"]
    found = measured([walk(text, url) for text, url in zip(pages, urls, strict=True)])
    assert (discounts(urls, found) * UNIT).tolist() == [0, 2, 0, 0, 0]
