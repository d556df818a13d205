"""Who made a picture, cut off its caption: "Boats at low tide. Photo: Ann Lee/Agency". Pure; any string will do."""

import re
from typing import NamedTuple

from transforms.characters import settled

# Words of several languages that a credit begins with; only a mark, or "by", makes one of them a credit.
_MAKERS = (
    r"(?:photo(?:graph|s)?|image|picture|illustration|drawing|graphic|video|art(?:work)?)(?:\s+credits?)?|credits?|source|copyright|"
    r"foto(?:s|graf(?:ie)?|nachweis|credit)?|bild(?:nachweis|quelle|er)?|quelle|grafik|cr[ée]dits?(?:\s+(?:photos?|images?))?|"
    r"fuente|imagen|fot\.?|zdjęcie|źródło|фото|источник|kuva|bron|beeld|immagine|fonte|crédito|fotó|forrás|zdroj|sursa|källa|kilde|"
    r"fotoğraf|kaynak|ảnh|nguồn|sumber|джерело|снимка|източник|φωτο(?:γραφία)?|πηγή"
)
_WORD = r"[^\s;:()\[\]|]{1,40}"
_NAME = rf"(?![a-zà-öø-ÿа-я]){_WORD}(?:\s{_WORD}){{0,6}}"  # it begins with no small letter
_BORDER = r"(?:^|[.,;!?…|(\[–—-]\s*|\s{mark}|\s(?![a-zà-öø-ÿа-я]))"  # within a sentence, only a capital begins a credit
_OPEN = r"[(\[]?\s*"
_TAIL = re.compile(
    rf"{_BORDER.format(mark='(?=©)')}(?P<credit>{_OPEN}(?:(?i:{_MAKERS})\s*(?:[:：/|]|\.\.\.|…|\s(?i:by|von|par)\s)\s*|"
    rf"(?i:(?:(?:photo(?:graph)?s?|images?)\s+)?courtesy\s+of\s+(?:the\s+)?)|(?:©|\([cC]\)|(?i:copyright)\s+©?)\s*(?:[0-9]{{4}}\s+)?){_NAME}[)\]]?)\s*\.?\s*$"
)
# Agencies as they sign: `(AP Photo/Ann Lee)`, `REUTERS/Ann Lee`, `Ann Lee/Getty Images`.
_HOUSES = r"(?:Getty(?:\s+Images)?|AFP|AP(?:\s+Photo)?|EPA|PA|R(?:euters|EUTERS)|Shutterstock|Alamy|dpa|Wikimedia(?:\s+Commons)?)"
_PERSON = r"[A-ZÀ-ÞА-Я][\w.'’-]*"
_AGENCY = re.compile(
    rf"(?:^|[\s.,;|(\[–—-])(?P<credit>{_OPEN}(?:{_HOUSES}\s*/\s*{_NAME}|(?:{_PERSON}\s+){{0,3}}{_PERSON}\s*/\s*{_HOUSES}|"
    rf"(?:{_PERSON}\s+){{0,3}}via\s+Getty\s+Images)(?:\s+Images)?[)\]]?)\s*\.?\s*$"
)
# In scripts without capitals, behind other text: `（写真：山田太郎）`, `/사진=연합뉴스`, `新华社记者 李明 摄`, `(رويترز)`.
_NAMED = r"[^\s;:：=＝。()（）\[\]|]{1,20}"
_ELSEWHERE = re.compile(
    r"(?:[\s.。!！?？,，、؟،।|/／]|(?<=[^\s])(?=[(（\[【]))\s*(?P<credit>"
    r"[(（\[【]?\s*(?:(?:写真|撮影|画像|出典|提供|写真提供|图源|图|圖|图片|圖片|照片|摄影|攝影|(?:图片|圖片)?来源|圖片來源|사진|사진제공|제공|출처|צילום|קרדיט|"
    rf"تصوير|المصدر|مصدر الصورة|عکس|منبع|फोटो|तस्वीर|साभार|स्रोत|ภาพ|ที่มา|เครดิต(?:ภาพ)?)\s*[:：=＝/／]\s*{_NAMED}(?:\s{_NAMED}){{0,3}}|"
    r"(?:[^\s。()（）]{0,8}(?:记者|記者|通讯员)\s?)?[^\s。()（）]{2,4}(?<!拍)\s?[摄攝]|"
    r"(?<=[(（])(?:رويترز|فرانس برس|أ\s?ف\s?ب|أ\.\s?ف\.\s?ب\.?|الأناضول|أسوشيتد برس|"
    r"共同|時事|AFP=時事|ロイター|ゲッティ|新华社|新華社|연합뉴스))"
    r"\s*[)）\]】]?)\s*[.。]?\s*$"
)
_SMALL = frozenset(
    [
        "of",
        "and",
        "the",
        "for",
        "by",
        "de",
        "la",
        "du",
        "von",
        "van",
        "der",
        "di",
        "del",
        "y",
        "und",
        "et",
        "e",
        "&",
        "/",
        "via",
        "im",
    ]
)
_BEFORE = " \t\n,;|–—-(（/／，、،"
_ENDS = ": \t\n.,;|–—-"
_LONGEST = 200  # characters from the end in which a credit is looked for (ours)


class Credited(NamedTuple):
    """A caption without its credit, and the credit, "" where there is none."""

    caption: str
    credit: str


def without_credit(caption: str, named: str = "") -> Credited:
    """A caption and the credit at its end, or at either end where the page has `named` it; empty where all of it is credit.

    >>> without_credit("Boats at low tide. Photo: Ann Lee/Agency")
    Credited(caption='Boats at low tide.', credit='Photo: Ann Lee/Agency')
    >>> without_credit("A photo by the sea").credit
    ''
    >>> without_credit("The mill burns (AP Photo/Ann Lee)"), without_credit("Photo: A boat in the harbour").credit
    (Credited(caption='The mill burns', credit='AP Photo/Ann Lee'), '')
    """
    if named and caption.endswith(named):
        return Credited(caption[: -len(named)].rstrip(_BEFORE), named)
    if named and caption.startswith(named):
        return Credited(caption[len(named) :].lstrip(_ENDS), named)
    tail = settled(caption[-_LONGEST:])  # as long as it was
    found = min(
        filter(None, (_TAIL.search(tail), _AGENCY.search(tail), _ELSEWHERE.search(tail))),
        key=lambda each: each.start("credit"),
        default=None,
    )
    if found is None:
        return Credited(caption, named)
    left = caption[: len(caption) - len(tail) + found.start("credit")].rstrip(_BEFORE)
    if not left and any(word[0].islower() and word not in _SMALL for word in caption.split()[1:]):
        return Credited(caption, named)  # `Photo: A boat in the harbour` is no credit
    credit = caption[len(caption) - len(tail) + found.start("credit") : len(caption) - len(tail) + found.end("credit")]
    return Credited(left, credit.strip(" \t\n()[]（）【】"))
