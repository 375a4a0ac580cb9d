// The applications, for whoever holds the admin key.

import { call } from "./api.js";
import { announce, byId, clearFailure, counted, el, oneAtATime, showFailure } from "./dom.js";
import { Pager } from "./pager.js";

const panel = byId("applications");
const list = byId("applications-list");
const form = byId("new-application");
const name = byId("application-name");

let choose = () => {};
let items = new Map();

const pager = new Pager(panel, byId("more-applications"), (applications, first) => {
  if (first) clear();
  for (const application of applications) put(application);
  if (items.size === 0) list.append(el("li", { class: "empty" }, "None yet. Create the first one."));
});

export function onChoice(chosen) {
  choose = chosen;
}

export function open() {
  pager.open("applications?limit=20");
}

export function close() {
  pager.close();
  clear();
}

function clear() {
  list.replaceChildren();
  items = new Map();
}

/** Shows an application as it is now, where it is listed. */
export function update(application) {
  if (items.has(application.access_token)) put(application);
}

function put(application) {
  const shown = items.get(application.access_token);
  const current = shown?.button.getAttribute("aria-current");
  const chosen = el(
    "button",
    { type: "button", onclick: () => chooseOne(application) },
    el("span", { class: "label", dir: "auto" }, application.name),
    el("span", { class: "count" }, counted(application.chat_count, "chat")),
  );
  if (current) chosen.setAttribute("aria-current", current);
  const item = el("li", {}, chosen);
  if (shown) shown.item.replaceWith(item);
  else list.append(item);
  items.set(application.access_token, { item, button: chosen });
}

function chooseOne(application) {
  for (const { button } of items.values()) button.removeAttribute("aria-current");
  items.get(application.access_token)?.button.setAttribute("aria-current", "true");
  choose(application);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  oneAtATime(form.querySelector("button"), createOne);
});

async function createOne() {
  clearFailure(panel);
  try {
    const { json } = await call("POST", "applications", { body: { name: name.value } });
    name.value = "";
    list.querySelector(".empty")?.remove();
    put(json);
    announce(`Application ${json.name} created`);
    chooseOne(json);
  } catch (failure) {
    showFailure(panel, failure);
  }
}
