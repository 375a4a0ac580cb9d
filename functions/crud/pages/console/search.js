// Searching the open chat as one types.

import { call, seconds } from "./api.js";
import { byId, el } from "./dom.js";
import { Pager } from "./pager.js";

const PAUSE = 0.2;
const LONGEST_KEYWORD = 256;
const MOST_PAGES = 10;

const form = byId("search");
const keyword = byId("keyword");
const found = byId("found");
const list = byId("found-list");
const messages = byId("messages-list");

let path = null;
let item = () => el("li");
let pager = null;

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
  for (const message of hits) list.append(item(message, keyword.value));
  const count = list.children.length;
  found.textContent = count === 0 ? "Nothing found" : `${count} found, best match first`;
}

form.addEventListener("submit", (event) => event.preventDefault());

keyword.addEventListener("input", async () => {
  const typed = keyword.value;
  if (typed === "") {
    leave();
    return;
  }
  await seconds(PAUSE);
  if (keyword.value !== typed || path === null) return;
  list.hidden = false;
  messages.hidden = true;
  form.parentElement.classList.add("searching");
  pager.open(address(path, typed));
});

/** Whether a search for a message's own text finds it. */
export async function finds(chat, body, number) {
  const text = Array.from(body).slice(0, LONGEST_KEYWORD).join("");
  let next = address(chat, text);
  for (let page = 0; next && page < MOST_PAGES; page++) {
    const answer = await call("GET", next);
    if (answer.json.some((message) => message.number === number)) return true;
    next = answer.next;
  }
  return false;
}

function address(chat, text) {
  return `${chat}/search?keyword=${encodeURIComponent(text.toWellFormed())}`;
}
