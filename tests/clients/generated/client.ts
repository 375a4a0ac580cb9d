// What the types that openapi-typescript makes of the document are used for.
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

const { GET, POST, PUT } = createClient<paths>({ baseUrl: process.env.BASE_URL! });

/** What a call answers, once it is what was waited for. */
async function until<T>(found: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await found();
    if (answer !== undefined) return answer;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("it did not come");
}

function given<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

const header = { "Idempotency-Key": process.env.KEY! };
const named = { params: { header }, body: { name: "Generated" } };
const { access_token } = given(await POST("/applications", named));
const chats = "/applications/{access_token}/chats";
const { number: chat_number } = given(await POST(chats, { params: { path: { access_token } } }));
const inChat = { access_token, chat_number };
const messages = "/applications/{access_token}/chats/{chat_number}/messages";
const sent = given(await POST(messages, { params: { path: inChat }, body: { body: "made by two" } }));

const message = "/applications/{access_token}/chats/{chat_number}/messages/{message_number}";
const path = { ...inChat, message_number: sent.number };
const row = async () => (await GET(message, { params: { path } })).data;
if ((await until(row)).body !== "made by two") throw new Error("another text");
given(await PUT(message, { params: { path }, body: { body: "edited by two" } }));
const search = "/applications/{access_token}/chats/{chat_number}/messages/search";
await until(async () => {
  const query = { keyword: "edited" };
  const found = given(await GET(search, { params: { path: inChat, query } }));
  return found.length === 1 ? found : undefined;
});
const listed = given(await GET(messages, { params: { path: inChat, query: { limit: 1 } } }));
if (listed[0]?.number !== 1) throw new Error("another number");
console.log((await until(row)).body);
