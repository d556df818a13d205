"""Pages end to end."""

import numpy as np
import turbohtml

from transforms.html.flow import flow_of, innermost, latest
from transforms.html.nodes import BLANK, BLOCK, BREAK, TAGS, WORDS, by_tag, read_nodes


def test_pages_keep_their_own_elements() -> None:
    """Roles and texts follow each other; what is around a node is of its own page."""
    pages = [read_nodes(turbohtml.parse(text)).nodes for text in ("<ul><li>a", "<p> <br>b")]
    flow = flow_of(pages)
    assert flow.roles.tolist() == [BLOCK, BLOCK, BLOCK, WORDS, BLOCK, BLOCK, BLANK, BREAK, WORDS]
    assert [TAGS[tag] for tag in flow.tags] == ["body", "ul", "li", "body", "p", "br"]
    assert flow.ends.tolist() == [4, 4, 4, 9, 9, 8]
    assert flow.nest.around(np.arange(9)).tolist() == [-1, 0, 1, 2, -1, 3, 4, 4, 4]
    assert innermost(flow, by_tag({"ul": 1, "body": 1}, -1), np.array([3, 8])).tolist() == [1, 3]


def test_latest_is_the_place_of_the_last_flag() -> None:
    """Up to and with each place."""
    assert latest(np.array([False, True, False, True])).tolist() == [-1, 1, 1, 3]
