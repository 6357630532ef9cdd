// Faults in how a server goes about it: what holds only the first time, on one of several processes, on one page, for one way to ask.
import { setTimeout as sleep } from "node:timers/promises";
import { answers, edit, fault, hole, page, single, within } from "./fault.mjs";

let here; // the server's own accounts, clock and world: they come after the faults, on which their settings depend
export const acquaint = things => { here = things; };

const anyone = () => [...here.accounts.values()][0];
const seen = new Map();
const times = (what, request) => { // how often this client has asked this, this time included
  const key = `${what} ${request.account?.id} ${request.path}`;
  seen.set(key, (seen.get(key) ?? 0) + 1);
  return seen.get(key);
};
const everyNth = (n, change) => { let asked = 0; return (...all) => (++asked % n ? undefined : change(...all)); };
const first = request => (request.query.get("page") ?? "1") === "1";
const refused = why => why instanceof here.Problem && why.status === 403;

const isScoped = ({ declared }) => declared.warehouses !== "all", isAny = () => true;
const secondTry = (what, whose = isAny) => (request, proceed) => { // what was refused is granted from the second request on
  try { return proceed(); } catch (why) {
    if (!refused(why) || !whose(request.account) || times(what, request) < 2) throw why;
    request.account = anyone();
    return proceed();
  }
};
const asAnyone = (when, whose = isAny) => (request, proceed) => { if (when(request) && whose(request.account)) request.account = anyone(); return proceed(); };
const has = name => request => request.query.get(name);
const without = (name, other) => (request, proceed) => { // a parameter is passed over where another is there
  if (request.query.get(other)) request.query.delete(name);
  return proceed();
};

function cutFirst(own) { // the page is cut from everybody's rows, and what is not one's own is left out then
  return (request, proceed) => {
    const mine = proceed(), { account } = request;
    request.account = anyone();
    const all = proceed();
    request.account = account;
    const { page: number, pageSize: size } = mine.body;
    all.body.value = all.body.value.filter(row => own(row, account));
    const { totalCount, pageCount, hasMore } = mine.body;
    Object.assign(all.body, { totalCount, page: number, pageSize: size, pageCount, hasMore });
    all.headers["X-Total-Count"] = String(mine.body.totalCount);
    return all;
  };
}
const everyonesHooks = when => (request, proceed) => {
  const owners = here.world.hooks.map(hook => hook.owner);
  if (when(request)) for (const hook of here.world.hooks) hook.owner = request.account.declared.name;
  try { return proceed(); } finally { here.world.hooks.forEach((hook, n) => { hook.owner = owners[n]; }); }
};
const inScopeOf = (row, { declared }) => declared.warehouses === "all" || declared.warehouses.includes(row.wID ?? row.warehouseID);
const mayRun = (row, { declared }) => declared.reports === "all" || (declared.reports !== "none" && declared.reports.includes(row.reportID));

const SHOULD = { level: "should" };

// what was refused once is granted, what holds the first time does not hold the second
export const REPEATED_FAULTS = [
  fault("token-form-second-try", "A4", "the first token request of each client by form is refused"),
  fault("scope-path-second-try", "A16", "GET /Inventory/{wid} of a foreign warehouse is refused once, and then answered", within("GET Inventory/{wid}", secondTry("lots", isScoped))),
  fault("scope-levels-second-try", "A16", "StockLevels of a foreign warehouse is refused once, and then answered", within("GET Inventory/StockLevels/{wid}", secondTry("levels", isScoped))),
  fault("scope-location-second-try", "A16", "GET /Location/{spot} of a foreign warehouse is refused once, and then answered", within("GET Location/{spot}", secondTry("place", isScoped))),
  fault("scope-hold-second-try", "A16", "Hold in a foreign warehouse is refused once, and then done", within("POST Location/Hold", secondTry("hold", isScoped))),
  fault("readonly-second-try", "A17", "PUT /Item of a read-only client is refused once, and then done", within("PUT Item", secondTry("put", ({ declared }) => declared.read_only))),
  fault("permission-second-try", "A15", "GET /Vendor/{id} without permission is refused once, and then answered", within("GET Vendor/{id}", secondTry("vendor"))),
  fault("permission-write-second-try", "A15", "Release without permission is refused once, and then done", within("POST Location/Release", secondTry("release"))),
  fault("report-second-try", "S160 A18", "a report that the group may not run is refused once, and then run", within("GET Report/{id}", secondTry("report", ({ declared }) => declared.reports !== "all"))),
  fault("token-elsewhere-401", "A8", "each seventh request is answered by a process that does not know the token",
    edit(["GET Item", "GET Location", "GET Report"], status => status === 200, everyNth(7, answer => Object.assign(answer, { status: 401, body: { statusCode: 401,
      error: "unauthorized", message: "Unknown token." } })))),
  fault("expired-every-fifth", "A11", "each fifth request with an expired token is answered by a process whose clock is behind"),
  fault("disabled-every-fifth", "A13", "each fifth request of a disabled account is answered by a process that has not heard of it"),
  fault("disable-undone-by-rotation", "A13", "rotating the secret of a disabled account enables it"),
  fault("expiry-after-rotation", "A10", "tokens that a new secret gets end after an hour"),
  fault("expiry-after-enabling", "A10", "tokens that an enabled account gets end after an hour"),
];

// what holds for one way to ask and not for another
export const QUERY_FAULTS = [
  fault("open-lower-case", "A2", "a list whose path is written in lower case needs no token", { needs: { path_case: "any" } }),
  fault("open-trailing-slash", "A2", "a list whose path ends with a slash needs no token"),
  fault("open-double-slash", "A2", "a list whose path begins with two slashes needs no token"),
  fault("open-encoded", "A2", "a list whose path is percent-encoded needs no token"),
  fault("open-location-wid", "A2", "GET /Location?wid= needs no token"),
  fault("permission-location-wid", "A15", "GET /Location?wid= needs no permission", within("GET Location", asAnyone(has("wid")))),
  fault("permission-sorted", "A15", "GET /Customer/All?sort= needs no permission", within("GET Customer/All", asAnyone(has("sort")))),
  fault("permission-large-page", "A15", "GET /Asset with pageSize over 25 needs no permission", within("GET Asset", asAnyone(request => Number(request.query.get("pageSize")) > 25))),
  fault("scope-path-page-2", "A16", "the second page of GET /Inventory/{wid} is not looked at", within("GET Inventory/{wid}", asAnyone(request => !first(request), isScoped))),
  fault("scope-path-since", "A16", "GET /Inventory/{wid}?modifiedSince= shows any warehouse", within("GET Inventory/{wid}", asAnyone(has("modifiedSince"), isScoped))),
  fault("scope-path-sorted", "A16", "GET /Inventory/{wid}?sort= shows any warehouse", within("GET Inventory/{wid}", asAnyone(has("sort"), isScoped))),
  fault("scope-list-since", "A16", "GET /Inventory?modifiedSince= lists all warehouses", within("GET Inventory", asAnyone(has("modifiedSince"), isScoped))),
  fault("scope-list-sorted", "A16", "GET /Location?sort= lists all warehouses", within("GET Location", asAnyone(has("sort"), isScoped))),
  fault("scope-list-page-2", "A16", "GET /Inventory lists all warehouses from its second page on", within("GET Inventory", asAnyone(request => !first(request), isScoped))),
  fault("scope-list-cut-first", "A16 S51", "GET /Inventory is cut into pages before it is limited to the client's warehouses", within("GET Inventory", cutFirst(inScopeOf))),
  fault("scope-locations-cut-first", "A16 S51", "GET /Location is cut into pages before it is limited to the client's warehouses", within("GET Location", cutFirst(inScopeOf))),
  fault("scope-wid-since", "A16", "GET /Location?wid=&modifiedSince= shows any warehouse", within("GET Location", asAnyone(request => has("wid")(request) && has("modifiedSince")(request), isScoped))),
  fault("reports-cut-first", "A18 S51", "GET /Report is cut into pages before it is limited to the client's reports", within("GET Report", cutFirst(mayRun))),
  fault("reports-page-2", "A18", "GET /Report lists every report from its second page on", within("GET Report", asAnyone(request => !first(request)))),
  fault("hook-list-since", "S163", "GET /Webhook?modifiedSince= lists everyone's", within("GET Webhook", everyonesHooks(has("modifiedSince")))),
  fault("hook-list-sorted", "S163", "GET /Webhook?sort= lists everyone's", within("GET Webhook", everyonesHooks(has("sort")))),
  fault("hook-list-page-2", "S163", "GET /Webhook lists everyone's from its second page on", within("GET Webhook", everyonesHooks(request => !first(request)))),
  fault("since-not-sorted", "S61 S62", "GET /Item passes modifiedSince over where sort is given", within("GET Item", without("modifiedSince", "sort"))),
  fault("since-not-in-category", "S61 S62", "GET /Item passes modifiedSince over where Category is given", within("GET Item", without("modifiedSince", "Category"))),
  fault("sort-not-since", "S57", "GET /Vendor/All passes sort over where modifiedSince is given", within("GET Vendor/All", without("sort", "modifiedSince"))),
  fault("category-not-sorted", "S74", "GET /Item passes Category over where sort is given", within("GET Item", without("Category", "sort"))),
  fault("category-not-since", "S74", "GET /Item passes Category over where modifiedSince is given", within("GET Item", without("Category", "modifiedSince"))),
  fault("wid-not-sorted", "S114", "GET /Location passes wid over where sort is given", within("GET Location", without("wid", "sort"))),
  fault("dates-not-sorted", "S145", "GET /ShippingOrder passes startDate over where sort is given", within("GET ShippingOrder", without("startDate", "sort"))),
  fault("end-zone", "S145", "GET /PurchaseOrder cuts the zone off endDate", within("GET PurchaseOrder", unzoned("endDate"))),
  fault("start-zone", "S145", "GET /ShippingOrder cuts the zone off startDate", within("GET ShippingOrder", unzoned("startDate"))),
  fault("default-10-on-a-page", "S38", "GET /Customer/All has pages of 10 where a page is asked for and no pageSize", within("GET Customer/All", given("page", "pageSize", "10"))),
  fault("default-50-sorted", "S38", "GET /Vendor/All has pages of 50 where sort is given and no pageSize", within("GET Vendor/All", given("sort", "pageSize", "50"))),
  fault("default-last-page", "S37", "GET /Location gives its second page where pageSize is given and no page", within("GET Location", given("pageSize", "page", "2"))),
  fault("array-of-category", "S65 S36", "GET /Item?Category= answers a bare array", only("Category", page("GET Item", body => body.value))),
  fault("array-of-warehouse", "S65 S36", "GET /Location?wid= answers a bare array", only("wid", page("GET Location", body => body.value))),
  fault("array-of-dates", "S65 S36", "GET /PurchaseOrder?startDate= answers a bare array", only("startDate", page("GET PurchaseOrder", body => body.value))),
  fault("array-when-sorted", "S65 S36", "GET /Category?sort= answers a bare array", only("sort", page("GET Category", body => body.value))),
  fault("array-of-changes", "S65 S36", "GET /Customer/All?modifiedSince= answers a bare array where it has rows",
    only("modifiedSince", page("GET Customer/All", body => (body.value.length ? body.value : body)))),
  fault("size-ignored-in-category", "S39 S40", "GET /Item?Category= gives all rows on one page", within("GET Item", (request, proceed) => {
    const asked = request.query.get("Category") && request.query.get("pageSize");
    if (asked) request.query.set("pageSize", "250");
    const given = proceed();
    if (asked && given.body.value) given.body.pageSize = Number(asked);
    return given;
  })),
  fault("total-header-unfiltered", "S47", "X-Total-Count of GET /Item/All?modifiedSince= counts all items", only("modifiedSince",
    answers("GET Item/All", ({ headers }) => { headers["X-Total-Count"] = String(here.world.items.length); }))),
  fault("total-header-of-all", "S47", "X-Total-Count of GET /Item?Category= counts all items", only("Category",
    answers("GET Item", ({ headers }) => { headers["X-Total-Count"] = String(here.world.items.length); }))),
  fault("size-header-in-category", "S48", "X-Page-Size of GET /Item?Category= is 25", only("Category", answers("GET Item", ({ headers }) => { headers["X-Page-Size"] = "25"; }))),
  fault("version-not-filtered", "S50", "GET /Location?wid= has no X-API-Version", only("wid", answers("GET Location", ({ headers }) => { delete headers["X-API-Version"]; }))),
  fault("more-unfiltered", "S43", "hasMore of GET /Item?Category= is reckoned with all items", only("Category",
    page("GET Item", body => { body.hasMore = body.page * body.pageSize < here.world.items.length; }))),
  fault("count-unfiltered", "S41", "pageCount of GET /Location?wid= is reckoned with all locations", only("wid",
    page("GET Location", body => { body.pageCount = Math.ceil(here.world.spots.length / body.pageSize); }))),
  fault("count-unfiltered-dates", "S41", "pageCount of GET /ShippingOrder?startDate= is reckoned with all orders", only("startDate",
    page("GET ShippingOrder", body => { body.pageCount = Math.ceil(here.world.shipments.length / body.pageSize); }))),
  fault("sorted-shows-discontinued", "S67", "GET /Item?sort= lists discontinued items, too"),
  fault("sorted-shows-inactive", "S127", "GET /Category?sort= lists discontinued categories, too"),
  fault("sorted-shows-closed", "S140", "GET /PurchaseOrder?sort= lists closed orders, too"),
  fault("since-shows-discontinued", "S67", "GET /Item?modifiedSince= lists discontinued items, too"),
  fault("second-page-unsorted", "S57 S51", "sort is passed over from the second page of GET /Vendor/All on", within("GET Vendor/All", (request, proceed) => {
    if (!first(request)) request.query.delete("sort");
    return proceed();
  })),
  fault("descending-page-from-end", "S57 S51", "with DESC page 2 of GET /Customer/All is counted from the other end", within("GET Customer/All", (request, proceed) => {
    const given = proceed();
    if (request.query.get("direction")?.toUpperCase() !== "DESC" || first(request)) return given;
    request.query.set("page", String(given.body.pageCount + 1 - given.body.page));
    const other = proceed();
    other.body.page = given.body.page;
    other.body.hasMore = given.body.hasMore;
    other.headers["X-Page"] = String(given.body.page);
    return other;
  })),
];

function only(name, { edit: { on, when, change } }) { // an edit of answers to requests with this parameter
  return edit(on, when, (answer, request) => { if (request.query.get(name)) change(answer, request); });
}
function unzoned(name) {
  return (request, proceed) => {
    const text = request.query.get(name);
    if (text) request.query.set(name, text.replace(/(T.*?)([+ -]\d\d:?\d\d|Z)$/, "$1Z"));
    return proceed();
  };
}
function given(name, other, value) { // where the one parameter is there and the other is not
  return (request, proceed) => {
    if (request.query.get(name) && !request.query.get(other)) request.query.set(other, value);
    return proceed();
  };
}

// wrong on one request, right on the next: one of several processes
export const FLAPPING_FAULTS = [
  fault("flap-total", "S53 S51", "each fourth totalCount of GET /Vendor/All is one too many", page("GET Vendor/All", everyNth(4, body => { body.totalCount += 1; }))),
  fault("flap-total-of-page", "S53 S51", "each third totalCount of GET /Customer/All counts the rows of the page", page("GET Customer/All",
    everyNth(3, body => { body.totalCount = body.value.length; }))),
  fault("flap-row", "S51", "each third page of GET /Customer/All lacks its last row", page("GET Customer/All", everyNth(3, body => { body.value.pop(); }))),
  fault("flap-row-second", "S51", "each second page of GET /Category/All lacks its last row", page("GET Category/All", everyNth(2, body => { body.value.pop(); }))),
  fault("flap-row-fifth", "S51", "each fifth page of GET /ShippingOrder lacks its last row", page("GET ShippingOrder", everyNth(5, body => { body.value.pop(); }))),
  fault("flap-twin", "S51 S52", "each third page of GET /Location shows its first row again as its last", page("GET Location",
    everyNth(3, body => { if (body.value.length > 1) body.value[body.value.length - 1] = body.value[0]; }))),
  fault("flap-order", "S51", "each third page of GET /Category/All comes in another order", page("GET Category/All", everyNth(3, body => { body.value.reverse(); }))),
  fault("flap-page", "S51 S52", "each fourth request for a page of GET /ShippingOrder gets the first", within("GET ShippingOrder", everyNthProceed(4, request => {
    request.query.set("page", "1");
  }, (body, asked) => { body.page = Number(asked ?? 1); }))),
  fault("flap-since", "S61 S62", "each third request passes modifiedSince over on GET /Item/All", within("GET Item/All", dropping(3, "modifiedSince"))),
  fault("flap-direction", "S57", "each third request passes direction over on GET /Location", within("GET Location", dropping(3, "direction"))),
  fault("flap-category", "S74", "each third request passes Category over on GET /Item", within("GET Item", dropping(3, "Category"))),
  fault("flap-wid", "S114", "each third request passes wid over on GET /Location", within("GET Location", dropping(3, "wid"))),
  fault("flap-start", "S145", "each third request passes startDate over on GET /PurchaseOrder", within("GET PurchaseOrder", dropping(3, "startDate"))),
  fault("flap-more", "S43", "each fourth hasMore of GET /Asset is the other way round", page("GET Asset", everyNth(4, body => { body.hasMore = !body.hasMore; }))),
  fault("flap-lots", "S99", "each third answer of GET /Inventory/{wid} is of the next warehouse", within("GET Inventory/{wid}", everyNthProceedPath())),
  fault("flap-stale-item", "S84", "each third reading of one item shows it as it was when the process first saw it", stale(3, ["GET Item", "GET Item/{partNo}"])),
  fault("flap-stale-place", "S119", "each third reading of one location shows it as it was when the process first saw it", stale(3, ["GET Location/{spot}"])),
  fault("flap-stale-hook", "S172", "each third reading of one subscription shows it as it was when the process first saw it", stale(3, ["GET Webhook/{id}"])),
  fault("flap-gone-item", "S81", "each third look for an item created since the start finds none", within(["GET Item/{partNo}", "GET Item"], everyNthYoung(3))),
];

function dropping(n, name) {
  let asked = 0;
  return (request, proceed) => {
    if (request.query.get(name) && ++asked % n === 0) request.query.delete(name);
    return proceed();
  };
}
function everyNthProceed(n, before, afterwards) {
  let asked = 0;
  return (request, proceed) => {
    if (++asked % n) return proceed();
    const wanted = request.query.get("page");
    before(request);
    const given = proceed();
    afterwards(given.body, wanted);
    given.headers["X-Page"] = String(given.body.page);
    return given;
  };
}
function everyNthProceedPath() {
  return everyThird((given, request) => {
    const halls = [...here.world.warehouses.keys()], wid = Number(request.path.split("/").at(-1)), next = halls[(halls.indexOf(wid) + 1) % halls.length];
    for (const row of given.body.value) Object.assign(row, { wID: next, warehouse: here.world.warehouses.get(next) });
  });
}
function everyThird(change) {
  let asked = 0;
  return (request, proceed) => {
    const given = proceed();
    if (++asked % 3 === 0) change(given, request);
    return given;
  };
}
function stale(n, on) {
  const kept = new Map();
  let asked = 0;
  return within(on, (request, proceed) => {
    const given = proceed(), text = JSON.stringify(given.body), key = `${request.path} ${request.query}`;
    if (given.body?.value) return given;
    if (!kept.has(key)) kept.set(key, text);
    if (++asked % n === 0) given.body = JSON.parse(kept.get(key));
    return given;
  });
}
function everyNthYoung(n) {
  let asked = 0;
  return (request, proceed) => {
    const given = proceed();
    if (given.body?.partNo && here.itemOf(given.body.partNo)?.young && ++asked % n === 0) throw here.problem(404, "No such item.");
    return given;
  };
}

// what is done halfway, to too much, or twice at once
const escaped = text => text.replaceAll("&", "&amp;").replaceAll("'", "&#39;").replaceAll('"', "&quot;");
const storedSo = change => within(["POST Item", "PUT Item"], (request, proceed) => {
  const given = proceed();
  for (const item of here.world.items) if (item.young && item.description !== item.kept) item.kept = item.description = change(item.description);
  return given;
});
const afterPut = change => within("PUT Item", (request, proceed) => {
  const body = readBody(request), item = here.itemOf(body.partNo) ?? here.itemNamed(body.shortID), given = proceed();
  if (item) change(item, body);
  return given;
});
const heldFirst = row => [...here.world.heldAtStart].some(place => place.spot === row.spot && place.warehouseID === row.warehouseID);
const lookingFirst = look => async (request, proceed) => { // a while passes between the look and what is done
  look(request, readBody(request));
  await sleep(15);
  return proceed();
};
const readBody = request => { try { return JSON.parse(request.body) ?? {}; } catch { return {}; } };

export const DOING_FAULTS = [
  fault("item-put-resets", "S84", "PUT /Item puts the category back to the default", { ...SHOULD, ...afterPut(item => { item.category = 2; }) }),
  fault("item-put-loses-unit", "S84", "PUT /Item drops the unit of measure", { ...SHOULD, ...afterPut(item => { item.uOM = "EA-"; }) }),
  fault("item-put-loses-packaging", "S84", "PUT /Item blanks putUp", { ...SHOULD, ...afterPut(item => { item.putUp = "none"; }) }),
  fault("item-put-like", "S84", "PUT /Item changes the description of all items created since the start", afterPut((item, { description }) => {
    for (const other of here.world.items) if (other.young && description) other.description = description;
  })),
  fault("item-put-all", "S84", "PUT /Item changes the description of all items", afterPut((item, { description }) => {
    for (const other of here.world.items) if (description) other.description = description;
  })),
  fault("item-delete-alike", "S89", "DELETE /Item/{shortID} discontinues all items whose shortID begins alike", within("DELETE Item/{shortID}", (request, proceed) => {
    const given = proceed(), name = decodeURIComponent(request.path.split("/").at(-1)).slice(0, -1);
    for (const item of here.world.items) if (item.young && item.shortID.startsWith(name)) item.discontinued = true;
    return given;
  })),
  fault("item-duplicate-race", "S82 S29", "of two items of one shortID that are created at the same time both are kept", within("POST Item",
    lookingFirst((request, body) => { request.unknown = !here.itemNamed(body.shortID); }))),
  fault("item-number-race", "S78 S92", "two items that are created at the same time get the same partNo", within("POST Item",
    lookingFirst(request => { request.number = Math.max(...here.world.items.map(item => item.partNo)) + 1; }))),
  fault("item-since-not-new", "S61", "modifiedSince finds no item that was created since the start", hole("since-not-young GET Item")),
  fault("item-since-not-changed", "S61", "modifiedSince finds an item by its creation, and not by its last change", hole("since-created GET Item")),
  fault("item-single-category", "S75", "GET /Item/{n} shows the category of the next item", single("GET Item/{partNo}", item => {
    const other = here.after(here.world.items, here.itemOf(item.partNo)).category;
    return { ...item, ..."category" in item && { category: other }, ..."categoryID" in item && { categoryID: other } };
  })),
  fault("item-single-description", "S75", "GET /Item/{n} shows the description of the next item", single("GET Item/{partNo}", item => ({ ...item,
    description: here.after(here.world.items, here.itemOf(item.partNo)).description }))),
  fault("item-key-category", "S71", "GET /Item?key= shows the category of the next item", single("GET Item", item => {
    const other = here.after(here.world.items, here.itemOf(item.partNo)).category;
    return { ...item, ..."category" in item && { category: other }, ..."categoryID" in item && { categoryID: other } };
  })),
  fault("item-escaped", "S84 S79", "the description of an item is kept with HTML escapes", { ...SHOULD, ...storedSo(escaped) }),
  fault("item-quote-doubled", "S84 S79", "quotes in the description of an item are doubled", { ...SHOULD, ...storedSo(text => text.replaceAll("'", "''")) }),
  fault("item-ascii", "S84 S79", "letters beyond ASCII in the description of an item become question marks", { ...SHOULD, ...storedSo(text => text.replace(/[^\0-~]/g, "?")) }),
  fault("item-latin", "S84 S79", "the description of an item is kept in UTF-8 and read as Latin-1", { ...SHOULD, ...storedSo(text => Buffer.from(text).toString("latin1")) }),
  fault("category-single-name", "S129", "GET /Category/{id} shows the name of the next category", { ...SHOULD, ...single("GET Category/{id}", one => ({ ...one,
    name: here.after(here.world.categories, here.world.categories.find(({ categoryID }) => categoryID === one.categoryID)).name })) }),
  fault("category-single-active", "S129", "GET /Category/{id} shows every category as inactive", { ...SHOULD, ...single("GET Category/{id}", one => ({ ...one, active: false })) }),
  fault("vendor-single-name", "S133", "GET /Vendor/{id} shows the name of the next vendor", { ...single("GET Vendor/{id}", one => ({ ...one,
    name: here.after(here.world.vendors, here.world.vendors.find(({ shortID }) => shortID === one.shortID)).name })) }),
  fault("place-single-warehouse", "S116", "GET /Location/{spot} shows the name of another warehouse", { ...SHOULD, ...single("GET Location/{spot}", one => ({ ...one,
    warehouseName: "Reserve" })) }),
  fault("place-single-active", "S116", "GET /Location/{spot} shows every location as discontinued", { ...SHOULD, ...single("GET Location/{spot}", one => ({ ...one, active: false })) }),
  fault("hold-unlisted-in-all", "S119", "GET /Location without wid shows the holds of the start", edit("GET Location", status => status < 400,
    ({ body }, request) => { if (!request.query.get("wid")) for (const row of body.value) row.hold = heldFirst(row); })),
  fault("error-401-expired", "S18 S19", "the 401 of an expired token has the body of a library"),
  fault("error-401-disabled", "S18 S19", "the refusal of a disabled account's token has the body of a gateway"),
];
