"""The pages of the sample that are no plain articles: each takes another way out of a run."""

GERMAN = """\
Die Fähre nach Norderholm fährt seit hundert Jahren um zehn vor elf, und niemand weiß mehr genau, warum.
Früher musste die Post vor den Bäckern auf der Insel sein. Heute gibt es kaum noch Briefe, aber die Uhrzeit
ist geblieben.

Die Besatzung sagt, dass sie zur Flut am zweiten Steg passt, und die Reisenden sagen, dass sie zum Schlafen
passt. Eine Koje kostet weniger als ein Zimmer in der Stadt, und die Suppe, die um Mitternacht aufgetragen
wird, ist an der ganzen Küste bekannt.

Manchmal ist der Nebel so dicht, dass der Kapitän den Motor abstellt und horcht. Wer oft mitfährt, wacht von
der Stille auf, zieht den Mantel an und stellt sich schweigend an die Reling, bis die Glocke der äußeren Boje
zu hören ist."""

JAPANESE = """\
町の屋上には十一の巣箱が並んでいます。最初の夏は失敗でした。六月の寒い一週間で菩提樹の花が終わってしまい、八月まで砂糖水を与えなければなりませんでした。

二年目には巣箱を風の当たらない場所へ移しました。その年の収穫は四十キロになり、市役所で結婚する人たちに一瓶ずつ贈られています。

蜂蜜は売られていません。瓶のふたには日付が書かれ、町に引っ越してきた人も同じものを受け取ります。

春になると、係の人は煙を出す道具を持って屋上へ上がり、巣箱を一つずつ静かに開けて確かめます。"""

PRODUCTS = [
    ("Ladder, three parts", "89.00"),
    ("Hand drill with a box of bits", "24.50"),
    ("Cider press, oak", "310.00"),
    ("Hedge trimmer", "64.90"),
    ("Sewing machine, used", "75.00"),
    ("Bow saw, 60 cm", "18.20"),
    ("Wood glue, 500 g", "7.10"),
    ("Work bench, folding", "59.00"),
    ("Paint roller, set of four", "9.80"),
    ("Leather gloves, size 9", "14.00"),
]

OPT_OUT = """\
This page is about the bench on the pier at Tarrow, and its author has asked machines to leave it out. It is
written in plain and careful English, it would pass every rule of length and of style, and it is set aside all
the same, because a wish was stated.

The bench has been painted blue by one person and green by another for so many years that the layers have
rounded its edges.

Both of them are old now, and they have agreed on a grey that neither likes, since it is easier to explain to
visitors."""

PICTURES = """\
A picture can go wrong in more ways than a text, and the workshop of the museum keeps one example of each.
They hang in the corridor without labels, and apprentices are asked to say what they see before they are told
what has happened.

Some of the frames hold a single colour and nothing else. Others are so small that a stamp would cover them.
One was cut through the middle on its way, and one is known only by a number that the camera gave it.

Those who look longest are usually right. The head of the workshop says that damage is a kind of handwriting,
and that it takes a year to learn to read it and a second year to stop seeing it everywhere."""

COPIES = """\
Two prints of the same photograph hang side by side in the second room. They were made from one negative,
ninety years apart, and visitors are asked to say which is which. Most of them choose the sharper one as the
newer, and most of them are wrong.

The older print was made by someone who had all day. It is a contact print on heavy paper, washed in the river
and dried on a fence, and it has kept every line of the rigging. The newer one is larger and softer, and it
cost a hundred times as much.

The museum shows them together because the question is better than the answer. It has been asked several
thousand times by now."""

BROKEN = """\
This page was cut on its way into the archive, in the middle of a tag, as happens when a server gives up or a
limit is reached.

A reader of archives should say that it is cut and should keep what can be kept. The sentences up to here are
whole.

They are about a stone bridge with five arches at Ebbing, of which the third was built twice, because the
first builder had measured the river in a dry year and the second had measured the first builder. It stands
well enough today, and carts go over it slowly."""

SPAM = (
    "🎉🔥 #win #gold #casino http://win.example/a http://win.example/b 💰💰 #free #now 🎁 http://win.example/c $$$ !!! "
)

GIBBERISH = "xq zzkt vrrl qpoj wnfh ttrk bzzq kljw prrx qqvm hhtz wrrp zxcv lkjh qwrt mnbv "
