// A step as a command. Token and key stand in it as variables of the shell, so that a copy can be
// pasted where others read it.

import { root } from "./api.js";

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
  if (body !== undefined) parts.push(`--data-raw ${singleQuoted(body)}`);
  return parts.join(" ");
}

/** The path as it is shown: without the token, and without what a query spells out. */
export function shortPath(path) {
  return `/${path.replace(/^(applications\/)[^/?]+/, "$1…")}`;
}

function singleQuoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function doubleQuoted(text) {
  return text.replace(/["$`\\]/g, "\\$&");
}
