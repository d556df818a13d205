"""Notices of errors that were sent as pages: "404 Not Found", "Access Denied". Pure; any string will do."""

import re

from transforms.characters import lower, settled

LONGEST = 200  # words beyond which a page says something, whatever its title (ours)
_TITLE = 300  # characters of a title that are looked at (ours)
# What parts a page's own words from the name of its site.
_PARTS = re.compile(r"\s+[|–—·•»«-]+\s+|\s*[|｜»«]\s*|:{2}")
_CODE = r"(?:40[01345]|410|429|50[0234])"
_SAYS_ERROR = (
    "error|fehler|erreur|errore|erro|błąd|chyba|hiba|eroare|fel|feil|fejl|virhe|fout|hata|ошибка|помилка|грешка|σφάλμα|שגיאה|خطأ|خطا|lỗi|"
    "त्रुटि|エラー|错误|錯誤|오류|에러"
)
_WORD = rf"(?:http|status|code|page|seite|oops|server|{_SAYS_ERROR})"
_THING = r"(?:page|file|url|document|site|website|object|resource|content|article|post|item|product|topic|thread|record|entry|link)"
_NOT = r"(?:(?:(?:was|is|could|can|does|did|has|has been|have been) )?not|(?:was|is|could|ca|does|did|has)n['’]t|can['’]t|cannot|no longer)"
_THERE = r"(?:be )?(?:found|available|exists?|located|here|there)"
_GONE = r"(?:is |was |has been )?(?:missing|unavailable|removed|deleted|moved|expired)"
_REASON = (
    r"(?:error|fehler|erreur|page|seite|file|url|not found|forbidden|bad request|bad gateway|gone|unauthori[sz]ed|access denied|"
    r"internal server error|server error|service (?:temporarily )?unavailable|gateway time-?out|too many requests)"
)
# In other languages, that a page is not there: the words for a page, what may stand between, and the words for not being there.
_ELSEWHERE = "|".join(
    (
        r"(?:die |diese )?(?:von ihnen )?(?:angeforderte |gesuchte )?seite (?:wurde )?(?:leider )?"
        r"(?:nicht (?:gefunden|verfügbar)|existiert nicht)",
        r"(?:la |cette )?page (?:demandée |recherchée |que vous (?:cherchez|recherchez|demandez) )?"
        r"(?:(?:est |n['’]a )?(?:non|pas|pas été) trouvée|(?:est )?introuvable|n['’]existe (?:pas|plus))",
        r"(?:la )?p[áà]gina (?:solicitada |que (?:buscas?|est[áa]s? buscando) )?"
        r"(?:no (?:(?:ha sido |fue )?encontrada|existe|trobada)|inexistente)",
        r"(?:a )?página (?:solicitada |que (?:procura|você procura) )?(?:não (?:foi )?encontrada|não existe|inexistente)",
        r"(?:la )?pagina (?:richiesta |cercata )?(?:non (?:è stata )?(?:trovata|disponibile)|non esiste|inesistente)",
        r"(?:deze |de )?pagina (?:kon |kan )?(?:niet (?:worden )?gevonden(?: worden)?|bestaat (?:niet|niet meer))",
        r"(?:strona|strony) nie (?:została )?(?:znalezion[ao]|istnieje)|nie znaleziono(?: strony)?",
        r"(?:sidan|siden|side) (?:(?:hittades|finns|finnes|fins|findes|eksisterer) (?:inte|ikke)|(?:kunde inte|blev ikke|ble ikke) "
        r"(?:hittas|fundet|funnet)|ikke (?:fundet|funnet))|fant ikke siden",
        r"sivua ei (?:löyt(?:ynyt|y)|löydy|ole)|lehte ei leitud|lapa nav atrasta|puslapis nerastas",
        r"stránka (?:nebyla |nebola )?(?:nenalezena|nalezena|nenájdená|nájdená|neexistuje)|"
        r"(?:az? )?(?:keresett )?(?:oldal|lap) nem található",
        r"pagina (?:nu (?:a fost găsită|există)|căutată nu .{1,20})|"
        r"strani(?:ca|ce)? (?:nije pronađena|ne postoji|ni mogoče najti|ni najdena)",
        r"страниц[аи] не (?:найдена|существует)|сторінк[уа] не (?:знайдено|знайдена|існує)|страницата не (?:е намерена|съществува)",
        r"(?:aradığınız |istediğiniz )?sayfa (?:bulunamad[ıi]|mevcut değil)",
        r"(?:η )?σελίδα (?:που (?:ζητήσατε|αναζητάτε) )?δεν (?:βρέθηκε|υπάρχει)",
        r"(?:ה)?(?:דף|עמוד) (?:המבוקש )?(?:לא נמצא|אינו קיים|לא קיים)",
        r"(?:(?:هذه )?الصفحة (?:المطلوبة |التي تبحث عنها )?(?:غير موجودة|غير متوفرة|غير متاحة)|لم يتم العثور على (?:هذه )?الصفحة)",
        r"صفحه (?:مورد نظر |درخواستی )?(?:یافت نشد|پیدا نشد|وجود ندارد)",
        r"(?:पृष्ठ|पेज|पन्ना) (?:नहीं मिला|उपलब्ध नहीं है|मौजूद नहीं है)",
        r"(?:ไม่พบ(?:หน้าเว็บ|หน้า|เพจ)(?:นี้|ที่คุณ(?:ต้องการ|กำลังค้นหา|ค้นหา))?)",
        r"không tìm thấy trang(?: này| yêu cầu)?|trang (?:này |bạn tìm )?không (?:tồn tại|tìm thấy)",
        r"halaman (?:yang (?:anda|kamu) cari )?tidak (?:ditemukan|ada|tersedia)",
        r"(?:お探しの|指定された|この|該当する)?(?:ページ|記事)(?:は|が)(?:見つかりません(?:でした)?|存在しません)",
        r"(?:(?:抱歉|对不起|對不起)[,，、\s]{0,2})?(?:(?:您|你)(?:访问|訪問|查找|要找|请求|請求|要访问)的)?"
        r"(?:页面|頁面|网页|網頁)(?:不存在|未找到|找不到了?|没有找到|沒有找到)",
        r"(?:找不到|未找到)(?:该|該)?(?:页面|頁面|网页|網頁|文件或目录|文件)",
        r"(?:요청하신 )?페이지를 찾을 수 (?:없습니다|없음)|존재하지 않는 페이지(?:입니다)?|없는 페이지(?:입니다)?",
        r"zugriff verweigert|accès (?:refusé|interdit)|acceso denegado|acesso negado|accesso negato|toegang geweigerd|acces interzis|"
        r"odmowa dostępu|доступ (?:запрещ[её]н|закрыт|заборонено)|アクセス(?:拒否|が拒否されました)|拒绝访问|拒絕存取|访问被拒绝|"
        r"접근이 (?:거부|차단)되었습니다|erişim engellendi|تم رفض الوصول|הגישה נדחתה",
    )
)
# A part of a title that is an error, whatever stands in the other parts. Of the bare codes only 404 is no common number.
_ERROR = re.compile(
    rf"(?:(?:oops|oups|ups|sorry|uh oh|whoops|hmm+|désolé|lo sentimos|attenzione|عذر[اًا]{{1,2}}|عفوا|{_SAYS_ERROR})(?!\w)"
    r"[\s,.:!،，…-]*)?"
    rf"(?:{_CODE}\W{{1,3}})?(?:"
    rf"404|(?:{_WORD}\W{{0,3}}){{1,3}}{_CODE}\W{{0,3}}(?:{_REASON}\W{{0,3}}){{0,4}}|{_CODE}\W{{0,3}}(?:{_REASON}\W{{0,3}}){{1,4}}|"
    rf"(?:(?:the|this|that|requested|your|we['’]re sorry,?) )*{_THING}"
    r"(?: (?:you (?:requested|are looking for|were looking for)|requested))? "
    rf"(?:{_NOT} {_THERE}|{_GONE})(?: on this server)?\W*(?:\W{_CODE}\W*)?(?:error)?|"
    r"(?:we )?(?:can(?:no|['’])t|cannot|could(?: not|n['’]t)|unable to) (?:find|locate|display|load) (?:the |this |that |your )*"
    rf"(?:requested )?{_THING}|"
    rf"(?:no such|invalid|bad|broken|missing|unknown) {_THING}|nothing (?:was )?found(?: here)?|"
    r"(?:access|permission|request) (?:to this page )?(?:is |has been |was )?(?:denied|blocked|refused|rejected)|"
    r"you (?:do not|don['’]t) have permission.{0,60}|(?:bad|invalid) request|bad gateway|internal server error|"
    r"service (?:temporarily )?unavailable|gateway time-?out|too many requests|attention required!?|just a moment\W*|one moment, please\W*|"
    r"checking your browser.{0,40}|(?:security|robot|bot) (?:check|verification)|are you (?:a |an )?(?:human|robot)\W*|"
    r"(?:site|website|store|shop|blog|account|domain) (?:is )?(?:not found|suspended|disabled|offline|unavailable|closed|expired)|"
    r"(?:site |we(?:['’]re| are) )?(?:under|down for) (?:maintenance|construction)|"
    rf"{_ELSEWHERE}"
    rf")\W*(?:\W{_CODE}\W*)?"
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
