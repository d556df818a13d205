"""Audio and video taken out of a page's tree, with a mark in the place of each; frames where they are those of known players.

Their elements show no text, so they go like scripts; a mark, which is a comment, changes no run of text.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from turbohtml import Comment, Document, Element

from schemas.records import MediaKind
from transforms.html.references import Attributes, attributes, lazy_addresses

MARK = "medium"
MOST_MARKS = 1_000  # of a page (ours)
_TAGS = ("audio", "video")
# Players of the common services, behind the scheme and `www.`.
_PLAYER = re.compile(
    r"\s*(?:https?:)?//(?:www\.)?(?:(?P<video>youtube(?:-nocookie)?\.com/embed/|player\.vimeo\.com/video/"
    r"|(?:geo\.)?dailymotion\.com/(?:embed|player)|player\.twitch\.tv/|embed\.ted\.com/|fast\.wistia\.(?:net|com)/embed/"
    r"|player\.bilibili\.com/|rutube\.ru/play/embed/|vk(?:video)?\.(?:com|ru)/video_ext|facebook\.com/plugins/video"
    r"|streamable\.com/[eo]/|players\.brightcove\.net/)"
    r"|w\.soundcloud\.com/player|open\.spotify\.com/embed|embed\.podcasts\.apple\.com/|bandcamp\.com/embeddedplayer"
    r"|player\.simplecast\.com/|mixcloud\.com/widget/|embed\.acast\.com/|html5-player\.libsyn\.com/embed)",
    re.IGNORECASE,
)


class Marked(NamedTuple):
    """A medium that was taken out of the tree, and the mark in its place."""

    mark: Comment
    element: Element


class Media(NamedTuple):
    """The media of a page: those with a mark, in a body's order and `unseen` ones outside of it, and how many there are `beyond`."""

    marked: Sequence[Marked] = ()
    unseen: int = 0
    beyond: int = 0

    def within(self, body: Element) -> tuple[list[int], "Media"]:
        """The numbers of the nodes of a body that are marks, and its media."""
        known = {id(each.mark): each for each in self.marked}
        found = {number: known[id(node)] for number, node in enumerate(body.descendants, 1) if id(node) in known}
        return list(found), self._replace(marked=list(found.values()), unseen=len(known) - len(found))


NO_MEDIA = Media()


def take_out_media(tree: Document) -> Media:
    """Take audio, video and frames of players out of a tree, and leave marks in the places of MOST_MARKS of them."""
    found = [element for tag in _TAGS for element in tree.select(tag)]
    found += filter(is_player, tree.select("iframe"))
    if not found:
        return NO_MEDIA
    marked = [Marked(Comment(MARK), element) for element in found[:MOST_MARKS]]
    for mark, element in marked:
        element.insert_before(mark)
    for element in found:
        element.extract()
    return Media(marked, beyond=len(found) - len(marked))


def addresses_of(own: Attributes) -> Iterator[str]:
    """The addresses of a frame or medium as written, with those that scripts put in."""
    yield own[1]("src") or ""
    yield from lazy_addresses(own) or ()


def played(written: str) -> MediaKind | None:
    """What a frame with an address plays; None where it is no player that we know.

    >>> played("//www.youtube.com/embed/x"), played("https://ads.example/frame.html")
    (<MediaKind.VIDEO: 'video'>, None)
    """
    found = _PLAYER.match(written)
    return found and (MediaKind.VIDEO if found["video"] else MediaKind.AUDIO)


def is_player(frame: Element) -> bool:
    """Whether a frame is a player's."""
    return any(map(played, addresses_of(attributes(frame))))
