// A step as a command. Token and key stand in it as variables of the shell, so that a copy can be
// pasted where others read it.

import { root } from "./api.js";

// Linux takes no argument of 128 KiB or more (MAX_ARG_STRLEN in execve(2)), and a text of control
// characters is three times as long in JSON.
const LONGEST_ARGUMENT = 131_071;

export function curl({ method, path, headers, body }) {
  const address = new URL(root.href + path.replace(/^(applications\/)[^/?]+/, "$1\u0000"));
  const target = doubleQuoted(address.href).replace("%00", "$TOKEN");
  const parts = ["curl -i"];
  if (method !== "GET") parts.push(`-X ${method}`);
  parts.push(`"${target}"`);
  for (const [name, value] of Object.entries(headers)) {
    if (name === "authorization") parts.push('-H "authorization: Bearer $ADMIN_KEY"');
    else parts.push(`-H ${singleQuoted(`${name}: ${value}`)}`);
  }
  if (body !== undefined) parts.push(data(body));
  return parts.join(" ");
}

/** The path as it is shown: without the token, and without what a query spells out. */
export function shortPath(path) {
  return `/${path.replace(/^(applications\/)[^/?]+/, "$1…")}`;
}

function data(body) {
  const length = new TextEncoder().encode(body).length;
  if (length > LONGEST_ARGUMENT) return "--data-binary @body.json # too long for an argument";
  return `--data-raw ${singleQuoted(body)}`;
}

function singleQuoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function doubleQuoted(text) {
  return text.replace(/["$`\\]/g, "\\$&");
}
