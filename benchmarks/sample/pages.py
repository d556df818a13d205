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

LIGHTS = """\
Between Orrin Head and Tarrow there are four lights that a ship can steer by, and each of them was put there after
something had gone wrong. The oldest is the tower on the rock. It is dark for most of the year, and on the evenings
when it burns people drive out from the villages to sit on the wall and to watch the beam go round.

The lightship lies where the sand moves. No tower could be built there, since nobody could say in spring where the bank
would be in autumn, and so the light was put on a hull and the hull on a chain. Seven men lived on her for a month at a
time. They played chess with the next lightship by flags, and a game could last for two winters.

The buoy has no crew and no complaints. Its bell is rung by the sea itself, softly on most days, and those who live on
the shore say that they wake when it stops. It was painted green for some years, until a captain pointed out that he
had taken it for a very small island.

The last light is the lamp on the pier, which was never meant for ships at all. It was put up so that people could find
the bench. Fishermen began to use it nevertheless, and the harbour office entered it in the list of lights with a
remark that it goes out when the cleaner goes home."""

MOVED = """\
Pictures move more often than houses do. A paper that has been on the web for twenty years has changed its server four
times, and each time somebody promised that nothing would get lost. The bridge at Ebbing was photographed for the first
issue. Whoever asks for it at its old address is sent on to the new one, and hardly anybody notices.

The mill of Holm has a comma in its name, because there were two pictures of it and the editor numbered them. Some
programs write the comma as it is and others write it as a code, and both of them mean the same file. It took a reader
with much patience to explain this to the office.

The barge was carried into the orchard by the great flood, and the owner of the trees decided to keep it. It has been
shown so often that the archive did not store it a second time. There is only a note, which says that the picture is
the same as it was the year before."""

BOOK = """\
When the surveyors came through the valley in the spring of that year they were told to write down everything that the
people owned, and they began with the land and the cattle, as they had done elsewhere. The old men laughed at them. A
field, they said, is worth what is done to it, and whoever wants to know what is done to it must look into the shed.

So the second list was made, which fills this chapter. It was written by the younger of the two surveyors, who could
draw, and who lodged for eleven weeks with the schoolmaster at Brack. He drew each tool where it stood. He asked for its
name, for the wood it was made of, for what it had cost, and for what it could not do, and this last question was the
one that people liked best.

Of all tools the plough was named first, in every house, even in those that had none. It was made of ash, and of iron
only where it met the soil, because iron had to be paid for and ash grew behind the church. One wheel ran in front of it.
A ploughman could set the depth with a wedge of beech, and a good one did so by the sound.

The share was taken to the smith twice in a year. It came back shorter each time, as a pencil does, and when it was too
short to be drawn out again it was made into something smaller, and then into something smaller still. The surveyor was
shown a hinge whose grandfather had broken the meadow on the far side of the river.

Bees were kept by women and by the priest. The hives were plaited of rye straw and bramble in the months when nothing
else could be done, and they stood on stools along the south wall of the garden, each with a tile on its head against
the rain. To take the honey one had to take the hive apart, and this was felt to be a pity by everybody.

A law of the valley said that a swarm belonged to whoever could keep it in sight. There are stories of men who ran over
two hills and through a wedding. The priest, who was heavy, had the right to be represented by a boy, and the boy had a
right to the wax.

The smith was the only man who was paid in coin. His house stood by itself on account of the fire, and the road to it
was the best in the parish, since every cart that broke down had to be able to reach it. The anvil had been brought from
the coast on a sledge. It was older than the church bell and was struck, on feast days, when the bell was away.

He made nails in the winter and shoes in the summer. He pulled teeth on Saturdays, without charge, and he drew up letters
for those who could not write. When he was asked which of his tools he would save from a fire he answered that fire was
the one he would save.

Water was the last thing in the list, for nobody had thought of it as a thing that was made. The pump on the green was
put up by subscription after a dry summer. Its handle was long, so that children could work it, and the trough below was
cut from one trunk and was meant for cattle, although the whole village washed its carrots in it.

The surveyors left in the autumn. The list went to the capital, where it was praised and put away, and it was found there
a hundred and thirty years later by a clerk who was looking for something else. The tools were gone by that time. Only
the pump still stood, and it had been painted."""
