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
ELSEWHERE = (
    "الصفحة غير موجودة", "عذراً، الصفحة غير موجودة", "لم يتم العثور على الصفحة", "पृष्ठ नहीं मिला", "पेज नहीं मिला",
    "ไม่พบหน้าที่คุณต้องการ", "ไม่พบหน้าเว็บ", "Η σελίδα δεν βρέθηκε", "הדף לא נמצא", "העמוד המבוקש לא נמצא",
    "Không tìm thấy trang", "Trang không tồn tại", "Strony nie znaleziono", "404 Sayfa Bulunamadı - Haber", "SAYFA BULUNAMADI",
    "Aradığınız sayfa bulunamadı", "Ошибка 404", "Ошибка 404: страница не найдена", "Страница не найдена (404)",
    "요청하신 페이지를 찾을 수 없습니다", "존재하지 않는 페이지입니다", "404 Not Found｜株式会社", "ページが存在しません",
    "您访问的页面不存在", "页面找不到了", "抱歉，您访问的页面不存在", "頁面不存在 - 台灣", "Az oldal nem található",
    "Stránka nebola nájdená", "Pagina nu a fost găsită", "Страницата не е намерена", "Stranica nije pronađena",
    "Strani ni mogoče najti", "Lehte ei leitud", "Lapa nav atrasta", "Puslapis nerastas", "Halaman tidak ditemukan",
    "صفحه مورد نظر یافت نشد", "Sidan kunde inte hittas", "Siden ble ikke funnet", "Fant ikke siden", "Pàgina no trobada",
    "La página que buscas no existe", "Cette page n'existe pas", "Oups ! Page introuvable", "Diese Seite existiert nicht",
    "アクセス拒否", "拒绝访问", "접근이 거부되었습니다", "Errore 404", "Página não existe", "Сторінка не знайдена",
    "Pagina kon niet worden gevonden", "Deze pagina bestaat niet", "Sivua ei löydy", "We can't find that page",
)  # fmt: skip
PAGES_ELSEWHERE = (
    "Страницы истории", "كيفية إصلاح خطأ 404", "页面设计", "ページの作り方", "Sayfa tasarımı", "Errore di gioventù",
    "Erro de cálculo", "Ошибка резидента", "La page blanche", "Error in translation", "Die letzte Seite", "Trang nhất", "ไม่พบ",
    "פרק בדף", "Ups and downs", "Fel i bilen", "Chyba",
)  # fmt: skip
PAGES = (
    "Room 404", "Peugeot 404", "The page that was not found", "Access denied: a history", "Lost and Found", "Page 404 of the book",
    "500 days of summer", "500", "404 Media", "Error page design tips", "Missing item report", "Forbidden | Films", "Found | Mill",
    "Fiat | 500", "How to fix a 404 error", "", "The Old Mill", "Why the page could not be found", "Gone | A novel", "Trial and error",
)  # fmt: skip


@pytest.mark.parametrize("title", ERRORS + ELSEWHERE)
def test_titles_of_errors(title: str) -> None:
    """In any case, with the site's name behind it, in several languages."""
    assert is_error_title(title)


@pytest.mark.parametrize("title", PAGES + PAGES_ELSEWHERE)
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
        "ошибка " * 9999,
        "la page que vous cherchez " * 99,
    ):
        is_error_title(title)
    assert time.process_time() - began < 1
