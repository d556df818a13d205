"""Notices of errors, told by title and brevity."""

import time

import pytest

from transforms.text.error_page import LONGEST, is_error_page, is_error_title

ERRORS = (
    "404", "Error 404", "404 error", "404 (Page Not Found) Error - Ever feel like you're in the wrong place?", "Page not found (404)",
    "HTTP Status 404 – Not Found", "Oops! That page can’t be found.", "The page you requested was not found", "Not Found",
    "Object not found!", "Seite nicht gefunden - Die Mühle", "Nothing Found", "Page Not Found - BBC", "404 - File or directory not found.",
    "Just a moment...", "Attention Required! | Cloudflare", "Sorry, this page isn't available.", "The page cannot be found",
    "403 Forbidden", "Access to this page has been denied.", "Site Not Found", "Page no longer available", "Under construction",
    "404: This page could not be found.", "File not found · GitHub Pages", "500 Internal Server Error", "Страница не найдена",
    "ページが見つかりません | 磨坊", "  PAGE \n NOT   FOUND ", "Page not found | The Old Mill", "Service Unavailable", "Forbidden", "Error",
    "The Archive: Error",
)  # fmt: skip
PAGES = (
    "Room 404", "Peugeot 404", "The page that was not found", "Access denied: a history", "Lost and Found", "Page 404 of the book",
    "500 days of summer", "500", "404 Media", "Error page design tips", "Missing item report", "Forbidden | Films", "Found | Mill",
    "Fiat | 500", "How to fix a 404 error", "", "The Old Mill", "Why the page could not be found", "Gone | A novel", "Trial and error",
)  # fmt: skip


@pytest.mark.parametrize("title", ERRORS)
def test_titles_of_errors(title: str) -> None:
    """In any case, with the site's name behind it, in several languages."""
    assert is_error_title(title)


@pytest.mark.parametrize("title", PAGES)
def test_titles_of_pages(title: str) -> None:
    """Words of errors inside a title are its matter."""
    assert not is_error_title(title)


def test_a_page_that_says_much_is_no_notice() -> None:
    """Whatever its title."""
    assert is_error_page("Page not found", LONGEST) and not is_error_page("Page not found", LONGEST + 1)
    assert not is_error_page("The Old Mill", 3)


def test_long_titles_take_no_time() -> None:
    """A title may be anything: the expressions do not try their ways again and again."""
    began = time.process_time()
    for title in (
        "the " * 10_000,
        "error " * 9999,
        "404 page " * 999,
        " - ".join(["oops"] * 999),
        "page you requested " * 99,
    ):
        is_error_title(title)
    assert time.process_time() - began < 1
