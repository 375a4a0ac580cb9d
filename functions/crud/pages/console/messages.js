// One chat: its messages, newest last; a message to send; one to edit.

import { call, create, newKey } from "./api.js";
import { excerpt, messageBody } from "./body.js";
import { announce, button, byId, clearFailure, el, oneAtATime, showFailure, time } from "./dom.js";
import { Pager } from "./pager.js";
import * as search from "./search.js";
import { Way } from "./way.js";

const panel = byId("messages");
const list = byId("messages-list");
const scroll = byId("scroll");
const composer = byId("composer");
const text = byId("text");
const send = composer.querySelector("button");

let path = null;
// What was sent and is not known to be taken: its text, and the key under which it is sent again.
let unsure = null;
let changed = () => {};

const pager = new Pager(panel, byId("more-messages"), (messages, first) => {
  if (first) list.replaceChildren();
  const top = list.firstChild;
  for (const message of messages.toReversed()) list.insertBefore(item(message), top);
  if (list.children.length === 0) list.append(el("li", { class: "empty" }, "No messages yet."));
  if (first) toEnd();
});

/** Has the chats whose messages were written reported. */
export function onChange(report) {
  changed = report;
}

export function open(application, chat) {
  close();
  send.disabled = false; // what is under way is of another chat
  path = `applications/${application.access_token}/chats/${chat.number}/messages`;
  byId("messages-title").textContent = `Chat ${chat.number}`;
  byId("no-chat").hidden = true;
  byId("chat").hidden = false;
  search.open(path, panel, item);
  pager.open(`${path}?limit=20&order=desc`);
}

export function close() {
  path = null;
  unsure = null;
  pager.close();
  search.close();
  list.replaceChildren();
  text.value = "";
  byId("messages-title").textContent = "Messages";
  byId("no-chat").hidden = false;
  byId("chat").hidden = true;
}

const toEnd = () => (scroll.scrollTop = scroll.scrollHeight);

/** A message, its matches marked where it was found by a keyword. */
function item(message, keyword = "") {
  const address = `${path}/${message.number}`;
  const edited = message.updated_at !== message.created_at;
  const head = el(
    "p",
    { class: "meta" },
    el("b", {}, `#${message.number}`),
    message.created_at ? time(message.created_at) : null,
    edited ? el("span", {}, "edited ", time(message.updated_at)) : null,
    message.created_at
      ? button("Edit", () => edit(address, shown, keyword), {
          class: "quiet",
          "aria-label": `Edit message ${message.number}`,
        })
      : null,
  );
  const shown = el("li", { "data-message": message.number }, head, ...messageBody(message, keyword));
  return shown;
}

composer.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (send.disabled) return;
  clearFailure(panel);
  search.leave();
  send.disabled = true;
  const chat = path;
  const body = text.value;
  if (unsure?.body !== body) unsure = { body, key: newKey() };
  try {
    const answer = await create(chat, { body }, unsure.key);
    if (path !== chat) return;
    unsure = null;
    if (text.value === body) text.value = "";
    list.querySelector(".empty")?.remove();
    const shown = item({ number: answer.json.number, body });
    list.append(shown);
    toEnd();
    follow(chat, answer, body, shown);
  } catch (failure) {
    if (path === chat) showFailure(panel, failure, failure.passing ? () => composer.requestSubmit() : null);
  } finally {
    if (path === chat) send.disabled = false;
  }
});

text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  if (!event.repeat) composer.requestSubmit();
});

/** Shows the way of a new message. */
async function follow(chat, answer, body, shown) {
  const { number } = answer.json;
  const way = new Way(`Message ${number}`, ["assigned", "written", "searchable"], answer);
  shown.append(way.element);
  toEnd();
  try {
    const written = await way.written(chat, number);
    if (!written) return;
    const row = item(written);
    row.append(way.element);
    shown.replaceWith(row);
    changed(chat.replace(/\/messages$/, ""));
    await way.until("searchable", () => search.finds(chat, body, number));
  } catch (failure) {
    if (path === chat) showFailure(panel, failure);
  }
}

/**
 * Puts a form in place of a message, with what was typed before where that could not be saved. Saves
 * it only over what was read.
 */
async function edit(address, shown, keyword, typed = null) {
  clearFailure(panel);
  const chat = path;
  let read;
  try {
    read = await call("GET", address);
  } catch (failure) {
    if (path === chat) showFailure(panel, failure, () => edit(address, shown, keyword, typed));
    return;
  }
  if (!shown.isConnected) return;
  const { number } = read.json;
  const id = `edit-${number}`;
  const area = el("textarea", { id, rows: 3, required: true, value: typed ?? read.json.body });
  const submit = el("button", {}, "Save");
  const form = el(
    "form",
    { onsubmit: save },
    el("label", { htmlFor: id, class: "unseen" }, `Text of message ${number}`),
    typed === null ? null : el("p", { class: "meta" }, "It says now: ", el("q", { dir: "auto" }, excerpt(read.json.body))),
    area,
    el("span", { class: "actions" }, submit, button("Cancel", () => restore(read.json), { class: "quiet" })),
  );
  const editing = el("li", { "data-message": number }, el("p", { class: "meta" }, el("b", {}, `#${number}`)), form);
  shown.replaceWith(editing);
  area.focus();

  function save(event) {
    event.preventDefault();
    oneAtATime(submit, put);
  }

  async function put() {
    clearFailure(panel);
    try {
      const headers = { "if-match": read.etag };
      const answer = await call("PUT", address, { body: { body: area.value }, headers });
      announce(`Message ${number} saved`);
      if (path === chat) restore(answer.json);
    } catch (failure) {
      // Another edit came first: read it again, and save over that.
      const again = () => edit(address, editing, keyword, area.value);
      if (path === chat) showFailure(panel, failure, failure.status === 412 ? again : null);
    }
  }

  function restore(message) {
    const row = item(message, keyword);
    editing.replaceWith(row);
    row.querySelector("button").focus();
    // It may stand among what was found, too.
    for (const other of panel.querySelectorAll(`[data-message="${number}"]:not(:has(form))`)) {
      if (other !== row) other.replaceWith(item(message, list.contains(other) ? "" : keyword));
    }
  }
}
