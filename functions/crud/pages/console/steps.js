// The steps taken: each call with its status and milliseconds, to copy as a command.

import { curl, shortPath } from "./curl.js";
import { button, byId, copy, el } from "./dom.js";

const MOST = 200;
const LONGEST_PATH = 200;

const list = byId("steps-list");
let last = null;

/** Adds a step; one that is asked again and again, until a row is there, stays one. */
export function addStep(step) {
  const command = curl(step);
  if (last?.command === command) last.count += 1;
  else last = { command, count: 1, item: null };
  const path = short(shortPath(step.path));
  const copyButton = button("Copy as curl", () => copy(command, copyButton), { class: "quiet" });
  copyButton.setAttribute("aria-label", `Copy as curl: ${step.method} ${path}`);
  const failed = step.status === 0 || step.status >= 400;
  const item = el(
    "li",
    {},
    el(
      "span",
      { class: "step" },
      el("b", {}, step.method),
      " ",
      el("span", { class: "path" }, path),
    ),
    el(
      "span",
      { class: "meta" },
      el("span", { class: failed ? "status failed" : "status" }, String(step.status || "no answer")),
      el("span", {}, `${Math.round(step.milliseconds)} ms`),
      last.count > 1 ? el("span", {}, `× ${last.count}`) : null,
      copyButton,
    ),
  );
  if (last.item) last.item.replaceWith(item);
  else list.prepend(item);
  last.item = item;
  while (list.children.length > MOST) list.lastElementChild.remove();
}

/** A keyword of 256 characters takes 3,072 in a path. */
function short(path) {
  return path.length <= LONGEST_PATH ? path : `${path.slice(0, LONGEST_PATH)}…`;
}

export function clearSteps() {
  list.replaceChildren();
  last = null;
}
