// Which request is whose to answer, and who may ask: path, token, read-only mode, permission, then the resource itself.
import { setTimeout as sleep } from "node:timers/promises";
import { accounts, may } from "./accounts.mjs";
import { Problem, errorAnswer, parameter, problem } from "./answers.mjs";
import { disturb } from "./busy.mjs";
import { ITEM_ROUTES, nothingListed } from "./items.mjs";
import { ORDER_ROUTES } from "./orders.mjs";
import { PARTNER_ROUTES } from "./partners.mjs";
import { REPORT_ROUTES } from "./reports.mjs";
import { acquaint } from "./faults-manner.mjs";
import { config, edits, faulty, hole, withins } from "./settings.mjs";
import { STOCK_ROUTES } from "./stock.mjs";
import { now } from "./time.mjs";
import { answerToken, byBasic, endedEarly, expired, lastUse, readToken, stopped } from "./tokens.mjs";
import { WEBHOOK_ROUTES } from "./webhooks.mjs";
import { after, itemNamed, itemOf, placesOf, world } from "./world.mjs";

acquaint({ accounts, now, problem, Problem, after, itemNamed, itemOf, get world() { return world; } });

const CORE = [ITEM_ROUTES, STOCK_ROUTES, REPORT_ROUTES], REST = [PARTNER_ROUTES, ORDER_ROUTES, WEBHOOK_ROUTES];
const ROUTES = (config.resources === "all" ? [...CORE, ...REST] : CORE).flat() // method, path, permission, what it does, how its input is read; words come before placeholders
  .map(([method, pattern, permission, run, read]) => ({ name: `${method} ${pattern}`, method, words: pattern.split("/"), permission, run, read }));
export const RESOURCES = [...new Set(ROUTES.map(route => route.words[0]))];

const bend = text => (config.path_case === "any" ? text.toLowerCase() : text);

function match(route, words) {
  if (route.words.length !== words.length || (faulty("levels-as-warehouse") && route.name === "GET Inventory/StockLevels")) return null;
  const placed = {};
  const fits = route.words.every((word, n) => (word.startsWith("{") ? (placed[word.slice(1, -1)] = words[n]) !== "" : bend(word) === bend(words[n])));
  return fits ? placed : null;
}

// ---- who asks --------------------------------------------------------------------------------------------------------
function authenticate(request) {
  const header = request.headers.authorization ?? "", query = faulty("auth-query-token") && request.query.get("access_token");
  if (faulty("auth-empty-bearer") && /^bearer$/i.test(header.trim())) return [...accounts.values()][0];
  const basic = faulty("auth-basic-on-api") && /^basic +(\S+)$/i.exec(header);
  if (basic && byBasic(basic[1])?.id) return byBasic(basic[1]);
  const scheme = new RegExp(faulty("auth-bare-token") ? "^(?:bearer +)?(\\S+)$" : "^Bearer +(\\S+)$", config.scheme_case === "any" ? "i" : "");
  const token = readToken(scheme.exec(header)?.[1] ?? (query || ""), request.route), account = accounts.get(token?.owner);
  if (!account) throw problem(401, "A valid bearer token is needed.");
  if (!hole("expiry", request.route) && expired(token, account)) throw problem(faulty("expiry-403") ? 403 : 401, "The token has expired.",
    { library: faulty("error-401-expired") });
  if (endedEarly(token, account) || stopped(token, account, request.method)) throw problem(401, "The token is no longer valid.",
    { library: faulty("error-401-disabled") });
  lastUse.set(token.id, now());
  return account;
}

function admit(request, route, placed) { // authentication, with the holes that faults make into it
  try {
    return authenticate(request);
  } catch (refusal) {
    if (hole("auth", request.route) || request.odd || (faulty("open-location-wid") && request.query.get("wid"))) return [...accounts.values()][0];
    if (faulty("auth-after-lookup") && request.route === "GET Location/{spot}" && !placesOf(placed.spot).length) throw problem(404, "No such location.");
    if (faulty("auth-after-body") && request.route === "POST Item") route.read(request);
    throw refusal;
  }
}

function needWriter(request, run) {
  if (!request.account.declared.read_only || !["POST", "PUT", "DELETE"].includes(request.method) || hole("read-only", request.route)) return;
  if (faulty("readonly-403-late") && request.method === "DELETE") run?.();
  throw problem(faulty("readonly-404") ? 404 : 403, "You may only read.");
}

const OTHER_PERMISSION = { // what a fault asks for instead
  "POST Location/Hold": ["permission-hold-by-read", "locations.read"],
  "GET ShippingOrder": ["permission-shipping-by-purchase", "purchase-orders.read"],
  "GET Vendor/All": ["permission-vendor-by-customer", "customers.read"],
};

function needPermission(request, route, run) {
  const [flaw, other] = OTHER_PERMISSION[route.name] ?? [], wanted = flaw && faulty(flaw) ? other : route.permission;
  const open = hole("permission", route.name) || (faulty("permission-item-by-key") && route.name === "GET Item" && parameter(request, "key"));
  if (open || may(request.account, wanted)) return;
  if (faulty("permission-403-late") && route.name === "POST Location/Hold") run();
  const leak = faulty("permission-403-leaks") && route.name === "GET Item/{partNo}" ? run().body : undefined;
  throw problem(faulty("permission-401") ? 401 : faulty("permission-404") ? 404 : 403, "Your group does not permit that.", { leak });
}

// ---- what is asked ---------------------------------------------------------------------------------------------------
let lastUser = null; // only a mix-up uses it

async function answerApi(request, words) {
  if (words.length === 1 && bend(words[0]) === bend("Token")) return answerToken(request);
  const fitting = ROUTES.map(route => ({ route, placed: match(route, words) })).filter(({ placed }) => placed);
  if (!fitting.length && config.unknown_path === "404") throw problem(404, "There is nothing here.");
  const { route, placed } = fitting.find(one => one.route.method === request.method) ?? {};
  request.route = route?.name ?? "";
  request.account = admit(request, route, placed);
  if (faulty("user-mixup")) { lastUser = request.account; await sleep(15); request.account = lastUser; }
  const proceed = () => answerKnown(request, route, placed, fitting.length > 0);
  const bent = withins.find(({ on }) => [on].flat().includes(request.route));
  return bent ? bent.change(request, proceed) : proceed();
}

function answerKnown(request, route, placed, elsewhere) {
  const run = () => route?.run(request, placed, route.read?.(request));
  needWriter(request, run);
  if (!route) throw elsewhere ? problem(Number(config.wrong_method), "That is not offered here.") : problem(404, "There is nothing here.");
  if (config.post_order === "body") route.read?.(request);
  if (faulty("permission-empty-list") && route.name === "GET Item" && !may(request.account, route.permission)) return nothingListed(request);
  needPermission(request, route, run);
  return run();
}

function spelling(request) { // paths in a spelling that a fault lets in without a token
  const { path } = request, plain = path.replace("/v1//", "/v1/").replace(/(?<=.)\/$/, "");
  request.odd = (faulty("open-lower-case") && path !== path.toLowerCase() ? false : faulty("open-lower-case")) || (faulty("open-encoded") && /%[4-7]/.test(path))
    || (faulty("open-trailing-slash") && path.endsWith("/")) || (faulty("open-double-slash") && path.includes("/v1//"));
  return request.odd ? plain : path;
}

async function answerOrRefuse(request) {
  try {
    const [, api, version, ...words] = spelling(request).split("/");
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

let served = 0;

export async function answer(request) {
  const tooMany = config.rate_limit_every && ++served % config.rate_limit_every === 0;
  const given = { headers: {}, ...(tooMany ? errorAnswer(problem(429, "Slow down.", { retry: 1 })) : await answerOrRefuse(request)) };
  for (const { on, when, change } of edits) if ((on === "*" || [on].flat().includes(request.route)) && when(given.status)) change(given, request);
  disturb();
  return given;
}
