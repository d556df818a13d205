"""Words of links that lead a reader around a page: ways to its top, back to the text, and to a heading itself."""

import re

# Ways to the top in more words than one, without the arrows and brackets around them, in small letters.
_UP = """
back to top|back to the top|return to top|return to the top|go to top|go to the top|to the top|to top
top of page|top of the page|scroll to top
back to contents|back to the contents|return to contents|back to table of contents|back to index|back to menu|page top
nach oben|zurück nach oben|zum seitenanfang|seitenanfang|zum anfang|zurück zum anfang|zum inhaltsverzeichnis
haut de page|haut de la page|retour en haut|retour en haut de page|retour en haut de la page|retour au sommaire|en haut
volver arriba|ir arriba|subir arriba|volver al principio|volver al inicio|inicio de página|arriba de la página|volver al índice
torna su|torna all'inizio|torna all’inizio|inizio pagina|a inizio pagina|torna in alto|torna all'indice
voltar ao topo|ir para o topo|voltar ao início|voltar para o topo|topo da página|tornar a dalt|volver ao inicio
naar boven|terug naar boven|terug naar begin|till toppen|tillbaka till toppen|upp till toppen|til toppen
tilbage til toppen|tilbake til toppen
takaisin ylös|sivun alkuun|do góry|na górę|powrót na górę|powrót do góry|w górę strony|na początek strony|zpět nahoru|na začátek|späť hore
vissza a tetejére|vissza az elejére|az oldal tetejére|lap tetejére|înapoi sus|mergi sus|начало страницы|вернуться наверх|вернуться к началу
к началу|в начало|в начало страницы|к началу страницы|к оглавлению|на початок|до початку|догори сторінки|към началото|на врх|povratak na vrh
επιστροφή στην κορυφή|αρχή σελίδας|στην κορυφή|başa dön|sayfa başı|sayfa başına dön|yukarı çık|yukarı git
العودة إلى الأعلى|العودة للأعلى|أعلى الصفحة|إلى الأعلى|بازگشت به بالا|بالای صفحه|חזרה למעלה|לראש הדף|חזרה לראש העמוד
ऊपर जाएं|ऊपर जाएँ|वापस ऊपर|शीर्ष पर जाएं|शीर्ष पर वापस|উপরে যান|மேலே செல்ல|పైకి వెళ్ళు|กลับขึ้นด้านบน|กลับสู่ด้านบน|ขึ้นด้านบน
トップへ戻る|トップに戻る|ページトップへ|ページトップへ戻る|ページトップに戻る|ページの先頭へ|ページの先頭へ戻る|ページの先頭に戻る|先頭へ戻る|先頭に戻る
このページのトップへ|このページの先頭へ|このページの先頭へ戻る|上へ戻る|目次へ|目次へ戻る|目次に戻る
返回顶部|回到顶部|回顶部|返回页首|回页首|回到页首|返回頂部|回到頂部|回頂端|回到頁首|返回目录|맨 위로|맨위로|페이지 상단으로|위로 가기|목차로
lên đầu trang|về đầu trang|trở lên trên|kembali ke atas|ke atas|rudi juu|bumalik sa itaas|itzuli gora
"""
# In one word, where the address says top as well, or the link has an arrow or brackets.
_UP_IN_A_WORD = """
top|up|oben|haut|sommaire|arriba|subir|su|topo|boven|upp|op|opp|ylös|góra|nahoru|hore|fel|sus|наверх|вверх|вгору|нагору|догори|нагоре|κορυφή
yukarı|أعلى|بالا|למעלה|ऊपर|トップ|上へ|顶部|頂部|上|위로|atas
"""
_BACK = """
return|back|go back|return to text|back to text|back to article|back to content|jump up|jump up to|jump back|retour|retour au texte
zurück|zurück zum text|volver|volver al texto|regresar|torna al testo|ritorna|voltar|voltar ao texto|terug|tillbaka|tilbage|takaisin|powrót
wróć|zpět|vissza|înapoi|назад|вернуться|обратно|повернутися|вверх|επιστροφή|geri|عودة|رجوع|بازگشت|חזרה|वापस
戻る|本文へ戻る|返回|돌아가기|quay lại
"""
_WAYS_UP, _WAYS_UP_IN_A_WORD, _WAYS_BACK = (
    frozenset(phrase for phrase in re.split(r"[|\n]", phrases) if phrase) for phrases in (_UP, _UP_IN_A_WORD, _BACK)
)
_AROUND = "[](){}<>«»‹›^↑⇧⇑▲△⬆⤴↩↖︎️…|·:.\u2191\ufe0e\ufe0f\ue000\uf062\uf077 \t\n\xa0-–—"
_TOP = re.compile(
    r"#(?:|_?(?:top|page-?top|pagetop|begin\w*|start|oben|haut|topo|arriba|header|head|page|wrapper|toc|contents?))$",
    re.IGNORECASE,
)
_NOTE_ADDRESS = re.compile(r"#.{0,20}(?:ref|back|text|note|fn|cit|src|anchor|r\d|a\d|b\d)", re.IGNORECASE)
_TO_HEADING = re.compile(
    r"(?:(?:direct |copy |anchor )?link(?: (?:to|for)\b.*)?|perma(?:nent )?-?link\b.*|anchor(?: link)?(?: (?:to|for)\b.*)?|copy(?: .*)?"
    r"|section titled .*|jump to heading.*|direkter link.*|lien (?:direct|permanent|vers).*|enlace (?:directo|permanente).*"
    r"|ссылка на .*|постоянная ссылка.*|直接链接.*|この見出しへの.*|永久链接.*|self ?link)",
    re.IGNORECASE,
)


def is_way_up(text: str, address: str) -> bool:
    """Whether a link's words say that it leads to the top of its page, and its address does not gainsay it.

    >>> is_way_up("[Back to Top]", "#main"), is_way_up("Top", "#top"), is_way_up("Top", "#gates")
    (True, True, False)
    """
    words = text.strip(_AROUND).lower()
    if words in _WAYS_UP:
        return True
    return words in _WAYS_UP_IN_A_WORD and (_TOP.search(address) is not None or words != text.lower())


def is_way_back(text: str, address: str) -> bool:
    """Whether a link's words say that it leads from a note back to the text."""
    return text.strip(_AROUND).lower() in _WAYS_BACK and _NOTE_ADDRESS.search(address) is not None


def leads_to_heading(text: str) -> bool:
    """Whether the words of a link in a heading say that it leads to this heading.

    >>> leads_to_heading("Link to this heading"), leads_to_heading("Linked gates")
    (True, False)
    """
    return _TO_HEADING.fullmatch(text) is not None
