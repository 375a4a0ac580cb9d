// A row's way, live: its number is assigned, its row is written, the search finds it.

import { call, seconds } from "./api.js";
import { announce, el } from "./dom.js";

const FIRST_WAIT = 0.1;
const LONGEST_WAIT = 1;
const GIVE_UP_AFTER = 60;

/** What an attempt gives where asking again would not tell. */
export const UNKNOWN = Symbol("unknown");

/** The stages as they are reached, in milliseconds since the request was sent. */
export class Way {
  constructor(what, stages, assigned) {
    this.what = what;
    this.began = assigned.began;
    this.stages = new Map(stages.map((name) => [name, el("li", {}, name)]));
    this.element = el("ol", { class: "way", "aria-label": `The way of ${what}` });
    this.element.append(...this.stages.values());
    this.reached("assigned", assigned.milliseconds);
  }

  reached(stage, milliseconds = performance.now() - this.began) {
    const item = this.stages.get(stage);
    item.className = "reached";
    item.textContent = `${stage} ${Math.round(milliseconds)} ms`;
    announce(`${this.what}: ${item.textContent}`);
  }

  /** Asks until `attempt` gives something, which it returns; null where it never does. */
  async until(stage, attempt) {
    const deadline = performance.now() + GIVE_UP_AFTER * 1000;
    let last = null;
    for (let wait = FIRST_WAIT; performance.now() < deadline; wait = Math.min(wait * 1.5, LONGEST_WAIT)) {
      if (!this.element.isConnected) return null;
      const found = await attempt().catch((failure) => {
        if (!failure.passing) throw failure;
        last = failure;
        return null;
      });
      if (found === UNKNOWN) {
        this.stages.get(stage).textContent = `${stage}: too many alike to tell`;
        return null;
      }
      if (found) {
        this.reached(stage);
        return found;
      }
      await seconds(wait);
    }
    const why = last ? `: ${last.message}` : "";
    this.stages.get(stage).textContent = `not ${stage} in ${GIVE_UP_AFTER} s${why}`;
    return null;
  }

  /** Waits for a row of a list: the page that could hold it alone is empty until it is written. */
  written(list, number) {
    const page = `${list}?after=${number - 1}&before=${number + 1}`;
    return this.until("written", async () => (await call("GET", page)).json[0]);
  }
}
