// Searching the open chat as one types.

import { call, seconds } from "./api.js";
import { byId, el } from "./dom.js";
import { Pager } from "./pager.js";
import { UNKNOWN } from "./way.js";

const PAUSE = 0.2;
const LONGEST_KEYWORD = 256;
// A hit may hold 65,535 bytes of text, and one asks again at every letter.
const HITS = 10;
// How far one looks for a message among others with the same text.
const MOST_PAGES = 10;
const MOST_CHARACTERS = 1_000_000;

const form = byId("search");
const keyword = byId("keyword");
const found = byId("found");
const list = byId("found-list");
const messages = byId("messages-list");

let path = null;
let item = () => el("li");
let pager = null;
// What the hits that are shown were asked for with; the field may hold a newer keyword.
let asked = "";

export function open(opened, panel, show) {
  path = opened;
  item = show;
  pager ??= new Pager(panel, byId("more-found"), showPage);
}

export function close() {
  path = null;
  leave();
}

/** Back to all messages. */
export function leave() {
  keyword.value = "";
  pager?.close();
  list.replaceChildren();
  list.hidden = true;
  messages.hidden = false;
  form.parentElement.classList.remove("searching");
  found.textContent = "";
}

function showPage(hits, first) {
  if (first) list.replaceChildren();
  for (const message of hits) list.append(item(message, asked));
  const count = list.children.length;
  found.textContent = count === 0 ? "Nothing found" : `${count} found, best match first`;
}

form.addEventListener("submit", (event) => event.preventDefault());

keyword.addEventListener("input", async () => {
  const typed = keyword.value;
  // What is still under way was asked for with another keyword.
  pager.close();
  if (typed === "") {
    leave();
    return;
  }
  await seconds(PAUSE);
  if (keyword.value !== typed || path === null) return;
  list.hidden = false;
  messages.hidden = true;
  form.parentElement.classList.add("searching");
  asked = typed;
  pager.open(address(path, typed));
});

/**
 * Whether a search for a message's own text finds it, newest first; unknown where too much else
 * holds the same text.
 */
export async function finds(chat, body, number) {
  const text = Array.from(body).slice(0, LONGEST_KEYWORD).join("");
  let next = `${address(chat, text)}&order=desc`;
  let read = 0;
  for (let page = 0; page < MOST_PAGES && read < MOST_CHARACTERS; page++) {
    const answer = await call("GET", next);
    if (answer.json.some((message) => message.number === number)) return true;
    if (answer.next === null) return false;
    for (const message of answer.json) read += message.body.length;
    next = answer.next;
  }
  return UNKNOWN;
}

function address(chat, text) {
  return `${chat}/search?keyword=${encodeURIComponent(text.toWellFormed())}&limit=${HITS}`;
}
