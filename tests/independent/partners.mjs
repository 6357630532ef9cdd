// Categories, customers, vendors and assets: what is only read.
import { decorated, numberId, pageOf, problem } from "./answers.mjs";
import { config, faulty } from "./settings.mjs";
import { visible } from "./stock.mjs";
import { showDate } from "./time.mjs";
import { after, world } from "./world.mjs";

// ---- categories ------------------------------------------------------------------------------------------------------
function showCategory({ description, created, modified, ...category }) {
  const { category_text: without } = config, text = description || { empty: "", null: null }[without];
  return { ...category, ...(text !== undefined && { description: text }), created: showDate(created, "zoneless"), modified: showDate(modified, "zoneless") };
}

const CATEGORIES = { show: showCategory, columns: ["categoryID", "name", "description", "active", "created", "modified"], few: ["categoryID", "name"],
  standard: "categoryID", key: "categoryID" };

function listCategories(request) {
  return pageOf(request, world.categories.filter(one => one.active || faulty("category-discontinued") || (faulty("sorted-shows-inactive") && request.query.get("sort"))), CATEGORIES);
}

function listAllCategories(request) {
  let all = world.categories;
  if (faulty("category-all-discontinued")) all = all.filter(one => !one.active);
  if (faulty("category-all-lacks-one")) all = all.slice(0, -1);
  return pageOf(request, all, CATEGORIES);
}

function oneCategory(request, { id }) {
  const number = numberId(id, "category"), category = world.categories.find(one => one.categoryID === number);
  if (!category) throw problem(404, "No such category.");
  return { status: 200, body: decorated(showCategory(faulty("category-single-next") ? after(world.categories, category) : category)) };
}

// ---- customers and vendors -------------------------------------------------------------------------------------------
const showPartner = ({ created, modified, ...partner }) => ({ ...partner, created: showDate(created, "zoneless"), modified: showDate(modified, "zoneless") });
const PARTNER_COLUMNS = ["shortID", "name", "address1", "address2", "city", "state", "zip", "country", "phone", "fax", "email", "contact", "active", "created",
  "modified"];
const PARTNERS = { show: showPartner, columns: PARTNER_COLUMNS, few: ["shortID", "city"], standard: "shortID", key: "shortID" };

const listPartners = kind => request => pageOf(request, world[kind], PARTNERS);

const onePartner = (kind, what) => (request, { id }) => {
  const ranked = kind === "vendors" && faulty("vendor-single-by-rank"),
    partner = ranked ? world[kind][Number(id) - 1] : world[kind].find(one => one.shortID === id);
  if (!partner) throw problem(404, `No such ${what}.`);
  const shown = kind === "vendors" && faulty("vendor-single-next") ? after(world[kind], partner) : partner;
  return config.partner_shape === "envelope" ? pageOf(request, [shown], PARTNERS) : { status: 200, body: decorated(showPartner(shown)) };
};

// ---- assets ----------------------------------------------------------------------------------------------------------
const showAsset = ({ created, modified, discontinued, ...asset }) =>
  ({ ...asset, warehouseName: world.warehouses.get(asset.warehouse), created: showDate(created), modified: showDate(modified),
    discontinued: showDate(discontinued) });
const ASSET_COLUMNS = ["shortID", "description", "assetType", "assetTypeName", "serial", "warehouse", "warehouseName", "location", "status", "created",
  "modified", "discontinued"];

function listAssets(request) {
  const assets = world.assets.filter(asset => asset.discontinued === null || faulty("asset-discontinued"));
  return pageOf(request, visible(request, assets, asset => asset.warehouse), { show: showAsset, columns: ASSET_COLUMNS, few: ["shortID", "assetType"],
    standard: "shortID", key: "shortID" });
}

export const PARTNER_ROUTES = [
  ["GET", "Category", "categories.read", listCategories],
  ...(faulty("category-created") ? [["POST", "Category", "categories.read", () => ({ status: 201, body: showCategory(world.categories[0]) })]] : []),
  ["GET", "Category/All", "categories.read", listAllCategories],
  ["GET", "Category/{id}", "categories.read", oneCategory],
  ["GET", "Customer/All", "customers.read", listPartners("customers")],
  ...(config.customer_single ? [["GET", "Customer/{id}", "customers.read", onePartner("customers", "customer")]] : []),
  ["GET", "Vendor/All", "vendors.read", listPartners("vendors")],
  ["GET", "Vendor/{id}", "vendors.read", onePartner("vendors", "vendor")],
  ["GET", "Asset", "assets.read", listAssets],
];
