import random

from benchmarks.charsets import counted, cuts, mixed, page, table


def test_mixtures_have_the_share_that_they_say():
    """Of ten letters beyond ASCII three are bytes of the other encoding, and at least one is."""
    text = "é " * 10
    assert mixed(text, "cp1252", 0.3, random.Random(1)).decode("utf-8", "replace").count("\ufffd") == 3
    assert mixed(text, "cp1252", 0.01, random.Random(1)).decode("utf-8", "replace").count("\ufffd") == 1


def test_cuts_begin_with_a_word_and_are_of_the_length_asked_for():
    """About so many bytes in the encoding, the same at every call; a cut of ASCII says nothing of an encoding."""
    text = "žluťoučký kůň " * 100
    found = list(cuts(text, "cp1250", 100, random.Random(2)))
    assert found == list(cuts(text, "cp1250", 100, random.Random(2))) and len(found) == 3
    assert all(len(cut) == 100 and cut.decode("cp1250").split()[0] in text.split() for cut in found)
    assert list(cuts("plain " * 100, "cp1250", 100, random.Random(2))) == []


def test_the_table_counts_what_came_out_right():
    """By row and column, all rows together first."""
    body = page("café".encode("cp1252"))
    cases = [("a", "100", body, {body.decode("cp1252")}), ("b", "100", body, {"wrong"})]
    assert table("Title", counted(cases)).splitlines()[4:] == ["| all | 1/2 |", "| a | 1/1 |", "| b | 0/1 |"]
