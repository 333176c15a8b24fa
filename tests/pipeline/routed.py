"""The five domains as the router sees them; poetry and code stand in for plugins that declare the same."""

from chatlstm_dialogue.dialogue import Dialogue
from chatlstm_news.news import News
from chatlstm_story.story import Story

from chatlstm.pipeline.domain import Domain


class Poetry(Domain):
    """What the poetry plugin declares for the router."""

    name = "poetry"
    cues = (
        "^rhyme", "in rhyme", "poetry time", "iambic pentameter", "押韵",
    )
    subjects = (
        "poem", "poetry", "verse", "haiku", "sonnet", "limerick", "couplet", "quatrain", "rhyme", "nursery rhyme",
        "ode", "ballad", "acrostic", "stanza", "poetic", "lyrics", "rhyming lines", "rhyming verse", "free verse",
        "elegy", "villanelle", "诗", "诗歌", "首词", "填词", "绝句", "律诗", "五绝", "七绝", "五律", "七律", "藏头诗",
        "打油诗", "情诗", "对联", "一阕", "诗题", "俳句", "诗句", "古诗", "现代诗", "小诗", "词牌", "浣溪沙", "如梦令",
        "菩萨蛮", "忆江南", "卜算子", "蝶恋花", "水调歌头", "满江红", "虞美人", "西江月", "清平乐", "鹧鸪天", "沁园春",
        "念奴娇", "点绛唇", "采桑子", "临江仙", "浪淘沙", "江城子",
    )
    follow_ups = (
        "^change line", "^change the", "^redo line", "^rewrite line", "^another one", "^one more", "^again",
        "^make it", "第*句", "第*行", "^换", "^改", "再来一首", "再写一首",
    )


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
