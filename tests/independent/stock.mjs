// Lots, stock levels, receiving, moving, issuing; locations and their holds; warehouses and who may see them.
import { changedSince, decorated, done, invalid, isOfType, pageOf, parameter, problem, readJson } from "./answers.mjs";
import { inScope } from "./accounts.mjs";
import { config, faulty, hole } from "./settings.mjs";
import { showDate, stamp, touch } from "./time.mjs";
import { after, inStock, itemNamed, itemOf, placeOf, placesOf, round, world } from "./world.mjs";

// ---- warehouses ------------------------------------------------------------------------------------------------------
export function needScope(request, wid, part = "") {
  if (hole("scope", request.route + part) || inScope(request.account, wid)) return;
  if (faulty("scope-404") && request.route === "GET Inventory/{wid}") throw problem(404, "No such warehouse.");
  throw problem(403, "That warehouse is not among yours.");
}

export function visible(request, things, widOf) { // what a list over all warehouses shows
  if (request.account.declared.warehouses === "all" || hole("scope", request.route)) return things;
  if (config.scope_all === "refuse") throw problem(403, "Ask for one of your warehouses.");
  return things.filter(thing => inScope(request.account, widOf(thing)));
}

function pathWarehouse(request, text) {
  const wid = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(wid) && config.wrong_id === "400") throw invalid({ wid: ["A warehouse is a number."] }, "parameter");
  needScope(request, wid);
  if (!world.warehouses.has(wid) && config.unknown_warehouse === "404") throw problem(404, "No such warehouse.");
  if (!world.warehouses.has(wid) && config.unknown_warehouse === "403") throw problem(403, "That warehouse is not among yours.");
  return wid;
}

// ---- lots ------------------------------------------------------------------------------------------------------------
const blank = value => (value === null && config.lot_nulls === "empty" ? "" : value);

function showLot({ modified, ...lot }) {
  const { shortID, description } = itemOf(lot.partNo) ?? {}, hold = lot.hold || (config.lot_hold === "location" && placeOf(lot).hold);
  return { ...lot, shortID, description, warehouse: world.warehouses.get(lot.wID), received: showDate(lot.received), shipped: showDate(lot.shipped),
    serial2: blank(lot.serial2), rFIDTag: blank(lot.rFIDTag), jobName: blank(lot.jobName), hold };
}

const LOTS = { show: showLot, columns: Object.keys(showLot(world.lots[0])), few: ["recNo", "received"], standard: config.inventory_order, newestFirst: true,
  key: "recNo" };
const lotsListed = () => world.lots.filter(lot => config.shipped_lots === "listed" || inStock(lot));

function listLots(request) {
  const total = faulty("scope-total") ? lotsListed().length : undefined;
  return pageOf(request, visible(request, lotsListed(), lot => lot.wID), { ...LOTS, stated: true, total });
}

function lotsOfWarehouse(request, { wid }) {
  const wanted = pathWarehouse(request, wid);
  let fits = lot => lot.wID === wanted;
  if (faulty("lot-others")) fits = () => true;
  if (faulty("lot-at-most")) fits = lot => lot.wID <= wanted;
  if (faulty("lot-stray")) fits = lot => lot.wID === wanted || lot === world.lots.find(one => one.wID !== wanted);
  if (faulty("lot-held-hidden")) fits = lot => lot.wID === wanted && !placeOf(lot).hold;
  return pageOf(request, lotsListed().filter(fits), LOTS);
}

export function stockLevels() { // one row per item and warehouse
  const levels = new Map();
  for (const lot of world.lots.filter(inStock)) {
    const key = `${lot.partNo} ${lot.wID}`, { shortID, cost } = itemOf(lot.partNo);
    const level = levels.get(key) ?? { partNo: lot.partNo, shortID, cost, wID: lot.wID, warehouse: world.warehouses.get(lot.wID), units: 0, lots: 0,
      modified: 0 };
    levels.set(key, Object.assign(level, { units: round(level.units + lot.units), lots: level.lots + 1, modified: Math.max(level.modified, lot.modified) }));
  }
  return [...levels.values()];
}

const showLevel = ({ cost, modified, ...level }) => level;

function perItem(levels) {
  const items = new Map();
  for (const { shortID, wID, units, modified } of levels) {
    const one = items.get(shortID) ?? { sku: shortID, total: 0, places: [], modified: 0 };
    items.set(shortID, { ...one, total: round(one.total + units), places: [...one.places, { wID, onHand: units }], modified: Math.max(one.modified,
      modified) });
  }
  return [...items.values()];
}

function levelPage(request, levels) {
  if (config.stock_levels === "array") return { status: 200, body: changedSince(request, levels).map(showLevel) };
  if (config.stock_levels === "object") return { status: 200, body: { asOf: showDate(stamp()), levels: changedSince(request, levels).map(showLevel) } };
  if (config.stock_levels === "per-item") return pageOf(request, perItem(levels), { show: ({ modified, ...row }) => row, columns: ["sku", "total"],
    standard: "sku", key: "sku" });
  return pageOf(request, levels, { show: showLevel, columns: ["partNo", "shortID", "wID", "warehouse", "units", "lots"], standard: "shortID", key: "partNo" });
}

const allLevels = request => levelPage(request, visible(request, stockLevels(), level => level.wID));
function levelsOfWarehouse(request, { wid }) {
  const wanted = pathWarehouse(request, wid);
  return levelPage(request, stockLevels().filter(level => level.wID === wanted));
}

// ---- receiving, moving, issuing --------------------------------------------------------------------------------------
// The bodies are nowhere documented: three shapes of them, how each is read, and what its members are called in details.
const same = body => body;
export const STOCK_BODIES = {
  flat: {
    Receive: [{ itemID: "{shortID}", wID: "{warehouse}", spot: "{spot}", units: 3, serial: "{unique}" }, body => ({ ...body, shortID: body.itemID })],
    Move: [{ recNo: "{recNo}", wID: "{to_warehouse}", spot: "{to_spot}", units: 1 }, same],
    Issue: [{ recNo: "{recNo}", units: 1, remark: "{unique}" }, same],
  },
  nested: {
    Receive: [{ part: "{partNo}", to: { warehouse: "{warehouse}", spot: "{spot}" }, units: 2.5 }, body =>
      ({ shortID: itemOf(body.part)?.shortID ?? "", wID: body.to?.warehouse, spot: body.to?.spot, units: body.units })],
    Move: [{ lot: { recNo: "{recNo}" }, to: { warehouse: "{to_warehouse}", spot: "{to_spot}" }, units: 1 }, body =>
      ({ recNo: body.lot?.recNo, wID: body.to?.warehouse, spot: body.to?.spot, units: body.units })],
    Issue: [{ lines: [{ recNo: "{recNo}", units: 1 }] }, body => ({ ...body.lines?.[0] })],
  },
  renamed: {
    Receive: [{ sku: "{shortID}", site: "{warehouse}", bin: "{spot}", quantity: 4, note: "{unique}" }, ({ sku, site, bin, quantity }) => ({ shortID: sku,
      wID: site, spot: bin, units: quantity })],
    Move: [{ source: "{recNo}", site: "{to_warehouse}", bin: "{to_spot}", quantity: 1 }, ({ source, site, bin, quantity }) => ({ recNo: source, wID: site,
      spot: bin, units: quantity })],
    Issue: [{ source: "{recNo}", quantity: 1 }, ({ source, quantity }) => ({ recNo: source, units: quantity })],
  },
}[config.body_style];
const OWN_NAMES = config.body_style === "renamed" ? { shortID: "sku", wID: "site", spot: "bin", units: "quantity", recNo: "source" } : {};
const TYPES = { shortID: "string", recNo: "integer", wID: "integer", spot: "string", units: "number" };

function readStock(action, fields) {
  const [example, read] = STOCK_BODIES[action], receiving = action === "Receive";
  return request => {
    const given = read(readJson(request, Object.keys(example)));
    if (typeof given.units === "number" && !(given.units > 0 && given.units < 1e9) && !acceptedUnits(receiving, given.units)) {
      throw invalid({ [OWN_NAMES.units ?? "units"]: ["Must be greater than 0, and less than a milliard."], ...wrongFields(given, fields) });
    }
    const wrong = wrongFields(given, fields);
    if (Object.keys(wrong).length) throw invalid(wrong, fields.some(name => given[name] === undefined) ? "missing" : "value");
    return given;
  };
}

const acceptedUnits = (receiving, units) => receiving && ((units === 0 && faulty("receive-zero")) || (units < 0 && faulty("receive-negative")));
const wrongFields = (given, fields) => Object.fromEntries(fields.filter(name => !isOfType(given[name], TYPES[name])).map(name => [OWN_NAMES[name] ?? name,
  [`Required, of type ${TYPES[name]}.`]]));

function destination(request, { wID, spot }, part) {
  needScope(request, wID, part);
  const [first] = placesOf(spot), place = placeOf({ spot, wID }) ?? first;
  if (!place) throw problem(404, "No such location.");
  needScope(request, place.warehouseID, part);
  if (place.warehouseID !== wID) throw invalid({ spot: ["That location is in another warehouse."] }, "value");
  return place;
}

function lotWanted(request, { recNo }, part) {
  const lot = world.lots.find(one => one.recNo === recNo);
  if (!lot) throw problem(404, "No such lot.");
  if (part !== "unchecked") needScope(request, lot.wID, part);
  return lot;
}

function checkMovable(lot, units, action) { // gives what is to be done although it is refused, for faults
  const place = placeOf(lot), held = lot.hold || (place.hold && !faulty(`hold-${action}`)) || (place.released && faulty(`release-${action}`));
  if (held && !(place.hold && faulty(`hold-${action}-late`))) throw problem(faulty("hold-refusal-500") ? 500 : config.held_status, "That stock is on hold.");
  const enough = units <= lot.units || (action === "issue" && faulty("issue-too-much"));
  if (!inStock(lot) || !enough) throw problem(config.overdraw_status, "There is not that much in the lot.");
  return held;
}

const NEW_LOT = { associate: "", serial: "", serial2: null, rFIDTag: null, remark: "", hold: false, jobID: 0, jobName: null, active: true };
export function addLot(from) {
  const moment = stamp(), lot = { ...NEW_LOT, received: moment, shipped: null, ...from, recNo: Math.max(...world.lots.map(one => one.recNo)) + 1,
    modified: moment };
  world.lots.push(lot);
  return lot;
}

const stockAnswer = lot => (config.stock_status === 204 ? { status: 204 } : done(config.stock_status, () => showLot(lot)));
const elsewhere = place => world.spots.find(one => one.warehouseID === place.warehouseID);

function receive(request, _, { shortID, units, serial = "", ...where }) {
  let place = destination(request, where), item = itemNamed(shortID);
  if (!item) throw problem(404, "No such item.");
  if (faulty("receive-elsewhere")) place = elsewhere(place);
  if (faulty("receive-other-item")) item = after(world.items, item);
  const lot = addLot({ partNo: item.partNo, wID: place.warehouseID, spot: place.spot, units: faulty("receive-twice") ? units * 2 : units,
    serial: String(serial) });
  if (faulty("receive-nothing")) world.lots.pop();
  return stockAnswer(lot);
}

function close(lot, units) { // a lot that has left, with its units or without
  Object.assign(lot, { units, shipped: stamp(), active: false });
}

function takeFrom(lot, units) {
  const whole = lot.units <= units, left = round(lot.units - units);
  if (whole) close(lot, config.issued_lot === "reduced" ? left : lot.units);
  else if (config.issued_lot === "split") close(addLot({ ...lot }), units);
  if (!whole) lot.units = left;
  touch(lot);
}

function move(request, _, { recNo, units, ...where }) {
  const lot = lotWanted(request, { recNo }, " from");
  let place = destination(request, where, " to");
  const refused = checkMovable(lot, units, "move");
  if (faulty("move-stays")) return stockAnswer(lot);
  if (faulty("move-elsewhere")) place = elsewhere(place);
  const moved = moveLot(lot, faulty("move-whole-lot") ? lot.units : units, place);
  if (refused) throw problem(config.held_status, "That stock is on hold.");
  return stockAnswer(moved);
}

function moveLot(lot, units, place) {
  const left = round(lot.units - units), whole = left === 0 && config.moved_lot === "same", there = { wID: place.warehouseID, spot: place.spot };
  if (faulty("move-loses")) { takeFrom(lot, units); return lot; }
  if (whole && !faulty("move-doubles")) Object.assign(lot, there);
  else if (!faulty("move-doubles")) lot.units = left;
  touch(lot);
  if (whole && !faulty("move-doubles")) return lot;
  const { received, shipped, ...rest } = lot, other = addLot({ ...rest, ...there, units });
  if (lot.units === 0) close(lot, 0);
  return other;
}

function issue(request, _, { recNo, units }) {
  const late = faulty("scope-issue-late"), lot = lotWanted(request, { recNo }, late ? "unchecked" : "");
  if (faulty("hold-refusal-200") && placeOf(lot).hold) return stockAnswer(lot);
  const refused = checkMovable(lot, units, "issue");
  if (!faulty("issue-nothing")) takeFrom(lot, faulty("issue-all") ? lot.units : faulty("issue-twice") ? units * 2 : units);
  if (late) needScope(request, lot.wID);
  if (refused) throw problem(config.held_status, "That stock is on hold.");
  return stockAnswer(lot);
}

// ---- locations -------------------------------------------------------------------------------------------------------
const showPlace = ({ spot, warehouseID, description, hold, active }) => ({ spot, warehouseID, warehouseName: world.warehouses.get(warehouseID), description,
  hold, active });
const listedPlace = place => (faulty("hold-unlisted") ? { ...showPlace(place), hold: world.heldAtStart.has(place) } : showPlace(place));
const PLACES = { show: listedPlace, columns: Object.keys(showPlace(world.spots[0])), few: ["spot", "warehouseID"], standard: "warehouseID", key: "spot" };

function listPlaces(request) {
  return pageOf(request, placesWanted(request, parameter(request, "wid")), { ...PLACES, whole: world.spots.length });
}

function placesWanted(request, text) {
  const first = (parameter(request, "page") ?? "1") === "1";
  if (text === undefined || faulty("place-wid-ignored") || (faulty("place-wid-active") && !first)) return visible(request, world.spots,
    place => place.warehouseID);
  if (!/^\d{1,15}$/.test(text)) throw invalid({ wid: ["A warehouse is a number."] }, "parameter");
  const wid = Number(text), digits = faulty("place-wid-digits");
  if (!inScope(request.account, wid) && config.scope_wid === "filter" && !hole("scope", "GET Location wid")) return [];
  needScope(request, wid, " wid");
  if (!world.warehouses.has(wid) && config.unknown_wid === "404") throw problem(404, "No such warehouse.");
  if (!world.warehouses.has(wid) && config.unknown_wid === "400") throw invalid({ wid: ["No such warehouse."] }, "parameter");
  return world.spots.filter(place => (digits ? [...String(place.warehouseID)].some(digit => text.includes(digit)) : place.warehouseID === wid));
}

function placeInScope(request, spot) {
  const places = placesOf(spot), place = places.find(one => inScope(request.account, one.warehouseID)) ?? places[0];
  if (!place) throw problem(404, "No such location.");
  if (faulty("scope-403-leaks") && !inScope(request.account, place.warehouseID) && request.method === "GET") throw problem(403, "Not among yours.",
    { leak: showPlace(place) });
  needScope(request, place.warehouseID);
  return place;
}

function onePlace(request, { spot }) {
  const place = placeInScope(request, spot);
  return { status: 200, body: decorated(showPlace(faulty("place-single-next") ? after(world.spots, place) : place)) };
}

function readSpot(request) {
  return parameter(request, "id") ?? (() => { throw invalid({ id: ["Required."] }, "missing"); })();
}

const setHold = hold => (request, _, spot) => {
  const place = placeInScope(request, spot), word = hold ? "hold" : "release";
  if (place.hold === hold && config.repeated_hold === 409) throw problem(409, hold ? "It is on hold already." : "It is not on hold.");
  if (faulty(`${word}-nothing`)) return { status: 204 };
  const wanted = faulty(`${word}-warehouse`) ? world.spots.filter(one => one.warehouseID === place.warehouseID) : [faulty(`${word}-next`) ? after(world.spots,
    place) : place];
  for (const one of wanted) {
    one.hold = hold && faulty("hold-toggles") ? !one.hold : hold;
    one.released = !hold;
    touch(one);
  }
  if (hold && faulty("hold-empties")) for (const lot of world.lots) if (placeOf(lot) === place) lot.units = 0;
  return { status: 204 };
};

export const STOCK_ROUTES = [
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
];
