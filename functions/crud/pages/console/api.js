// Calls of the service. The admin key is in this module's memory and nowhere else; a token is part
// of the addresses that are fetched, as the API has it, and of none that the browser shows.

/** The service's address, below whatever base path it is served. */
export const root = new URL("../../", import.meta.url);

const LONGEST_WAIT_SECONDS = 10;
const TRIES = 4;

let adminKey = "";
let listener = () => {};

export function setAdminKey(key) {
  adminKey = key;
}

/** Has each call reported once it is answered: what was sent, the status and the milliseconds. */
export function onStep(report) {
  listener = report;
}

/** An answer that is an error, or none at all. Its message is the problem's detail. */
export class Failure extends Error {
  constructor(status, title, detail, retryAfter = 0) {
    super(detail);
    this.status = status;
    this.title = title;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed later. */
  get passing() {
    return this.status === 0 || this.status === 409 || this.status === 429 || this.status >= 500;
  }
}

/** Sends a request and resolves with its answer, or rejects with a Failure. */
export async function call(method, path, { body, headers = {}, signal } = {}) {
  const sent = { method, path, headers: { ...headers } };
  if (body !== undefined) {
    sent.body = JSON.stringify(body);
    sent.headers["content-type"] = "application/json";
  }
  if (/^applications\/?(\?|$)/.test(path) && adminKey) {
    sent.headers.authorization = `Bearer ${adminKey}`;
  }
  const began = performance.now();
  let answer;
  let text;
  try {
    answer = await fetch(new URL(path, root), {
      method,
      headers: sent.headers,
      body: sent.body,
      signal,
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    text = await answer.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    listener({ ...sent, status: 0, milliseconds: performance.now() - began });
    throw new Failure(0, "No answer", "The service cannot be reached.");
  }
  const milliseconds = performance.now() - began;
  listener({ ...sent, status: answer.status, milliseconds });
  const json = parsed(text);
  if (!answer.ok) {
    const title = `${answer.status} ${json?.title ?? answer.statusText}`.trim();
    const detail = json?.detail ?? json?.message ?? "The answer says no more.";
    throw new Failure(answer.status, title, detail, retryAfter(answer));
  }
  return {
    json,
    milliseconds,
    began,
    etag: answer.headers.get("etag"),
    next: nextPage(path, answer.headers.get("link")),
  };
}

/** Creates something under an idempotency key, so that trying again makes nothing twice. */
export async function create(path, body, key) {
  const headers = { "idempotency-key": key };
  for (let tried = 1; ; tried++) {
    try {
      return await call("POST", path, { body, headers });
    } catch (failure) {
      if (!failure.passing || tried === TRIES) throw failure;
      await seconds(Math.min(failure.retryAfter || 0.3 * 2 ** tried, LONGEST_WAIT_SECONDS));
    }
  }
}

/** A new key; `crypto.randomUUID` is not there on plain HTTP. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const seconds = (count) => new Promise((resolve) => setTimeout(resolve, count * 1000));

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function retryAfter(answer) {
  return Number(answer.headers.get("retry-after")) || 0;
}

/** The next page's path (RFC 8288); the reference is the query alone. */
function nextPage(path, link) {
  const found = /<(\?[^>]*)>;\s*rel="next"/.exec(link ?? "");
  return found ? path.split("?")[0] + found[1] : null;
}
