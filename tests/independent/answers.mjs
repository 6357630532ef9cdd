// Parameters, errors and pages: what all resources have in common.
import crypto from "node:crypto";
import { config, hole } from "./settings.mjs";
import { DAY, readDate } from "./time.mjs";

const CODES = { 400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 409: "conflict", 429: "rate_limited", 500: "internal_error",
  501: "not_implemented" };
export class Problem extends Error {}
export const problem = (status, message, more = {}) => Object.assign(new Problem(message), { status, code: CODES[status], details: null, ...more });

export function invalid(details, cause = "limits") { // cause: missing, value or parameter have a code of their own choice
  if (config[`${cause}_code`] === "bad_request") return problem(400, Object.values(details).flat().join(" "));
  return problem(400, "Some fields are not valid.", { code: "validation_error", details });
}

export function errorAnswer({ status, code, message, details, leak, retry, library }) {
  if (library) return { status, headers: {}, body: { error: "invalid_token", error_description: message } };
  const body = { statusCode: status, error: code, message, ...(leak && { data: leak }), ...(config.extra_fields && { traceId: crypto.randomUUID() }) };
  if (details || config.details === "null") body.details = details;
  const headers = { ...(status === 401 && config.www_authenticate && { "WWW-Authenticate": 'Bearer realm="inventory"' }),
    ...(retry && { "Retry-After": String(retry) }) };
  return { status, headers, body, ...(config.error_type !== "json" && { type: "application/problem+json" }) };
}

// status: a number, or "200-empty" for one without a body
export const done = (status, show) => (status === 200 || status === 201 ? { status,
  body: decorated(show()) } : { status: status === "200-empty" ? 200 : status });
export const decorated = row => (config.extra_fields ? { ...row, rowVersion: "AAAAAAAB", tags: [] } : row);

export function parameter(request, name) { // an empty parameter is as good as none
  if (config.path_case === "exact") return request.query.get(name) || undefined;
  return [...request.query].find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] || undefined;
}

export function numberId(text, what) { // an id that must be a number; NaN for one that is not
  if (/^\d{1,15}$/.test(text)) return Number(text);
  if (config.wrong_id === "400") throw invalid({ id: [`The ID of a ${what} is a number.`] }, "parameter");
  return NaN;
}

export function moment(request, name) {
  const text = parameter(request, name), value = text === undefined ? undefined : readDate(text);
  if (!Number.isNaN(value)) return value;
  if (config.bad_date === "ignore") return undefined;
  throw invalid({ [name]: ["Not a date-time."] }, "parameter");
}

// ---- sizes -----------------------------------------------------------------------------------------------------------
function wholeNumber(request, name, standard, most = Number.MAX_SAFE_INTEGER) {
  const text = parameter(request, name) ?? String(standard), value = /^-?\d+$/.test(text) ? Number(text) : NaN;
  if (value >= 1 && value <= most) return value;
  if (value > most && name !== "page" && config.page_size_over === "cap") return most;
  const bad = name === "page" || config.bad_page_size === "same" ? config.bad_page : config.bad_page_size;
  if (bad === "clamp" && !(value > most)) return Number.isNaN(value) ? standard : 1;
  throw invalid({ [name]: [`${name} must be a whole number from 1 to ${most}.`] }, "parameter");
}

const found = (numbers, check, route) => numbers.find(number => hole(`${check}-${number}`, route));

function sizeOf(request, most) {
  const { route } = request, name = most > 250 && config.report_count === "size" && parameter(request, "count") ? "count" : "pageSize";
  const standard = found([10, 20, 50, 100, 250], "default", route) ?? 25, cap = found([25, 100, 200, 250, 500, 1_000_000], "cap", route) ?? most;
  const asked = Number(parameter(request, name)), size = wholeNumber(request, name, standard, cap);
  if (hole("size-ignored", route) || (hole("cap-to-25", route) && asked > most)) return { size: 25, asked: 25 };
  return { size, asked: asked > 0 ? asked : size };
}

// ---- order -----------------------------------------------------------------------------------------------------------
const natural = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function compare(one, other) {
  if (one === other) return 0;
  const blank = (value, rank) => (value === null || value === undefined ? rank : 0), low = config.nulls === "first" ? -1 : 1;
  if (blank(one, 1) || blank(other, 1)) return blank(one, low) - blank(other, low);
  if (typeof one === "string" && typeof other === "string" && config.collation !== "ordinal") {
    if (config.collation === "natural") return natural.compare(one, other);
    [one, other] = [one.toLowerCase(), other.toLowerCase()];
  }
  return one < other ? -1 : one > other ? 1 : 0;
}

function scramble(value) { // arbitrary, but the same each time
  let mixed = 2_166_136_261;
  for (const sign of String(value)) mixed = Math.imul(mixed ^ sign.codePointAt(0), 16_777_619);
  return mixed >>> 0;
}

function askedOrder(request, { columns, few, sortable = true }) {
  const { route } = request, words = parameter(request, "direction"), known = config.sort_columns === "few" ? few ?? columns.slice(0, 2) : columns;
  let sort = sortable ? parameter(request, "sort") : undefined, direction = words?.toUpperCase();
  if (sort && !known.includes(sort)) {
    if (hole("sort-500", route)) throw new Error(`no column ${sort}`);
    if (config.unknown_sort === "reject") throw invalid({ sort: [`Sort by one of ${known.join(", ")}.`] }, "parameter");
    sort = undefined;
  }
  if (direction && !["ASC", "DESC"].includes(direction)) {
    if (config.bad_direction === "reject") throw invalid({ direction: ["ASC or DESC."] }, "parameter");
    direction = undefined;
  }
  if (words && hole(words === direction ? "upper-refused" : "lower-refused", route)) throw invalid({ direction: ["Unknown direction."] });
  if (words && hole(words === direction ? "upper-ignored" : "lower-ignored", route)) direction = undefined;
  if (!sortable || hole("direction-ignored", route) || (!sort && config.bare_direction === "ignored")) direction = undefined;
  return { sort: hole("sort-ignored", route) ? undefined : sort, direction };
}

function standardOrder(request, { standard, newestFirst = false, stated = false, key }) { // of rows {row, rank}
  const { route } = request, other = ["partNo", "shortID", "description"].find(name => hole(`order-by-${name}`, route));
  const byColumn = column => (a, b) => compare(a.row[column], b.row[column]);
  let order = other ? byColumn(other) : standard ? byColumn(standard) : () => 0, down = other ? false : newestFirst;
  if (!stated && config.default_order === "descending") down = !down;
  if (!stated && config.default_order === "entry") [order, down] = [() => 0, false];
  if (!stated && config.default_order === "shuffled") [order, down] = [(a, b) => scramble(a.row[key] ?? a.rank) - scramble(b.row[key] ?? b.rank), false];
  return { order, down: hole("order-reversed", route) ? !down : down };
}

function sorted(request, rows, list) {
  const { sort, direction } = askedOrder(request, list), { route } = request, asText = hole("sort-as-text", route);
  const standard = standardOrder(request, list), value = asText ? row => String(row[sort]) : row => row[sort];
  const order = sort ? (a, b) => compare(value(a.row), value(b.row)) : standard.order;
  let down = direction ? direction === "DESC" : sort ? hole("direction-default-desc", route) : standard.down;
  if (hole("direction-inverted", route) && sort) down = !down;
  const shuffled = hole("shuffled", route) || (sort && hole("ties-shuffled", route)), sign = down ? -1 : 1;
  const ranked = rows.map((row, rank) => ({ row, rank: shuffled ? Math.random() : rank }));
  const tie = config.tie_order === "reversed" || !sort ? sign : 1; // equal rows keep their rank, so that DESC is ASC backwards
  const ordered = ranked.sort((a, b) => (hole("shuffled", route) ? 0 : sign * order(a, b)) || tie * (a.rank - b.rank));
  if (!sort || !hole("ties-merged", route)) return ordered.map(({ row }) => row);
  return ordered.filter(({ row }, n) => n === 0 || row[sort] !== ordered[n - 1].row[sort]).map(({ row }) => row);
}

// ---- filters ---------------------------------------------------------------------------------------------------------
export function changedSince(request, things) {
  const { route } = request, text = parameter(request, "modifiedSince"), first = (parameter(request, "page") ?? "1") === "1";
  let since = moment(request, "modifiedSince");
  if (since === undefined || hole("since-ignored", route) || (hole("since-first-page", route) && !first)) return things;
  if (hole("since-zone", route)) since = readDate(text.replace(/(T.*?)([+ -]\d\d:?\d\d)$/, "$1Z"));
  if (hole("since-day", route)) since -= since % DAY;
  if (hole("since-future-400", route) && since > Date.now() + 365 * DAY) throw invalid({ modifiedSince: ["Lies in the future."] });
  if (hole("since-until", route)) return things.filter(thing => thing.modified <= since);
  if (hole("since-not-young", route)) things = things.filter(thing => !thing.young);
  const changed = hole("since-created", route) ? thing => thing.created : thing => thing.modified;
  const fitting = things.filter(hole("since-exclusive", route) ? thing => changed(thing) > since : thing => changed(thing) >= since);
  if (!fitting.length && hole("since-none-500", route)) throw new Error("no rows");
  return fitting;
}

export function betweenDates(request, things, startOf, endOf, otherOf) { // startDate and endDate, both included
  const { route } = request, other = hole("other-date", route), { start, end } = datesAsked(request);
  let until = end !== undefined && hole("end-midnight", route) ? end - (end % DAY) : end;
  if (hole("end-ignored", route) || (hole("end-ignored-with-start", route) && start !== undefined)) until = undefined;
  const late = other ? otherOf : startOf, early = other ? otherOf : endOf;
  const afterStart = hole("start-exclusive", route) ? thing => late(thing) > start : thing => late(thing) >= start;
  const beforeEnd = hole("end-exclusive", route) ? thing => early(thing) < until : thing => early(thing) <= until;
  return things.filter(thing => (start === undefined || hole("start-ignored", route) || afterStart(thing)) && (until === undefined || beforeEnd(thing)));
}

function datesAsked(request) {
  const start = moment(request, "startDate"), end = moment(request, "endDate");
  const wholeDay = config.date_only === "day" && /^\d{4}-\d\d-\d\d$/.test(parameter(request, "endDate") ?? "");
  if (start > end && config.crossed_dates === "400") throw invalid({ endDate: ["endDate lies before startDate."] }, "parameter");
  return { start, end: wholeDay ? end + DAY - 1 : end };
}

// ---- pages -----------------------------------------------------------------------------------------------------------
function totalOf(request, rows, things, { total, whole }, { page, size }) {
  const { route } = request, here = Math.max(0, Math.min(size, rows.length - (page - 1) * size));
  if (hole("total-of-page", route)) return here;
  if (hole("total-so-far", route)) return Math.min(rows.length, page * size);
  if (hole("total-whole", route)) return whole ?? rows.length;
  if (hole("total-before-since", route)) return things.length;
  if (hole("total-at-most-100", route)) return Math.min(rows.length, 100);
  const shift = hole("total-plus-one", route) ? 1 : hole("total-minus-one", route) && rows.length ? -1 : 0;
  return (total ?? rows.length) + shift;
}

function cut(request, rows, { page, size, pageCount }) {
  const flaw = name => hole(name, request.route);
  let first = (page - 1) * size, end = first + size;
  if (flaw("from-zero")) [first, end] = [first + size, end + size];
  if (flaw("overlap") && page > 1) [first, end] = [first - 1, end - 1];
  if (flaw("gap") && page > 1) [first, end] = [first + 1, end + 1];
  if (flaw("first-lost") && page === 1) first += 1;
  if (flaw("last-lost")) end = Math.min(end, rows.length - 1);
  if (flaw("last-repeated") && page > 1 && page === pageCount) [first, end] = [first - size, first];
  if (flaw("first-only") && page <= pageCount) [first, end] = [0, size];
  if (flaw("offset-25")) [first, end] = [(page - 1) * 25, (page - 1) * 25 + size];
  if (flaw("one-more")) end += 1;
  return flaw("second-empty") && page === 2 ? [] : rows.slice(first, Math.max(first, end));
}

function countPages(request, totalCount, size) {
  if (hole("count-floor", request.route)) return Math.floor(totalCount / size);
  if (hole("count-one-more", request.route)) return Math.floor(totalCount / size) + 1;
  return Math.ceil(totalCount / size) || config.empty_page_count;
}

function morePages(request, page, pageCount, rows, size) {
  if (hole("more-when-full", request.route)) return rows.length === size;
  if (hole("more-late", request.route)) return page <= pageCount;
  if (hole("more-early", request.route)) return page < pageCount - 1;
  return page < pageCount;
}

// list: show (a thing as a row), columns, few (sort columns of the strict), standard (column of the usual order), stated (that order is
// documented), newestFirst, key (column), most (rows a page), total and whole (counts that faults give)
export function pageOf(request, things, list) {
  const { route } = request, { show, most = 250 } = list, { size, asked } = sizeOf(request, most);
  let page = wholeNumber(request, "page", 1), rows = sorted(request, changedSince(request, things).map(show), list);
  const totalCount = totalOf(request, rows, things, list, { page, size }), pageCount = countPages(request, totalCount, size);
  if (page > 1 && page > pageCount && config.beyond_end === "404") throw problem(404, "There are not that many pages.");
  if (page > 1 && page > pageCount && config.beyond_end === "last") page = Math.max(1, pageCount);
  rows = cut(request, rows, { page, size, pageCount });
  if (hole("sorted-page", route)) rows.sort((a, b) => compare(a[list.key], b[list.key]));
  const hasMore = morePages(request, page, pageCount, rows, size), [echo, header] = ["echo-asked", "header-asked"].map(flaw => (hole(flaw, route) ? asked : size));
  const body = { totalCount, page, pageSize: echo, pageCount, hasMore, value: rows.map(decorated) };
  const headers = { "X-Total-Count": String(totalCount), "X-Page-Size": String(header), "X-Page": String(page), "X-API-Version": "v1" };
  return { status: 200, headers, body: config.extra_fields ? { ...body, links: { next: null } } : body };
}

// ---- bodies ----------------------------------------------------------------------------------------------------------
export function readJson(request, known) {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(request.headers["content-type"] ?? "")) throw problem(400, "Send JSON.");
  if (request.tooLong) throw problem(400, "That is too much.");
  const body = parseJson(request);
  if (body === null || typeof body !== "object" || Array.isArray(body)) throw problem(400, "Send a JSON object.");
  const unknown = config.unknown_members === "reject" ? Object.keys(body).filter(name => !known.includes(name)) : [];
  if (unknown.length) throw invalid(Object.fromEntries(unknown.map(name => [name, ["Unknown."]])), "value");
  return body;
}

function parseJson(request) {
  try {
    return JSON.parse(request.body);
  } catch (why) {
    if (hole("malformed-500", request.route)) throw why;
    if (hole("malformed-422", request.route)) throw problem(422, "That is not JSON.", { code: "bad_request" });
    if (hole("malformed-403", request.route)) throw problem(403, "That is not JSON.");
    if (hole("malformed-empty", request.route)) { request.salvaged = true; return {}; }
    throw problem(400, "That is not JSON.");
  }
}

export function isOfType(value, type) {
  if (type === "integer") return Number.isSafeInteger(value);
  return typeof value === type && (type !== "string" || value.length <= 200);
}

export function checkMembers(body, members, required) { // members: name to type
  const wrong = Object.keys(members).filter(name => body[name] !== undefined && !isOfType(body[name], members[name]));
  const missing = required.filter(name => body[name] === undefined || body[name] === null || body[name] === "");
  const details = { ...Object.fromEntries(wrong.map(name => [name, [`Must be of type ${members[name]}.`]])), ...Object.fromEntries(missing.map(name => [name,
    ["Required."]])) };
  if (missing.length) throw invalid(details, "missing");
  if (wrong.length) throw invalid(details, "value");
}
