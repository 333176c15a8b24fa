"""The five domains as the router sees them; code stands in for the plugin that declares the same."""

from chatlstm_dialogue.dialogue import Dialogue
from chatlstm_news.news import News
from chatlstm_poetry.poetry import Poetry
from chatlstm_story.story import Story

from chatlstm.pipeline.domain import Domain


class Code(Domain):
    """What the code plugin declares for the router."""

    name = "code"
    cues = (
        "def *(", "in python", "^code a", "^how * a function", ") ==", ">>>", "^implement", "^code up", "^program me",
        "^实现", "^编程求", "^编程实现", "^编程计算", "^编程判断", "用代码", "用python",
    )
    subjects = (
        "function", "code", "script", "python", "program", "algorithm", "snippet", "lambda", "regex", "bubble sort",
        "binary search", "quicksort", "recursion", "python function", "python code", "函数", "代码", "程序", "脚本",
        "算法", "python函数", "排序", "二分查找", "正则表达式", "递归",
    )
    follow_ups = (
        "^another one", "^again", "^rename", "^fix", "^make it", "^add a", "再写一个", "再来一个", "^换", "^改",
    )


DOMAINS = (Dialogue(), News(), Story(), Poetry(), Code())
