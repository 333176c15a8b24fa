"""Words that call for a story."""

CUES = (
    "^continue:", "continue this", "continue the", "^go on with", "carry on from", "go on from", "story time",
    "^write on:", "carry on:", "keep writing", "continue from", "^long ago", "once, long ago", "从前，有", "^续",
    "far away there lived", "once upon a time", "once there lived", "there once lived", "^once there was",
    "what happens next", "续写", "^继续:", "接着写", "往下写", "写下去", "从前有", "很久很久以前", "很久以前，有",
    "^却说", "^且说", "^单说", "^话说那", "^话说有", "^话说当", "^话说从前", "^话说古", "^话说天下", "开头*续",
    "情节*写", "往下编", "接下去:", "讲下去", "写下一章", "古时候有",
)
SUBJECTS = (
    "story", "stories", "tale", "fairy tale", "fable", "legend", "novel", "chapter", "yarn", "bedtime story",
    "ghost story", "short story", "opening", "novella", "saga", "myth", "prologue", "sequel", "next chapter",
    "故事", "小说", "童话", "寓言", "传说", "传奇", "章回", "短篇", "情节", "神话", "下文", "故事接龙",
)
FOLLOW_UPS = (
    "^continue", "^go on", "^carry on", "^keep going", "^more", "^and then?", "what happened next", "^what then",
    "^继续", "^接着", "^往下", "^后来", "^然后呢", "^还有呢",
)
