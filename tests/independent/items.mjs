// Items: lists, look-ups, creation, change, discontinuation.
import { checkMembers, decorated, done, invalid, numberId, pageOf, parameter, problem, readJson } from "./answers.mjs";
import { config, faulty } from "./settings.mjs";
import { showDate, stamp, touch } from "./time.mjs";
import { after, itemNamed, itemOf, world } from "./world.mjs";

const IN_LISTS = config.item_names === "mixed" ? "quickstart" : config.item_names, ALONE = config.item_names === "mixed" ? "items" : config.item_names;

function showItem({ cost, category, uOM, discontinued, created, modified, unlisted, young, ...item }, naming = ALONE) {
  const quickstart = { categoryID: category, unit: uOM, active: !discontinued }, page = { category, uOM, discontinued };
  return { ...item, ...(naming !== "items" && quickstart), ...(naming !== "quickstart" && page), created: showDate(created), modified: showDate(modified) };
}

const inList = item => showItem(item, IN_LISTS);
const LIST = { show: inList, columns: Object.keys(inList(world.items[0])), few: ["shortID", "modified"], standard: "shortID", key: "partNo" };
const itemPage = (request, items, stated = true) => pageOf(request, items, { ...LIST, stated, whole: world.items.length });

function listItems(request) {
  const key = parameter(request, "key"), type = parameter(request, "type") ?? config.key_without_type;
  if (key !== undefined && type !== "ignored") return lookUpItem(request, key, type);
  const text = parameter(request, "Category");
  if (text === undefined || faulty("item-category-ignored")) return itemPage(request, world.items.filter(activeOr(text, request)));
  if (faulty("item-category-first-page") && Number(parameter(request, "page")) > 1) return itemPage(request, world.items.filter(activeOr(text, request)));
  const category = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(category) && config.unknown_category !== "empty") throw invalid({ Category: ["A category is a number."] }, "parameter");
  if (!world.categories.some(one => one.categoryID === category) && config.unknown_category === "404") throw problem(404, "No such category.");
  if (!world.categories.some(one => one.categoryID === category) && config.unknown_category === "400") throw invalid({ Category: ["No such category."] },
    "parameter");
  return itemPage(request, world.items.filter(activeOr(text, request)).filter(ofCategory(category, text)));
}

function activeOr(category, request) {
  const every = (faulty("sorted-shows-discontinued") && parameter(request, "sort")) || (faulty("since-shows-discontinued") && parameter(request, "modifiedSince"));
  if (every) return () => true;
  if (faulty("item-list-discontinued") || (category !== undefined && faulty("item-category-discontinued"))) return () => true;
  return item => (!item.discontinued && !item.unlisted) || (item.discontinued && item.young && faulty("item-delete-still-listed"));
}

function ofCategory(category, text) {
  if (faulty("item-category-prefix")) return item => String(item.category).startsWith(text);
  if (faulty("item-category-at-least")) return item => item.category >= category;
  if (faulty("item-category-sub")) return item => item.category === category || item.subCategory === category;
  return item => item.category === category;
}

function listAllItems(request) {
  if (faulty("item-all-active-only")) return itemPage(request, world.items.filter(item => !item.discontinued), false);
  if (faulty("item-all-discontinued-only")) return itemPage(request, world.items.filter(item => item.discontinued), false);
  const answer = itemPage(request, world.items, false);
  if (faulty("item-delete-flag-only-list")) answer.body.value.filter(row => itemOf(row.partNo)?.young).forEach(seemActive);
  return answer;
}

const seemActive = row => Object.assign(row, "discontinued" in row && { discontinued: false }, "active" in row && { active: true });

function lookUpItem(request, key, type) {
  if (!["id", "alias"].includes(type)) throw invalid({ type: ["id or alias."] }, "parameter");
  let item = type === "id" ? itemByKey(key) : itemNamed(faulty("item-alias-as-id") ? key : world.aliases.get(key));
  if (type === "alias" && item && faulty("item-alias-next")) item = after(world.items, item);
  if (item?.discontinued && config.discontinued_lookup !== "shown") item = undefined;
  if (!item && config.lookup_miss === "404") throw problem(404, "No such item.");
  return item && config.single_lookup === "bare" ? { status: 200, body: decorated(showItem(item)) } : itemPage(request, item ? [item] : []);
}

function itemByKey(key) {
  if (faulty("item-lookup-first")) return world.items[0];
  if (faulty("item-lookup-contains")) return world.items.find(item => item.shortID.includes(key.slice(-2)));
  if (faulty("item-lookup-number") && /^\d+$/.test(key)) return itemOf(Number(key));
  return itemNamed(key);
}

function oneItem(request, { partNo }) {
  const item = itemOf(numberId(partNo, "item"));
  if (!item || (item.discontinued && config.discontinued_lookup === "hidden")) throw problem(404, "No such item.");
  if (faulty("item-read-touches")) touch(item);
  return { status: 200, body: decorated(showItem(faulty("item-single-next") ? after(world.items, item) : item)) };
}

// ---- writing ---------------------------------------------------------------------------------------------------------
const PLAIN = { shortID: "string", description: "string", subCategory: "integer", putUp: "string", units: "number", dfltOwner: "integer" };
const MEMBERS = { quickstart: { ...PLAIN, categoryID: "integer", unit: "string" }, items: { ...PLAIN, category: "integer", uOM: "string" } };
MEMBERS.both = { ...MEMBERS.quickstart, ...MEMBERS.items };
const DEFAULTS = { category: 2, subCategory: 0, uOM: "EA", putUp: "", units: 1, dfltOwner: 0 };
const SHOWN_ONLY = ["partNo", "created", "modified", "discontinued", "active", "rowVersion", "tags"]; // may be sent back, changes nothing

function pickMembers(body, members, required) {
  checkMembers(body, members, required);
  const given = Object.fromEntries(Object.entries(body).filter(([name, value]) => name in members && value !== undefined));
  const { unit, categoryID, ...rest } = given;
  return { ...(unit !== undefined && { uOM: unit }), ...(categoryID !== undefined && { category: categoryID }), ...rest };
}

function readNewItem(request) {
  const members = MEMBERS[config.create_accepts], unit = { quickstart: ["unit"], items: ["uOM"], both: [] }[config.create_accepts];
  const body = readJson(request, Object.keys(members));
  if (faulty("item-create-without-shortid") && !body.shortID) body.shortID = `AUTO-${world.items.length}`;
  const given = pickMembers(body, members, ["shortID", "description", ...unit]);
  if (config.category_check && !world.categories.some(one => one.categoryID === given.category)) throw invalid({ category: ["No such category."] }, "value");
  return given;
}

function createItem(request, _, given) {
  const twin = itemNamed(given.shortID), number = request.number ?? Math.max(...world.items.map(item => item.partNo)) + 1;
  if (twin && !request.unknown && (!twin.discontinued || config.discontinued_shortid === "409") && !faulty("item-duplicate-201")) return refuseTwin(twin, given);
  const moment = stamp(), partNo = faulty("item-create-used-number") ? world.items.find(item => item.discontinued)?.partNo ?? number : number;
  const item = { partNo, ...DEFAULTS, cost: 1, ...given, created: moment, modified: moment, discontinued: faulty("item-create-discontinued"), young: true };
  if (faulty("item-create-unlisted")) item.unlisted = true;
  if (faulty("item-create-capitals")) item.shortID = item.shortID.toUpperCase();
  if (faulty("item-create-cut")) item.description = item.description.slice(0, 10);
  if (faulty("item-create-description-lost")) item.description = "";
  if (!faulty("item-create-not-kept")) { world.items.push(item); world.numbers.set(partNo, item); }
  return { status: 201, body: decorated(showItem(item, config.create_names)) };
}

function refuseTwin(twin, given) {
  if (faulty("item-duplicate-overwrites") || faulty("item-duplicate-late")) { Object.assign(twin, given); touch(twin); }
  if (faulty("item-duplicate-overwrites")) return { status: 200, body: decorated(showItem(twin, config.create_names)) };
  throw problem(409, "There is an item with that shortID.");
}

const WHOLE = [...Object.keys(PLAIN), ["category", "categoryID"], ["uOM", "unit"]];

function readItemChange(request) {
  const body = readJson(request, [...Object.keys(MEMBERS.both), ...SHOWN_ONLY]), { put_key: key } = config;
  const named = { partNo: Number.isSafeInteger(body.partNo), shortID: typeof body.shortID === "string" && body.shortID !== "" };
  if (key === "either" ? !named.partNo && !named.shortID : !named[key]) throw invalid({ [key === "either" ? "partNo" : key]: ["Required."] }, "missing");
  const lacking = config.put_body === "full" ? WHOLE.filter(one => [one].flat().every(name => body[name] === undefined)) : [];
  if (lacking.length) throw invalid(Object.fromEntries(lacking.map(one => [[one].flat()[0], ["Required."]])), "missing");
  const change = pickMembers(body, MEMBERS.both, []);
  return { partNo: key === "shortID" ? undefined : body.partNo, change: config.put_body === "replace" ? { description: "", ...DEFAULTS, ...change } : change };
}

function updateItem(request, _, { partNo, change }) {
  const item = partNo === undefined ? itemNamed(change.shortID) : itemOf(partNo);
  if (faulty("item-put-501")) throw problem(501, "Not yet.");
  if (!item && faulty("item-put-creates")) return { status: 200, body: decorated(showItem({ partNo: partNo ?? 0, ...DEFAULTS, ...change, created: stamp(),
    modified: stamp(), discontinued: false })) };
  if (!item || (item.young && faulty("item-put-404"))) throw problem(404, "No such item.");
  if (change.shortID !== undefined && change.shortID !== item.shortID) checkRename(item, change);
  if (!faulty("item-put-nothing")) applyChange(item, change);
  return done(config.put_status, () => showItem(item));
}

function checkRename(item, change) {
  if (config.rename === "ignored") delete change.shortID;
  else if (config.rename === "400") throw invalid({ shortID: ["A shortID stays as it is."] }, "value");
  else if (itemNamed(change.shortID)) throw problem(409, "There is an item with that shortID.");
}

function applyChange(item, change) {
  const { modified } = item;
  Object.assign(item, change);
  touch(item);
  if (faulty("item-put-modified-kept")) item.modified = modified;
  if (faulty("item-put-created")) item.created = item.modified;
  if (faulty("item-put-new-number")) renumber(item, item.partNo + 100_000);
}

function renumber(item, partNo) {
  for (const lot of world.lots) if (lot.partNo === item.partNo) lot.partNo = partNo;
  world.numbers.delete(item.partNo);
  world.numbers.set(item.partNo = partNo, item);
}

function discontinueItem(request, { shortID }) {
  const item = faulty("item-delete-by-number") ? itemOf(Number(shortID)) : itemNamed(shortID);
  if (!item && faulty("item-delete-unknown")) return { status: 204 };
  if (!item || (item.young && faulty("item-delete-404"))) throw problem(404, "No such item.");
  if (item.discontinued && config.second_delete === "409") throw problem(409, "That item is discontinued already.");
  if (item.discontinued && config.second_delete === "404") throw problem(404, "No such item, no longer.");
  if (faulty("item-delete-physical")) { world.items.splice(world.items.indexOf(item), 1); world.numbers.delete(item.partNo); }
  if (!item.discontinued && !faulty("item-delete-nothing")) { item.discontinued = true; touch(item); }
  return { status: config.delete_status, body: config.delete_status === 200 ? decorated(showItem(item)) : undefined };
}

export const nothingListed = request => itemPage(request, []); // for a fault

export const ITEM_ROUTES = [
  ["GET", "Item", "items.read", listItems],
  ["POST", "Item", "items.write", createItem, readNewItem],
  ["PUT", "Item", "items.write", updateItem, readItemChange],
  ["GET", "Item/All", "items.read", listAllItems],
  ["GET", "Item/{partNo}", "items.read", oneItem],
  ["DELETE", "Item/{shortID}", "items.write", discontinueItem],
];
