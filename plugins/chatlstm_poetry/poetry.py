"""Poetry: verse whose form is kept while it is written, in English and Chinese."""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from chatlstm.plugin import Domain, Record, read_domain


class Poetry(Domain):
    """Writes a poem of the form and on the subject the person names."""

    name = "poetry"
    summary = "Poems of a strict form, in English and Chinese."
    languages: ClassVar[tuple[str, ...]] = ("en", "zh")
    cues = ("poem", "verse", "诗", "词牌", "绝句", "律诗", "藏头")

    def records(self, corpora: Path) -> Iterable[Record]:
        """Read English verse."""
        return self.records_in("en", corpora)

    def records_in(self, language: str, corpora: Path) -> Iterable[Record]:
        """Read the verse of a language."""
        return read_domain(self.name, corpora, language=language)
