#!/usr/bin/env node
// A second InventoryPro REST API server, written from the documentation alone and with tastes of its own, so that a
// conformance suite can be tried against something that nobody fitted to it. Node.js 20, standard library only.
//
//   node server.mjs --cert FILE --key FILE --port 0 --write-target PATH [--ca-file PATH] [--config JSON] [--fault NAME]...
//   node server.mjs --list-faults | --list-switches
//
// It prints "listening <base_url>" once ready, serves 127.0.0.1 only, and stops on SIGTERM or SIGINT. Every answer to a
// question that the documentation leaves open is a switch (switches.mjs); whatever --config says, the server conforms.
// Every --fault is one small deviation from the documentation (faults.mjs); everything else keeps conforming.
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import path from "node:path";
import { accounts } from "./accounts.mjs";
import { controlToken } from "./control.mjs";
import { REPORTS } from "./reports.mjs";
import { RESOURCES } from "./routes.mjs";
import { config, faulty, options, quit } from "./settings.mjs";
import { STOCK_BODIES } from "./stock.mjs";
import { HOOK_BODIES } from "./webhooks.mjs";
import { serve, servePlain } from "./wire.mjs";
import { world } from "./world.mjs";

const listen = (server, port = 0) => new Promise((done, failed) => server.once("error", failed).listen(port, "127.0.0.1", () => done(server.address().port)));

async function openPlain(plain) { // where plain HTTP is said to answer; undefined: at the TLS port's own authority
  if (["plain-issues", "plain-issues-basic", "plain-bearer"].some(faulty) || /^\d/.test(config.plain_http)) return `http://127.0.0.1:${await listen(plain)}/api/v1`;
  if (config.plain_http !== "refused") return undefined;
  const closed = net.createServer(), port = await listen(closed);
  await new Promise(done => closed.close(done));
  return `http://127.0.0.1:${port}/api/v1`;
}

function frontDoor(secure, plain) { // one port for both, told apart by the first byte
  return net.createServer(socket => socket.on("error", () => socket.destroy()).once("data", chunk => {
    socket.pause();
    socket.unshift(chunk);
    (chunk[0] === 0x16 ? secure : plain).emit("connection", socket);
    process.nextTick(() => socket.resume());
  }));
}

// ---- the target file -------------------------------------------------------------------------------------------------
function toToml(value) {
  if (Array.isArray(value)) return `[${value.map(toToml).join(", ")}]`;
  if (value && typeof value === "object") return `{ ${Object.entries(value).map(([key, one]) => `${/^[\w-]+$/.test(key) ? key : JSON.stringify(key)} = ${toToml(one)}`).join(", ")} }`;
  return JSON.stringify(value); // JSON's texts, numbers and booleans are TOML's too
}

const table = (head, values) => [`[${head}]`, ...Object.entries(values).filter(([, one]) => one !== undefined).map(([key, one]) => `${key} = ${toToml(one)}`),
  ""].join("\n");

function examples() {
  const stock = Object.entries(STOCK_BODIES).map(([action, [body]]) => [`POST /Inventory/${action}`, body]);
  return RESOURCES.includes("Webhook") ? [...stock, ["POST /Webhook", HOOK_BODIES.POST], ["PUT /Webhook/{id}", HOOK_BODIES.PUT]] : stock;
}

function targetFile(plainUrl) {
  return [
    table("target", { name: "The other team's InventoryPro", base_url: baseUrl, ca_file: options["ca-file"] && path.resolve(options["ca-file"]),
      plain_http_url: plainUrl, resources: RESOURCES }),
    table("limits", { concurrency: 8, requests_per_second: 500 }),
    table("control", { url: `${origin()}/control`, token: controlToken }),
    table("data", { warehouses: [...world.warehouses.keys()], reports: REPORTS.map(report => report.reportID), aliases: Object.fromEntries(world.aliases) }),
    ...examples().map(([operation, body]) => table(`examples."${operation}"`, { body })),
    ...[...accounts.values()].map(({ id, secret, declared: { name, ...rights } }) => table("[clients]", { name, client_id: id, client_secret: secret,
      ...rights })),
  ].join("\n");
}

// ---- start -----------------------------------------------------------------------------------------------------------
if (!options.cert || !options.key) quit("--cert and --key are needed");
const origin = () => baseUrl.slice(0, -"/api/v1".length);
const secure = https.createServer({ cert: fs.readFileSync(options.cert), key: fs.readFileSync(options.key), keepAliveTimeout: 20_000 }, serve);
const plain = http.createServer(servePlain(origin));
const onePort = config.plain_http === "same-port-400";
const baseUrl = `https://127.0.0.1:${await listen(onePort ? frontDoor(secure, plain) : secure, Number(options.port))}/api/v1`;
const plainUrl = await openPlain(plain);
if (options["write-target"]) {
  const draft = `${options["write-target"]}.${process.pid}.part`; // whole or not at all, and secrets are the owner's
  fs.writeFileSync(draft, targetFile(plainUrl), { mode: 0o600 });
  fs.renameSync(draft, options["write-target"]);
}
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
console.log(`listening ${baseUrl}`);
