import logging

from chatlstm.interface.notices import describe_traceback, shorten_line, show_notices

logger = logging.getLogger("chatlstm.session.session")


def test_a_warning_is_told_once_in_a_line() -> None:
    told: list[str] = []
    with show_notices(told.append, debug=False):
        for _ in range(2):
            logger.warning("one\n\x1b[31mtwo")

    assert told == ["one two"]


def test_what_is_less_than_a_warning_is_not_told() -> None:
    told: list[str] = []
    with show_notices(told.append, debug=False):
        logger.info("one")

    assert told == []


def test_debugging_tells_everything_with_tracebacks() -> None:
    told: list[str] = []
    with show_notices(told.append, debug=True):
        try:
            raise KeyError("lost")
        except KeyError:
            logger.debug("failed", exc_info=True)
        logger.debug("fine")

    assert (told[0], told[2]) == ("failed", "fine")
    assert told[1].startswith("Traceback") and told[1].endswith("KeyError: 'lost'")


def test_nothing_is_told_afterwards() -> None:
    told: list[str] = []
    with show_notices(told.append, debug=False):
        pass
    logger.warning("one")

    assert told == []


def test_a_long_line_is_cut() -> None:
    assert shorten_line("a" * 501) == "a" * 499 + "…"


def test_a_traceback_keeps_no_control_sequence() -> None:
    assert describe_traceback(ValueError("\x1b[31mred")) == "ValueError: red"
