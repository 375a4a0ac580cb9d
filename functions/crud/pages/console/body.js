// A message's text: its beginning at first, all of it where a person asks, and what a keyword
// matches marked. A text may hold 65,535 characters, or as many lines, so what it costs to show a
// list must not depend on the texts.

import { button, el } from "./dom.js";
import { highlighted } from "./highlight.js";

const FIRST_CHARACTERS = 2_000;
const FIRST_LINES = 50;
const LINE_BREAK = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

/** The text's element, and the button that shows the rest where there is more. */
export function messageBody({ number, body }, keyword = "") {
  const beginning = excerpt(body);
  const shown = el("p", { class: "body", dir: "auto" }, highlighted(beginning, keyword));
  if (beginning.length === body.length) return [shown];
  let whole = false;
  const toggle = button("Show all", change, { class: "quiet", "aria-expanded": "false" });
  label();
  return [shown, toggle];

  function change() {
    whole = !whole;
    shown.replaceChildren(highlighted(whole ? body : beginning, keyword));
    label();
  }

  function label() {
    toggle.textContent = whole ? "Show less" : "Show all";
    toggle.setAttribute("aria-label", `${toggle.textContent} of message ${number}`);
    toggle.setAttribute("aria-expanded", String(whole));
  }
}

/** The beginning of a text, whole where the text is short. */
export function excerpt(text) {
  let end = Math.min(text.length, FIRST_CHARACTERS);
  let lines = 0;
  for (const { index } of text.slice(0, end).matchAll(LINE_BREAK)) {
    lines += 1;
    if (lines === FIRST_LINES) end = index;
  }
  const splitsPair = end < text.length && /[\ud800-\udbff]$/.test(text.slice(0, end));
  return text.slice(0, splitsPair ? end - 1 : end);
}
