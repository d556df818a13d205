"""Notices of errors that were sent as pages: "404 Not Found", "Access Denied". Pure; any string will do."""

import re

from transforms.characters import lower, settled

LONGEST = 200  # words beyond which a page says something, whatever its title (ours)
_TITLE = 300  # characters of a title that are looked at (ours)
# What parts a page's own words from the name of its site.
_PARTS = re.compile(r"\s+[|–—·•»«-]+\s+|\s*[|»«]\s*|:{2}")
_CODE = r"(?:40[01345]|410|429|50[0234])"
_WORD = r"(?:http|status|code|error|fehler|erreur|page|seite|oops|server)"
_THING = r"(?:page|file|url|document|site|website|object|resource|content|article|post|item|product|topic|thread|record|entry|link)"
_NOT = r"(?:(?:(?:was|is|could|can|does|did|has|has been|have been) )?not|(?:was|is|could|ca|does|did|has)n['’]t|can['’]t|cannot|no longer)"
_THERE = r"(?:be )?(?:found|available|exists?|located|here|there)"
_GONE = r"(?:is |was |has been )?(?:missing|unavailable|removed|deleted|moved|expired)"
_REASON = (
    r"(?:error|fehler|erreur|page|seite|file|url|not found|forbidden|bad request|bad gateway|gone|unauthori[sz]ed|access denied|"
    r"internal server error|server error|service (?:temporarily )?unavailable|gateway time-?out|too many requests)"
)
# A part of a title that is an error, whatever stands in the other parts. Of the bare codes only 404 is no common number.
_ERROR = re.compile(
    r"(?:(?:oops|sorry|uh oh|whoops|hmm+|error|fehler|erreur)\b[\s,.:!…-]*)?(?:"
    rf"404|(?:{_WORD}\W{{0,3}}){{1,3}}{_CODE}\W{{0,3}}(?:{_REASON}\W{{0,3}}){{0,4}}|{_CODE}\W{{0,3}}(?:{_REASON}\W{{0,3}}){{1,4}}|"
    rf"(?:{_CODE}\W{{1,3}})?(?:(?:the|this|that|requested|your|we['’]re sorry,?) )*{_THING}"
    r"(?: (?:you (?:requested|are looking for|were looking for)|requested))? "
    rf"(?:{_NOT} {_THERE}|{_GONE})(?: on this server)?\W*(?:\W{_CODE}\W*)?(?:error)?|"
    r"(?:can(?:no|['’])t|cannot|could(?: not|n['’]t)|unable to) (?:find|locate|display|load) (?:the |this |that |your )*"
    rf"(?:requested )?{_THING}|"
    rf"(?:no such|invalid|bad|broken|missing|unknown) {_THING}|nothing (?:was )?found(?: here)?|"
    r"(?:access|permission|request) (?:to this page )?(?:is |has been |was )?(?:denied|blocked|refused|rejected)|"
    r"you (?:do not|don['’]t) have permission.{0,60}|(?:bad|invalid) request|bad gateway|internal server error|"
    r"service (?:temporarily )?unavailable|gateway time-?out|too many requests|attention required!?|just a moment\W*|one moment, please\W*|"
    r"checking your browser.{0,40}|(?:security|robot|bot) (?:check|verification)|are you (?:a |an )?(?:human|robot)\W*|"
    r"(?:site|website|store|shop|blog|account|domain) (?:is )?(?:not found|suspended|disabled|offline|unavailable|closed|expired)|"
    r"(?:site |we(?:['’]re| are) )?(?:under|down for) (?:maintenance|construction)|"
    r"(?:die )?(?:angeforderte )?seite (?:wurde )?nicht (?:gefunden|verfügbar)|seite existiert nicht|zugriff verweigert|"
    r"page (?:non|pas) trouvée|page introuvable|accès (?:refusé|interdit)|página no encontrada|página no existe|acceso denegado|"
    r"página não encontrada|acesso negado|pagina non trovata|accesso negato|pagina niet gevonden|toegang geweigerd|"
    r"strona nie (?:została )?(?:znaleziona|istnieje)|nie znaleziono(?: strony)?|sidan (?:hittades|finns) inte|siden (?:blev )?ikke fundet|"
    r"siden finnes ikke|sivua ei löyt(?:ynyt|y)|stránka (?:nebyla )?nenalezena|sayfa bulunamadı|страница не (?:найдена|существует)|"
    r"доступ (?:запрещ[её]н|закрыт)|сторінку не знайдено|ページが見つかりません(?:でした)?|お探しのページは見つかりません(?:でした)?|"
    r"(?:页面|頁面|网页|網頁)(?:不存在|未找到|找不到)|找不到(?:页面|頁面|网页|網頁)|페이지를 찾을 수 없습니다"
    r")\W*"
)
# Words that are an error where they are the whole title; beside others they may be the name of a film.
_ALONE = frozenset(
    (
        "error",
        "not found",
        "forbidden",
        "unauthorized",
        "unauthorised",
        "oops",
        "oops!",
        "gone",
        "page error",
        "server error",
    )
)
_AT_END = (": error", "| error", "- error", "– error")  # behind the name of a site


def is_error_title(title: str) -> bool:
    """Whether a page's title says that the page asked for is not there, or not for whoever asked.

    >>> is_error_title("404 Not Found"), is_error_title("Page not found | The Old Mill"), is_error_title("Access Denied")
    (True, True, True)
    >>> is_error_title("Peugeot 404 | Cars"), is_error_title("How to fix a 404 error"), is_error_title("Forbidden | Films")
    (False, False, False)
    """
    small = lower(" ".join(settled(title[:_TITLE]).split()))
    return (
        small in _ALONE
        or small.endswith(_AT_END)
        or any(_ERROR.fullmatch(part) for part in (small, *_PARTS.split(small)))
    )


def is_error_page(title: str, words: float) -> bool:
    """Whether a page of so many words is the notice of an error: its title says so, and it says little else."""
    return words <= LONGEST and is_error_title(title)
