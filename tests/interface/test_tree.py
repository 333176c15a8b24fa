from chatlstm.history.history import History
from chatlstm.history.opening import open_memory_history
from chatlstm.interface.tree import draw_tree
from tests.history.exchanges import answer, begin, tell


def draw(history: History, conversation_id: str, width: int = 80) -> list[str]:
    archive = history.read_archive(conversation_id)
    return draw_tree(archive.turns, archive.conversation.tip_id, width)


def test_a_conversation_without_forks_is_a_straight_line() -> None:
    with open_memory_history() as history:
        assert draw(history, begin(history, "Hello.", "Hi.", "Bye.", "Bye, bye.")) == [
            "1 * > Hello.",
            "2 * Hi.",
            "3 * > Bye.",
            "4 * Bye, bye.",
        ]


def test_forks_are_drawn_beside_the_current_branch() -> None:
    with open_memory_history() as history:
        conversation_id = begin(history, "Hello.", "Hi.", "A poem!", "Moon.")
        said, hi, *_ = history.read_turns(conversation_id)
        answer(history, said, "Hey.")
        tell(history, conversation_id, "News!", "None.")
        history.move_tip(conversation_id, hi.id)
        tell(history, conversation_id, "A story!", "Once.")

        assert draw(history, conversation_id) == [
            "1 * > Hello.",
            "5   ├─ Hey.",
            "6   │  > News!",
            "7   │  None.",
            "2 * Hi.",
            "3   ├─ > A poem!",
            "4   │  Moon.",
            "8 * > A story!",
            "9 * Once.",
        ]


def test_before_the_first_turn_the_latest_branch_is_the_main_line() -> None:
    with open_memory_history() as history:
        conversation_id = begin(history, "a", "b")
        history.move_tip(conversation_id, None)
        history.add_person_turn(conversation_id, "c")
        history.move_tip(conversation_id, None)

        assert draw(history, conversation_id) == ["1   ├─ > a", "2   │  b", "3   > c"]


def test_lines_fit_the_terminal() -> None:
    with open_memory_history() as history:
        assert draw(history, begin(history, "床前明月光，疑是地上霜。", "one two\nthree four five"), width=16) == [
            "1 * > 床前明月…",
            "2 * one two thr…",
        ]


def test_a_conversation_without_turns_is_no_line() -> None:
    assert draw_tree((), None, 80) == []
