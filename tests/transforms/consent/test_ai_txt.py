"""ai.txt: kinds of files and paths that its site keeps out of training."""

import pytest

from transforms.consent.ai_txt import AiTxt, fits

# As Spawning's generator writes it where all kinds but texts are kept out.
IMAGES = b"""# Spawning AI
# Prevent datasets from using the following file types

User-Agent: *
Allow: *.txt
Allow: *.html
Disallow: *.bmp
Disallow: *.jpeg
Disallow: *.jpg
Disallow: *.png
Disallow: *.c
Disallow: *.h
"""
ALL = b"User-Agent: *\nDisallow: *.jpg\nDisallow: /\nDisallow: *\n"


@pytest.mark.parametrize(
    ("body", "target", "said"),
    [
        (IMAGES, "/a/b.jpg", "*: disallow: *.jpg"),
        (IMAGES, "/a/b.JPG?width=3", "*: disallow: *.jpg"),
        (IMAGES, "/a/b.html", ""),
        (IMAGES, "/", ""),
        (IMAGES, "/a.cfm", ""),  # no file of C, though `*.c` as a pattern of robots.txt would match
        (IMAGES, "/a.jpg/b", ""),
        (IMAGES, "/a?b=c.jpg", ""),
        (ALL, "/a.jpg", "*: disallow: *.jpg"),
        (ALL, "/a", "*: disallow: /"),
        (b"User-Agent: *\nDisallow: /\nAllow: *.txt", "/a.txt", ""),
        (b"User-Agent: *\nDisallow: /art/", "/art/1", "*: disallow: /art/"),
        (b"User-Agent: GPTBot\nDisallow: /", "/a", "gptbot: disallow: /"),
        (b"User-Agent: Googlebot\nDisallow: /", "/a", ""),
        (b"User-Agent: *\nDisallow:", "/a", ""),
        (b"", "/a", ""),
        (b"This site welcomes robots.", "/a", ""),
    ],
)
def test_what_is_disallowed_is_kept_out(body: bytes, target: str, said: str) -> None:
    """For everyone, or for a crawler that gathers data for AI."""
    assert list(AiTxt(body).about(target)) == ([("ai_txt", said)] if said else [])


def test_a_kind_of_files_is_the_end_of_a_path() -> None:
    """With or without a slash or a dollar; everything else is a pattern of robots.txt."""
    assert all(fits(pattern, "/x/y.png?z") for pattern in ("*.png", "/*.png", "*.png$", "*.PNG"))
    assert not fits("*.png", "/x/y.pngx") and fits("/x*.png", "/x/y.pngx")
