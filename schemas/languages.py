"""The languages that pages are told apart by: the labels of fastText's lid.176, as the column `lang` and recipes spell them.

Recipes are checked against them, and who writes a name (`german`), a code of three letters (`deu`) or one with a region (`de-AT`) is
told the label.
"""

import difflib

UNDETERMINED = "und"  # ISO 639-2's code for a text that has nothing to go by

# Label, other codes of ISO 639, "=", English names between slashes. A label is mostly the name of a Wikipedia, which the model learned
# from: `als` is Alemannic there. `tests/transforms/text/test_language.py` holds the labels to the model.
_TABLE = """
af afr = Afrikaans; als gsw = Alemannic; am amh = Amharic; an arg = Aragonese; ar ara arb = Arabic; arz = Egyptian Arabic;
as asm = Assamese; ast = Asturian; av ava = Avaric; az aze azj = Azerbaijani; azb = South Azerbaijani; ba bak = Bashkir;
bar = Bavarian; bcl = Central Bikol; be bel = Belarusian; bg bul = Bulgarian; bh bih = Bihari; bn ben = Bengali;
bo bod tib = Tibetan; bpy = Bishnupriya; br bre = Breton; bs bos = Bosnian; bxr = Russia Buriat; ca cat = Catalan/Valencian;
cbk = Chavacano; ce che = Chechen; ceb = Cebuano; ckb = Sorani; co cos = Corsican; cs ces cze = Czech; cv chv = Chuvash;
cy cym wel = Welsh; da dan = Danish; de deu ger = German; diq = Zazaki; dsb = Lower Sorbian; dty = Dotyali; dv div = Dhivehi;
el ell gre = Greek; eml = Emilian-Romagnol; en eng = English; eo epo = Esperanto; es spa = Spanish; et ekk est = Estonian;
eu baq eus = Basque; fa fas per pes = Persian/Farsi; fi fin = Finnish; fr fra fre = French; frr = Northern Frisian;
fy fry = Frisian; ga gle = Irish; gd gla = Scottish Gaelic; gl glg = Galician; gn grn = Guarani; gom = Goan Konkani;
gu guj = Gujarati; gv glv = Manx; he heb iw = Hebrew; hi hin = Hindi; hif = Fiji Hindi; hr hrv = Croatian; hsb = Upper Sorbian;
ht hat = Haitian Creole; hu hun = Hungarian; hy arm hye = Armenian; ia ina = Interlingua; id in ind = Indonesian;
ie ile = Interlingue; ilo = Iloko; io ido = Ido; is ice isl = Icelandic; it ita = Italian; ja jpn = Japanese; jbo = Lojban;
jv jav = Javanese; ka geo kat = Georgian; kk kaz = Kazakh; km khm = Khmer; kn kan = Kannada; ko kor = Korean;
krc = Karachay-Balkar; ku kmr kur = Kurdish; kv kom = Komi; kw cor = Cornish; ky kir = Kyrgyz; la lat = Latin;
lb ltz = Luxembourgish; lez = Lezgian; li lim = Limburgish; lmo = Lombard; lo lao = Lao; lrc = Northern Luri;
lt lit = Lithuanian; lv lav lvs = Latvian; mai = Maithili; mg mlg plt = Malagasy; mhr = Eastern Mari; min = Minangkabau;
mk mac mkd = Macedonian; ml mal = Malayalam; mn khk mon = Mongolian; mr mar = Marathi; mrj = Western Mari;
ms may msa zsm = Malay; mt mlt = Maltese; mwl = Mirandese; my bur mya = Burmese; myv = Erzya; mzn = Mazanderani; nah = Nahuatl;
nap = Neapolitan; nds = Low German; ne nep npi = Nepali; new = Nepal Bhasa; nl dut nld = Dutch/Flemish;
nn nno = Norwegian Nynorsk/Nynorsk; no nb nob nor = Norwegian/Bokmål; oc oci = Occitan; or ori ory = Oriya; os oss = Ossetian;
pa pan = Punjabi; pam = Pampanga; pfl = Palatine; pl pol = Polish; pms = Piedmontese; pnb = Western Panjabi; ps pus = Pashto;
pt por = Portuguese; qu que = Quechua; rm roh = Romansh; ro ron rum = Romanian/Moldovan; ru rus = Russian; rue = Rusyn;
sa san = Sanskrit; sah = Yakut; sc srd = Sardinian; scn = Sicilian; sco = Scots; sd snd = Sindhi; sh hbs = Serbo-Croatian;
si sin = Sinhala/Sinhalese; sk slk slo = Slovak; sl slv = Slovenian; so som = Somali; sq alb sqi = Albanian; sr srp = Serbian;
su sun = Sundanese; sv swe = Swedish; sw swa swh = Swahili; ta tam = Tamil; te tel = Telugu; tg tgk = Tajik; th tha = Thai;
tk tuk = Turkmen; tl fil tgl = Tagalog/Filipino; tr tur = Turkish; tt tat = Tatar; tyv = Tuvinian; ug uig = Uyghur;
uk ukr = Ukrainian; ur urd = Urdu; uz uzb uzn = Uzbek; vec = Venetian; vep = Veps; vi vie = Vietnamese; vls = Vlaams;
vo vol = Volapük; wa wln = Walloon; war = Waray; wuu = Wu; xal = Kalmyk; xmf = Mingrelian; yi ji yid = Yiddish; yo yor = Yoruba;
yue = Cantonese; zh chi cmn zho = Chinese/Mandarin
"""


def _rows() -> dict[str, tuple[str, ...]]:
    """Each label with all other names of its language, in lower case."""
    found = {}
    for row in " ".join(_TABLE.split()).split("; "):
        codes, _, names = row.partition(" = ")
        label, *others = codes.split()
        found[label] = (*others, *names.lower().split("/"))
    return found


NAMES = _rows()
LANGUAGES = (*NAMES, UNDETERMINED)  # what `lang` can be
_LABELS = {name: label for label, names in NAMES.items() for name in names}


def label_of(name: str) -> str | None:
    """The label of a language by another of its names or codes, or a misspelt one; None where none is close.

    >>> label_of("German"), label_of("deu"), label_of("pt-BR"), label_of("zh_Hans"), label_of("germn"), label_of("xx")
    ('de', 'de', 'pt', 'zh', 'de', None)
    """
    lowered = name.strip().lower()
    main = lowered.replace("_", "-").partition("-")[0]
    close = difflib.get_close_matches(lowered, _LABELS, n=1, cutoff=0.75)
    return _found(lowered) or _found(main) or (_LABELS[close[0]] if close else None)


def _found(name: str) -> str | None:
    return name if name in LANGUAGES else _LABELS.get(name)
