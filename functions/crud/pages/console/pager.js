// A list that is read page by page.

import { call } from "./api.js";
import { clearFailure, showFailure } from "./dom.js";

// How many pages are being read into a panel, which several lists may share.
const reading = new Map();

function count(panel, change) {
  const left = (reading.get(panel) ?? 0) + change;
  reading.set(panel, left);
  if (left > 0) panel.setAttribute("aria-busy", "true");
  else panel.removeAttribute("aria-busy");
}

/** Reads pages into a panel: `show` takes the items of each and whether it is the first. */
export class Pager {
  constructor(panel, more, show) {
    this.panel = panel;
    this.more = more;
    this.show = show;
    this.asked = null;
    more.addEventListener("click", () => this.read(this.next, false));
  }

  /** Begins anew at a list's address. */
  open(path) {
    this.close();
    return this.read(path, true);
  }

  /** Drops what is still under way. */
  close() {
    this.asked?.abort();
    this.asked = null;
    this.more.hidden = true;
    this.more.disabled = false;
    clearFailure(this.panel);
  }

  async read(path, first) {
    const asked = new AbortController();
    this.asked = asked;
    count(this.panel, 1);
    this.more.disabled = true;
    try {
      const { json, next } = await call("GET", path, { signal: asked.signal });
      if (this.asked !== asked) return;
      this.next = next;
      this.show(json, first);
      this.more.hidden = next === null;
    } catch (failure) {
      if (this.asked !== asked || failure.name === "AbortError") return;
      showFailure(this.panel, failure, () => this.read(path, first));
    } finally {
      count(this.panel, -1);
      if (this.asked === asked) this.more.disabled = false;
    }
  }
}
