"""How rows of Chinese novels and news become turns."""

import pytest

from chatlstm.pipeline.catalogue import Filters
from chatlstm.pipeline.readers_zh import mend_quotes, read_chapters, read_voa_zh, shared_words

LINE = "春天的早上，村子里的人都到河边去看水，" * 6 + "谁也不说话。"  # 120 characters
OTHER = "到了夜里，大家又点起灯来，围着炉子等消息，" * 6 + "天就亮了。"


WHOLE = Filters(chunk_characters=1200)


def read_book(*lines: str, filters: Filters = WHOLE) -> list[tuple[tuple[str, ...], str]]:
    return list(read_chapters([{"text": "\n".join(lines)}], filters))


def texts(*lines: str) -> list[str]:
    return [turns[-1] for turns, _ in read_book(*lines)]


def test_paragraphs_are_parted_by_an_empty_line() -> None:
    assert texts(LINE, OTHER) == [f"{LINE}\n\n{OTHER}"]


def test_a_style_stands_before_the_text() -> None:
    (turns, _), *_ = read_book(LINE, filters=Filters(style="现代"))

    assert turns == ("现代", LINE)


def test_a_head_of_its_own_line_parts_two_documents() -> None:
    (first, one), (second, two) = read_book(LINE, "第二回王婆贪贿说风情郓哥不忿闹茶肆", OTHER)

    assert (first, second, one != two) == ((LINE,), (OTHER,), True)


def test_a_title_without_a_stop_parts_two_documents() -> None:
    assert len({document for _, document in read_book(LINE, "银灰色的死", OTHER)}) == 2


def test_a_head_run_into_the_text_is_cut_out() -> None:
    head = "老残游记第一回土不制水历年成患风能鼓浪到处可危"

    assert texts(f"{head}话说{LINE}") == [f"话说{LINE}"]


def test_a_head_behind_the_end_of_a_chapter_is_cut_out() -> None:
    line = f"{LINE}且听下回分解。第五回烈妇有心殉节乡人无意逢殃话说{OTHER}"

    assert texts(line) == [f"{LINE}且听下回分解。", f"话说{OTHER}"]


def test_a_head_that_ends_nowhere_takes_its_sentence_along() -> None:
    assert texts(f"第二回守常经不使疏逾戚睹怪状几疑贼是官新小说社记者接到了手书。{LINE}") == [LINE]


def test_the_second_time_is_no_second_chapter() -> None:
    line = f"他已经是第二回来了。{LINE}"

    assert texts(line) == [line]


@pytest.mark.parametrize("line", ["天地□玄黄。", "他说yb县前看。", "1936年八月。", "春眠不觉晓，"])
def test_no_record_runs_across_what_is_no_prose(line: str) -> None:
    assert texts(LINE, line, OTHER) == [LINE, OTHER]


def test_what_is_parted_by_damage_stays_one_document() -> None:
    assert len({document for _, document in read_book(LINE, "天地□玄黄。", OTHER)}) == 1


def test_a_short_passage_is_left_out() -> None:
    assert texts("春天到了。") == []


def test_a_passage_with_a_phrase_is_left_out() -> None:
    assert read_book(LINE, filters=Filters(drop_phrases=("河边",))) == []


def test_a_speech_parted_by_the_printer_is_joined() -> None:
    assert texts(f"他道：“{LINE}", f"{OTHER}”众人都笑了。") == [f"他道：“{LINE}{OTHER}”众人都笑了。"]


def test_a_speech_that_never_closes_is_left_out() -> None:
    assert texts(LINE, "他道：“好。", OTHER) == [LINE, OTHER]


def test_keyboard_signs_and_old_forms_become_the_usual_ones() -> None:
    assert texts(f"他笑著道:“去麽?”{LINE}") == [f"他笑着道：“去么？”{LINE}"]


def test_a_book_that_is_named_keeps_its_sign() -> None:
    assert texts(f"这是一部名著。{LINE}") == [f"这是一部名著。{LINE}"]


def test_a_footnote_run_into_the_text_is_cut_out() -> None:
    assert texts(f"当炉当炉此指侍酒一类的工作。的都是少妇。{LINE}") == [f"当炉的都是少妇。{LINE}"]


def test_a_long_paragraph_is_cut_at_a_sentence() -> None:
    chunks = [turns[0] for turns, _ in read_book(LINE * 4, filters=Filters(chunk_characters=250))]

    assert chunks == [LINE * 2, LINE * 2]


def test_without_a_size_a_passage_is_one_record() -> None:
    assert [turns[0] for turns, _ in read_book(LINE, OTHER, filters=Filters())] == [f"{LINE}\n\n{OTHER}"]


def test_a_long_speech_is_not_cut() -> None:
    speech = f"他道：“{LINE * 3}”"

    assert [turns[0] for turns, _ in read_book(speech, filters=Filters(chunk_characters=150))] == [speech]


@pytest.mark.parametrize("text", ["他道：“好。", "好。”", "“一“二“三”二”一”"])
def test_marks_that_do_not_close_or_nest_too_deeply_are_refused(text: str) -> None:
    assert mend_quotes(text) == ""


ARTICLE = {
    "title": "洪水袭击村庄 数百人获救",
    "text": "洪水(flood)星期一袭击了村庄。\n救援人员说，村庄里数百人获救。\n详情见www.example.org/?x=1。",
}


def read_article(row: dict[str, str], *, keywords: int = 5, max_words: int = 0) -> list[tuple[str, ...]]:
    return [turns for turns, _ in read_voa_zh([row], Filters(keywords=keywords, max_words=max_words))]


def test_an_article_has_its_shared_words_and_its_headline() -> None:
    assert read_article(ARTICLE, max_words=400) == [
        (
            "洪水、袭击、村庄、数百人获救",
            "洪水袭击村庄 数百人获救\n\n洪水星期一袭击了村庄。\n\n救援人员说，村庄里数百人获救。",
        )
    ]


def test_an_article_ends_at_a_sentence_within_its_characters() -> None:
    ((_, text),) = read_article(ARTICLE, max_words=20)

    assert text == "洪水袭击村庄 数百人获救\n\n洪水星期一袭击了村庄。"


@pytest.mark.parametrize("title", ["天气", "洪水袭击村庄。", "洪水/村庄"])
def test_an_article_without_a_fitting_headline_is_dropped(title: str) -> None:
    assert read_article({**ARTICLE, "title": title}, max_words=400) == []


def test_a_word_within_another_is_not_named_twice() -> None:
    assert shared_words("北京大学在北京", "北京大学。北京大学。") == ["北京大学"]
