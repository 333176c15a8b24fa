import io

from chatlstm.interface.screen import PLAIN, Screen


def test_a_reply_is_shown_piece_by_piece_and_ends_its_line() -> None:
    shown = io.StringIO()
    screen = Screen(shown, shown)
    for text in ("one ", "", "two"):
        screen.stream(text)
    screen.end_reply()

    assert shown.getvalue() == "one two\n"


def test_a_reply_that_ended_its_line_is_not_given_another() -> None:
    shown = io.StringIO()
    screen = Screen(shown, shown)
    screen.stream("one\n")
    screen.end_reply()

    assert shown.getvalue() == "one\n"


def test_a_reply_of_one_line_has_one_even_where_it_is_empty() -> None:
    shown = io.StringIO()
    screen = Screen(shown, io.StringIO(), one_line=True)
    screen.stream("one\ntwo\n")
    screen.end_reply()
    screen.end_reply()

    assert shown.getvalue() == "one two \n\n"


def test_a_notice_amid_a_reply_begins_its_own_line() -> None:
    shown = io.StringIO()
    screen = Screen(shown, shown)
    screen.stream("one")
    screen.tell("notice")
    screen.stream("two")
    screen.end_reply()

    assert shown.getvalue() == "one\nnotice\ntwo\n"


def test_a_notice_elsewhere_does_not_cut_the_reply() -> None:
    replies, notices = io.StringIO(), io.StringIO()
    screen = Screen(replies, notices, one_line=True)
    screen.stream("one")
    screen.tell("notice")
    screen.stream(" two")

    assert (replies.getvalue(), notices.getvalue()) == ("one two", "notice\n")


def test_notices_are_dim_where_there_is_colour() -> None:
    shown = io.StringIO()
    screen = Screen(shown, shown, color=True)
    screen.tell("notice")
    screen.say("answer")

    assert shown.getvalue() == f"\x1b[2mnotice{PLAIN}\nanswer\n"
