"""Words that call for an article."""

CUES = (
    "news about", "news on", "^write about", "^report on", "^breaking news", "^报道", "记者的口吻",
)
SUBJECTS = (
    "news", "article", "news article", "news story", "news item", "news report", "newspaper article", "report",
    "headline", "bulletin", "press release", "press report", "dispatch", "新闻", "新闻稿", "报道", "新闻报道",
    "快讯", "简讯", "新闻标题", "头条", "通讯稿", "文章", "报导", "newspaper", "news agency", "news flash",
    "reporter", "journalist", "newsflash", "news coverage", "消息稿", "社论",
)
FOLLOW_UPS = (
    "^another one", "^one more", "^again", "^shorter", "^longer", "^make it", "再来一篇", "再写一篇", "^换一篇",
    "短一点", "长一点",
)
