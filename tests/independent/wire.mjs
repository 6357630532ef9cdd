// The wire: requests read, answers sent, plain HTTP turned away.
import crypto from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { errorAnswer, problem } from "./answers.mjs";
import { answerControl } from "./control.mjs";
import { answer } from "./routes.mjs";
import { config, faulty } from "./settings.mjs";
import { now } from "./time.mjs";
import { randomFrom } from "./world.mjs";

const jitter = randomFrom(99), MOST = 1_000_000;

async function readRequest(incoming) {
  const chunks = [];
  let size = 0;
  for await (const chunk of incoming) if ((size += chunk.length) <= MOST) chunks.push(chunk);
  const [where, ...query] = incoming.url.split("?");
  return { method: incoming.method, path: where, query: new URLSearchParams(query.join("?")), headers: incoming.headers, body: Buffer.concat(chunks).toString(),
    tooLong: size > MOST };
}

// ---- sending ---------------------------------------------------------------------------------------------------------
const DECIMALS = new Set(["units", "unitCost", "totalValue", "unitPrice", "unitsReceived", "unitsCompleted", "total", "onHand"]),
  MARK = crypto.randomUUID(); // no text of a client holds the mark
const MARKED = new RegExp(`"${MARK}([-+e\\d.]+)"`, "g");
const DECIMAL = { fixed: one => one.toFixed(4).replace(/00$/, ""), one: one => (Number.isInteger(one) ? one.toFixed(1) : String(one)) }[config.decimals];
const INDENT = config.json_style === "pretty" ? 2 : 0;

function toJson(value) {
  const mark = DECIMAL && ((name, one) => (DECIMALS.has(name) && typeof one === "number" ? `${MARK}${DECIMAL(one)}` : one));
  const plain = JSON.stringify(value, mark, INDENT), text = DECIMAL ? plain.replace(MARKED, "$1") : plain;
  return config.json_style === "ascii" ? text.replace(/[^\0-~]/g, sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`) : text;
}

const HEADER_CASE = { canonical: name => name, lower: name => name.toLowerCase(), upper: name => name.toUpperCase() }[config.header_case];
const EXTRA_HEADERS = { "X-API-Version": "v1", "Strict-Transport-Security": "max-age=86400", "X-Powered-By": "steam",
  "Set-Cookie": "lb=a1; Path=/; Secure; HttpOnly", Vary: "Accept" };

function bytesOf(incoming, { body, raw }, headers) {
  const bytes = Buffer.from(raw ?? (body === undefined ? "" : toJson(body)));
  if (!config.gzip || !bytes.length || !/\bgzip\b/.test(incoming.headers["accept-encoding"] ?? "")) return bytes;
  headers["Content-Encoding"] = "gzip";
  return gzipSync(bytes, { level: 1 });
}

function send(incoming, outgoing, given) {
  const { status, headers = {}, type = "application/json" } = given;
  const all = { ...(config.extra_headers && { ...EXTRA_HEADERS, "X-Request-Id": crypto.randomUUID() }), ...headers }, bytes = bytesOf(incoming, given, all);
  all.Date = new Date(now()).toUTCString(); // the target's own clock, also after advance
  if (bytes.length) all["Content-Type"] = config.json_charset && !type.includes(";") ? `${type}; charset=utf-8` : type;
  if (status !== 204 && !(config.chunked && bytes.length)) all["Content-Length"] = String(bytes.length);
  if (config.connection_close) all.Connection = "close";
  outgoing.sendDate = false;
  outgoing.writeHead(status, Object.fromEntries(Object.entries(all).map(([name, value]) => [HEADER_CASE(name), value])));
  const half = 1 + (bytes.length >> 1);
  if (config.chunked && bytes.length) outgoing.write(bytes.subarray(0, half), () => outgoing.end(bytes.subarray(half)));
  else outgoing.end(bytes);
}

export async function serve(incoming, outgoing) {
  try {
    const request = await readRequest(incoming), { latency_ms: latency, jitter_ms: most } = config;
    if (request.path === "/control") return send(incoming, outgoing, answerControl(request));
    if (latency || most) await sleep(latency + (most ? jitter(most + 1) : 0));
    return send(incoming, outgoing, await answer(request));
  } catch (why) {
    if (why.code !== "ECONNRESET") console.error(why); // a client may go at any time
    return outgoing.destroy();
  }
}

export const servePlain = secureOrigin => (incoming, outgoing) => {
  const token = /\/Token$/.test(incoming.url), basic = /^basic /i.test(incoming.headers.authorization ?? "");
  if (token ? faulty("plain-issues") || (faulty("plain-issues-basic") && basic) : faulty("plain-bearer")) return serve(incoming, outgoing);
  incoming.resume();
  const status = Number(/\d+$/.exec(config.plain_http)?.[0] ?? 403);
  if (status < 400) return send(incoming, outgoing, { status, headers: { Location: `${secureOrigin()}${incoming.url}` } });
  return send(incoming, outgoing, errorAnswer(problem(status, "HTTPS only.")));
};
