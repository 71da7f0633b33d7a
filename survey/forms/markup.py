"""Labels as plain text: public forms dress theirs in Markdown and a little HTML, which ODK Collect draws and we do not."""

import html
import re

_LINES = re.compile(r"<br\s*/?>|</(?:p|div|li|ul|ol|h[1-6]|center|tr)\s*>", re.IGNORECASE)
_TAGS = re.compile(
    r"</?(?:a|b|big|br|center|code|del|div|em|font|h[1-6]|hr|i|img|li|ol|p|small|span|strike|strong|sub|sup|table|tbody|td|th|tr|u|ul)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^ {0,3}#{1,6} +", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[([^\[\]]+)\]\(\s*([^\s()]+)\s*\)")
# A marker hugs what it dresses, and an underscore inside a word (photo_1) is a letter. A bound on it, or thousands of markers that
# nothing closes would take the square of their number.
_STRONG = re.compile(r"(?<![\w\\])(\*\*|__)(?=\S)(.{1,1000}?)(?<=\S)\1(?!\w)", re.DOTALL)
_EMPHASIS = re.compile(r"(?<![\w*\\])([*_])(?=[^\s*_])([^*\n]+?)(?<=[^\s*_])\1(?![\w*])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>~])")
_REFERENCE = re.compile(r"\$\{[^}]*\}")


def plain_text(text: str) -> str:
    """*text* without its dress: `**bold**`, `<span>`, `# heading` and the like lose their marks, `[word](url)` becomes `word (url)`.

    What only looks like markup stays: `5 < 7`, `photo_1`, `2 * 3 * 4`. A `${question}` is never touched.
    """
    if not re.search(r"[<>*_#\[\\&]", text):
        return text
    references: list[str] = []

    def kept(match: re.Match[str]) -> str:
        references.append(match[0])
        return f"\ue000{len(references) - 1}\ue001"  # letters of no language, so that no rule below sees into a reference

    bare = _REFERENCE.sub(kept, text)
    bare = _HEADING.sub("", _TAGS.sub("", _LINES.sub("\n", bare)))
    bare = _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", _LINK.sub(r"\1 (\2)", bare)))
    bare = html.unescape(_ESCAPED.sub(r"\1", bare)).strip()
    return re.sub("\ue000(\\d+)\ue001", lambda match: references[int(match[1])], bare)
