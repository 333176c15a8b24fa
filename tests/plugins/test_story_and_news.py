"""The story and news plugins: what they ask of the engine."""

from pathlib import Path

import pytest
from chatlstm_news.news import News
from chatlstm_story.story import Story

from chatlstm.errors import MissingError
from chatlstm.pipeline.pipeline import answer
from chatlstm.plugin import Domain, Prompt, Request
from tests.doubles import CannedGenerator


@pytest.mark.parametrize("message", ["It was dark.", "continue: It was dark.", "Continue:   It was dark."])
def test_a_story_goes_on_from_its_opening(message: str) -> None:
    engine = CannedGenerator([" And cold."])
    list(answer(Story(), Request(message), engine))
    assert engine.prompts == [Prompt("story", beginning="It was dark.")]


def test_an_article_answers_its_keywords() -> None:
    engine = CannedGenerator(["A flood hit the village."])
    *_, last = answer(News(), Request(" flood, village "), engine)
    assert (engine.prompts, last.details) == ([Prompt("news", ("flood, village",))], {"machine_written": True})


@pytest.mark.parametrize("domain", [Story(), News()])
def test_text_that_was_not_downloaded_is_missing_with_where_to_get_it(domain: Domain, tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"get it from https://"):
        list(domain.records(tmp_path))
