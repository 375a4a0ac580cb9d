// The console: what is entered, which panel is in front, and what leads from one to the next.

import { call, onStep, setAdminKey } from "./api.js";
import * as applications from "./applications.js";
import * as chats from "./chats.js";
import { byId, clearFailure, showFailure } from "./dom.js";
import * as messages from "./messages.js";
import { addStep, clearSteps } from "./steps.js";

const entry = byId("entry");
const secret = byId("secret");
const workspace = byId("workspace");
const views = byId("views");

const HINTS = {
  admin: ["Admin key", "Leave it empty where the service runs open, as the local one does."],
  token: ["Access token", "24 characters, from the answer that created the application."],
};

onStep((step) => {
  addStep(step);
  // The key no longer opens anything: ask for another.
  if (step.status === 401 && !workspace.hidden) {
    leave();
    showFailure(entry, { title: "401 Unauthorized", message: "The admin key is no longer accepted. Enter the current one." });
  }
});

const kind = () => new FormData(entry).get("kind");

entry.addEventListener("change", ({ target }) => {
  if (target.name !== "kind") return;
  const [label, hint] = HINTS[kind()];
  byId("secret-label").textContent = label;
  byId("secret-hint").textContent = hint;
  secret.required = kind() === "token";
});

entry.addEventListener("submit", async (event) => {
  event.preventDefault();
  clearFailure(entry);
  const submit = entry.querySelector(".primary");
  submit.disabled = true;
  try {
    const entered = secret.value.trim();
    if (kind() === "token") {
      const path = `applications/${encodeURIComponent(entered)}`;
      const { json } = await call("GET", path);
      enter(false);
      openApplication(json);
    } else {
      setAdminKey(entered);
      await call("GET", "applications?limit=1");
      enter(true);
      applications.open();
      show("applications");
    }
  } catch (failure) {
    setAdminKey("");
    showFailure(entry, failure);
    secret.focus();
  } finally {
    submit.disabled = false;
  }
});

function enter(all) {
  secret.value = "";
  entry.hidden = true;
  for (const element of [workspace, views, byId("leave")]) element.hidden = false;
  byId("applications").hidden = !all;
  views.querySelector("[data-view=applications]").hidden = !all;
}

function leave() {
  setAdminKey("");
  applications.close();
  chats.close();
  messages.close();
  clearSteps();
  clearFailure(entry);
  for (const element of [workspace, views, byId("leave")]) element.hidden = true;
  entry.hidden = false;
  secret.focus();
}

byId("leave").addEventListener("click", leave);

/** Brings a panel to the front, which a narrow screen shows alone. */
function show(view) {
  workspace.dataset.view = view;
  for (const tab of views.children) {
    if (tab.dataset.view === view) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
}

views.addEventListener("click", ({ target }) => {
  if (target.dataset.view) show(target.dataset.view);
});

function openApplication(application) {
  messages.close();
  chats.open(application);
  show("chats");
  byId("chats-title").focus({ preventScroll: true });
}

function openChat(application, chat) {
  messages.open(application, chat);
  show("messages");
  byId("messages-title").focus({ preventScroll: true });
}

applications.onChoice(openApplication);
chats.onChoice(openChat);
chats.onChange(applications.update);
messages.onChange(chats.update);
