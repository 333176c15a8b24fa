"""The five domains as the router sees them."""

from chatlstm_code.code import Code
from chatlstm_dialogue.dialogue import Dialogue
from chatlstm_news.news import News
from chatlstm_poetry.poetry import Poetry
from chatlstm_story.story import Story

DOMAINS = (Dialogue(), News(), Story(), Poetry(), Code())
