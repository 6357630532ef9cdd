#!/usr/bin/env node
// Proves server.mjs: in many configurations it keeps every documented statement, and every --fault shows its defect while
// the same probe finds nothing on the faultless server.   node check.mjs [WORD]   (only what has WORD in its name)
import { execFileSync, spawn } from "node:child_process";
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import os from "node:os";
import path from "node:path";

const server = path.join(import.meta.dirname, "server.mjs");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "independent-"));
const file = name => path.join(folder, name);
const openssl = (...args) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=CA", "-addext", "basicConstraints=critical,CA:TRUE");
openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=localhost");
fs.writeFileSync(file("leaf.ext"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
openssl("x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "leaf.pem", "-days", "2", "-extfile", "leaf.ext");
const ca = fs.readFileSync(file("ca.pem"));
let started = 0;

async function start({ config = {}, faults = [] } = {}) {
  const target = file(`target-${++started}.toml`);
  const child = spawn(process.execPath, [server, "--cert", file("leaf.pem"), "--key", file("leaf.key"), "--write-target", target, "--ca-file", file("ca.pem"),
    "--config", JSON.stringify(config), ...faults.flatMap(name => ["--fault", name])], { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise((done, failed) => { child.stdout.once("data", data => done(String(data))); child.once("exit", () => failed(new Error("no start"))); });
  const toml = JSON.parse(execFileSync("python3", ["-c", "import json,sys,tomllib; print(json.dumps(tomllib.load(open(sys.argv[1],'rb'))))", target]));
  assert.equal(line, `listening ${toml.target.base_url}\n`);
  const agent = new https.Agent({ keepAlive: true, ca });
  const ask = (method, url, { token, headers = {}, body, json, form, plain } = {}) => new Promise((done, failed) => {
    const all = { ...(token && { authorization: `Bearer ${token}` }), ...headers };
    let text = body;
    if (json !== undefined) { text = JSON.stringify(json); all["content-type"] ??= "application/json"; }
    if (form) { text = new URLSearchParams(form).toString(); all["content-type"] ??= "application/x-www-form-urlencoded"; }
    if (text !== undefined) all["content-length"] = Buffer.byteLength(text);
    const request = (plain ? http : https).request(url, { method, headers: all, ...(!plain && { agent }) }, answer => {
      const chunks = [];
      answer.on("data", chunk => chunks.push(chunk)).on("end", () => {
        const raw = Buffer.concat(chunks).toString();
        done({ status: answer.statusCode, headers: answer.headers, rawHeaders: answer.rawHeaders, text: raw, get json() { return JSON.parse(raw); } });
      });
    });
    request.on("error", failed).end(text);
  });
  const base = toml.target.base_url;
  const s = { toml, base, ask, config, client: name => toml.clients.find(one => one.name === name) };
  s.api = async (method, where, more) => {
    for (;;) { const answer = await ask(method, base + where, more); if (answer.status !== 429 || !config.rate_limit_every) return answer; assert.equal(answer.headers["retry-after"], "1"); }
  };
  s.get = (where, token) => s.api("GET", where, { token });
  s.form = (name, more = {}, extra = {}) => s.api("POST", "/Token", { form: { grant_type: "client_credentials", client_id: s.client(name).client_id, client_secret: s.client(name).client_secret, ...more }, ...extra });
  s.basic = (name, secret = s.client(name).client_secret, encode = text => text) => s.api("POST", "/Token", { form: { grant_type: "client_credentials" },
    headers: { authorization: `Basic ${Buffer.from(`${encode(s.client(name).client_id)}:${encode(secret)}`).toString("base64")}` } });
  s.token = async name => { const answer = await s.form(name); return (answer.status === 200 ? answer : await s.basic(name)).json.access_token; };
  s.control = async question => (await ask("POST", toml.control.url, { json: question, headers: { authorization: `Bearer ${toml.control.token}` } })).json;
  s.act = (action, name) => s.control({ action, client_id: s.client(name).client_id });
  s.wait = seconds => s.control({ action: "advance", seconds });
  s.works = async token => (await s.get("/Item", token)).status === 200;
  s.stop = async () => { agent.destroy(); child.kill(); await new Promise(done => child.once("exit", (code, signal) => { assert.equal(code, 0); assert.equal(signal, null); done(); })); };
  return s;
}

// ---- the documented statements -----------------------------------------------------------------------------------------
const CODES = { 400: ["bad_request", "validation_error"], 401: ["unauthorized"], 403: ["forbidden"], 404: ["not_found"], 409: ["conflict"], 429: ["rate_limited"], 501: ["not_implemented"] };
function isError(answer, ...statuses) {
  assert.ok(statuses.includes(answer.status), `${answer.status} ${answer.text}`);
  const { statusCode, error, message, details } = answer.json;
  assert.equal(statusCode, answer.status);
  assert.ok(CODES[statusCode].includes(error) && typeof message === "string");
  if (error === "validation_error") assert.ok(Object.values(details).every(list => list.every(text => typeof text === "string")));
  else assert.ok(details === null || details === undefined);
  assert.match(answer.headers["content-type"], /^application\/json/);
}
const isoDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{7})?Z?$/;

async function allRows(s, where, token, size = 250) {
  const rows = [], glue = where.includes("?") ? "&" : "?";
  for (let page = 1; ; page++) {
    const { json } = await s.get(`${where}${glue}page=${page}&pageSize=${size}`, token);
    rows.push(...json.value);
    if (!json.hasMore) { assert.equal(rows.length, json.totalCount); return rows; }
  }
}

async function paging(s, where, token, most = 250) {
  const first = await s.get(where, token), glue = where.includes("?") ? "&" : "?", { totalCount } = first.json;
  assert.equal(first.status, 200, where);
  assert.equal(first.json.page, 1); assert.equal(first.json.pageSize, 25);
  for (const query of ["page=2&pageSize=3", "pageSize=1", `pageSize=${most}`]) {
    const { json, headers, status } = await s.get(`${where}${glue}${query}`, token);
    if (status === 404 && s.config.beyond_end === "404") continue;
    assert.equal(json.totalCount, totalCount); assert.ok(Array.isArray(json.value) && json.value.length <= json.pageSize);
    assert.equal(json.pageCount, Math.ceil(totalCount / json.pageSize) || json.pageCount); assert.equal(json.hasMore, json.page < json.pageCount);
    assert.equal(headers["x-total-count"], String(totalCount)); assert.equal(headers["x-page-size"], String(json.pageSize));
    assert.equal(headers["x-page"], String(json.page)); assert.equal(headers["x-api-version"], "v1");
  }
  const over = await s.get(`${where}${glue}pageSize=${most + 1}`, token);
  if (s.config.page_size_over === "400") isError(over, 400); else assert.equal(over.json.pageSize, most);
  isError(await s.get(`${where}${glue}sort=nonsense`, token), 400);
  isError(await s.get(`${where}${glue}direction=sideways`, token), 400);
  isError(await s.get(`${where}${glue}modifiedSince=yesterday`, token), 400);
  assert.equal((await s.get(`${where}${glue}modifiedSince=2099-01-01T00:00:00Z`, token)).json.totalCount, 0);
  const beyond = await s.get(`${where}${glue}page=9999`, token);
  if (s.config.beyond_end === "404") isError(beyond, 404); else { assert.deepEqual(beyond.json.value, []); assert.equal(beyond.json.hasMore, false); }
  if (s.config.bad_page !== "clamp") isError(await s.get(`${where}${glue}page=0`, token), 400);
  const rows = await allRows(s, where, token, 7);
  const column = first.json.value[0] && Object.keys(first.json.value[0]).find(name => !["rowVersion", "tags"].includes(name));
  if (column) {
    const up = await allRows(s, `${where}${glue}sort=${column}`, token), down = await allRows(s, `${where}${glue}sort=${column}&direction=desc`, token);
    assert.deepEqual(up, await allRows(s, `${where}${glue}sort=${column}&direction=ASC`, token));
    assert.deepEqual(up, down.reverse());
  }
  return rows;
}

async function statements(s) {
  const { config } = s, answer = await s.form("everything"), full = answer.json.access_token;
  assert.equal(answer.status, 200); assert.equal(answer.json.token_type.toLowerCase(), "bearer"); assert.equal(answer.json.expires_in, config.expires_in ?? 14400);
  if (config.basic !== "percent" || !config.credential_style || config.credential_style === "simple") assert.equal((await s.basic("everything")).status, 200);
  const encode = text => new URLSearchParams({ x: text }).toString().slice(2);
  if (config.basic !== "raw") assert.equal((await s.basic("everything", undefined, encode)).status, 200);
  for (const bad of [{ client_secret: "wrong" }, { client_secret: "" }, { client_id: "nobody-at-all" }, { grant_type: "password" }]) {
    const refused = await s.form("everything", bad);
    assert.equal(refused.status, config.refusal_status ?? 401);
    if (config.refusal_body === "empty") assert.equal(refused.text, "");
    else if (config.refusal_body === "oauth") assert.equal(typeof refused.json.error, "string");
    else isError(refused, refused.status);
  }
  for (const where of ["/Item", "/Item/All", "/Item/301", "/Inventory", "/Inventory/7", "/Inventory/StockLevels", "/Inventory/StockLevels/7", "/Location", "/Location/zzz", "/Report", "/Report/103"]) {
    isError(await s.get(where), 401); isError(await s.get(where, `${full}x`), 401);
    isError(await s.api("GET", where, { headers: { authorization: "Bearer" } }), 401);
  }
  for (const [method, where] of [["POST", "/Item"], ["PUT", "/Item"], ["DELETE", "/Item/zzz"], ["POST", "/Inventory/Move"], ["POST", "/Location/Hold"], ["POST", "/Location/Release"]]) isError(await s.api(method, where, { body: "{", headers: { "content-type": "application/json" } }), 401);
  isError(await s.get("/Nonsense", full), 404);
  const lower = await s.api("GET", "/Item", { headers: { authorization: `bearer ${full}` } });
  assert.equal(lower.status, config.scheme_case === "exact" ? 401 : 200);

  const items = await paging(s, "/Item", full), every = await paging(s, "/Item/All", full), shut = item => item.discontinued ?? !item.active;
  assert.ok(items.length >= 50 && every.length > items.length && items.every(item => !shut(item)) && every.some(shut));
  assert.equal(new Set(every.map(item => item.partNo)).size, every.length); assert.equal(new Set(every.map(item => item.shortID)).size, every.length);
  assert.ok(every.every(item => item.created <= item.modified && isoDate.test(item.created)));
  const nocase = text => (config.collation === "nocase" ? text.toLowerCase() : text);
  assert.ok(items.every((item, n) => !n || nocase(items[n - 1].shortID) <= nocase(item.shortID)));
  const keys = config.item_names === "quickstart" ? ["categoryID", "unit", "active"] : ["category", "uOM", "discontinued"];
  for (const name of ["partNo", "shortID", "description", "subCategory", "putUp", "units", "dfltOwner", ...keys]) assert.ok(name in items[0], name);
  const since = items[5].modified, later = await allRows(s, `/Item?modifiedSince=${encodeURIComponent(since)}`, full);
  assert.ok(later.some(item => item.partNo === items[5].partNo) && later.every(item => item.modified >= since));
  assert.deepEqual(new Set((await allRows(s, "/Item?Category=4", full)).map(item => item[keys[0]])), new Set([4]));
  const single = answered => (config.single_lookup === "envelope" ? answered.json.value[0] : answered.json);
  for (const item of items) assert.deepEqual(single(await s.get(`/Item?key=${encodeURIComponent(item.shortID)}&type=id`, full)), item);
  for (const [alias, shortID] of Object.entries(s.toml.data.aliases)) assert.equal(single(await s.get(`/Item?key=${encodeURIComponent(alias)}&type=alias`, full)).shortID, shortID);
  const miss = await s.get("/Item?key=nope&type=id", full);
  if (config.lookup_miss === "empty") assert.deepEqual(miss.json.value, []); else isError(miss, 404);
  assert.deepEqual((await s.get(`/Item/${items[3].partNo}`, full)).json, items[3]);
  isError(await s.get("/Item/999999", full), 404);

  const names = config.create_accepts === "items" ? { uOM: "EA", category: 5 } : { unit: "EA", categoryID: 5 }, fresh = { shortID: "NEW/1", description: "fresh", ...names };
  const post = (where, json, token = full) => s.api("POST", where, { json, token });
  isError(await s.api("POST", "/Item", { body: "{", headers: { "content-type": "application/json" }, token: full }), 400);
  isError(await post("/Item", { description: "x", ...names }), 400);
  isError(await post("/Item", { shortID: items[0].shortID, description: "x", ...names }), 409);
  const unknown = await post("/Item", { ...fresh, shortID: "NEW/2", bogus: 1 });
  assert.equal(unknown.status, config.unknown_members === "reject" ? 400 : 201);
  const made = await post("/Item", fresh);
  assert.equal(made.status, 201); assert.equal(made.json.shortID, "NEW/1"); assert.ok(!every.some(item => item.partNo === made.json.partNo));
  assert.ok(made.json.active === true || made.json.discontinued === false);
  assert.equal("unit" in made.json, ["quickstart", "both"].includes(config.create_names));
  const before = (await s.get(`/Item/${made.json.partNo}`, full)).json;
  const put = await s.api("PUT", "/Item", { json: { ...before, description: "changed" }, token: full }), after = (await s.get(`/Item/${made.json.partNo}`, full)).json;
  assert.equal(put.status, config.put_status ?? 200); assert.equal(after.description, "changed"); assert.ok(after.modified > before.modified); assert.equal(after.created, before.created);
  isError(await s.api("PUT", "/Item", { json: { shortID: "unknown", description: "x" }, token: full }), 404);
  const gone = await s.api("DELETE", "/Item/NEW%2F1", { token: full });
  assert.equal(gone.status, config.delete_status ?? 204);
  assert.ok(!(await allRows(s, "/Item", full)).some(item => item.shortID === "NEW/1")); assert.ok(shut((await allRows(s, "/Item/All", full)).find(item => item.shortID === "NEW/1")));
  isError(await s.api("DELETE", "/Item/unknown", { token: full }), 404);

  const lots = await paging(s, "/Inventory", full), order = config.inventory_order ?? "received";
  assert.equal(new Set(lots.map(lot => lot.recNo)).size, lots.length); assert.ok(lots.every((lot, n) => !n || lots[n - 1][order] >= lot[order]));
  for (const name of "recNo partNo shortID description associate warehouse wID spot units received shipped serial serial2 rFIDTag remark hold jobID jobName active".split(" ")) assert.ok(name in lots[0], name);
  let sum = 0;
  for (const wid of s.toml.data.warehouses) { const mine = await paging(s, `/Inventory/${wid}`, full); sum += mine.length; assert.ok(mine.every(lot => lot.wID === wid)); }
  assert.equal(sum, lots.length);
  const levels = async where => { const { json } = await s.get(`${where}?pageSize=250`, full); return Array.isArray(json) ? json : json.value; };
  assert.ok((await levels("/Inventory/StockLevels")).length > 20 && (await levels("/Inventory/StockLevels/12")).every(level => level.wID === 12));
  const places = await paging(s, "/Location", full);
  assert.equal(new Set(places.map(place => place.spot)).size, places.length); assert.ok(places.some(place => place.hold));
  assert.ok((await paging(s, "/Location?wid=12", full)).every(place => place.warehouseID === 12));
  assert.deepEqual((await s.get("/Location/DOCK%201", full)).json, places.find(place => place.spot === "DOCK 1")); isError(await s.get("/Location/zzz", full), 404);

  const body = (action, found) => JSON.parse(JSON.stringify(s.toml.examples[`POST /Inventory/${action}`].body), (_, value) => (typeof value === "string" && value.startsWith("{") ? found[value.slice(1, -1)] : value));
  const free = lots.find(lot => lot.wID === 7 && lot.shipped === null && !lot.hold && !places.find(place => place.spot === lot.spot).hold);
  const total = async partNo => (await levels("/Inventory/StockLevels")).filter(level => level.partNo === partNo).reduce((all, level) => all + level.units, 0);
  const found = { ...free, warehouse: 7, to_warehouse: 12, to_spot: "DOCK 2", unique: "u1" }, start0 = await total(free.partNo), ok = config.stock_status ?? 200;
  assert.equal((await post("/Inventory/Move", body("Move", found))).status, ok); assert.equal(await total(free.partNo), start0);
  assert.equal((await post("/Inventory/Issue", body("Issue", found))).status, ok); assert.equal(await total(free.partNo), start0 - 1);
  assert.equal((await post("/Inventory/Receive", body("Receive", found))).status, ok); assert.ok(await total(free.partNo) > start0);
  const zero = JSON.parse(JSON.stringify(body("Receive", found)), (name, value) => (name === "units" ? 0 : value)), refused = await post("/Inventory/Receive", zero);
  isError(refused, 400); assert.ok(refused.json.details.units);
  const hold = (what, id = free.spot, token = full) => s.api("POST", `/Location/${what}?id=${encodeURIComponent(id)}`, { token });
  const held = await hold("Hold");
  assert.equal(held.status, 204); assert.equal(held.text, ""); assert.equal((await s.get(`/Location/${encodeURIComponent(free.spot)}`, full)).json.hold, true);
  isError(await post("/Inventory/Move", body("Move", found)), config.held_status ?? 409); isError(await post("/Inventory/Issue", body("Issue", found)), config.held_status ?? 409);
  assert.equal((await hold("Release")).status, 204); assert.equal((await post("/Inventory/Issue", body("Issue", found))).status, ok);
  isError(await s.api("POST", "/Location/Hold", { token: full }), 400); isError(await hold("Hold", "zzz"), 404);

  const reports = await paging(s, "/Report", full);
  assert.ok(reports.length >= 6);
  for (const { reportID } of reports) await paging(s, `/Report/${reportID}`, full, 1000);
  isError(await s.get("/Report/9999", full), 404);
  await rights(s, full, body, found);
  await lifecycle(s);
  if (config.control_reset !== false) { await s.control({ action: "reset" }); assert.equal((await s.get("/Item/All", await s.token("everything"))).json.totalCount, every.length); }
}

async function rights(s, full, body, found) {
  const ways = { "items.read": [["GET", "/Item"], ["GET", "/Item/All"], ["GET", "/Item/301"], ["GET", "/Item?key=304&type=id"]], "items.write": [["POST", "/Item", { shortID: "N", description: "n", unit: "EA", uOM: "EA" }], ["PUT", "/Item", { partNo: 301 }], ["DELETE", "/Item/zz"]],
    "inventory.read": [["GET", "/Inventory"], ["GET", "/Inventory/7"], ["GET", "/Inventory/StockLevels"], ["GET", "/Inventory/StockLevels/7"]],
    "inventory.write": ["Receive", "Move", "Issue"].map(action => ["POST", `/Inventory/${action}`, body(action, found)]), "locations.read": [["GET", "/Location"], ["GET", "/Location/DOCK%201"]],
    "locations.write": [["POST", "/Location/Hold?id=DOCK+1"], ["POST", "/Location/Release?id=DOCK+1"]], "reports.read": [["GET", "/Report"], ["GET", "/Report/103"]] };
  const nobody = await s.token("nobody"), looker = await s.token("looker");
  for (const [permission, calls] of Object.entries(ways)) {
    const lacks = await s.token(`lacks-${permission}`), only = await s.token(`only-${permission}`);
    for (const [method, where, json] of calls) {
      for (const token of [lacks, nobody, ...(method === "GET" ? [] : [looker])]) isError(await s.api(method, where, { json, token }), 403);
      if (method === "GET") assert.equal((await s.get(where, only)).status, 200);
      else assert.ok(![401, 403].includes((await s.api(method, where.replace("/Item/zz", "/Item/zzz"), { json: where === "/Item" && method === "POST" ? {} : json, token: only })).status));
    }
    for (const [other, calls2] of Object.entries(ways)) if (other !== permission) for (const [method, where, json] of calls2) isError(await s.api(method, where, { json, token: only }), 403);
  }
  const bad = await s.api("POST", "/Item", { json: {}, token: nobody });
  isError(bad, s.config.post_order === "body" ? 400 : 403);
  assert.equal((await s.get("/Item", looker)).status, 200);
  const hall = await s.token("one-hall"), halls = await s.token("two-halls"), lists = ["/Inventory", "/Location", "/Inventory/StockLevels"];
  for (const where of lists) for (const [token, mine] of [[hall, [12]], [halls, [7, 31]]]) {
    const answer = await s.get(`${where}?pageSize=250`, token);
    if (s.config.scope_all === "refuse") isError(answer, 403);
    else { const rows = answer.json.value ?? answer.json; assert.ok(rows.length && rows.every(row => mine.includes(row.wID ?? row.warehouseID))); assert.ok(!answer.json.value || answer.json.totalCount === rows.length); }
  }
  for (const where of ["/Inventory/12", "/Inventory/StockLevels/12", "/Location?wid=12", "/Location/DOCK%202"]) { assert.equal((await s.get(where, hall)).status, 200); if (!where.includes("?")) isError(await s.get(where, halls), 403); }
  for (const where of ["/Inventory/31", "/Inventory/StockLevels/31", "/Location?wid=31", "/Location/DOCK%203"]) assert.equal((await s.get(where, halls)).status, 200);
  const wid = await s.get("/Location?wid=40", hall);
  if (s.config.scope_wid === "filter") assert.equal(wid.json.totalCount, 0); else isError(wid, 403);
  for (const [action, more] of [["Receive", {}], ["Receive", { warehouse: 12 }], ["Move", { to_spot: "DOCK 2" }], ["Issue", {}]]) isError(await s.api("POST", `/Inventory/${action}`, { json: body(action, { ...found, ...more }), token: hall }), 403);
  isError(await s.api("POST", "/Inventory/Move", { json: body("Move", found), token: halls }), 403);
  assert.ok([200, 201, 204].includes((await s.api("POST", "/Inventory/Move", { json: body("Move", { ...found, to_warehouse: 31, to_spot: "DOCK 3" }), token: halls })).status));
  isError(await s.api("POST", "/Location/Hold?id=DOCK+1", { token: hall }), 403);
  const three = await s.token("three-reports"), none = await s.token("no-reports");
  assert.deepEqual((await allRows(s, "/Report", three)).map(report => report.reportID).sort(), [110, 205, 340]); assert.equal((await s.get("/Report", none)).json.totalCount, 0);
  for (const id of [110, 205, 340]) { assert.equal((await s.get(`/Report/${id}`, three)).status, 200); isError(await s.get(`/Report/${id}`, none), 403); }
  isError(await s.get("/Report/103", three), 403);
}

async function lifecycle(s) {
  const { actions } = await s.control({ action: "describe" });
  assert.equal(actions.includes("advance"), s.config.control_advance !== false);
  assert.equal((await s.ask("POST", s.toml.control.url, { json: { action: "describe" } })).status, 401);
  const old = await s.token("spare-ash"), { client_secret } = await s.act("rotate", "spare-ash"), former = s.client("spare-ash").client_secret;
  assert.notEqual((await s.form("spare-ash")).status, 200);
  s.client("spare-ash").client_secret = client_secret;
  assert.equal((await s.form("spare-ash")).status, 200); assert.ok(await s.works(old));
  await s.act("disable", "spare-ash");
  assert.notEqual((await s.form("spare-ash")).status, 200);
  if (!actions.includes("advance")) return;
  await s.wait(61);
  isError(await s.get("/Item", old), 401);
  await s.act("enable", "spare-ash");
  if (s.config.enable_seen === "cached") await s.wait(61);
  assert.equal(await s.works(old), s.config.after_enable === "live"); assert.ok(await s.works(await s.token("spare-ash")));
  const young = await s.token("spare-birch");
  await s.wait(14380); assert.ok(await s.works(young)); await s.wait(25); isError(await s.get("/Item", young), 401);
  const date = Date.parse((await s.get("/Item")).headers.date) - Date.now();
  assert.ok(date > 14_000_000);
  if (s.config.control_reset !== false) { await s.control({ action: "reset" }); s.client("spare-ash").client_secret = former; assert.equal((await s.form("spare-ash")).status, 200); }
}

const CONFIGS = [{}, { tokens: "HS256", token_type: "bearer", expires_in: 14399, refusal_status: 400, refusal_body: "oauth", details: "null", dates: "fraction", decimals: "fixed" },
  { tokens: "RS256", token_type: "BEARER", refusal_body: "empty", scope_all: "refuse", scope_wid: "filter", disabled_lag: 60, after_enable: "live", enable_seen: "cached", header_case: "upper", chunked: true },
  { tokens: "ES256", delete_status: 200, put_status: 204, create_names: "quickstart", item_names: "quickstart", create_accepts: "quickstart", post_order: "body", single_lookup: "envelope", lookup_miss: "empty", www_authenticate: true },
  { tokens: "HS512", delete_status: 202, create_names: "both", item_names: "both", create_accepts: "items", page_size_over: "400", beyond_end: "404", extra_fields: true, extra_headers: true, header_case: "lower", disabled_lag: 0 },
  { connection_close: true, jitter_ms: 5, latency_ms: 1, rate_limit_every: 7, describe_now: false, basic: "raw", credential_style: "special", rotated_format: "new", json_charset: false, dates: "zoneless", plain_http: "301" },
  { basic: "percent", credential_style: "special", scheme_case: "exact", stock_levels: "array", lockout: "refuse", unknown_members: "reject", body_style: "nested", stock_status: 201, held_status: 400, plain_http: "refused" },
  { basic: "both", credential_style: "unicode", unknown_members: "reject", extra_fields: true, item_names: "quickstart", stock_status: 204, bad_page: "clamp", empty_page_count: 1, collation: "nocase", inventory_order: "recNo", shipped_lots: "hidden", plain_http: "403" },
  { control_advance: false, control_reset: false, path_case: "any", unknown_path: "404", unknown_warehouse: "empty", unknown_report: "403-if-limited", lockout: "429", plain_http: "same-port-400" }, { plain_http: "308" }];

async function plainRefuses(s) {
  const url = s.toml.target.plain_http_url ?? s.base.replace("https", "http"), kind = s.config.plain_http ?? "tls-port";
  const asked = s.ask("POST", `${url}/Token`, { plain: true, form: { grant_type: "client_credentials", client_id: "x", client_secret: "y" } });
  if (["tls-port", "refused"].includes(kind)) return assert.rejects(asked);
  assert.equal((await asked).status, Number(/\d+$/.exec(kind)[0]));
  if (kind.startsWith("30")) assert.equal((await asked).headers.location, `${s.base}/Token`);
}

// ---- one probe a fault: true where the defect shows ------------------------------------------------------------------------
const open = answer => ![401, 403].includes(answer.status);
const post = (where, json) => (s, token) => s.api("POST", where, { json, token });
const reaches = (name, method, where, json) => async s => open(await s.api(method, where, { json, token: name && await s.token(name) }));
const forged = (token, change, alg) => { const [head, body, signature] = token.split("."), claims = JSON.parse(Buffer.from(body, "base64url"));
  const pack = value => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${alg ? pack({ typ: "JWT", alg }) : head}.${pack({ ...claims, ...change })}.${alg ? "" : signature}`; };
const secretTry = make => async s => { const { client_secret } = s.client("spare-ash"); return (await s.form("spare-ash", { client_secret: make(client_secret) })).status === 200; };
const aged = (seconds, wanted) => async s => { const token = await s.token("everything"); await s.wait(seconds); return await s.works(token) === wanted; };
const rotated = (seconds, who = "spare-ash", wanted = false) => async s => { const token = await s.token(who); await s.wait(1); await s.act("rotate", "spare-ash"); await s.wait(seconds); return await s.works(token) === wanted; };
const disabled = probe => async s => { const token = await s.token("spare-ash"); assert.ok(await s.works(token)); await s.wait(1); await s.act("disable", "spare-ash"); return probe(s, token); };
const freeLot = async (s, wid) => (await allRows(s, `/Inventory/${wid}`, await s.token("everything"))).find(lot => lot.shipped === null && !lot.hold && lot.spot.startsWith("DOCK"));
const HALL = { itemID: "304", wID: 7, spot: "DOCK 1", units: 1 };
const PROBES = {
  "auth-skipped-item": reaches(null, "GET", "/Item/301"), "auth-skipped-stock-levels": reaches(null, "GET", "/Inventory/StockLevels"), "auth-skipped-hold": reaches(null, "POST", "/Location/Hold?id=DOCK+1"), "auth-skipped-delete": reaches(null, "DELETE", "/Item/304"),
  "auth-empty-bearer": async s => open(await s.api("GET", "/Item", { headers: { authorization: "Bearer" } })),
  "auth-query-token": async s => open(await s.get(`/Item?access_token=${encodeURIComponent(await s.token("everything"))}`)),
  "auth-basic-on-api": async s => open(await s.api("GET", "/Item", { headers: { authorization: `Basic ${Buffer.from(`${s.client("everything").client_id}:${s.client("everything").client_secret}`).toString("base64")}` } })),
  "auth-bare-token": async s => open(await s.api("GET", "/Item", { headers: { authorization: await s.token("everything") } })),
  "auth-after-lookup": reaches(null, "GET", "/Location/zzz"), "auth-after-body": async s => open(await s.api("POST", "/Item", { body: "{", headers: { "content-type": "application/json" } })),
  "token-truncated": async s => s.works((await s.token("everything")).slice(0, 20)), "token-ignores-case": async s => s.works((await s.token("everything")).toUpperCase()),
  "jwt-alg-none": async s => s.works(forged(await s.token("everything"), {}, "none")), "jwt-unsigned-inventory": async s => open(await s.get("/Inventory", forged(await s.token("everything"), { x: 1 }))),
  "jwt-unsigned": async s => s.works(forged(await s.token("nobody"), { cid: s.client("everything").client_id })),
  "jwt-exp-unchecked-report": async s => { const token = await s.token("everything"); await s.wait(14500); return open(await s.get("/Report", token)); },
  "secret-ignores-case": secretTry(secret => secret.toUpperCase()), "secret-prefix": secretTry(secret => secret.slice(0, -1)), "secret-suffix-ignored": secretTry(secret => `${secret}x`), "secret-empty": secretTry(() => ""),
  "secret-unchecked-basic": async s => (await s.basic("everything", "wrong")).status === 200, "secret-of-anyone": async s => (await s.basic("everything", s.client("nobody").client_secret)).status === 200,
  "basic-unsupported": async s => (await s.basic("everything")).status !== 200, "basic-splits-at-every-colon": async s => (await s.basic("everything")).status !== 200,
  "form-unsupported": async s => (await s.form("everything")).status !== 200, "form-not-decoded": async s => (await s.form("everything")).status !== 200,
  "expires-in-day": async s => (await s.form("everything")).json.expires_in === 86400, "expires-in-text": async s => typeof (await s.form("everything")).json.expires_in === "string", "expires-in-missing": async s => !("expires_in" in (await s.form("everything")).json), "token-type-mac": async s => (await s.form("everything")).json.token_type === "mac",
  "token-mixup": async s => { const [one] = await Promise.all([s.token("nobody"), s.token("everything"), s.token("everything")]), [two] = await Promise.all([s.token("everything"), s.token("nobody")]); return await s.works(one) || !await s.works(two); },
  "user-mixup": async s => { const weak = await s.token("nobody"), strong = await s.token("everything"); const answers = await Promise.all([weak, strong, weak, strong].map(token => s.works(token))); return String(answers) !== "false,true,false,true"; },
  "expiry-three-hours": aged(3 * 3600 + 60, false), "expiry-eight-hours": aged(4 * 3600 + 400, true), "expiry-leeway": aged(4 * 3600 + 100, true), "token-idle": aged(3700, false),
  "expiry-sliding": async s => { const token = await s.token("everything"); await s.wait(9000); await s.works(token); await s.wait(9000); return s.works(token); },
  "expiry-403": async s => { const token = await s.token("everything"); await s.wait(14500); return (await s.get("/Item", token)).status === 403; },
  "expiry-revived": async s => { const token = await s.token("everything"); await s.wait(14500); await s.token("everything"); return s.works(token); },
  "token-replaced": async s => { const token = await s.token("everything"); await s.token("everything"); return !await s.works(token); },
  "token-cap": async s => { const token = await s.token("everything"); for (let n = 0; n < 3; n++) await s.token("everything"); return !await s.works(token); },
  "rotation-ends-tokens": rotated(0), "rotation-ends-tokens-later": rotated(3700), "rotation-ends-all-tokens": rotated(0, "everything"), "rotation-immortal": rotated(14500, "spare-ash", true),
  "rotation-new-secret-late": async s => { const { client_secret } = await s.act("rotate", "spare-ash"); return (await s.form("spare-ash", { client_secret })).status !== 200; },
  "rotation-old-secret-lives": async s => { await s.act("rotate", "spare-ash"); return (await s.form("spare-ash")).status === 200; }, "rotation-old-secret-basic": async s => { await s.act("rotate", "spare-ash"); return (await s.basic("spare-ash")).status === 200; },
  "disable-forgets-tokens": disabled(async (s, token) => { await s.wait(700); return s.works(token); }), "disable-five-minutes": disabled(async (s, token) => { await s.wait(70); return s.works(token); }),
  "disable-cache-restarted": disabled(async (s, token) => { for (let n = 0; n < 3; n++) { await s.wait(30); await s.works(token); } return s.works(token); }),
  "disable-revived": disabled(async (s, token) => { await s.wait(130); return s.works(token); }), "disable-only-get": disabled(async (s, token) => { await s.wait(70); return (await s.api("POST", "/Item", { json: {}, token })).status !== 401; }),
  "disable-issues": disabled(async s => (await s.basic("spare-ash")).status === 200), "disable-issues-by-form": disabled(async s => (await s.form("spare-ash")).status === 200),
  "disable-ends-all": async s => { const token = await s.token("everything"); await s.wait(1); await s.act("disable", "spare-ash"); return !await s.works(token); },
  "enable-no-tokens": disabled(async s => { await s.act("enable", "spare-ash"); await s.wait(70); return (await s.form("spare-ash")).status !== 200; }),
  "permission-item-by-number": reaches("nobody", "GET", "/Item/301"), "permission-report-run": reaches("nobody", "GET", "/Report/103"), "permission-stock-levels": reaches("nobody", "GET", "/Inventory/StockLevels/7"), "permission-item-by-key": reaches("nobody", "GET", "/Item?key=304&type=id"),
  "permission-hold-by-read": reaches("only-locations.read", "POST", "/Location/Hold?id=DOCK+1"), "permission-write-implies-read": reaches("only-items.write", "GET", "/Item"), "permission-put": reaches("nobody", "PUT", "/Item", { partNo: 301 }),
  "permission-401": async s => (await s.get("/Item", await s.token("nobody"))).status === 401, "permission-404": async s => (await s.get("/Item", await s.token("nobody"))).status === 404, "permission-empty-list": reaches("nobody", "GET", "/Item"),
  "permission-403-leaks": async s => (await s.get("/Item/304", await s.token("nobody"))).text.includes("shortID"),
  "permission-403-late": async s => { await s.api("POST", "/Location/Hold?id=DOCK+1", { token: await s.token("nobody") }); return (await s.get("/Location/DOCK%201", await s.token("everything"))).json.hold; },
  "readonly-put": reaches("looker", "PUT", "/Item", { partNo: 301 }), "readonly-delete": reaches("looker", "DELETE", "/Item/304"), "readonly-hold": reaches("looker", "POST", "/Location/Hold?id=DOCK+1"), "readonly-receive": reaches("looker", "POST", "/Inventory/Receive", HALL),
  "readonly-403-late": async s => { await s.api("DELETE", "/Item/304", { token: await s.token("looker") }); return (await s.get("/Item?key=304", await s.token("everything"))).json.discontinued; },
  "readonly-404": async s => (await s.api("DELETE", "/Item/304", { token: await s.token("looker") })).status === 404, "readonly-no-token": async s => (await s.form("looker")).status !== 200,
  "scope-path": reaches("one-hall", "GET", "/Inventory/7"), "scope-stock-levels": reaches("one-hall", "GET", "/Inventory/StockLevels/7"), "scope-location": reaches("one-hall", "GET", "/Location/DOCK%201"), "scope-release": reaches("one-hall", "POST", "/Location/Release?id=DOCK+1"), "scope-receive": reaches("one-hall", "POST", "/Inventory/Receive", HALL),
  "scope-issue": async s => reaches("one-hall", "POST", "/Inventory/Issue", { recNo: (await freeLot(s, 7)).recNo, units: 1 })(s),
  "scope-move-from": async s => reaches("one-hall", "POST", "/Inventory/Move", { recNo: (await freeLot(s, 7)).recNo, units: 1, wID: 12, spot: "DOCK 2" })(s),
  "scope-move-to": async s => reaches("one-hall", "POST", "/Inventory/Move", { recNo: (await freeLot(s, 12)).recNo, units: 1, wID: 7, spot: "DOCK 1" })(s),
  "scope-issue-late": async s => { const lot = await freeLot(s, 7); await s.api("POST", "/Inventory/Issue", { json: { recNo: lot.recNo, units: 1 }, token: await s.token("one-hall") }); return (await allRows(s, "/Inventory/7", await s.token("everything"))).find(one => one.recNo === lot.recNo).units !== lot.units; },
  "scope-list": async s => (await allRows(s, "/Inventory", await s.token("one-hall"))).some(lot => lot.wID !== 12), "scope-locations": async s => (await allRows(s, "/Location", await s.token("one-hall"))).some(place => place.warehouseID !== 12), "scope-wid": reaches("one-hall", "GET", "/Location?wid=7"),
  "scope-total": async s => { const token = await s.token("one-hall"); return (await s.get("/Inventory", token)).json.totalCount !== (await s.get("/Inventory/12", token)).json.totalCount; },
  "scope-404": async s => (await s.get("/Inventory/7", await s.token("one-hall"))).status === 404, "scope-403-leaks": async s => (await s.get("/Location/DOCK%201", await s.token("one-hall"))).text.includes("Nordhalle"),
  "scope-first-only": async s => (await s.get("/Inventory/31", await s.token("two-halls"))).status !== 200,
  "reports-all-listed": async s => (await s.get("/Report", await s.token("three-reports"))).json.totalCount !== 3, "reports-run-unchecked": reaches("three-reports", "GET", "/Report/103"), "reports-run-with-count": reaches("three-reports", "GET", "/Report/103?count=5"), "reports-none-is-all": reaches("no-reports", "GET", "/Report/103"), "reports-one-hidden": async s => (await s.get("/Report", await s.token("three-reports"))).json.totalCount !== 3,
};
const plainly = (s, method, where, more) => s.ask(method, (s.toml.target.plain_http_url ?? s.base.replace("https", "http")) + where, { plain: true, ...more }).then(answer => answer.status === 200, () => false);
const pair = s => ({ client_id: s.client("everything").client_id, client_secret: s.client("everything").client_secret });
PROBES["plain-issues"] = s => plainly(s, "POST", "/Token", { form: { grant_type: "client_credentials", ...pair(s) } });
PROBES["plain-issues-basic"] = s => plainly(s, "POST", "/Token", { form: { grant_type: "client_credentials" }, headers: { authorization: `Basic ${Buffer.from(Object.values(pair(s)).join(":")).toString("base64")}` } });
PROBES["plain-bearer"] = async s => plainly(s, "GET", "/Item", { token: await s.token("everything") });

// ---- run ------------------------------------------------------------------------------------------------------------------
const word = process.argv[2] ?? "", faults = JSON.parse(execFileSync(process.execPath, [server, "--list-faults"]));
assert.deepEqual(faults.map(one => one.name).sort(), Object.keys(PROBES).sort());
const jobs = [...CONFIGS.map((config, n) => [`config-${n}`, async () => { const s = await start({ config }); try { await plainRefuses(s); await statements(s); } finally { await s.stop(); } }]),
  ...faults.map(({ name, needs: config = {} }) => [name, async () => {
    const bad = await start({ config, faults: [name] }), good = await start({ config: { ...config } });
    try { assert.ok(await PROBES[name](bad), "the defect does not show"); assert.ok(!await PROBES[name](good), "the faultless server shows it"); } finally { await bad.stop(); await good.stop(); }
  }])].filter(([name]) => name.includes(word));
let failed = 0;
const queue = [...jobs];
await Promise.all(Array.from({ length: 4 }, async () => {
  for (let job; (job = queue.shift());) try { await job[1](); } catch (why) { failed++; console.log(`FAILED ${job[0]}: ${why.stack.split("\n").slice(0, 6).join("\n  ")}`); }
}));
fs.rmSync(folder, { recursive: true });
console.log(`${jobs.length - failed} of ${jobs.length} hold`);
process.exit(failed ? 1 : 0);
