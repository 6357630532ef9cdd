#!/usr/bin/env node
// A second InventoryPro REST API server, written from the documentation alone and with tastes of its own, so that a
// conformance suite can be tried against something that nobody fitted to it. Node.js 20, standard library only.
//
//   node server.mjs --cert FILE --key FILE --port 0 --write-target PATH [--ca-file PATH] [--config JSON] [--fault NAME]...
//   node server.mjs --list-faults | --list-switches
//
// It prints "listening <base_url>" once ready, serves 127.0.0.1 only, and stops on SIGTERM or SIGINT. Every answer to a
// question that the documentation leaves open is a switch below; whatever --config says, the server conforms. Every
// --fault is one small deviation from the documentation; everything else keeps conforming.
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

const YES_NO = [true, false];
const SWITCHES = {
  // name: [default, values (a list, or {from, to}), the undocumented freedom]
  tokens: ["opaque", ["opaque", "HS256", "HS512", "RS256", "ES256"], "opaque tokens, or JWTs signed with this algorithm"],
  token_type: ["Bearer", ["bearer", "Bearer", "BEARER"], "spelling of token_type"],
  expires_in: [14400, [14399, 14400], "expires_in just after issue"],
  refusal_status: [401, [400, 401], "status of a refused token request"],
  refusal_body: ["uniform", ["oauth", "uniform", "empty"], "body of a refused token request"],
  scheme_case: ["any", ["any", "exact"], "the word Bearer compared without case, or exactly"],
  basic: ["both", ["raw", "percent", "both"], "HTTP Basic: raw as curl -u, percent-encoded as RFC 6749, either"],
  credential_style: ["simple", ["simple", "special", "unicode"], "characters in client ids and secrets"],
  rotated_format: ["same", ["same", "new"], "whether rotated secrets look like the first ones"],
  lockout: ["off", ["off", "refuse", "429"], "after 10 wrong secrets in a row within 10 minutes: locked for 10 minutes"],
  disabled_lag: [20, { from: 0, to: 60 }, "seconds for which the state of an account is cached"],
  after_enable: ["dead", ["live", "dead"], "tokens from before a disabling, once the account is enabled again"],
  enable_seen: ["at-once", ["at-once", "cached"], "whether enabling also waits for the cache"],
  www_authenticate: [false, YES_NO, "WWW-Authenticate on a 401"],
  unknown_path: ["401", ["401", "404"], "what comes first on a path that does not exist"],
  path_case: ["exact", ["exact", "any"], "case of paths and parameter names"],
  post_order: ["permission", ["permission", "body"], "missing permission (403) or invalid body (400) first"],
  scope_all: ["filter", ["filter", "refuse"], "lists over all warehouses for a scoped client"],
  scope_wid: ["refuse", ["filter", "refuse"], "lists with ?wid=<a warehouse outside the client's scope>"],
  unknown_warehouse: ["404", ["404", "empty"], "a warehouse that does not exist"],
  unknown_report: ["404", ["404", "403-if-limited"], "a report that does not exist, for clients with limited rights"],
  details: ["absent", ["null", "absent"], "details of errors other than validation_error"],
  delete_status: [204, [200, 202, 204], "status of DELETE /Item/{shortID}"],
  put_status: [200, [200, 204], "status of PUT /Item"],
  stock_status: [200, [200, 201, 204], "status of Receive, Move and Issue"],
  held_status: [409, [400, 409], "status of moving or issuing stock that is on hold"],
  create_accepts: ["both", ["quickstart", "items", "both"], "field names in POST /Item: unit, categoryID or uOM, category"],
  create_names: ["items", ["quickstart", "items", "both"], "field names in the answer to POST /Item"],
  item_names: ["items", ["quickstart", "items", "both"], "field names of items everywhere else"],
  body_style: ["flat", ["flat", "nested"], "shape of the bodies of Receive, Move and Issue"],
  unknown_members: ["ignore", ["ignore", "reject"], "unknown top-level members of a body: ignored, or 400"],
  single_lookup: ["bare", ["bare", "envelope"], "GET /Item?key=...: the object, or a page of one row"],
  lookup_miss: ["404", ["404", "empty"], "GET /Item?key=<unknown>: 404, or an empty page"],
  page_size_over: ["cap", ["cap", "400"], "pageSize over the maximum"],
  beyond_end: ["empty", ["empty", "404"], "a page past the last one"],
  bad_page: ["reject", ["reject", "clamp"], "page or pageSize that is 0, negative or text: 400, or the nearest good one"],
  empty_page_count: [0, [0, 1], "pageCount without any row"],
  collation: ["ordinal", ["ordinal", "nocase"], "order of texts"],
  inventory_order: ["received", ["received", "recNo"], "what most recent first goes by"],
  shipped_lots: ["listed", ["listed", "hidden"], "whether lots that have left are listed"],
  stock_levels: ["envelope", ["envelope", "array"], "shape of StockLevels"],
  dates: ["z", ["z", "fraction", "zoneless"], "form of date-times"],
  decimals: ["short", ["short", "fixed"], "500 or 500.00"],
  extra_fields: [false, YES_NO, "members that the documentation does not name"],
  extra_headers: [false, YES_NO, "response headers that the documentation does not name, X-API-Version everywhere"],
  header_case: ["canonical", ["canonical", "lower", "upper"], "case of header names"],
  json_charset: [true, YES_NO, "charset in Content-Type"],
  chunked: [false, YES_NO, "bodies sent in chunks, without Content-Length"],
  connection_close: [false, YES_NO, "each connection closed after its answer"],
  latency_ms: [0, { from: 0, to: 5000 }, "delay of every answer"],
  jitter_ms: [0, { from: 0, to: 5000 }, "further delay, different for each answer"],
  rate_limit_every: [0, { from: 0, to: 1e6 }, "every Nth request gets 429 with Retry-After: 1 and does nothing; 0: none"],
  plain_http: ["tls-port", ["tls-port", "same-port-400", "refused", "301", "308", "400", "403", "404"],
    "plain HTTP: only the TLS port (a handshake failure, or a 400 there), a closed port, or a port that answers so"],
  describe_now: [true, YES_NO, "now in the answer to describe"],
  control_reset: [true, YES_NO, "reset offered"],
  control_advance: [true, YES_NO, "advance offered; else the clock is the wall's"],
};

// hole: which check is left out on which route; needs: switches that change their default, as the fault could not show otherwise
const fault = (name, rows, sentence, more = {}) => ({ name, sentence, rows: rows.split(" "), level: "must", ...more });
const JWT = { needs: { tokens: "HS256" } }, SPECIAL = { needs: { credential_style: "special" } }, SHOULD = { level: "should" };
const FAULTS = [
  fault("auth-skipped-item", "A2", "GET /Item/{partNo} needs no token", { hole: "auth GET Item/{partNo}" }),
  fault("auth-skipped-stock-levels", "A2", "GET /Inventory/StockLevels needs no token", { hole: "auth GET Inventory/StockLevels" }),
  fault("auth-skipped-hold", "A2", "POST /Location/Hold needs no token", { hole: "auth POST Location/Hold" }),
  fault("auth-skipped-delete", "A2", "DELETE /Item/{shortID} needs no token", { hole: "auth DELETE Item/{shortID}" }),
  fault("auth-empty-bearer", "A2", "Bearer without a token is let in as the first client"),
  fault("auth-query-token", "A2", "the token is also taken from the query string (access_token)"),
  fault("auth-basic-on-api", "A2", "HTTP Basic with client ID and secret works instead of a bearer token"),
  fault("auth-bare-token", "A2 A8", "a token without the word Bearer is accepted", SHOULD),
  fault("auth-after-lookup", "A2", "GET /Location/{unknown spot} without a token answers 404", SHOULD),
  fault("auth-after-body", "A2", "POST /Item without a token but with a malformed body answers 400", SHOULD),
  fault("token-truncated", "A2", "the first 20 characters of a token suffice", { needs: { tokens: "opaque" } }),
  fault("token-ignores-case", "A2", "tokens are compared without case", { needs: { tokens: "opaque" } }),
  fault("jwt-alg-none", "A2", "an unsigned token with alg none is accepted", JWT),
  fault("jwt-unsigned-inventory", "A2", "the signature is not checked on GET /Inventory", { ...JWT, hole: "signature GET Inventory" }),
  fault("jwt-unsigned", "A2 A14", "the signature is never checked", JWT),
  fault("jwt-exp-unchecked-report", "A11", "GET /Report does not look at the expiry", { hole: "expiry GET Report" }),
  fault("secret-ignores-case", "A1 A3 A4", "secrets are compared without case"),
  fault("secret-prefix", "A1 A3 A4", "the beginning of a secret (8 characters or more) suffices"),
  fault("secret-suffix-ignored", "A1 A3 A4", "anything may follow the right secret"),
  fault("secret-empty", "A1 A3 A4", "an empty secret is accepted"),
  fault("secret-unchecked-basic", "A1 A3 A7", "with HTTP Basic the secret is not looked at"),
  fault("secret-of-anyone", "A1 A3 A14", "the secret of any client will do"),
  fault("basic-unsupported", "A7", "HTTP Basic gives no token"),
  fault("basic-splits-at-every-colon", "A7", "with HTTP Basic the secret ends at its first colon", { ...SPECIAL }),
  fault("form-unsupported", "A4", "client_id and client_secret as form fields give no token"),
  fault("form-not-decoded", "A4", "percent-encoding in form fields is not undone", { ...SPECIAL }),
  fault("expires-in-day", "A5 A6", "expires_in is 86400"),
  fault("expires-in-text", "A5", "expires_in is a string"),
  fault("expires-in-missing", "A5", "expires_in is missing"),
  fault("token-type-mac", "A5", "token_type is mac"),
  fault("token-mixup", "A14", "of two simultaneous token requests one gets the other's token (a shared variable)"),
  fault("user-mixup", "A14", "simultaneous requests act for one another's clients (a shared variable)"),
  fault("expiry-three-hours", "A6 A10", "a token ends after three hours"),
  fault("expiry-eight-hours", "A11", "a token ends only after eight hours"),
  fault("expiry-sliding", "A10 A11", "every use makes a token valid for another four hours"),
  fault("expiry-leeway", "A11", "an expired token works for five more minutes"),
  fault("expiry-403", "A11", "an expired token gets 403"),
  fault("expiry-revived", "A11", "a new token revives the expired ones of its client"),
  fault("token-replaced", "A10", "a new token ends the older ones of its client"),
  fault("token-cap", "A10", "a client has three tokens at most, the oldest ends"),
  fault("token-idle", "A10", "a token unused for an hour is dropped"),
  fault("rotation-ends-tokens", "A12", "rotation ends the client's tokens at once"),
  fault("rotation-ends-tokens-later", "A12", "rotation ends the client's tokens an hour later"),
  fault("rotation-ends-all-tokens", "A12", "rotation ends every client's tokens"),
  fault("rotation-immortal", "A11 A12", "tokens from before a rotation never expire"),
  fault("rotation-new-secret-late", "A12", "the new secret works, and replaces the old one, after five minutes"),
  fault("rotation-old-secret-lives", "A12", "the old secret still gives tokens", SHOULD),
  fault("rotation-old-secret-basic", "A12", "the old secret still gives tokens by HTTP Basic", SHOULD),
  fault("disable-forgets-tokens", "A13", "tokens of a disabled account work until they expire"),
  fault("disable-five-minutes", "A13", "tokens of a disabled account work for up to five minutes"),
  fault("disable-cache-restarted", "A13", "every use restarts the age of the cached account", { needs: { disabled_lag: 45 } }),
  fault("disable-revived", "A13", "tokens of a disabled account work again after two minutes"),
  fault("disable-only-get", "A13", "only GET looks whether the account is disabled"),
  fault("disable-issues", "A13", "a disabled account is still issued tokens"),
  fault("disable-issues-by-form", "A13", "a disabled account is refused tokens by HTTP Basic only"),
  fault("disable-ends-all", "A10 A13", "disabling one account ends every client's tokens"),
  fault("enable-no-tokens", "A13", "an enabled account is issued no token", SHOULD),
  fault("permission-item-by-number", "A15", "GET /Item/{partNo} needs no permission", { hole: "permission GET Item/{partNo}" }),
  fault("permission-report-run", "A15", "running a report needs no permission", { hole: "permission GET Report/{id}" }),
  fault("permission-stock-levels", "A15", "StockLevels of one warehouse needs no permission", { hole: "permission GET Inventory/StockLevels/{wid}" }),
  fault("permission-item-by-key", "A15", "GET /Item?key= needs no permission"),
  fault("permission-hold-by-read", "A15", "Hold needs locations.read only"),
  fault("permission-write-implies-read", "A15", "who may write items may also read them"),
  fault("permission-401", "A15", "a missing permission answers 401"),
  fault("permission-404", "A15", "a missing permission answers 404"),
  fault("permission-empty-list", "A15", "GET /Item without permission answers an empty list"),
  fault("permission-403-leaks", "A15", "the 403 of GET /Item/{partNo} carries the item"),
  fault("permission-403-late", "A15", "Hold without permission is done, then refused"),
  fault("permission-put", "A15", "PUT /Item needs no permission", { hole: "permission PUT Item" }),
  fault("readonly-put", "A17", "a read-only client may PUT", { hole: "read-only PUT Item" }),
  fault("readonly-delete", "A17", "a read-only client may DELETE", { hole: "read-only DELETE Item/{shortID}" }),
  fault("readonly-hold", "A17", "a read-only client may POST /Location/Hold", { hole: "read-only POST Location/Hold" }),
  fault("readonly-receive", "A17", "a read-only client may receive stock", { hole: "read-only POST Inventory/Receive" }),
  fault("readonly-403-late", "A17", "DELETE by a read-only client is done, then refused"),
  fault("readonly-404", "A17", "a read-only client gets 404 for what it may not do"),
  fault("readonly-no-token", "A17", "POST /Token counts as a POST of a read-only client"),
  fault("scope-path", "A16", "GET /Inventory/{wid} shows any warehouse", { hole: "scope GET Inventory/{wid}" }),
  fault("scope-stock-levels", "A16", "GET /Inventory/StockLevels/{wid} shows any warehouse", { hole: "scope GET Inventory/StockLevels/{wid}" }),
  fault("scope-location", "A16", "GET /Location/{spot} shows any warehouse", { hole: "scope GET Location/{spot}" }),
  fault("scope-release", "A16", "Release works in any warehouse", { hole: "scope POST Location/Release" }),
  fault("scope-receive", "A16", "Receive works into any warehouse", { hole: "scope POST Inventory/Receive" }),
  fault("scope-issue", "A16", "Issue works out of any warehouse", { hole: "scope POST Inventory/Issue" }),
  fault("scope-move-from", "A16", "Move checks the destination only", { hole: "scope POST Inventory/Move from" }),
  fault("scope-move-to", "A16", "Move checks the source only", { hole: "scope POST Inventory/Move to" }),
  fault("scope-issue-late", "A16", "Issue in a foreign warehouse is done, then refused"),
  fault("scope-list", "A16", "GET /Inventory lists all warehouses", { hole: "scope GET Inventory" }),
  fault("scope-locations", "A16", "GET /Location lists all warehouses", { hole: "scope GET Location" }),
  fault("scope-wid", "A16", "GET /Location?wid= shows any warehouse", { hole: "scope GET Location wid" }),
  fault("scope-total", "A16", "totalCount of GET /Inventory counts all warehouses", { needs: { scope_all: "filter" } }),
  fault("scope-404", "A16", "GET /Inventory/{wid} answers 404 for a foreign warehouse"),
  fault("scope-403-leaks", "A16", "the 403 of GET /Location/{spot} describes the location"),
  fault("scope-first-only", "A16", "of two assigned warehouses only the first counts"),
  fault("reports-all-listed", "A18", "GET /Report lists every report", { hole: "report GET Report" }),
  fault("reports-run-unchecked", "A18", "every report can be run", { hole: "report GET Report/{id}" }),
  fault("reports-run-with-count", "A18", "with a count parameter every report can be run"),
  fault("reports-none-is-all", "A18", "a client without any report right has all of them"),
  fault("reports-one-hidden", "A18", "the last permitted report is not listed", SHOULD),
  fault("plain-issues", "A20", "plain HTTP issues tokens"),
  fault("plain-issues-basic", "A20", "plain HTTP issues tokens to HTTP Basic"),
  fault("plain-bearer", "A20", "plain HTTP honours bearer tokens"),
];

const { values: options } = parseArgs({ options: {
  cert: { type: "string" }, key: { type: "string" }, port: { type: "string", default: "0" }, "ca-file": { type: "string" },
  "write-target": { type: "string" }, config: { type: "string", default: "{}" }, fault: { type: "string", multiple: true, default: [] },
  "list-faults": { type: "boolean" }, "list-switches": { type: "boolean" } } });
if (options["list-faults"]) finish(FAULTS.map(({ name, sentence, rows, level, needs }) => ({ name, sentence, rows, level, ...(needs && { needs }) })));
if (options["list-switches"]) finish(Object.entries(SWITCHES).map(([name, [standard, values, meaning]]) => ({ name, default: standard, values, meaning })));

const active = options.fault.map(name => FAULTS.find(known => known.name === name) ?? quit(`unknown fault: ${name}`));
const names = new Set(active.map(one => one.name)), holes = new Set(active.map(one => one.hole));
const faulty = name => names.has(name);
const hole = (check, route) => holes.has(`${check} ${route}`);
const config = readConfig(options.config);

function finish(answer) { console.log(JSON.stringify(answer, null, 1)); process.exit(0); }
function quit(why) { console.error(why); process.exit(2); }

function readConfig(text) {
  let given;
  try { given = JSON.parse(text); } catch { quit("--config is not JSON"); }
  const chosen = Object.fromEntries(Object.entries(SWITCHES).map(([name, [standard]]) => [name, standard]));
  for (const { needs } of active) Object.assign(chosen, needs);
  for (const [name, value] of Object.entries(given)) {
    const values = SWITCHES[name]?.[1] ?? quit(`unknown switch: ${name}`);
    const good = Array.isArray(values) ? values.includes(value) : typeof value === "number" && value >= values.from && value <= values.to;
    chosen[name] = good ? value : quit(`${name} cannot be ${JSON.stringify(value)}`);
  }
  return chosen;
}

// ---- time ------------------------------------------------------------------------------------------------------------
const MINUTE = 60_000, HOUR = 60 * MINUTE, LIFE = 4 * HOUR;
const TICK = config.dates === "fraction" ? 1 : 1000; // what a date-time can show; finer moments would never be found again
let clockOffset = 0;
const now = () => Date.now() + clockOffset;
const stamp = () => Math.floor(now() / TICK) * TICK;

function showDate(moment) {
  if (moment === null) return null;
  const text = new Date(moment).toISOString();
  if (config.dates === "fraction") return text.replace("Z", "0000Z");
  return text.slice(0, 19) + (config.dates === "z" ? "Z" : "");
}

function readDate(text) { // without a zone it is UTC; a blank is an unescaped plus sign
  const form = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|z|[+ -]\d\d:?\d\d)?)?$/.exec(text);
  const zone = (form?.[4] ?? "Z").toUpperCase().replace(" ", "+").replace(/(\d\d)(\d\d)$/, "$1:$2");
  return form ? Date.parse(`${form[1]}T${form[2] ?? "00:00"}${form[3] ?? ":00"}${zone}`) : NaN;
}

// ---- the world -------------------------------------------------------------------------------------------------------
function randomFrom(seed) { // mulberry32: the same world at every start
  return below => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function buildWorld() {
  const random = randomFrom(20_260), start = Date.UTC(2024, 1, 5, 6, 30);
  const moment = days => start + days * 24 * HOUR + random(86_400) * 1000 + (TICK === 1 ? random(1000) : 0);
  const warehouses = new Map([[7, "Nordhalle"], [12, "Quai Sud"], [31, "Übersee"], [40, "Reserve"]]);
  const kinds = ["GASKET", "valve", "Pipe", "BRACKET", "hose", "SENSOR"];
  const items = Array.from({ length: 78 }, (_, n) => {
    const kind = kinds[n % kinds.length], created = moment(random(300));
    return { partNo: 301 + 3 * n, shortID: `${kind}.${100 + ((n * 37) % 97)}`, description: `${kind.toLowerCase()} no. ${n}, ${10 + random(90)} mm`,
      category: 2 + (n % kinds.length), subCategory: 20 + (n % 4), uOM: ["EA", "M", "KG"][n % 3], putUp: n % 5 ? "" : `Crate/${n + 5}`, units: 1 + random(8) / 4,
      dfltOwner: n % 9 ? 0 : 61, cost: (5 + random(900)) / 100, created, modified: created + random(200) * 24 * HOUR, discontinued: n % 11 === 4 };
  });
  ["Rohr 22/1.5", "304", "Größe #7", "100% wool"].forEach((shortID, n) => { items[7 + 9 * n].shortID = shortID; }); // legal, if unkind
  const spots = [...warehouses.keys()].flatMap((wid, w) => Array.from({ length: 9 }, (_, n) => ({
    spot: n === 8 ? `DOCK ${w + 1}` : `${"NQUR"[w]}${1 + (n >> 2)}.${10 + n}`, warehouseID: wid, description: `Row ${1 + (n >> 2)}, bay ${10 + n}`,
    hold: n === 5, active: n !== 7, modified: moment(30 + n) })));
  const lots = Array.from({ length: 190 }, (_, n) => {
    const place = spots[(n * 7) % spots.length], received = moment(400 + n - (n % 13 ? 0 : 25)), gone = n % 17 === 3;
    return { recNo: 88_001 + 2 * n, partNo: items[(n * 5) % items.length].partNo, associate: n % 8 ? "" : "Blue Yonder GmbH", wID: place.warehouseID, spot: place.spot,
      units: 40 + random(400) + (n % 4 ? 0 : 0.25), received, shipped: gone ? received + 40 * 24 * HOUR : null, serial: `S${7000 + n}`, serial2: n % 6 ? null : `B${n}`,
      rFIDTag: null, remark: n % 3 ? "" : `delivery ${n}`, hold: n % 29 === 6, jobID: 0, jobName: null, active: !gone, modified: received + 3 * HOUR };
  });
  const aliases = new Map([["LEGACY-17", items[2].shortID], ["ean/4006381333931", items[11].shortID], ["Dichtung alt", items[7].shortID]]);
  const reports = REPORTS.map(([reportID, reportName, reportType, rows], n) => ({ reportID, reportName, reportType, rows, modified: moment(n) }));
  return { warehouses, items, spots, lots, aliases, reports };
}

const itemOf = partNo => world.items.find(item => item.partNo === partNo);
const itemNamed = shortID => world.items.find(item => item.shortID === shortID);
const placeOf = spot => world.spots.find(place => place.spot === spot);
const inStock = lot => lot.shipped === null;
const round = value => Math.round(value * 10_000) / 10_000;
const touch = thing => { thing.modified = Math.max(stamp(), thing.modified + TICK); }; // two changes within one tick still differ

function stockLevels() { // one row per item and warehouse
  const levels = new Map();
  for (const lot of world.lots.filter(inStock)) {
    const key = `${lot.partNo} ${lot.wID}`, { shortID, cost } = itemOf(lot.partNo);
    const level = levels.get(key) ?? { partNo: lot.partNo, shortID, cost, wID: lot.wID, warehouse: world.warehouses.get(lot.wID), units: 0, lots: 0, modified: 0 };
    levels.set(key, Object.assign(level, { units: round(level.units + lot.units), lots: level.lots + 1, modified: Math.max(level.modified, lot.modified) }));
  }
  return [...levels.values()];
}

const listOf = (things, show) => () => things().map(thing => ({ wID: thing.wID ?? thing.warehouseID, modified: thing.modified, row: show(thing) }));
const REPORTS = [ // number, name, type, rows; a row with a warehouse is subject to the warehouse scope
  [103, "Stock on hand", 2, listOf(stockLevels, ({ partNo, shortID, warehouse, units }) => ({ partNo, shortID, warehouse, units }))],
  [110, "Stock valuation", 2, listOf(stockLevels, ({ partNo, shortID, warehouse, units, cost }) =>
    ({ partNo, shortID, warehouse, units, unitCost: cost, totalValue: Math.round(units * cost * 100) / 100 }))],
  [111, "Item master", 1, listOf(() => world.items, ({ shortID, description, uOM }) => ({ shortID, description, uOM }))],
  [205, "Spots on hold", 4, listOf(() => world.spots.filter(place => place.hold), ({ spot, warehouseID }) => ({ spot, warehouseID }))],
  [206, "Ageing", 2, listOf(() => world.lots.filter(inStock), ({ recNo, wID, received, units }) => ({ recNo, wID, since: showDate(received), units }))],
  [340, "Discontinued items", 1, listOf(() => world.items.filter(item => item.discontinued), ({ partNo, shortID }) => ({ partNo, shortID }))],
  [341, "Departures", 3, listOf(() => world.lots.filter(lot => !inStock(lot)), ({ recNo, wID, shipped }) => ({ recNo, wID, shipped: showDate(shipped) }))],
];
let world = buildWorld();

// ---- clients ---------------------------------------------------------------------------------------------------------
const PERMISSIONS = ["items.read", "items.write", "inventory.read", "inventory.write", "locations.read", "locations.write", "reports.read"];
let rotations = 0;
const accounts = new Map(declareClients().map(account => [account.id, account]));
const lastEvent = { rotation: -Infinity, disabling: -Infinity };

function declareClients() {
  const client = (name, rights = {}) => ({ name, permissions: "all", warehouses: "all", reports: "all", read_only: false, expendable: false, ...rights });
  return [client("everything"), client("looker", { read_only: true }), client("nobody", { permissions: "none" }),
    ...PERMISSIONS.map(one => client(`lacks-${one}`, { permissions: { except: [one] } })), ...PERMISSIONS.map(one => client(`only-${one}`, { permissions: [one] })),
    client("one-hall", { warehouses: [12] }), client("two-halls", { warehouses: [7, 31] }),
    client("three-reports", { reports: [110, 205, 340] }), client("no-reports", { reports: "none" }),
    ...["ash", "birch", "cedar"].map(name => client(`spare-${name}`, { expendable: true }))].map(openAccount);
}

function openAccount(declared) {
  const id = { simple: `ip.${declared.name}`, special: `ip+${declared.name}/x=%41`, unicode: `ключ-${declared.name}-ø` }[config.credential_style];
  return { declared, id, epoch: 0, tokens: 0, lastIssue: -Infinity, enabledOnce: false, ...freshState(id) };
}

function freshState(id) {
  return { secret: makeSecret(id, 0), former: [], disabled: false, disabledAt: 0, rotatedAt: -Infinity, wrong: 0, wrongSince: 0, lockedUntil: 0 };
}

function makeSecret(id, generation) {
  const noise = crypto.createHmac("sha256", "a fixed seed").update(`${id} ${generation}`).digest("base64url");
  const core = generation && config.rotated_format === "new" ? `v2.${noise}.${noise.length}~Zz` : noise.slice(0, 27);
  return { simple: core, special: `Aa+${core}/%3A:=%&;`, unicode: `Şifre€:${core}ü` }[config.credential_style];
}

function may(account, permission) {
  const { permissions } = account.declared;
  if (permissions === "all" || permissions === "none") return permissions === "all";
  if (faulty("permission-write-implies-read") && permission === "items.read" && may(account, "items.write")) return true;
  return Array.isArray(permissions) ? permissions.includes(permission) : !permissions.except.includes(permission);
}

function inScope(account, wid) {
  const { warehouses } = account.declared;
  return warehouses === "all" || (faulty("scope-first-only") ? warehouses.slice(0, 1) : warehouses).includes(wid);
}

function mayReport(account, id) {
  const { reports } = account.declared;
  if (reports === "none") return faulty("reports-none-is-all");
  return reports === "all" || reports.includes(id);
}

// ---- tokens ----------------------------------------------------------------------------------------------------------
const issued = new Map(); // opaque text -> token
const lastUse = new Map(); // token id -> moment
const views = new Map(); // account id -> what the cache knows of it
const keys = { HS256: crypto.randomBytes(32), HS512: crypto.randomBytes(64),
  ...(config.tokens === "RS256" && { RS256: crypto.generateKeyPairSync("rsa", { modulusLength: 2048 }) }),
  ...(config.tokens === "ES256" && { ES256: crypto.generateKeyPairSync("ec", { namedCurve: "P-256" }) }) };

const pack = value => Buffer.from(JSON.stringify(value)).toString("base64url");
const unpack = text => JSON.parse(Buffer.from(text, "base64url").toString());
const digest = { HS256: "sha256", HS512: "sha512", RS256: "sha256", ES256: "sha256" }[config.tokens];

function sign(text) {
  const key = keys[config.tokens];
  if (config.tokens.startsWith("HS")) return crypto.createHmac(digest, key).update(text).digest("base64url");
  return crypto.sign(digest, Buffer.from(text), { key: key.privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url");
}

function signatureFits(text, signature) {
  if (config.tokens.startsWith("HS")) return same(signature, sign(text));
  return crypto.verify(digest, Buffer.from(text), { key: keys[config.tokens].publicKey, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"));
}

function same(one, other) { // hashes, so that the time taken says nothing
  const hash = text => crypto.createHash("sha256").update(text).digest();
  return crypto.timingSafeEqual(hash(one), hash(other));
}

function issueToken(account) {
  const hours = faulty("expiry-three-hours") ? 3 : faulty("expiry-eight-hours") ? 8 : 4, born = now();
  const token = { id: crypto.randomUUID(), owner: account.id, born, ends: born + hours * HOUR, epoch: account.epoch, number: ++account.tokens };
  account.lastIssue = born;
  lastUse.set(token.id, born);
  if (config.tokens === "opaque") {
    const text = `ip~${crypto.randomBytes(40).toString("base64")}`;
    issued.set(text, token);
    return text;
  }
  const claims = { iss: "inventory", cid: account.id, iat: Math.floor(born / 1000), exp: Math.floor(token.ends / 1000), jti: token.id, ep: token.epoch, no: token.number, ms: born % 1000 };
  const text = `${pack({ typ: "JWT", alg: config.tokens })}.${pack(claims)}`;
  return `${text}.${sign(text)}`;
}

function readToken(text, route) {
  if (config.tokens !== "opaque") return readJwt(text, route);
  const fits = known => (faulty("token-truncated") && text.length >= 20 && known.startsWith(text)) || (faulty("token-ignores-case") && known.toLowerCase() === text.toLowerCase());
  return issued.get(text) ?? [...issued].find(([known]) => fits(known))?.[1];
}

function readJwt(text, route) {
  try {
    const [head, body, signature, ...rest] = text.split(".");
    const { alg } = unpack(head), claims = unpack(body);
    const unsigned = faulty("jwt-unsigned") || hole("signature", route) || (faulty("jwt-alg-none") && /^none$/i.test(alg));
    if (rest.length || (!unsigned && (alg !== config.tokens || !signatureFits(`${head}.${body}`, signature)))) return undefined;
    return { id: claims.jti, owner: claims.cid, born: claims.iat * 1000 + claims.ms, ends: claims.exp * 1000, epoch: claims.ep, number: claims.no };
  } catch { return undefined; } // not a token of ours
}

function expired(token, account) {
  let { ends } = token;
  if (faulty("expiry-sliding")) ends = Math.max(ends, lastUse.get(token.id) + LIFE);
  if (faulty("expiry-leeway")) ends += 5 * MINUTE;
  if (faulty("expiry-revived") && account.lastIssue > ends) ends = account.lastIssue + LIFE;
  if (faulty("rotation-immortal") && account.rotatedAt > token.born) ends = Infinity;
  return now() >= ends;
}

function endedEarly(token, account) { // never, unless something is wrong
  const rotated = account.rotatedAt > token.born;
  return (faulty("token-replaced") && token.number < account.tokens) || (faulty("token-cap") && token.number <= account.tokens - 3)
    || (faulty("token-idle") && now() - lastUse.get(token.id) > HOUR) || (faulty("rotation-ends-tokens") && rotated)
    || (faulty("rotation-ends-tokens-later") && rotated && now() > account.rotatedAt + HOUR)
    || (faulty("rotation-ends-all-tokens") && lastEvent.rotation > token.born) || (faulty("disable-ends-all") && lastEvent.disabling > token.born);
}

function stopped(token, account, method) { // disabled accounts, as far as the cache has noticed
  let view = views.get(account.id);
  const lag = faulty("disable-five-minutes") ? 5 * MINUTE : config.disabled_lag * 1000;
  if (!view || now() - view.at >= lag) views.set(account.id, view = { at: now(), disabled: account.disabled, epoch: account.epoch });
  if (faulty("disable-cache-restarted")) view.at = now();
  if (faulty("disable-forgets-tokens") || (faulty("disable-only-get") && method !== "GET")) return false;
  if (faulty("disable-revived") && now() > account.disabledAt + 2 * MINUTE) return false;
  return view.disabled || (config.after_enable === "dead" && token.epoch < view.epoch);
}

// ---- POST /Token -----------------------------------------------------------------------------------------------------
let lastAsker = null; // only the mix-up faults use these
let lastUser = null;

async function answerToken(request) {
  if (request.method !== "POST") throw problem(501, "Tokens are had by POST.");
  const form = readForm(request);
  if (!form) return refuseToken("invalid_request");
  if (form.get("grant_type") !== "client_credentials") return refuseToken(form.has("grant_type") ? "unsupported_grant_type" : "invalid_request");
  const basic = /^basic +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  let account = basic ? byBasic(basic) : byForm(form);
  if (account === "locked") return config.lockout === "429" ? errorAnswer(problem(429, "Too many failed attempts.")) : refuseToken("invalid_client");
  if (!account || refusedAsDisabled(account, basic) || (faulty("readonly-no-token") && account.declared.read_only)) return refuseToken("invalid_client");
  if (faulty("token-mixup")) { lastAsker = account; await sleep(15); account = lastAsker; }
  const expiresIn = faulty("expires-in-day") ? 86_400 : faulty("expires-in-text") ? String(config.expires_in) : config.expires_in;
  const body = { access_token: issueToken(account), token_type: faulty("token-type-mac") ? "mac" : config.token_type,
    expires_in: faulty("expires-in-missing") ? undefined : expiresIn, ...(config.extra_fields && { scope: "api", issuedAt: showDate(now()) }) };
  return { status: 200, body, headers: { "Cache-Control": "no-store" } };
}

function readForm(request) {
  if (request.tooLong || !/^application\/x-www-form-urlencoded\b/i.test(request.headers["content-type"] ?? "")) return null;
  if (faulty("form-not-decoded")) return new Map(request.body.split("&").map(pair => pair.split("=")));
  const form = new URLSearchParams(request.body);
  return [...form.keys()].length === new Set(form.keys()).size ? form : null; // a parameter twice is malformed
}

function byForm(form) {
  if (!form.has("client_id") || !form.has("client_secret") || faulty("form-unsupported")) return null;
  return checkSecret(form.get("client_id"), form.get("client_secret"), "form");
}

function byBasic(encoded) {
  if (faulty("basic-unsupported")) return null;
  const text = Buffer.from(encoded, "base64").toString(), colon = text.indexOf(":");
  if (colon < 0) return null;
  const id = text.slice(0, colon), secret = faulty("basic-splits-at-every-colon") ? text.split(":")[1] : text.slice(colon + 1);
  const decoded = [id, secret].map(part => new URLSearchParams(`x=${part.replaceAll("&", "%26")}`).get("x"));
  const pairs = { raw: [[id, secret]], percent: [decoded], both: [[id, secret], decoded] }[config.basic];
  const known = pairs.filter(([name]) => accounts.has(name));
  const right = known.find(([name, given]) => secretFits(accounts.get(name), given, "basic")) ?? known[0]; // one attempt, whichever reading
  return right ? checkSecret(...right, "basic") : null;
}

function checkSecret(id, given, way) {
  const account = accounts.get(id);
  if (!account) return null;
  if (config.lockout !== "off" && now() < account.lockedUntil) return "locked";
  const right = secretFits(account, given, way);
  if (right) account.wrong = 0;
  else noteWrong(account);
  return right ? account : null;
}

function noteWrong(account) {
  if (!account.wrong || now() - account.wrongSince > 10 * MINUTE) Object.assign(account, { wrong: 0, wrongSince: now() });
  if (++account.wrong >= 10) Object.assign(account, { wrong: 0, lockedUntil: now() + 10 * MINUTE });
}

function secretFits(account, given, way) {
  const { secret, former, rotatedAt } = account;
  if (faulty("rotation-new-secret-late") && now() < rotatedAt + 5 * MINUTE) return same(given, former.at(-1));
  return same(given, secret) || (faulty("secret-ignores-case") && given.toLowerCase() === secret.toLowerCase())
    || (faulty("secret-prefix") && given.length >= 8 && secret.startsWith(given)) || (faulty("secret-suffix-ignored") && given.startsWith(secret))
    || (faulty("secret-empty") && given === "") || (faulty("secret-unchecked-basic") && way === "basic")
    || (faulty("secret-of-anyone") && [...accounts.values()].some(other => other.secret === given))
    || ((faulty("rotation-old-secret-lives") || (faulty("rotation-old-secret-basic") && way === "basic")) && former.includes(given));
}

function refusedAsDisabled(account, basic) {
  if (faulty("enable-no-tokens") && account.enabledOnce) return true;
  return account.disabled && !faulty("disable-issues") && !(faulty("disable-issues-by-form") && !basic);
}

function refuseToken(error) {
  const status = config.refusal_status, headers = status === 401 && config.www_authenticate ? { "WWW-Authenticate": 'Basic realm="token"' } : {};
  if (config.refusal_body === "empty") return { status, headers };
  if (config.refusal_body === "oauth") return { status, headers, body: { error, error_description: "The request was refused." } };
  return { ...errorAnswer(problem(status, "The request for a token was refused.")), headers };
}

// ---- errors and pages ------------------------------------------------------------------------------------------------
const CODES = { 400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 409: "conflict", 429: "rate_limited", 500: "internal_error", 501: "not_implemented" };
class Problem extends Error {}
const problem = (status, message, more = {}) => Object.assign(new Problem(message), { status, code: CODES[status], details: null, ...more });
const invalid = details => problem(400, "Some fields are not valid.", { code: "validation_error", details });

function errorAnswer({ status, code, message, details, leak, retry }) {
  const body = { statusCode: status, error: code, message, ...(leak && { data: leak }), ...(config.extra_fields && { traceId: crypto.randomUUID() }) };
  if (details || config.details === "null") body.details = details;
  const headers = { ...(status === 401 && config.www_authenticate && { "WWW-Authenticate": 'Bearer realm="inventory"' }), ...(retry && { "Retry-After": String(retry) }) };
  return { status, headers, body };
}

function parameter(request, name) { // an empty parameter is as good as none
  const fits = config.path_case === "any" ? key => key.toLowerCase() === name.toLowerCase() : key => key === name;
  return [...request.query].find(([key]) => fits(key))?.[1] || undefined;
}

function wholeNumber(request, name, standard, most = Number.MAX_SAFE_INTEGER) {
  const text = parameter(request, name) ?? String(standard), value = /^-?\d{1,12}$/.test(text) ? Number(text) : NaN;
  if (value >= 1 && value <= most) return value;
  if (value > most && config.page_size_over === "cap") return most;
  if (!(value > most) && config.bad_page === "clamp") return Number.isNaN(value) ? standard : 1;
  throw invalid({ [name]: [`${name} must be a whole number from 1 to ${most}.`] });
}

function compare(one, other) {
  if (typeof one === "string" && typeof other === "string" && config.collation === "nocase") [one, other] = [one.toLowerCase(), other.toLowerCase()];
  if (one === null || other === null) return (one !== null) - (other !== null);
  return one < other ? -1 : one > other ? 1 : 0;
}

function sorted(request, rows, columns, standard, newestFirst) {
  const sort = parameter(request, "sort"), direction = parameter(request, "direction")?.toUpperCase();
  if (sort && !columns.includes(sort)) throw invalid({ sort: [`Sort by one of ${columns.join(", ")}.`] });
  if (direction && !["ASC", "DESC"].includes(direction)) throw invalid({ direction: ["ASC or DESC."] });
  const column = sort ?? standard, sign = (direction ?? (newestFirst && !sort ? "DESC" : "ASC")) === "ASC" ? 1 : -1;
  const ranked = rows.map((row, rank) => ({ row, rank })); // equal rows keep their rank, so that DESC is ASC backwards
  return ranked.sort((a, b) => sign * ((column ? compare(a.row[column], b.row[column]) : 0) || a.rank - b.rank)).map(({ row }) => row);
}

function changedSince(request, things) {
  const text = parameter(request, "modifiedSince"), since = text ? readDate(text) : -Infinity;
  if (Number.isNaN(since)) throw invalid({ modifiedSince: ["Not a date-time."] });
  return things.filter(thing => thing.modified >= since);
}

function pageOf(request, things, { show, columns, standard, newestFirst = false, most = 250, total }) {
  const size = wholeNumber(request, parameter(request, "count") && most > 250 ? "count" : "pageSize", 25, most), page = wholeNumber(request, "page", 1);
  const rows = sorted(request, changedSince(request, things).map(show), columns, standard, newestFirst), first = (page - 1) * size;
  const totalCount = total ?? rows.length, pageCount = Math.ceil(totalCount / size) || config.empty_page_count;
  if (config.beyond_end === "404" && page > 1 && page > pageCount) throw problem(404, "There are not that many pages.");
  const body = { totalCount, page, pageSize: size, pageCount, hasMore: page < pageCount, value: rows.slice(first, first + size).map(decorated) };
  const headers = { "X-Total-Count": String(totalCount), "X-Page-Size": String(size), "X-Page": String(page), "X-API-Version": "v1" };
  return { status: 200, headers, body: config.extra_fields ? { ...body, links: { next: null } } : body };
}

const decorated = row => (config.extra_fields ? { ...row, rowVersion: "AAAAAAAB", tags: [] } : row);

// ---- items -----------------------------------------------------------------------------------------------------------
function showItem({ cost, category, uOM, discontinued, created, modified, ...item }, naming = config.item_names) {
  const quickstart = { categoryID: category, unit: uOM, active: !discontinued }, page = { category, uOM, discontinued };
  return { ...item, ...(naming !== "items" && quickstart), ...(naming !== "quickstart" && page), created: showDate(created), modified: showDate(modified) };
}

function itemPage(request, items) {
  return pageOf(request, items, { show: item => showItem(item), columns: Object.keys(showItem(world.items[0])), standard: "shortID" });
}

function listItems(request) {
  if (parameter(request, "key") !== undefined) return lookUpItem(request, parameter(request, "key"), parameter(request, "type") ?? "id");
  const category = parameter(request, "Category");
  if (category !== undefined && !/^\d+$/.test(category)) throw invalid({ Category: ["A category is a number."] });
  return itemPage(request, world.items.filter(item => !item.discontinued && (category === undefined || item.category === Number(category))));
}

function lookUpItem(request, key, type) {
  if (!["id", "alias"].includes(type)) throw invalid({ type: ["id or alias."] });
  const item = itemNamed(type === "id" ? key : world.aliases.get(key));
  if (!item && config.lookup_miss === "404") throw problem(404, "No such item.");
  return item && config.single_lookup === "bare" ? { status: 200, body: decorated(showItem(item)) } : itemPage(request, item ? [item] : []);
}

function oneItem(request, { partNo }) {
  const item = /^\d+$/.test(partNo) && itemOf(Number(partNo));
  if (!item) throw problem(404, "No such item.");
  return { status: 200, body: decorated(showItem(item)) };
}

const PLAIN_MEMBERS = { shortID: "string", description: "string", subCategory: "integer", putUp: "string", units: "number", dfltOwner: "integer" };
const ITEM_MEMBERS = { quickstart: { ...PLAIN_MEMBERS, categoryID: "integer", unit: "string" }, items: { ...PLAIN_MEMBERS, category: "integer", uOM: "string" } };
ITEM_MEMBERS.both = { ...ITEM_MEMBERS.quickstart, ...ITEM_MEMBERS.items };
const SHOWN_ONLY = ["partNo", "created", "modified", "discontinued", "active", "rowVersion", "tags"]; // may be sent back, changes nothing

function isOfType(value, type) {
  if (type === "integer") return Number.isSafeInteger(value);
  return typeof value === type && (type !== "string" || value.length <= 200);
}

function readItem(body, members, required) {
  const details = {};
  for (const [name, type] of Object.entries(members)) if (body[name] !== undefined && !isOfType(body[name], type)) details[name] = [`Must be of type ${type}.`];
  for (const name of required) if (body[name] === undefined || body[name] === "") details[name] = ["Required."];
  if (Object.keys(details).length) throw invalid(details);
  const given = Object.fromEntries(Object.entries(body).filter(([name]) => name in members));
  const { unit, categoryID, ...rest } = given;
  return { ...(unit !== undefined && { uOM: unit }), ...(categoryID !== undefined && { category: categoryID }), ...rest };
}

function readNewItem(request) {
  const members = ITEM_MEMBERS[config.create_accepts], unit = { quickstart: ["unit"], items: ["uOM"], both: [] }[config.create_accepts];
  return readItem(readJson(request, Object.keys(members)), members, ["shortID", "description", ...unit]);
}

function createItem(request, _, given) {
  if (itemNamed(given.shortID)) throw problem(409, "There is an item with that shortID.");
  const moment = stamp(), partNo = Math.max(...world.items.map(item => item.partNo)) + 1;
  const item = { partNo, category: 2, subCategory: 0, uOM: "EA", putUp: "", units: 1, dfltOwner: 0, cost: 1, ...given, created: moment, modified: moment, discontinued: false };
  world.items.push(item);
  return { status: 201, body: decorated(showItem(item, config.create_names)) };
}

function readItemChange(request) {
  const body = readJson(request, [...Object.keys(ITEM_MEMBERS.both), ...SHOWN_ONLY]);
  if (!Number.isSafeInteger(body.partNo) && typeof body.shortID !== "string") throw invalid({ partNo: ["partNo or shortID is required."] });
  return { partNo: body.partNo, change: readItem(body, ITEM_MEMBERS.both, []) };
}

function updateItem(request, _, { partNo, change }) {
  const item = partNo === undefined ? itemNamed(change.shortID) : itemOf(partNo);
  if (!item) throw problem(404, "No such item.");
  if (change.shortID !== undefined && ![undefined, item].includes(itemNamed(change.shortID))) throw problem(409, "There is an item with that shortID.");
  Object.assign(item, change);
  touch(item);
  return config.put_status === 204 ? { status: 204 } : { status: 200, body: decorated(showItem(item)) };
}

function discontinueItem(request, { shortID }) {
  const item = itemNamed(shortID);
  if (!item) throw problem(404, "No such item.");
  if (item.discontinued) throw problem(409, "That item is discontinued already.");
  item.discontinued = true;
  touch(item);
  return { status: config.delete_status, body: config.delete_status === 200 ? decorated(showItem(item)) : undefined };
}

// ---- warehouses, lots and locations ----------------------------------------------------------------------------------
function needScope(request, wid, part = "") {
  if (hole("scope", request.route + part) || inScope(request.account, wid)) return;
  if (faulty("scope-404") && request.route === "GET Inventory/{wid}") throw problem(404, "No such warehouse.");
  throw problem(403, "That warehouse is not among yours.");
}

function visible(request, things, widOf) { // what a list over all warehouses shows
  if (request.account.declared.warehouses === "all" || hole("scope", request.route)) return things;
  if (config.scope_all === "refuse") throw problem(403, "Ask for one of your warehouses.");
  return things.filter(thing => inScope(request.account, widOf(thing)));
}

function pathWarehouse(request, text) {
  const wid = /^\d+$/.test(text) ? Number(text) : NaN;
  needScope(request, wid);
  if (!world.warehouses.has(wid) && config.unknown_warehouse === "404") throw problem(404, "No such warehouse.");
  return wid;
}

function showLot({ modified, ...lot }) {
  const { shortID, description } = itemOf(lot.partNo);
  return { ...lot, shortID, description, warehouse: world.warehouses.get(lot.wID), received: showDate(lot.received), shipped: showDate(lot.shipped) };
}

const lotsListed = () => world.lots.filter(lot => config.shipped_lots === "listed" || inStock(lot));
const lotPage = (request, lots, total) =>
  pageOf(request, lots, { show: showLot, columns: Object.keys(showLot(world.lots[0])), standard: config.inventory_order, newestFirst: true, total });

function listLots(request) {
  const total = faulty("scope-total") ? lotsListed().length : undefined;
  return lotPage(request, visible(request, lotsListed(), lot => lot.wID), total);
}

function lotsOfWarehouse(request, { wid }) {
  const wanted = pathWarehouse(request, wid);
  return lotPage(request, lotsListed().filter(lot => lot.wID === wanted));
}

function levelPage(request, levels) {
  const show = ({ cost, modified, ...level }) => level;
  if (config.stock_levels === "array") return { status: 200, body: changedSince(request, levels).map(show) };
  return pageOf(request, levels, { show, columns: ["partNo", "shortID", "wID", "warehouse", "units", "lots"], standard: "shortID" });
}

const allLevels = request => levelPage(request, visible(request, stockLevels(), level => level.wID));
function levelsOfWarehouse(request, { wid }) {
  const wanted = pathWarehouse(request, wid);
  return levelPage(request, stockLevels().filter(level => level.wID === wanted));
}

// The bodies are nowhere documented: two shapes of them, and how each is read.
const STOCK_BODIES = {
  flat: {
    Receive: [{ itemID: "{shortID}", wID: "{warehouse}", spot: "{spot}", units: 3, serial: "{unique}" }, body => ({ ...body, shortID: body.itemID })],
    Move: [{ recNo: "{recNo}", wID: "{to_warehouse}", spot: "{to_spot}", units: 1 }, body => body],
    Issue: [{ recNo: "{recNo}", units: 1, remark: "{unique}" }, body => body],
  },
  nested: {
    Receive: [{ part: "{partNo}", to: { warehouse: "{warehouse}", spot: "{spot}" }, units: 2.5 }, body =>
      ({ shortID: itemOf(body.part)?.shortID ?? "", wID: body.to?.warehouse, spot: body.to?.spot, units: body.units })],
    Move: [{ lot: { recNo: "{recNo}" }, to: { warehouse: "{to_warehouse}", spot: "{to_spot}" }, units: 1 }, body =>
      ({ recNo: body.lot?.recNo, wID: body.to?.warehouse, spot: body.to?.spot, units: body.units })],
    Issue: [{ lines: [{ recNo: "{recNo}", units: 1 }] }, body => ({ ...body.lines?.[0] })],
  },
}[config.body_style];

function readStock(action, fields) {
  const [example, read] = STOCK_BODIES[action], types = { shortID: "string", recNo: "integer", wID: "integer", spot: "string", units: "number" };
  return request => {
    const given = read(readJson(request, Object.keys(example))), details = {};
    for (const name of fields) if (!isOfType(given[name], types[name])) details[name] = [`Required, of type ${types[name]}.`];
    if (!details.units && !(given.units > 0 && given.units < 1e9)) details.units = ["Must be greater than 0, and less than a milliard."];
    if (Object.keys(details).length) throw invalid(details);
    return given;
  };
}

function destination(request, { wID, spot }, part) {
  needScope(request, wID, part);
  const place = placeOf(spot);
  if (!place) throw problem(404, "No such location.");
  needScope(request, place.warehouseID, part);
  if (place.warehouseID !== wID) throw invalid({ spot: ["That location is in another warehouse."] });
  return place;
}

function movableLot(request, { recNo, units }, part) {
  const lot = world.lots.find(one => one.recNo === recNo);
  if (!lot) throw problem(404, "No such lot.");
  if (part !== "unchecked") needScope(request, lot.wID, part);
  if (lot.hold || placeOf(lot.spot).hold) throw problem(config.held_status, "That stock is on hold.");
  if (!inStock(lot) || units > lot.units) throw problem(409, "There is not that much in the lot.");
  return lot;
}

function addLot(from) {
  const lot = { associate: "", serial: "", serial2: null, rFIDTag: null, remark: "", hold: false, jobID: 0, jobName: null, active: true, ...from,
    recNo: Math.max(...world.lots.map(one => one.recNo)) + 1, received: stamp(), shipped: null, modified: stamp() };
  world.lots.push(lot);
  return lot;
}

const stockAnswer = lot => (config.stock_status === 204 ? { status: 204 } : { status: config.stock_status, body: decorated(showLot(lot)) });

function receive(request, _, { shortID, units, serial = "", ...where }) {
  const place = destination(request, where), item = itemNamed(shortID);
  if (!item) throw problem(404, "No such item.");
  return stockAnswer(addLot({ partNo: item.partNo, wID: place.warehouseID, spot: place.spot, units, serial: String(serial) }));
}

function takeFrom(lot, units) {
  lot.units = round(lot.units - units);
  if (lot.units === 0) Object.assign(lot, { shipped: stamp(), active: false });
  touch(lot);
}

function move(request, _, { recNo, units, ...where }) {
  const lot = movableLot(request, { recNo, units }, " from"), place = destination(request, where, " to");
  if (units < lot.units) {
    lot.units = round(lot.units - units);
    touch(lot);
    return stockAnswer(addLot({ ...lot, wID: place.warehouseID, spot: place.spot, units }));
  }
  Object.assign(lot, { wID: place.warehouseID, spot: place.spot });
  touch(lot);
  return stockAnswer(lot);
}

function issue(request, _, { recNo, units }) {
  const late = faulty("scope-issue-late"), lot = movableLot(request, { recNo, units }, late ? "unchecked" : "");
  takeFrom(lot, units);
  if (late) needScope(request, lot.wID);
  return stockAnswer(lot);
}

const showPlace = ({ spot, warehouseID, description, hold, active }) => ({ spot, warehouseID, warehouseName: world.warehouses.get(warehouseID), description, hold, active });

function listPlaces(request) {
  return pageOf(request, placesWanted(request, parameter(request, "wid")), { show: showPlace, columns: Object.keys(showPlace(world.spots[0])), standard: "warehouseID" });
}

function placesWanted(request, text) {
  if (text === undefined) return visible(request, world.spots, place => place.warehouseID);
  if (!/^\d+$/.test(text)) throw invalid({ wid: ["A warehouse is a number."] });
  const wid = Number(text);
  if (!inScope(request.account, wid) && config.scope_wid === "filter" && !hole("scope", "GET Location wid")) return [];
  needScope(request, wid, " wid");
  return world.spots.filter(place => place.warehouseID === wid);
}

function placeInScope(request, spot) {
  const place = placeOf(spot);
  if (!place) throw problem(404, "No such location.");
  if (faulty("scope-403-leaks") && !inScope(request.account, place.warehouseID) && request.method === "GET") throw problem(403, "Not among yours.", { leak: showPlace(place) });
  needScope(request, place.warehouseID);
  return place;
}

const onePlace = (request, { spot }) => ({ status: 200, body: decorated(showPlace(placeInScope(request, spot))) });

function readSpot(request) {
  return parameter(request, "id") ?? (() => { throw invalid({ id: ["Required."] }); })();
}

const setHold = hold => (request, _, spot) => {
  const place = placeInScope(request, spot);
  place.hold = hold;
  touch(place);
  return { status: 204 };
};

// ---- reports ---------------------------------------------------------------------------------------------------------
function listReports(request) {
  let mine = world.reports.filter(report => hole("report", request.route) || mayReport(request.account, report.reportID));
  if (faulty("reports-one-hidden")) mine = mine.slice(0, -1);
  return pageOf(request, mine, { show: ({ reportID, reportName, reportType }) => ({ reportID, reportName, reportType }), columns: ["reportID", "reportName", "reportType"], standard: "reportName" });
}

function runReport(request, { id }) {
  const report = world.reports.find(one => String(one.reportID) === id), limited = request.account.declared.reports !== "all";
  if (!report) throw problem(limited && config.unknown_report === "403-if-limited" ? 403 : 404, "No such report among yours.");
  const open = hole("report", request.route) || (faulty("reports-run-with-count") && parameter(request, "count"));
  if (!open && !mayReport(request.account, report.reportID)) throw problem(403, "That report is not among yours.");
  const all = report.rows(), rows = all.filter(({ wID }) => wID === undefined || inScope(request.account, wID));
  return pageOf(request, rows, { show: ({ row }) => row, columns: Object.keys(all[0]?.row ?? {}), most: 1000 });
}

// ---- requests --------------------------------------------------------------------------------------------------------
const ROUTES = [ // method, path, permission, what it does, how its input is read; words come before placeholders
  ["GET", "Item", "items.read", listItems],
  ["POST", "Item", "items.write", createItem, readNewItem],
  ["PUT", "Item", "items.write", updateItem, readItemChange],
  ["GET", "Item/All", "items.read", request => itemPage(request, world.items)],
  ["GET", "Item/{partNo}", "items.read", oneItem],
  ["DELETE", "Item/{shortID}", "items.write", discontinueItem],
  ["GET", "Inventory", "inventory.read", listLots],
  ["GET", "Inventory/StockLevels", "inventory.read", allLevels],
  ["GET", "Inventory/StockLevels/{wid}", "inventory.read", levelsOfWarehouse],
  ["GET", "Inventory/{wid}", "inventory.read", lotsOfWarehouse],
  ["POST", "Inventory/Receive", "inventory.write", receive, readStock("Receive", ["shortID", "wID", "spot", "units"])],
  ["POST", "Inventory/Move", "inventory.write", move, readStock("Move", ["recNo", "wID", "spot", "units"])],
  ["POST", "Inventory/Issue", "inventory.write", issue, readStock("Issue", ["recNo", "units"])],
  ["GET", "Location", "locations.read", listPlaces],
  ["POST", "Location/Hold", "locations.write", setHold(true), readSpot],
  ["POST", "Location/Release", "locations.write", setHold(false), readSpot],
  ["GET", "Location/{spot}", "locations.read", onePlace],
  ["GET", "Report", "reports.read", listReports],
  ["GET", "Report/{id}", "reports.read", runReport],
].map(([method, pattern, permission, run, read]) => ({ name: `${method} ${pattern}`, method, words: pattern.split("/"), permission, run, read }));

const bend = text => (config.path_case === "any" ? text.toLowerCase() : text);

function match(route, words) {
  const placed = {};
  const fits = route.words.length === words.length && route.words.every((word, n) => (word.startsWith("{") ? (placed[word.slice(1, -1)] = words[n]) !== "" : bend(word) === bend(words[n])));
  return fits ? placed : null;
}

function readJson(request, known) {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(request.headers["content-type"] ?? "")) throw problem(400, "Send JSON.");
  if (request.tooLong) throw problem(400, "That is too much.");
  let body;
  try { body = JSON.parse(request.body); } catch { throw problem(400, "That is not JSON."); }
  if (body === null || typeof body !== "object" || Array.isArray(body)) throw problem(400, "Send a JSON object.");
  const unknown = config.unknown_members === "reject" ? Object.keys(body).filter(name => !known.includes(name)) : [];
  if (unknown.length) throw invalid(Object.fromEntries(unknown.map(name => [name, ["Unknown."]])));
  return body;
}

function authenticate(request) {
  const header = request.headers.authorization ?? "", query = faulty("auth-query-token") && request.query.get("access_token");
  if (faulty("auth-empty-bearer") && /^bearer$/i.test(header.trim())) return [...accounts.values()][0];
  const basic = faulty("auth-basic-on-api") && /^basic +(\S+)$/i.exec(header);
  if (basic && byBasic(basic[1])?.id) return byBasic(basic[1]);
  const scheme = new RegExp(faulty("auth-bare-token") ? "^(?:bearer +)?(\\S+)$" : "^Bearer +(\\S+)$", config.scheme_case === "any" ? "i" : "");
  const token = readToken(scheme.exec(header)?.[1] ?? (query || ""), request.route), account = accounts.get(token?.owner);
  if (!account) throw problem(401, "A valid bearer token is needed.");
  if (!hole("expiry", request.route) && expired(token, account)) throw problem(faulty("expiry-403") ? 403 : 401, "The token has expired.");
  if (endedEarly(token, account) || stopped(token, account, request.method)) throw problem(401, "The token is no longer valid.");
  lastUse.set(token.id, now());
  return account;
}

function admit(request, route, placed) { // authentication, with the holes that faults make into it
  try {
    return authenticate(request);
  } catch (refusal) {
    if (hole("auth", request.route)) return [...accounts.values()][0];
    if (faulty("auth-after-lookup") && request.route === "GET Location/{spot}" && !placeOf(placed.spot)) throw problem(404, "No such location.");
    if (faulty("auth-after-body") && request.route === "POST Item") route.read(request);
    throw refusal;
  }
}

function needWriter(request, run) {
  if (!request.account.declared.read_only || !["POST", "PUT", "DELETE"].includes(request.method) || hole("read-only", request.route)) return;
  if (faulty("readonly-403-late") && request.method === "DELETE") run?.();
  throw problem(faulty("readonly-404") ? 404 : 403, "You may only read.");
}

function needPermission(request, route, run) {
  const wanted = faulty("permission-hold-by-read") && route.name === "POST Location/Hold" ? "locations.read" : route.permission;
  const open = hole("permission", route.name) || (faulty("permission-item-by-key") && route.name === "GET Item" && parameter(request, "key"));
  if (open || may(request.account, wanted)) return;
  if (faulty("permission-403-late") && route.name === "POST Location/Hold") run();
  const leak = faulty("permission-403-leaks") && route.name === "GET Item/{partNo}" ? run().body : undefined;
  throw problem(faulty("permission-401") ? 401 : faulty("permission-404") ? 404 : 403, "Your group does not permit that.", { leak });
}

async function answerApi(request, words) {
  if (words.length === 1 && bend(words[0]) === bend("Token")) return answerToken(request);
  const fitting = ROUTES.map(route => ({ route, placed: match(route, words) })).filter(({ placed }) => placed);
  if (!fitting.length && config.unknown_path === "404") throw problem(404, "There is nothing here.");
  const { route, placed } = fitting.find(one => one.route.method === request.method) ?? {};
  request.route = route?.name ?? "";
  request.account = admit(request, route, placed);
  if (faulty("user-mixup")) { lastUser = request.account; await sleep(15); request.account = lastUser; }
  const run = () => route?.run(request, placed, route.read?.(request));
  needWriter(request, run);
  if (!route) throw fitting.length ? problem(501, "That is not offered here.") : problem(404, "There is nothing here.");
  if (config.post_order === "body") route.read?.(request);
  if (faulty("permission-empty-list") && route.name === "GET Item" && !may(request.account, route.permission)) return itemPage(request, []);
  needPermission(request, route, run);
  return run();
}

// ---- the control protocol --------------------------------------------------------------------------------------------
const controlToken = crypto.randomBytes(18).toString("hex");
const CONTROL = {
  describe: () => ({ actions: Object.keys(CONTROL), ...(config.describe_now && { now: new Date(now()).toISOString() }) }),
  advance({ seconds }) {
    if (typeof seconds !== "number" || !(seconds > 0)) throw problem(400, "seconds must be a positive number");
    clockOffset += seconds * 1000;
    return { now: new Date(now()).toISOString() };
  },
  rotate({ client_id }) {
    const account = known(client_id), secret = makeSecret(account.id, ++rotations);
    Object.assign(account, { former: [...account.former, account.secret], secret, rotatedAt: lastEvent.rotation = now() });
    return { client_secret: secret };
  },
  disable({ client_id }) {
    const account = known(client_id);
    if (!account.disabled) Object.assign(account, { disabled: true, disabledAt: lastEvent.disabling = now(), epoch: account.epoch + 1 });
    return {};
  },
  enable({ client_id }) {
    Object.assign(known(client_id), { disabled: false, enabledOnce: true });
    if (config.enable_seen === "at-once") views.delete(client_id);
    return {};
  },
  reset() { // data, accounts and secrets; the clock stays and tokens live on
    world = buildWorld();
    for (const account of accounts.values()) Object.assign(account, { enabledOnce: false }, freshState(account.id));
    views.clear();
    return {};
  },
};
for (const action of ["advance", "reset"]) if (!config[`control_${action}`]) delete CONTROL[action];
const known = id => accounts.get(id) ?? (() => { throw problem(404, "no such client"); })();

function answerControl(request) {
  if (!same(request.headers.authorization ?? "", `Bearer ${controlToken}`)) return { status: 401, body: { error: "wrong control token" } };
  if (request.method !== "POST") return { status: 405, body: { error: "POST only" } };
  try {
    const question = JSON.parse(request.body), action = Object.hasOwn(CONTROL, question?.action) ? CONTROL[question.action] : null;
    return action ? { status: 200, body: action(question) } : { status: 400, body: { error: "no such action" } };
  } catch (why) {
    return { status: why.status ?? 400, body: { error: why.message } };
  }
}

// ---- the wire --------------------------------------------------------------------------------------------------------
const jitter = randomFrom(99);
let served = 0;

async function readRequest(incoming) {
  const chunks = [];
  let size = 0;
  for await (const chunk of incoming) if ((size += chunk.length) <= 1_000_000) chunks.push(chunk);
  const cut = incoming.url.indexOf("?"), where = cut < 0 ? incoming.url : incoming.url.slice(0, cut);
  const query = new URLSearchParams(cut < 0 ? "" : incoming.url.slice(cut + 1));
  return { method: incoming.method, path: where, query, headers: incoming.headers, body: Buffer.concat(chunks).toString(), tooLong: size > 1_000_000 };
}

async function answer(request) {
  if (request.path === "/control") return answerControl(request);
  await sleep(config.latency_ms + (config.jitter_ms ? jitter(config.jitter_ms + 1) : 0));
  if (config.rate_limit_every && ++served % config.rate_limit_every === 0) return errorAnswer(problem(429, "Slow down.", { retry: 1 }));
  try {
    const [, api, version, ...words] = request.path.split("/");
    if (api !== "api" || version !== "v1" || !words.length) throw problem(404, "There is nothing here.");
    return await answerApi(request, words.map(decode));
  } catch (why) {
    if (!(why instanceof Problem)) console.error(why);
    return errorAnswer(why instanceof Problem ? why : problem(500, "Something went wrong."));
  }
}

function decode(word) {
  try { return decodeURIComponent(word); } catch { return word; } // names nothing, and 401 comes first all the same
}

const DECIMALS = new Set(["units", "unitCost", "totalValue"]), MARK = crypto.randomUUID(); // no text of a client holds the mark
function toJson(value) {
  if (config.decimals === "short") return JSON.stringify(value);
  const marked = JSON.stringify(value, (name, one) => (DECIMALS.has(name) && typeof one === "number" ? `${MARK}${one.toFixed(4).replace(/00$/, "")}` : one));
  return marked.replace(new RegExp(`"${MARK}([-+e\\d.]+)"`, "g"), "$1");
}

const HEADER_CASE = { canonical: name => name, lower: name => name.toLowerCase(), upper: name => name.toUpperCase() }[config.header_case];
const EXTRA_HEADERS = { "X-API-Version": "v1", "Strict-Transport-Security": "max-age=86400", "X-Powered-By": "steam", "Set-Cookie": "lb=a1; Path=/; Secure; HttpOnly", Vary: "Accept" };

function send(outgoing, { status, headers = {}, body }) {
  const bytes = Buffer.from(body === undefined ? "" : toJson(body)), all = { ...(config.extra_headers && { ...EXTRA_HEADERS, "X-Request-Id": crypto.randomUUID() }), ...headers };
  all.Date = new Date(now()).toUTCString(); // the target's own clock, also after advance
  if (bytes.length) all["Content-Type"] = config.json_charset ? "application/json; charset=utf-8" : "application/json";
  if (status !== 204 && !(config.chunked && bytes.length)) all["Content-Length"] = String(bytes.length);
  if (config.connection_close) all.Connection = "close";
  outgoing.sendDate = false;
  outgoing.writeHead(status, Object.fromEntries(Object.entries(all).map(([name, value]) => [HEADER_CASE(name), value])));
  if (config.chunked && bytes.length) outgoing.write(bytes.subarray(0, 1 + (bytes.length >> 1)), () => outgoing.end(bytes.subarray(1 + (bytes.length >> 1))));
  else outgoing.end(bytes);
}

const serve = async (incoming, outgoing) => {
  try {
    send(outgoing, await answer(await readRequest(incoming)));
  } catch (why) {
    if (why.code !== "ECONNRESET") console.error(why); // a client may go at any time
    outgoing.destroy();
  }
};

async function servePlain(incoming, outgoing) {
  const token = /\/Token$/.test(incoming.url), basic = /^basic /i.test(incoming.headers.authorization ?? "");
  if (token ? faulty("plain-issues") || (faulty("plain-issues-basic") && basic) : faulty("plain-bearer")) return serve(incoming, outgoing);
  incoming.resume();
  const status = Number(/\d+$/.exec(config.plain_http)?.[0] ?? 403);
  if (status < 400) return send(outgoing, { status, headers: { Location: `${baseUrl.slice(0, -7)}${incoming.url}` } });
  return send(outgoing, errorAnswer(problem(status, "HTTPS only.")));
}

// ---- start -----------------------------------------------------------------------------------------------------------
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

function toToml(value) {
  if (Array.isArray(value)) return `[${value.map(toToml).join(", ")}]`;
  if (value && typeof value === "object") return `{ ${Object.entries(value).map(([key, one]) => `${/^[\w-]+$/.test(key) ? key : JSON.stringify(key)} = ${toToml(one)}`).join(", ")} }`;
  return JSON.stringify(value); // JSON's texts, numbers and booleans are TOML's too
}

function targetFile(plainUrl) {
  const table = (head, values) => [`[${head}]`, ...Object.entries(values).filter(([, one]) => one !== undefined).map(([key, one]) => `${key} = ${toToml(one)}`), ""].join("\n");
  return [
    table("target", { name: "The other team's InventoryPro", base_url: baseUrl, ca_file: options["ca-file"] && path.resolve(options["ca-file"]),
      plain_http_url: plainUrl, resources: ["Item", "Inventory", "Location", "Report"] }),
    table("limits", { concurrency: 8, requests_per_second: 500 }),
    table("control", { url: `${baseUrl.slice(0, -7)}/control`, token: controlToken }),
    table("data", { warehouses: [...world.warehouses.keys()], reports: world.reports.map(report => report.reportID), aliases: Object.fromEntries(world.aliases) }),
    ...Object.entries(STOCK_BODIES).map(([action, [body]]) => table(`examples."POST /Inventory/${action}"`, { body })),
    ...[...accounts.values()].map(({ id, secret, declared: { name, ...rights } }) => table("[clients]", { name, client_id: id, client_secret: secret, ...rights })),
  ].join("\n");
}

if (!options.cert || !options.key) quit("--cert and --key are needed");
const secure = https.createServer({ cert: fs.readFileSync(options.cert), key: fs.readFileSync(options.key), keepAliveTimeout: 20_000 }, serve);
const plain = http.createServer(servePlain);
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
