// Search text without case and diacritics; the same vectors hold here and in Python (tests/vectors/fold.json).

/** *text* in small letters without marks, đ as d, white space made single. */
export function fold(text) {
  return text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .replace(/[đĐ]/g, "d")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim();
}

/** Whether every word of *query* occurs in *folded*, which is folded already. */
export function matches(folded, query) {
  return fold(query).split(" ").every((word) => folded.includes(word));
}
