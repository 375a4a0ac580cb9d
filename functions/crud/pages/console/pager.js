// A list that is read page by page.

import { call } from "./api.js";
import { clearFailure, showFailure } from "./dom.js";

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
    clearFailure(this.panel);
  }

  async read(path, first) {
    const asked = new AbortController();
    this.asked = asked;
    this.panel.setAttribute("aria-busy", "true");
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
      if (this.asked === asked) {
        this.more.disabled = false;
        this.panel.removeAttribute("aria-busy");
      }
    }
  }
}
