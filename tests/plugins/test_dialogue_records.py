"""Cutting dialogues for training."""

from chatlstm_dialogue.records import cut_some
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.plugin import Record

turns = st.lists(st.text("abc ", min_size=1), min_size=1, max_size=20).map(tuple)


@given(st.lists(turns, max_size=8))
def test_no_turn_is_lost_or_moved(dialogues: list[tuple[str, ...]]) -> None:
    parts = list(cut_some(Record("dialogue", dialogue) for dialogue in dialogues))
    assert [turn for part in parts for turn in part.turns] == [turn for dialogue in dialogues for turn in dialogue]


def test_about_a_third_of_the_dialogues_is_cut() -> None:
    records = [Record("dialogue", (str(number), "b", "c", "d", "e")) for number in range(2000)]
    # 35 % of 2,000 is 700; four standard deviations of a fair draw are 85
    assert abs(len(list(cut_some(records))) - 2000 - 700) < 85


def test_parts_of_one_dialogue_share_their_document() -> None:
    records = [Record("dialogue", (str(number), "b", "c", "d")) for number in range(50)]
    parts = list(cut_some(records))
    begun = [part for part in parts if part.turns[0].isdigit()]
    rest = [part for part in parts if not part.turns[0].isdigit()]
    assert rest
    assert {part.document for part in rest} <= {part.document for part in begun}
