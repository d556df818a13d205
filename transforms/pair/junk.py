"""Texts beside pictures that say nothing of them: file names, words of themes and cameras, search words. Pure; any string will do."""

import re

from transforms.characters import lower, settled

_SUFFIX = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp|tiff?|svg|avif|heic|psd|pdf|cms|aspx?)\s*$", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?:)?//\S+$|www\.\S+$", re.IGNORECASE)
# `IMG_2031`, `DSC00123`, `P1010023`, `Screen Shot 2019-03-02 at 10.11.12 AM`, `Bildschirmfoto 2020-01-02 um 10.11.12`.
_CAMERA = re.compile(
    r"(?:img|dsc[fn]?|dscn|pict?|mvi|gopr|pxl|vid|wp|p|scan|screen\s?shots?|image|picture|photo|foto|bild|imagen|imagem|immagine|"
    r"afbeelding|untitled|unnamed|unbenannt|sans titre|sin título|whatsapp image|signal|bildschirmfoto|capture d[’']écran|"
    r"captura de (?:pantalla|tela|ecrã)|schermata|снимок экрана|skärmavbild|skjermbilde|zrzut ekranu|snímek obrazovky|schermafbeelding|"
    r"näyttökuva|ekran (?:görüntüsü|alıntısı)|スクリーンショット|螢幕快照|屏幕快照|屏幕截图|截屏|스크린샷|изображение|картинка|фото)"
    r"(?:[\s\d_.:()/+,-]|(?:at|um|am|pm|de|la|le|las|kl|alle ore|om|o|в|of|von|von|à|a las|午前|午後|오전|오후)(?![^\W\d_]))*",
    re.IGNORECASE,
)
# A number alone, or with the word for a figure: `Fig 3`, `Abb. 2.1`, `3 of 20`, `図4`.
_LABEL = re.compile(
    r"\W*(?:(?:fig(?:ure|ura|uur)?|abb(?:ildung)?|plate|pl|slide|page|no|nr|obr|rys|рис|tab(?:le)?|step|图|圖|図|그림)\W*)?"
    r"[\divxlc]{1,6}(?:\W{1,3}(?:of|von|de|sur|di|van|из)?\W{0,3}\d{1,4})?[a-z]?\W*",
    re.IGNORECASE,
)
_HASH = re.compile(r"(?=\S*\d)(?:[0-9a-f]{12,}|[0-9a-f-]{32,}|(?=\S*[a-z])(?=\S*[A-Z])[\w-]{16,}=*)", re.ASCII)
_SLUG = re.compile(r"[\w.%~]+(?:[-_+][\w.%~]+){2,}|\w+_\w+|\w+-\d+")
# Words of themes around the page's title, or of a viewer's buttons.
_THEME = re.compile(
    r"(?:you are (?:currently |now )?(?:viewing|reading|browsing)|media playback is unsupported|this image has an empty alt attribute|"
    r"(?:featured |post |cover )?image (?:for|result for|source|placeholder)\b|"
    r"(?:post |video |article )?thumbnail (?:image )?for\b|placeholder for\b|"
    r"(?:read|see|view|learn) (?:more|the full|full)\b|continue reading|(?:perma)?link to|click (?:here|to|for|on|image|the image)|"
    r"(?:open|view|show|see|enlarge|zoom)\b.{0,20}\b(?:image|picture|photo|full size|larger|lightbox|gallery|tab|window)\b|"
    r"(?:opens|open) in|share (?:on|this|via)|follow (?:us|me) on|go to|back to|skip to|visit (?:the|our)|posted by|photo de profil|"
    r"profile (?:picture|photo|image) (?:of|for)|avatar (?:of|for)|user avatar|lire la suite|en savoir plus|"
    r"agrandir|ampliar|ver más|leer más|weiterlesen|mehr (?:lesen|erfahren)|zum vergrößern|bild vergrößern|vergrößern|lees (?:meer|verder)|"
    r"vergroot|leggi (?:tutto|di più)|ingrandisci|leia mais|saiba mais|читать далее|подробнее|увеличить|powiększ|czytaj (?:więcej|dalej)|"
    r"続きを読む|(?:画像を)?クリック(?:で|して|すると)拡大|点击(?:查看|放大|图片)|點擊(?:查看|放大|圖片)|查看大图|"
    r"нажмите|кликните|натисніть|щракнете|klicken sie|klick (?:hier|auf|zum|für)|klicka (?:här|på|för)|"
    r"klik (?:for|her|hier|om|op|på|untuk|di sini)|cliquez|haz clic|haga clic|clique (?:na|para|aqui)|clicca|kliknij|klikněte|kliknite|"
    r"kattints|(?:büyütmek|görmek|tam boyut) için tıkla|κάντε κλικ|اضغط (?:هنا|على|ل)|انقر (?:هنا|على|ل)|کلیک کنید|"
    r"לחצו (?:כאן|על|להגדלה)|(?:이미지를 |사진을 )?클릭(?:하|시)|คลิก(?:ที่|เพื่อ)|(?:nhấn|bấm) (?:vào|để)|"
    r".{0,40}(?:के लिए|लिए) क्लिक करें)",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"[\s\d().#_:-]+$")
_PIECES = re.compile(r"\s*[,|;/•·]\s*")
# Search words: so many pieces of so few words, one word in so many of them (ours).
_LEAST_PIECES, _MOST_WORDS, _MOST_USES = 4, 4, 3
_WORDS = frozenset(
    """
    image|images|img|picture|pictures|pic|photo|photos|photograph|photography|photo gallery|gallery|logo|icon|icons|thumbnail|thumb|
    banner|avatar|placeholder|spacer|pixel|blank|empty|alt|alt text|alt tag|alternative text|image alt|image alt text|null|undefined|
    none|nan|n/a|untitled|no image|no photo|no alt|image description|description|featured image|post image|blog image|article image|
    main image|cover image|header image|hero image|feature image|product image|background|background image|default image|sample image|
    stock photo|profile picture|profile photo|profile|see caption|refer to caption|see adjacent text|navigation image|see text|caption|
    caption here|image caption|enlarge|zoom|zoom in|larger|larger image|view larger|full size|loading|loading...|advertisement|advert|
    ad|sponsored|author|slide|slideshow|carousel|video|play|play video|next|previous|close|menu|search|home|share|email|print|
    screenshot|screen shot|graphic|graph|chart|map|figure|fig|illustration|drawing|cover|poster|header|footer|divider|line|arrow|button|
    link|file|attachment|media|test|lorem ipsum|click to enlarge|bild|bilder|foto|fotos|abbildung|grafik|symbolbild|vorschaubild|
    titelbild|beitragsbild|autor|platzhalter|siehe bildunterschrift|anzeige|image d'illustration|illustration de l'article|voir légende|
    vignette|photo de couverture|logo du site|imagen|imágenes|imagen destacada|foto de perfil|sin descripción|ver leyenda|imagem|
    imagem destacada|sem descrição|sem legenda|immagine|immagini|anteprima|copertina|afbeelding|afbeeldingen|plaatje|zdjęcie|obraz|
    obrázek|kuva|bilde|billede|kép|изображение|картинка|фото|фотография|логотип|εικόνα|φωτογραφία|画像|写真|イメージ|图片|圖片|照片|
    이미지|사진|صورة|תמונה|resim|fotoğraf|görsel|gambar|hình ảnh|รูปภาพ
    """.replace("\n", "")
    .replace("    ", "")
    .split("|")
)


# What a page's viewer writes before a caption or behind it.
_WIDGET = re.compile(
    r"^(?:image|media|photo|picture) caption[,:]? (?=\S)|"
    r"(?:[\s(\[.]*(?:(?:hide|toggle) caption|enlarge (?:this )?image|click (?:here )?to (?:enlarge|zoom|view larger)|bild vergrößern|"
    r"zum vergrößern (?:an)?klicken|cliquez pour agrandir|haz clic para ampliar))+[\s)\].]*$",
    re.IGNORECASE,
)


def without_widgets(text: str) -> str:
    """A caption without the words of a page's viewer around it; a caption of those words alone stays.

    >>> without_widgets("The mill in May hide caption toggle caption"), without_widgets("Image caption The mill")
    ('The mill in May', 'The mill')
    """
    return _WIDGET.sub("", text) or text


# How a page itself calls a picture that is none of its matter: `Team work icon`, `Logo of the mill`. What says more may be its matter.
_ICON = r"(?:logo(?:type|s)?|logotipo|fav ?icon|icons?|icône|ícone|icono|icona|логотип)"
_CALLED_ICON = re.compile(rf"(?:.*\W)?{_ICON}|(?:the |our )?{_ICON}(?: of| for|:)(?: \S+){{1,4}}", re.IGNORECASE)


def is_icon(alt: str) -> bool:
    """Whether an alt text calls its picture a logo or an icon, as its last word or its first.

    >>> [alt for alt in ("Team work icon", "Site logo.", "Logo of the mill", "A fashion icon in 1960", "Iconic hills") if not is_icon(alt)]
    ['A fashion icon in 1960', 'Iconic hills']
    """
    return _CALLED_ICON.fullmatch(" ".join(settled(alt[:_LONGEST_HEAD]).split()).strip(".,:;!|-–— ")) is not None


def is_junk(text: str) -> bool:
    """Whether a text says nothing of a picture.

    >>> [text for text in ("IMG_2031.JPG", "Screen Shot 2019-03-02 at 10.11.12 AM", "see caption", "Fig 3", "A boat") if not is_junk(text)]
    ['A boat']
    """
    bare = " ".join(settled(text).split()).strip("\"'“”«»[]()<>*_-–—:;,. ")
    if not bare:
        return True
    small = lower(bare)
    if _NUMBERS.sub("", small) in _WORDS or small in _WORDS:
        return True
    head = bare[:_LONGEST_HEAD]
    if len(bare) <= _LONGEST_NAME and (_SUFFIX.search(bare) or _CAMERA.fullmatch(bare) or _LABEL.fullmatch(bare)):
        return True
    if " " not in bare and (
        _ADDRESS.match(head) or _HASH.fullmatch(head) or (bare.isascii() and _SLUG.fullmatch(head))
    ):
        return True
    return _THEME.match(head) is not None or is_search_words(bare)


_LONGEST_HEAD, _LONGEST_NAME = 300, 120  # characters that are looked at (ours)


def is_search_words(text: str) -> bool:
    """Whether a text is a list of words for search engines: short pieces that say one word over and over.

    >>> is_search_words("cheap shoes, buy shoes online, shoes sale, best shoes")
    True
    >>> is_search_words("Left to right: Ann Lee, Bob Lee, Cid Lee, Dora Hall")
    False
    """
    pieces = _PIECES.split(text[:_LONGEST_HEAD])
    if len(pieces) < _LEAST_PIECES:
        return False
    words = [lower(piece).split() for piece in pieces]
    if max(map(len, words)) > _MOST_WORDS or any(piece[:1].isupper() for piece in pieces[1:]):
        return False
    uses: dict[str, int] = {}
    for word in (word for piece in words for word in set(piece) if len(word) > 2):
        uses[word] = uses.get(word, 0) + 1
    return max(uses.values(), default=0) >= _MOST_USES


# What stands between a page's title and the name of its site.
_SITE = re.compile(r"\s+[|–—·•»:-]+\s+|\s*[|»]\s*|:{2}")


def is_title(text: str, title: str) -> bool:
    """Whether a text is a page's title, with or without the name of its site.

    >>> is_title("The old harbour", "The Old Harbour | My site"), is_title("The old harbour", "The old harbour in May")
    (True, False)
    """
    said, named = lower(text.strip()), lower(title.strip())
    return bool(said) and (said == named or said in _SITE.split(named))
