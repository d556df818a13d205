"""What is read of a piece of markup among plain prose."""

from transforms.html.extract import extract

SENTENCE = "The old harbour was rebuilt in three stages, and each of them left a mark on the quay that visitors can still see today."
PROSE = f"<p>{SENTENCE}</p>"


def read(markup: str, lang: str = "en") -> str:
    """The texts of all blocks of a page that holds this markup among prose, but for the prose."""
    page = extract(f"<html lang={lang}><body><article>{PROSE * 3}{markup}</article>", "http://ex.org/p")
    return "\n".join(block.text for block in page.blocks if block.text != SENTENCE)


def assert_reads(markup: str, present: tuple[str, ...], absent: tuple[str, ...], lang: str = "en") -> None:
    """What must stand in the text does, and what must not does not."""
    text = read(markup, lang)
    assert [part for part in present if part not in text] == [], text
    assert [part for part in absent if part in text] == [], text
