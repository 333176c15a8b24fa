"""Drawing sentences that hold given keywords."""

from collections.abc import Sequence
from dataclasses import replace

from chatlstm.plugin import Candidate, Manuscript, SentencePlan, cut_starts, find_word
from chatlstm_news.desk import Desk
from chatlstm_news.keywords import list_missing

TRIED_LEADS = 3
TRIED_SENTENCES = 2


def draw_holding(
    desk: Desk, manuscript: Manuscript, due: Sequence[str], plan: SentencePlan
) -> list[Candidate]:
    """Draw sentences that hold all the keywords due.

    Where none of those that are drawn freely does, the first words of the best are kept, as many
    as make the model expect the keyword most, the keyword is put behind them, and the model goes on.

    Args:
        desk: Where chance comes from.
        manuscript: What they shall follow.
        due: The keywords.
        plan: What a sentence shall be.

    Returns:
        Sentences; none where the model brings none to its end.
    """
    count = max(2, desk.order.candidates // TRIED_LEADS) if plan.lead else desk.order.candidates
    plan = replace(plan, suited=desk.suited, avoided=desk.avoided)
    drawn = manuscript.draw(replace(plan, wanted=tuple(due)), n=count, seed=desk.next_seed())
    drawn = drawn or (manuscript.draw(plan, n=count, seed=desk.next_seed()) if due else [])
    missing = {text: list_missing(due, text) for text in [*(one.text for one in drawn), plan.lead]}
    whole = [one for one in drawn if not missing[one.text]]
    if whole or not due:
        return whole
    fewest = min(map(len, missing.values()))
    if not fewest:  # the lead holds them all, and nothing came to its end
        return []
    best = [text for text, lacking in missing.items() if len(lacking) == fewest][:TRIED_SENTENCES]
    word = missing[best[0]][0]
    starts = [start for text in best for start in _list_starts(desk, text, due, plan)]
    leads = manuscript.find_leads(word, starts, count=TRIED_LEADS)
    return [one for lead in leads for one in draw_holding(desk, manuscript, due, replace(plan, lead=lead))]


def _list_starts(desk: Desk, sentence: str, due: Sequence[str], plan: SentencePlan) -> list[str]:
    """List first words of a sentence that keep the plan's lead and every keyword it holds."""
    ends = [find_word(keyword, sentence) for keyword in due]
    beyond = max([len(plan.lead), *ends])
    return [sentence[:beyond], *cut_starts(sentence, desk.language, beyond=beyond + 1)]
