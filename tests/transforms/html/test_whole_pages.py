"""Whole pages of many languages: what is their headline, what they say of themselves, and text that stands where few pages have it.

The pages lie in `pages/headlines.toml`, `pages/whole.toml` and `pages/own.toml`, among paragraphs of `pages/prose.toml`.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from schemas.records import Page
from transforms.html.extract import extract
from transforms.html.render import main_text

FOLDER = Path(__file__).with_name("pages")
PROSE = tomllib.loads((FOLDER / "prose.toml").read_text(encoding="utf-8"))
PAGES: list[dict[str, Any]] = []
for name in ("headlines", "whole", "own"):
    PAGES += tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["page"]


def filled(template: str, lang: str) -> str:
    """A template with the paragraphs of its language."""
    before, after = PROSE[lang]
    for sign, text in (("{A}", f"<p>{before}</p>"), ("{B}", f"<p>{after}</p>"), ("{a}", before), ("{b}", after)):
        template = template.replace(sign, text)
    return template


def read(page: dict[str, Any]) -> Page:
    """What is read of a page."""
    head, body = (filled(page.get(part, ""), page["lang"]) for part in ("head", "body"))
    markup = (
        f"<!doctype html><html lang={page['lang']}><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"
    )
    return extract(page.get("document") or markup, page.get("url", "https://library.example/hall"))


@pytest.mark.parametrize("page", PAGES, ids=[page["name"] for page in PAGES])
def test_a_page_is_read_as_a_whole(page: dict[str, Any]) -> None:
    """Its headline first, its text wherever it stands, and nothing that is not its own."""
    found = read(page)
    text = main_text(found)
    if "first" in page:
        assert text.split("\n")[0] == page["first"], text
    assert [one for one in page.get("must", []) if filled(one, page["lang"]) not in text] == [], text
    assert [one for one in page.get("never", []) if filled(one, page["lang"]) in text] == [], text
    told = {name: page[name] for name in ("title", "author", "published", "site") if name in page}
    assert {name: getattr(found, name) for name in told} == told


MENU = (
    "<nav><ul><li><a href=/>Home</a></li><li><a href=/news>News</a></li><li><a href=/about>About us</a></li></ul></nav>"
)


@pytest.mark.parametrize(
    "notice",
    [
        "We use cookies to improve your experience. By continuing to use this site you agree to our use of cookies.",
        "Wir verwenden Cookies, um Inhalte und Anzeigen zu personalisieren. Alle akzeptieren",
        "Nous utilisons des cookies pour vous garantir la meilleure expérience sur notre site. En savoir plus. Tout accepter",
        "Utilizamos cookies propias y de terceros para mejorar nuestros servicios. Aceptar",
        "Ta strona używa plików cookie. Dowiedz się więcej o celu ich używania. Akceptuję",
        "Мы используем файлы cookie для улучшения работы сайта. Продолжая пользоваться сайтом, вы соглашаетесь с этим. Принять",
        "当サイトではクッキーを使用しています。引き続き閲覧する場合は、クッキーの使用に同意したものとみなされます。同意する",
        "本网站使用cookies以提升您的使用体验。继续浏览即表示您同意我们使用cookies。接受",
        "نستخدم ملفات تعريف الارتباط لتحسين تجربتك على موقعنا. بالاستمرار فإنك توافق على استخدامها. موافق",
        "Bu site çerezleri kullanır. Siteyi kullanmaya devam ederek çerez kullanımını kabul etmiş olursunuz. Kabul et",
        "이 사이트는 쿠키를 사용합니다. 계속 이용하시면 쿠키 사용에 동의하는 것으로 간주됩니다. 동의",
        "Χρησιμοποιούμε cookies για να βελτιώσουμε την εμπειρία σας. Συνεχίζοντας συμφωνείτε με τη χρήση τους. Αποδοχή",
        "Trang web này sử dụng cookie để cải thiện trải nghiệm của bạn. Bằng cách tiếp tục, bạn đồng ý. Chấp nhận",
        "हम आपके अनुभव को बेहतर बनाने के लिए कुकीज़ का उपयोग करते हैं। जारी रखकर आप सहमत हैं। स्वीकार करें",
    ],
)  # fmt: skip
def test_a_notice_of_cookies_before_the_headline_goes(notice: str) -> None:
    """In the words of many languages, where no class says what it is; what an article says of cookies below its headline stays."""
    body = filled(
        f"<header>{MENU}</header><div><p>{notice}</p></div><div><h1>The hall is open</h1>{{A}}{{B}}</div>", "en"
    )
    text = main_text(extract(f"<head><title>The hall is open</title></head><body>{body}</body>", "http://ex.org/"))
    assert text.startswith("# The hall is open") and notice not in text
    body = filled(f"<header>{MENU}</header><div><h1>Of cookies</h1>{{A}}<p>{notice}</p>{{B}}</div>", "en")
    assert notice in main_text(extract(f"<head><title>Of cookies</title></head><body>{body}</body>", "http://ex.org/"))


def test_an_opened_shadow_root_is_read_once() -> None:
    """Its template goes, so its text does not stand there twice."""
    body = "<x-a><template shadowrootmode=open><p>one two</p></template></x-a><main><p>three</p></main>"
    assert [block.text for block in extract(body, "http://ex.org/").blocks] == ["one two", "three"]


@pytest.mark.parametrize("body", ["{}", "[1, 2", json.dumps({"articleBody": 3}), json.dumps([[[[]]]]), "[" * 5000])
def test_data_that_hold_no_article_change_nothing(body: str) -> None:
    """Whatever stands in a page's data, the page is what it shows."""
    head = f'<script type=application/ld+json>{body}</script><script type=application/json>{{"props":{{"pageProps":{body}}}}}</script>'
    page = extract(f"<head><title>t</title>{head}</head><body><p>Loading</p></body>", "http://ex.org/")
    assert [block.text for block in page.blocks] == ["Loading"]
