"""Which model writes a text for a script."""

import pytest

from chatlstm.interface.generation import Writer, write_text
from chatlstm.pipeline.domain import Domain
from tests.doubles import CannedGenerator


class Bilingual(Domain):
    """Writes in two languages."""

    name = "bilingual"
    summary = "Two languages."
    languages = ("en", "zh")


class Speaker(CannedGenerator):
    """An engine named after its language."""

    def __init__(self, language: str) -> None:
        super().__init__([language])
        self.checkpoint = f"{language}@0123abcd"


@pytest.mark.parametrize(
    ("prompt", "options", "language"),
    [("moon", {}, "en"), ("明月", {}, "zh"), ("2026", {}, "en"), ("2026", {"heads": "春夏秋冬"}, "zh")],
)
def test_the_language_of_the_prompt_or_else_of_the_options_chooses_the_model(
    prompt: str, options: dict[str, str], language: str
) -> None:
    written = write_text(Writer(Bilingual(), Speaker, options), prompt, seed=1)

    assert (written.text, written.checkpoint) == (language, f"{language}@0123abcd")
