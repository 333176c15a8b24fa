"""Words that call for a function, or for another one."""

CUES = (
    "def *(", "in python", "^code a", "^how * a function", ") ==", ">>>", "^implement", "^code up", "^program me",
    "^实现", "^编程求", "^编程实现", "^编程计算", "^编程判断", "用代码", "用python",
)
SUBJECTS = (
    "function", "code", "script", "python", "program", "algorithm", "snippet", "lambda", "regex", "bubble sort",
    "binary search", "quicksort", "recursion", "python function", "python code", "函数", "代码", "程序", "脚本",
    "算法", "python函数", "排序", "二分查找", "正则表达式", "递归",
)
FOLLOW_UPS = (
    "^another one", "^again", "^rename", "^fix", "^make it", "^add a", "再写一个", "再来一个", "^换", "^改",
)
