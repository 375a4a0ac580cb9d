// Elements made by hand: what a client wrote only ever becomes text, never markup.

/** An element with its properties, attributes (`aria-…`, `data-…`), listeners and children. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name.includes("-")) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export const byId = (id) => document.getElementById(id);

export function button(text, onclick, properties = {}) {
  return el("button", { type: "button", onclick, ...properties }, text);
}

/** Does what a button asks for, unless it is being done already. */
export async function oneAtATime(asked, work) {
  if (asked.disabled) return;
  asked.disabled = true;
  try {
    await work();
  } finally {
    asked.disabled = false;
  }
}

/** A time as people read it, with the exact one behind it. */
export function time(text) {
  const date = new Date(text);
  const today = date.toDateString() === new Date().toDateString();
  const shown = today ? date.toLocaleTimeString() : date.toLocaleString();
  return el("time", { dateTime: text, title: text }, shown);
}

export const counted = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

/** Says something to whoever does not see the screen. */
export function announce(text) {
  byId("announcements").textContent = text;
}

/** Puts a text on the clipboard and says so on the button that asked. */
export async function copy(text, asked) {
  const label = asked.textContent;
  try {
    await navigator.clipboard.writeText(text);
    asked.textContent = "Copied";
  } catch {
    asked.textContent = "No clipboard";
  }
  announce(asked.textContent);
  setTimeout(() => (asked.textContent = label), 1500);
}

/** Shows what went wrong at a panel, with a way to try again where there is one. */
export function showFailure(panel, failure, again = null) {
  const alert = panel.querySelector("[role=alert]");
  alert.replaceChildren(
    el("strong", {}, failure.title),
    el("span", {}, failure.message),
  );
  if (again) alert.append(button("Try again", () => (clearFailure(panel), again())));
  alert.hidden = false;
}

export function clearFailure(panel) {
  const alert = panel.querySelector("[role=alert]");
  alert.hidden = true;
  alert.replaceChildren();
}
