// One application: its name and token, and its chats, newest first.

import { call, create, newKey } from "./api.js";
import { announce, button, byId, clearFailure, copy, counted, el, oneAtATime, showFailure, time } from "./dom.js";
import { Pager } from "./pager.js";
import { Way } from "./way.js";

const panel = byId("chats");
const head = byId("application-head");
const list = byId("chats-list");
const newChat = byId("new-chat");

let application = null;
let choose = () => {};
let changed = () => {};

const pager = new Pager(panel, byId("more-chats"), (chats, first) => {
  if (first) list.replaceChildren();
  for (const chat of chats) list.append(item(chat));
  if (list.children.length === 0) list.append(el("li", { class: "empty" }, "No chats yet."));
});

export function onChoice(chosen) {
  choose = chosen;
}

/** Has renamings and counts reported. */
export function onChange(report) {
  changed = report;
}

export function open(opened) {
  application = opened;
  key = null;
  byId("no-application").hidden = true;
  byId("application").hidden = false;
  list.replaceChildren();
  showHead();
  pager.open(`${path()}/chats?limit=20&order=desc`);
}

export function close() {
  application = null;
  pager.close();
  list.replaceChildren();
  head.replaceChildren();
  byId("no-application").hidden = false;
  byId("application").hidden = true;
}

const path = () => `applications/${application.access_token}`;

/** Whether an application is still the one that is shown: what was asked for it may end later. */
const isOpen = (owner) => application?.access_token === owner.access_token;

function showHead() {
  const copyToken = button("Copy token", () => copy(application.access_token, copyToken), { class: "quiet" });
  head.replaceChildren(
    el("strong", { class: "label", dir: "auto" }, application.name),
    el(
      "span",
      { class: "actions" },
      button("Rename", () => rename(), { class: "quiet", id: "rename" }),
      copyToken,
    ),
  );
}

/** Puts a form in place of the name, with what was typed before where that could not be saved. */
async function rename(typed = null) {
  clearFailure(panel);
  const owner = application;
  const address = path();
  let read;
  try {
    read = await call("GET", address);
  } catch (failure) {
    if (isOpen(owner)) showFailure(panel, failure, () => rename(typed));
    return;
  }
  if (!isOpen(owner)) return;
  const value = typed ?? read.json.name;
  const input = el("input", { id: "rename-to", value, required: true, autocomplete: "off" });
  const submit = el("button", {}, "Save");
  const form = el(
    "form",
    { class: "row", onsubmit: save },
    el("label", { htmlFor: "rename-to", class: "unseen" }, "Name of the application"),
    typed === null ? null : el("span", { class: "meta" }, "It says now: ", el("q", { dir: "auto" }, read.json.name)),
    input,
    submit,
    button("Cancel", restore, { class: "quiet" }),
  );
  head.replaceChildren(form);
  input.select();

  function save(event) {
    event.preventDefault();
    oneAtATime(submit, put);
  }

  async function put() {
    clearFailure(panel);
    try {
      const headers = { "if-match": read.etag };
      const answer = await call("PUT", address, { body: { name: input.value }, headers });
      changed(answer.json);
      announce(`Renamed to ${answer.json.name}`);
      if (!isOpen(owner)) return;
      application = answer.json;
      restore();
    } catch (failure) {
      // Another renaming came first: read it again.
      const again = () => rename(input.value);
      if (isOpen(owner)) showFailure(panel, failure, failure.status === 412 ? again : null);
    }
  }

  function restore() {
    showHead();
    byId("rename").focus();
  }
}

function item(chat) {
  const chosen = el(
    "button",
    { type: "button", onclick: () => chooseOne(chat, chosen) },
    el("span", { class: "label" }, `Chat ${chat.number}`),
    el("span", { class: "count" }, ...activity(chat)),
  );
  return el("li", { "data-chat": chat.number }, chosen);
}

/** What is in a chat, once its row is written. */
function activity(chat) {
  if (!chat.updated_at) return ["on its way"];
  return [`${counted(chat.message_count, "message")} · `, time(chat.updated_at)];
}

function chooseOne(chat, chosen) {
  for (const other of list.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
  chosen.setAttribute("aria-current", "true");
  choose(application, chat);
}

/** Reads a chat again, where it is listed. */
export async function update(address) {
  const number = address.split("/").at(-1);
  const count = list.querySelector(`[data-chat="${number}"] .count`);
  if (!count || !application || !address.startsWith(`${path()}/`)) return;
  try {
    count.replaceChildren(...activity((await call("GET", address)).json));
  } catch (failure) {
    showFailure(panel, failure);
  }
}

let key = null;

newChat.addEventListener("click", () => oneAtATime(newChat, createOne));

async function createOne() {
  clearFailure(panel);
  key ??= newKey();
  const owner = application;
  try {
    const answer = await create(`${path()}/chats`, undefined, key);
    if (!isOpen(owner)) return;
    key = null;
    list.querySelector(".empty")?.remove();
    const created = item(answer.json);
    list.prepend(created);
    follow(owner, answer, created);
  } catch (failure) {
    if (isOpen(owner)) showFailure(panel, failure, failure.passing ? () => newChat.click() : null);
  }
}

/** Shows the way of a new chat, then the chat with its count. */
async function follow(owner, answer, created) {
  const { number } = answer.json;
  const way = new Way(`Chat ${number}`, ["assigned", "written"], answer);
  created.append(way.element);
  try {
    const chat = await way.written(`applications/${owner.access_token}/chats`, number);
    if (!chat) return;
    created.querySelector(".count").replaceChildren(...activity(chat));
    changed((await call("GET", `applications/${owner.access_token}`)).json);
  } catch (failure) {
    if (isOpen(owner)) showFailure(panel, failure);
  }
}
