"""Words that call for a poem, or for another line of the last one."""

CUES = (
    "^rhyme", "in rhyme", "poetry time", "iambic pentameter", "押韵",
)
SUBJECTS = (
    "poem", "poetry", "verse", "haiku", "sonnet", "limerick", "couplet", "quatrain", "rhyme", "nursery rhyme",
    "ode", "ballad", "acrostic", "stanza", "poetic", "lyrics", "rhyming lines", "rhyming verse", "free verse",
    "elegy", "villanelle", "诗", "诗歌", "首词", "填词", "绝句", "律诗", "五绝", "七绝", "五律", "七律", "藏头诗",
    "打油诗", "情诗", "对联", "一阕", "诗题", "俳句", "诗句", "古诗", "现代诗", "小诗", "词牌", "浣溪沙", "如梦令",
    "菩萨蛮", "忆江南", "卜算子", "蝶恋花", "水调歌头", "满江红", "虞美人", "西江月", "清平乐", "鹧鸪天", "沁园春",
    "念奴娇", "点绛唇", "采桑子", "临江仙", "浪淘沙", "江城子",
)
FOLLOW_UPS = (
    "^change line", "^change the", "^redo line", "^rewrite line", "^another one", "^one more", "^again",
    "^make it", "第*句", "第*行", "^换", "^改", "再来一首", "再写一首",
)
