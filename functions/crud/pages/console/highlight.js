// Where a text matches a keyword, as the search means it: the keyword itself whatever its case, or
// the words that share a stem with one of its words.

import { el } from "./dom.js";

// A text of one letter matches that letter 65,535 times, and each mark is two nodes of the page.
const MOST_MARKS = 50;
const WORD = /[\p{L}\p{N}]+/gu;
const ENDINGS = /(?:ies|ing|ed|es|ly|s|e|y)$/;
const SHORTEST_STEM = 3;

/** The text, with the first places that match marked. */
export function highlighted(text, keyword) {
  const fragment = document.createDocumentFragment();
  const append = (part) => part !== "" && fragment.append(part);
  let end = 0;
  let marks = 0;
  for (const [from, to] of matches(text, keyword)) {
    append(text.slice(end, from));
    fragment.append(el("mark", {}, text.slice(from, to)));
    end = to;
    marks += 1;
    if (marks === MOST_MARKS) break;
  }
  append(text.slice(end));
  return fragment;
}

/** The parts that match, as pairs of positions, found as they are asked for. */
function* matches(text, keyword) {
  if (keyword === "") return;
  const folded = fold(text);
  const wanted = fold(keyword);
  let at = folded.indexOf(wanted);
  const isPart = at >= 0;
  for (; at >= 0; at = folded.indexOf(wanted, at + wanted.length)) yield [at, at + wanted.length];
  if (isPart) return;
  const stems = new Set(Array.from(wanted.matchAll(WORD), ([word]) => stem(word)));
  for (const match of folded.matchAll(WORD)) {
    const [word] = match;
    if (stems.has(stem(word))) yield [match.index, match.index + word.length];
  }
}

/** Lower case of the same length, so that positions stay what they are. */
function fold(text) {
  return Array.from({ length: text.length }, (_, at) => {
    const lower = text[at].toLowerCase();
    return lower.length === 1 ? lower : text[at];
  }).join("");
}

/** Close to an English stem: its ending is cut, and a letter that the ending had doubled. */
function stem(word) {
  const cut = word.replace(ENDINGS, "");
  if (cut.length < SHORTEST_STEM) return word;
  return cut.replace(/([b-df-hj-np-rtv-xz])\1$/, "$1");
}
