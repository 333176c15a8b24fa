from chatlstm.interface.shards import deal_files


def test_files_that_all_see_are_dealt_in_turn() -> None:
    seen = ["a", "b", "c", "d", "e"]

    assert deal_files([seen] * 2) == [["a", "c", "e"], ["b", "d"]]


def test_a_file_goes_to_a_worker_that_sees_it() -> None:
    assert deal_files([["a", "b"], ["c"], ["c"]]) == [["a", "b"], ["c"], []]


def test_workers_of_two_machines_share_what_their_machine_has() -> None:
    first, second = ["a", "b"], ["c", "d"]

    assert deal_files([first, first, second, second]) == [["a"], ["b"], ["c"], ["d"]]
