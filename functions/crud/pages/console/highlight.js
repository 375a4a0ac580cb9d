// Where a text matches a keyword, as the search means it: the keyword itself whatever its case, or
// the words that share a stem with one of its words.

import { el } from "./dom.js";

const ENDINGS = /(?:ies|ing|ed|es|ly|s|e|y)$/;
const SHORTEST_STEM = 3;

/** The text as nodes, with what matches marked. */
export function highlighted(text, keyword) {
  const nodes = [];
  let end = 0;
  for (const [from, to] of matches(text, keyword)) {
    nodes.push(text.slice(end, from), el("mark", {}, text.slice(from, to)));
    end = to;
  }
  nodes.push(text.slice(end));
  return nodes.filter((node) => node !== "");
}

/** The parts that match, as pairs of positions. */
export function matches(text, keyword) {
  const found = [];
  const folded = fold(text);
  const wanted = fold(keyword);
  for (let at = folded.indexOf(wanted); wanted && at >= 0; at = folded.indexOf(wanted, at + wanted.length)) {
    found.push([at, at + wanted.length]);
  }
  if (found.length > 0) return found;
  const stems = words(wanted).map(([, word]) => stem(word));
  return words(folded)
    .filter(([, word]) => stems.some((wantedStem) => stem(word) === wantedStem))
    .map(([at, word]) => [at, at + word.length]);
}

/** Lower case of the same length, so that positions stay what they are. */
function fold(text) {
  return Array.from({ length: text.length }, (_, at) => {
    const lower = text[at].toLowerCase();
    return lower.length === 1 ? lower : text[at];
  }).join("");
}

function words(text) {
  return Array.from(text.matchAll(/[\p{L}\p{N}]+/gu), (match) => [match.index, match[0]]);
}

/** Close to an English stem: its ending is cut, and a letter that the ending had doubled. */
function stem(word) {
  const cut = word.replace(ENDINGS, "");
  if (cut.length < SHORTEST_STEM) return word;
  return cut.replace(/([b-df-hj-np-rtv-xz])\1$/, "$1");
}
