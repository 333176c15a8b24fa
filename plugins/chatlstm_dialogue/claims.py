"""What only a person can truthfully say of itself; the training text is people talking."""

import re

_ENGLISH = re.compile(
    r"\b(?:my (?:wife|husband|kids?|child|children|son|daughter|mom|mother|dad|father|brother|sister|parents|family)"
    r"|my (?:boyfriend|girlfriend|friends?|dogs?|cats?|job|boss|car|house)"
    r"|i (?:have|got) (?:an?|one|two|three|four|five) (?:\w+ )?(?:kids?|children|sons?|daughters?|dogs?|cats?)"
    r"|i (?:live|grew up|was born) in|i(?: am|'m) from|years old"
    r"|i(?: am|'m) an? (?:\w+ )?(?:man|woman|boy|girl|guy|human|person|mother|father|worker)"
    r"|i(?: am|'m) an? (?:\w+ )?(?:student|teacher|nurse|doctor|lawyer|engineer|manager)"
    r"|i work (?:as|at|in|for)|i used to (?:work|live))\b",
    re.IGNORECASE,
)
_KIN = "老婆|妻子|老公|丈夫|孩子|儿子|女儿|妈|爸|母亲|父亲|父母|哥|姐|弟|妹|爷爷|奶奶|外婆|外公"
_CHINESE = re.compile(
    rf"我们?家?的?(?:{_KIN}|家人|男朋友|女朋友|男友|女友|朋友|同事|老板|公司|[狗猫车])"
    rf"|我们?有[一两三四五几\d]?[个只条]?(?:{_KIN}|小?[狗猫])"
    r"|我家[有在里的]|我(?:住在(?!你)|出生|来自|毕业)|我(?:今年|才|已经|都)?[一二三四五六七八九十\d]+岁"
    r"|我是一?[个名位]?(?:男|女|老师|教师|学生|大学生|医生|护士|律师|工程师|程序员|司机|歌手|[^，。！？]{0,4}人[，。！])"
    r"|我在[^，。！？]{1,8}(?:工作|上班|上学|读书)|我刚?刚?(?:吃过|吃完|喝完|睡醒|起床|下班|结婚|离婚|怀孕)"
)


def claims_humanity(reply: str) -> bool:
    """Tell whether a reply says of the program what is true of a person only, in English or Chinese.

    Example:
        >>> claims_humanity("My wife and I love it."), claims_humanity("I love it.")
        (True, False)
        >>> claims_humanity("我女儿今年上学了。"), claims_humanity("我喜欢听你说。")
        (True, False)
    """
    return bool(_ENGLISH.search(reply) or _CHINESE.search(reply))
