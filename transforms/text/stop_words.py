"""The stop words of languages, by label. Written by `python -m benchmarks.stop_words`, which says how they were chosen."""

# fmt: off
STOP_WORDS = {
    "af": "die en van in het is nie n",
    "als": "ùn de ze e s vùn racht het",
    "am": "ሰው መብት ወይም አለው። አንቀጽ እያንዳንዱ ማንም እኩል",
    "ar": "في من على أن إلى عن أو التي ما هذا لا هذه ذلك الذي كما مع مباشرة كل هو",
    "ast": "de y la a drechu los que artículu",
    "az": (
        "və bu bir ilə olan da də kimi üçün ki o ən olaraq onun edir "
        "böyük tərəfindən görə daha baş edən istifadə öz həmin hər "
        "onu ya bütün edilir heç belə onlar qarşı etmək"
    ),
    "bcl": "sa na nin asin an mga kan man",
    "be": "і ў на у з не што да",
    "bg": "на и в от за да е се",
    "bn": "ও করে এবং থেকে জন্য করতে হবে না করা যে তাদের এ হয়",
    "bo": "དང གི ཀྱི གྱི ནི ལ ནས ཡིན ཡོད མི",
    "br": "da ar ha an e en gwir a",
    "bs": "je i u se na su od da",
    "ca": "de la i a el que en els",
    "ceb": "sa nga ug ang katungod mga usa matag",
    "co": "di à è i a u dirittu so",
    "cs": "a na v se je s o do z že k",
    "cv": "пур тата та статья ирӗк халӑхӑн усӑ пурӑнма",
    "cy": "yn y o a i ar ei yr",
    "da": "i og at er en til det af",
    "de": "der die und in den von das mit",
    "dv": "ނުވަތަ ޙައްޤު ކޮންމެ އަދި ވަނަ ލިބިގެންވެއެވެ މާއްދާ މީހަކަށްމެ",
    "el": "και το να του για με την η",
    "eml": "e la dirét da ad à persouna i",
    "en": "the be to of and that have with",
    "eo": "la de kaj en estas al estis ne",
    "es": "de la que y el en a los",
    "et": "ja on ei et kui ka see oma või siis ning nii ta mis seda",
    "eu": "eta da izan bat ere dira bere ez egin du dute artean ditu dago den edo pertsona",
    "fa": "در و به از که است این را",
    "fi": (
        "ja on että oli ei ovat myös voi sekä tai joka ole sen kun "
        "jossa kuin koska mukaan tämä aikana he niiden kaikki niin"
    ),
    "fr": "de la et à le les des en",
    "ga": "an a na is agus ar i é",
    "gd": "a air an agus tha gach neach bhith",
    "gl": "e a de dereito persoa o da ten",
    "gu": "છે અને આ કે પણ આવેલા માટે તે રાજ્યના હોય જ પર જે",
    "gv": "dy as ny ta chooilley y er unnane",
    "he": (
        "של את על הוא עם לא או כי זה ידי כל ב הם בין אשר היא אחד בו "
        "אם זו זאת כדי עד שלו רק בכל חיים לפי שלא אחר הראשון להיות "
        "מנת נגד אחרות אחרים איש אל באופן בלתי"
    ),
    "hi": "के है में की से का को पर",
    "hr": "i u je na se za su od",
    "hsb": "a na prawo so kóždy w artikl ma",
    "ht": "moun li pou yo dwa ak nan tout",
    "hu": "a az és hogy is nem egy meg",
    "hy": "է և են որ ու համար հետ մի այս իր էր թե չի այդ ոչ այն ավելի էլ",
    "ia": "le de e del in al derecto ha",
    "id": "yang dan dengan itu di tidak untuk ini akan dari",
    "ilo": "nga iti a ti ken dagiti meysa kalintegan",
    "io": "la e di yuro o artiklo ed omnu",
    "is": "að og í á er sem til um",
    "it": "di e il la in a che per",
    "ja": "の に は を た が で て と し れ さ ある いる する",
    "jv": "lan kang hak ing uwong kanthi saben bab",
    "ka": (
        "და რომელიც ამ მისი არ რომ იგი როგორც ასევე ეს კი დროს მას "
        "სხვა ან აქვს რაც არის მიერ ერთად მათ მათი მხოლოდ რომელსაც "
        "შორის იმ მის ნაწილი პერიოდში რომლის ადამიანს თუ სადაც "
        "უდიდესი უნდა წარმოადგენს ადამიანი გამო ეროვნული თავისი"
    ),
    "kk": (
        "және мен бұл де болып оның бар да бойынша ол деген осы бір "
        "сол үшін адам болатын деп өз басқа дейін болған ең ие "
        "мемлекеттік олардың әр арқылы байланысты емес жалпы негізгі "
        "ішінде қарай береді еңбек жоғары немесе олар пен"
    ),
    "km": "និង នៃ ក្នុង ជា ដែល មាន បាន ដោយ នេះ ការ គ្រប់ ទៅ",
    "kn": "ನಿಬಂಧನೆ ಪ್ರತಿಯೊಬ್ಬನಿಗೂ ಮತ್ತು ಅಥವಾ ತನ್ನ ಹಕ್ಕುಂಟು ಈ ಯಾವ",
    "ko": (
        "있다 이 수 것으로 있는 대한 전 따라 하는 한다 같은 것이 및 이에 가장 다른 더 없다 위한 아니라 있어 "
        "자신이 조 그 정치적 할 각 것을 따른 의견을 인한 자신의 정부 직접 교육의 국가 국민의 모든 받지 사람은"
    ),
    "ku": "û ku ji bi bend di de an",
    "ky": "жана менен адам бир ар укуктуу же тийиш",
    "la": "in et est ad sunt cum a per de qua dies ut non quae qui",
    "lb": "an a all op vun fir de déi",
    "lo": "ແລະ ທີ່ ໃນ ຂອງ ເປັນ ມີ ໄດ້ ບໍ່ ຈະ ໃຫ້ ວ່າ ການ",
    "lt": "ir kad su yra į tik iš tai buvo ar kaip o savo nuo taip kai bei jų per jau pat turi jis be gali",
    "lv": "un ir ar ka arī par no vai kā uz tas to",
    "mai": "आʼ अधिकार छैक प्रत्येक अनुच्छेद व्यक्तिकेँ वा अछि",
    "mg": "ny sy na amin'ny tsy andininy dia manan-jo",
    "min": "dan nan urang hak punyo tiok untuak pasal",
    "mk": "на во и се од да со за",
    "ml": (
        "വകുപ്പ്‌ ഈ പാടുള്ളതല്ല ഏതൊരാള്‍ക്കും ഏതൊരാൾക്കും ഒരു "
        "എല്ലാവര്‍ക്കും എല്ലാവർക്കും അധികാരം അവകാശമുണ്ട്‌ "
        "അധികാരമുണ്ട്‌ അധികാരമുള്ളതാണ്‌ അവകാശങ്ങളെ"
    ),
    "mn": (
        "нь байна гэж ч энэ л байгаа олон байсан бол гэсэн их нэг тэр "
        "улс байх болох хүн дээр болон хоёр ямар байдаг болно байж "
        "мөн төрийн улсын"
    ),
    "mr": (
        "आहे आणि या व नाही ते हे आहेत काही त्या असे की एक हा अशा आली "
        "तो केला केली ही असा म्हणून अशी करून झाली त्यांनी करण्यात "
        "केले तसेच ती झाला त्यांना निर्माण माहिती सर्व करण्याची "
        "त्यांच्या असलेल्या आता"
    ),
    "ms": "yang dan di ini pada untuk dari dengan mp3 oleh",
    "mt": "u li għandu l-jedd kulħadd l-artiklu jew ta",
    "my": "သည် နှင့် ကို များ တွင် မှ ၏ ဖြစ် ရှိ ၍",
    "nds": "un de dat een vun elk wat sien",
    "ne": "र अधिकार वा छ प्रत्येक व्यक्तिलाई गर्ने धारा",
    "nl": "de van in het een en is op",
    "nn": "i og er som av til ein på",
    "no": "i og er til av for det som",
    "oc": "dè la è a lè à ke et",
    "os": "ӕмӕ дӕр алы бар ис уац йӕ адӕймагӕн",
    "pa": "ਦੇ ਹੈ ਨੂੰ ਦੀ ਦਾ ਤੇ ਅਤੇ ਨੇ",
    "pam": "at king a ing ding ning karapatan karing",
    "pl": "w na i z się nie do to",
    "pnb": "تے اے دا دے دی وچ نوں حق",
    "ps": "د او په چې هر شي څوک کښې",
    "pt": "de a que o e do da com",
    "rm": "da e la il a art las dretg",
    "ro": "de a în la este cu care pentru",
    "ru": "и в не на что с он к",
    "sa": "𑌚 च अनुच्छेदः 𑌅𑌨𑍁𑌚𑍍𑌛𑍇𑌦𑌃 जनः वा 𑌜𑌨𑌃 𑌵𑌾 प्रत्येकमपि",
    "sah": "уонна киһи биирдии хас ыстатыйа бырааптаах бэйэтин суох",
    "sco": "the and o tae in hes richt airticle",
    "si": "හා වන හෝ සෑම වගන්තිය ද අයිතිවාසිකම් ඇත",
    "sk": "a na sa v je s aj ako z",
    "sl": "je in v na se za da pa",
    "so": "oo iyo ka ku ah ee u waa",
    "sq": "të e në dhe i me një nga",
    "sr": "је и у се на су да од",
    "su": "anu jeung hak boga bae dina saha sing",
    "sv": "och i att en för som av är",
    "sw": "ya na wa kwa katika ni za la",
    "ta": (
        "மற்றும் ஒரு இந்த அல்லது என்ற தனது போன்ற மேலும் மக்கள் அது "
        "அதன் அவை ஒன்று காரணமாக பிறப்பு ஓர் செய்யும் மூலம் வேண்டும் "
        "மனித மீண்டும் வரும் அடிப்படையில் உயர் ஒருவர் நாடுகள் பற்றிய "
        "பிற மொழி அமைப்பு அவர்கள் இருப்பினும் உண்டு ஏற்படும் கல்வி "
        "கூடிய சமயம் சர்வதேச சேர்ந்த தமது"
    ),
    "te": (
        "మరియు ఈ ఒక యొక్క ఆ తన చెందిన ఇతర ద్వారా వలన ప్రతి అతని వారు "
        "మాత్రమే అన్ని పై లేదు ఉన్నది తమ ఏ నీ మధ్య కనుక నా సంబంధించిన "
        "సామాజిక అతనికి అయిన కలదు గల జరిగిన నది ప్రజల మత మానవ లేక "
        "వ్యవస్థ సకల సాంస్కృతిక సాధారణముగా"
    ),
    "tg": "ва ба дар ки ҳар як инсон дорад",
    "th": "ที่ และ ใน ของ เป็น มี ได้ ไม่ จะ ให้ ว่า การ",
    "tk": "we ве бир bir adam адам her хер",
    "tl": "ng sa ang na mga ay at isang",
    "tr": (
        "ve bir bu ile için olarak da daha de her olan en tarafından "
        "göre gibi olmak ilk sosyal veya şekilde ya özel üzere ancak "
        "bulunan eğitim genel iyi olduğu önemli birlikte"
    ),
    "tt": "һәм һәр статья кеше бар тиеш дә кешенең",
    "tyv": "болгаш база кижи эргелиг бүрүзү чүүл азы ужурлуг",
    "ug": "we ۋە adem ئادەم hemme ماددا ھەممە yaki ياكى herqandaq hoquqluq ھوقۇقلۇق",
    "uk": "і на в у з не до що та а за",
    "ur": "کے کی ہے میں سے اور کا کو",
    "uz": "va ва bir бир inson инсон har ҳар huquqiga",
    "vec": "de ła e el i a ga derito",
    "vep": "i om oiktuz jogahižel kirjutez mehel vai ei",
    "vi": "và có các của là cho được những trong với không một để người công học hiện khi về",
    "wa": "èt a di po dè ou qui dès",
    "war": "nga han mga an hin ug katadungan ha",
    "wuu": "的 个 是 勒 了 有 在 和 一 搭",
    "yo": "ni ti ó tí ní o a àti ara sí yìí ń fi",
    "yue": "嘅 係 喺 有 唔 同 人 一 咗 的 是",
    "zh": "的 是 在 了 和 有 不 一 这 為 为 這 以 我 他 与 與",
}
# fmt: on
