// Webhook subscriptions: a client's own, and nobody else's. Nothing is ever delivered: nobody listens where they point.
import { isDeepStrictEqual } from "node:util";
import { accounts } from "./accounts.mjs";
import { decorated, done, invalid, isOfType, numberId, pageOf, problem, readJson } from "./answers.mjs";
import { config, faulty, hole } from "./settings.mjs";
import { showDate, stamp, touch } from "./time.mjs";
import { after, world } from "./world.mjs";

const EVENTS = ["inventory.received", "inventory.issued", "inventory.moved", "stock.changed", "order.created", "order.closed"];

function showHook({ owner, log, lastError, lastSuccess, lastFailure, created, modified, unlisted, gone, young, ...hook }) {
  const error = lastError ?? { null: null, empty: "" }[config.last_error];
  return { ...hook, lastSuccess: showDate(lastSuccess), lastFailure: showDate(lastFailure), ...(error !== undefined && { lastError: error }),
    created: showDate(created), modified: showDate(modified) };
}

const COLUMNS = ["rec", "name", "url", "events", "payloadMode", "active", "disableType", "failureCount", "failureDays", "lastSuccess", "lastFailure", "created",
  "modified"];
const LIST = { show: showHook, columns: COLUMNS, few: ["rec", "name"], standard: "rec", key: "rec" };

function isMine(request, hook) {
  const { name, permissions } = request.account.declared;
  if (hook.owner === name || !faulty("hook-owner-by-group")) return hook.owner === name;
  return [...accounts.values()].some(({ declared }) => declared.name === hook.owner && isDeepStrictEqual(declared.permissions, permissions));
}

const mineOf = request => world.hooks.filter(hook => isMine(request, hook));

function listHooks(request) {
  const listed = (faulty("hook-list-all") ? world.hooks : mineOf(request)).filter(hook => !hook.unlisted);
  return pageOf(request, listed, { ...LIST, total: faulty("hook-total-all") ? world.hooks.length : undefined });
}

function hookOf(request, id) {
  const rec = numberId(id, "subscription"), hook = world.hooks.find(one => one.rec === rec && !one.gone);
  if (!hook) throw problem(404, "No such subscription.");
  if (!isMine(request, hook) && !hole("owner", request.route)) refuseForeign(request, hook);
  return hook;
}

function refuseForeign(request, hook) {
  if (faulty("hook-delete-foreign-late") && request.method === "DELETE") remove(hook);
  if (faulty("hook-put-takes-over") && request.method === "PUT") hook.owner = request.account.declared.name;
  throw problem(Number(config.webhook_foreign), "No such subscription among yours.");
}

function oneHook(request, { id }) {
  const hook = hookOf(request, id);
  if (hook.young && faulty("hook-created-404")) throw problem(404, "No such subscription.");
  return { status: 200, body: decorated(showHook(faulty("hook-single-next") ? after(mineOf(request), hook) ?? hook : hook)) };
}

// ---- writing ---------------------------------------------------------------------------------------------------------
// The bodies are nowhere documented: three shapes of them, and how each is read and what its members are called.
const URL_THERE = "https://sink.example.invalid/in?from=suite", TWO = "inventory.received, inventory.issued";
const MODES = { full: 1, id: 2 };
export const HOOK_BODIES = {
  flat: {
    POST: { name: "{unique}", url: URL_THERE, events: TWO, payloadMode: 1 },
    PUT: { name: "{unique}", url: URL_THERE, events: "inventory.issued", payloadMode: 2, active: true },
    read: body => body,
  },
  nested: {
    POST: { subscription: { name: "{unique}", events: TWO, payloadMode: 2 }, target: { url: URL_THERE } },
    PUT: { subscription: { name: "{unique}", events: TWO, payloadMode: 2 }, target: { url: URL_THERE } },
    read: body => ({ ...body.subscription, ...body.target }),
  },
  renamed: {
    POST: { title: "{unique}", endpoint: URL_THERE, on: ["inventory.received"], mode: "full" },
    PUT: { title: "{unique}", endpoint: URL_THERE, on: ["inventory.received", "inventory.issued"], mode: "id", enabled: true },
    read: ({ title, endpoint, on, mode, enabled }) => ({ name: title, url: endpoint, events: Array.isArray(on) ? on.join(",") : on,
      payloadMode: MODES[mode] ?? mode, active: enabled }),
  },
}[config.webhook_body];
const OWN_NAMES = config.webhook_body === "renamed" ? { name: "title", url: "endpoint", events: "on", payloadMode: "mode", active: "enabled" } : {};
const TYPES = { name: "string", url: "string", events: "string", payloadMode: "integer", active: "boolean" };
const KNOWN = [...Object.keys(HOOK_BODIES.POST), ...Object.keys(HOOK_BODIES.PUT), ...COLUMNS, "lastError", "rowVersion", "tags"];

const readHook = (required, writing) => request => {
  const body = HOOK_BODIES.read(readJson(request, KNOWN)), given = Object.fromEntries(Object.keys(TYPES).filter(name => body[name] !== undefined).map(name => [name, body[name]]));
  const details = problemsOf(given, writing), missing = required.filter(name => given[name] === undefined || given[name] === "");
  for (const name of missing) details[name] = ["Required."];
  const own = Object.fromEntries(Object.entries(details).map(([name, texts]) => [OWN_NAMES[name] ?? name, texts]));
  if (!Object.keys(own).length || request.salvaged) return given;
  if (details.url && faulty("hook-http-late")) store(request, given);
  if (details.url && faulty("hook-http-500")) throw new Error("not HTTPS");
  throw invalid(own, missing.length ? "missing" : "value");
};

function problemsOf(given, writing) {
  const details = {};
  for (const name of Object.keys(given)) if (!isOfType(given[name], TYPES[name])) details[name] = [`Must be of type ${TYPES[name]}.`];
  if (!details.url && given.url !== undefined && !urlFits(given.url, writing)) details.url = ["Must be an https URL."];
  if (!details.payloadMode && given.payloadMode !== undefined && !modeFits(given.payloadMode, writing)) details.payloadMode = ["1 or 2."];
  const names = typeof given.events === "string" ? given.events.split(",").map(name => name.trim()) : [];
  if (config.unknown_event === "400" && names.some(name => !EVENTS.includes(name))) details.events = ["Unknown event."];
  return details;
}

function urlFits(url, writing) {
  if (writing === "POST" && (faulty("hook-http") || (faulty("hook-http-capitals") && url.startsWith("HTTP://")))) return true;
  return /^https:\/\/[^/\s]+/i.test(url) || (writing === "PUT" && faulty("hook-http-put"));
}

const modeFits = (mode, writing) => [1, 2].includes(mode) || (mode === 3 && faulty("hook-mode-3")) || (mode === 0 && faulty("hook-mode-0"))
  || (writing === "PUT" && faulty("hook-mode-negative-put"));

function tidy({ name, events, ...rest }) {
  const sorted = config.event_order === "sorted" ? text => text.split(",").map(one => one.trim()).sort().join(",") : text => text;
  return { ...rest, ...(name !== undefined && { name: config.webhook_name === "trimmed" ? name.trim() : name }),
    ...(events !== undefined && { events: sorted(events) }) };
}

const enabling = active => (active === undefined ? {} : { active, disableType: active ? 0 : 2 });

function store(request, given) {
  const moment = stamp(), { active, ...rest } = tidy(given);
  const hook = { rec: ++world.lastHook, owner: request.account.declared.name, name: "", url: "", events: "", payloadMode: 1, active: true, disableType: 0,
    ...rest, ...enabling(active), failureCount: 0, failureDays: 0,
    lastSuccess: null, lastFailure: null, lastError: null, created: moment, modified: moment, log: [], young: true, unlisted: faulty("hook-create-unlisted") };
  world.hooks.push(hook);
  return hook;
}

function createHook(request, _, given) {
  if (faulty("hook-create-500") && given.payloadMode === 2) throw new Error("no mode 2");
  return done(config.webhook_create, () => showHook(store(request, given)));
}

function updateHook(request, { id }, given) {
  const hook = hookOf(request, id), { active, ...rest } = tidy(given);
  if (faulty("hook-put-501")) throw problem(501, "Not yet.");
  if (faulty("hook-put-name-lost")) delete rest.name;
  for (const one of faulty("hook-put-all") ? mineOf(request) : faulty("hook-put-nothing") ? [] : [hook]) {
    Object.assign(one, rest, enabling(active));
    touch(one);
  }
  if (faulty("hook-put-new-rec")) hook.rec = ++world.lastHook;
  return config.webhook_put === 204 ? { status: 204 } : done(config.webhook_put, () => showHook(hook));
}

const remove = hook => { world.hooks = world.hooks.filter(one => one !== hook); };

function deleteHook(request, { id }) {
  const hook = hookOf(request, id), answer = { status: config.webhook_delete, body: config.webhook_delete === 200 ? decorated(showHook(hook)) : undefined };
  if (faulty("hook-delete-unlists")) hook.unlisted = true;
  else if (faulty("hook-delete-still-listed")) hook.gone = true;
  else if (faulty("hook-delete-all")) mineOf(request).forEach(remove);
  else if (!faulty("hook-delete-nothing")) remove(hook);
  return answer;
}

// ---- deliveries ------------------------------------------------------------------------------------------------------
function testHook(request, { id }) {
  const hook = hookOf(request, id), moment = stamp();
  hook.log.push({ sent: moment, event: "test", status: 0 });
  if (config.webhook_test_counts) Object.assign(hook, { failureCount: hook.failureCount + 1, lastFailure: moment, lastError: "no such host" });
  const { webhook_test: status } = config;
  return { status, body: status === 204 ? undefined : { delivered: false, event: "test" } };
}

const showDelivery = ({ sent, event, status }) => ({ sentAt: showDate(sent), event, responseStatus: status });
const LOG = { show: showDelivery, columns: ["sentAt", "event", "responseStatus"], standard: "sentAt", newestFirst: true, key: "sentAt" };

function logOfHook(request, { id }) {
  const { log } = hookOf(request, id);
  if (!log.length && faulty("hook-log-404")) throw problem(404, "Nothing was delivered.");
  if (config.webhook_log === "envelope") return pageOf(request, log.map(entry => ({ ...entry, modified: entry.sent })), LOG);
  const entries = log.map(showDelivery);
  return { status: 200, body: config.webhook_log === "array" ? entries : { subscription: Number(id), entries } };
}

const ALL_OF_IT = config.webhook_put_body === "full" ? ["name", "url", "events", "payloadMode"] : [];
export const WEBHOOK_ROUTES = [
  ["GET", "Webhook", "webhooks.admin", listHooks],
  ["POST", "Webhook", "webhooks.admin", createHook, readHook(["name", "url", "events"], "POST")],
  ["GET", "Webhook/{id}", "webhooks.admin", oneHook],
  ["PUT", "Webhook/{id}", "webhooks.admin", updateHook, readHook(ALL_OF_IT, "PUT")],
  ["DELETE", "Webhook/{id}", "webhooks.admin", deleteHook],
  ["POST", "Webhook/{id}/test", "webhooks.admin", testHook],
  ["GET", "Webhook/{id}/log", "webhooks.admin", logOfHook],
];
