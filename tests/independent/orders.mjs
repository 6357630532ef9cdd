// Purchase orders, shipping orders and work orders: lists without their lines, and each by its number.
import { inScope } from "./accounts.mjs";
import { betweenDates, decorated, pageOf, problem } from "./answers.mjs";
import { config, faulty } from "./settings.mjs";
import { showDate } from "./time.mjs";
import { world } from "./world.mjs";

const showLine = line => ({ ...line, warehouseName: world.warehouses.get(line.warehouse) });
const showNote = note => ({ ...note, noteDate: showDate(note.noteDate) });

function withLines(order, head, listed, parts) { // parts: lines, and notes of work orders
  const shown = { ...head, totalLines: order.lines.length }, whole = { lines: () => order.lines.map(showLine), notes: () => order.notes.map(showNote) };
  for (const part of parts) {
    const leak = faulty(`${listed}-${part}`);
    if (!listed || leak) shown[part] = whole[part]();
    else if (config.list_lines !== "absent") shown[part] = config.list_lines === "null" ? null : [];
  }
  return shown;
}

function showPurchase(order, listed) {
  const { poNo, vendor, orderDate, expectedDate, status, totalValue } = order;
  return withLines(order, { poNo, vendor, orderDate: showDate(orderDate), expectedDate: showDate(expectedDate), status, totalValue }, listed, ["lines"]);
}

function showShipment(order, listed) {
  const { soNo, customer, orderDate, shipDate, status } = order;
  return withLines(order, { soNo, customer, orderDate: showDate(orderDate), shipDate: showDate(shipDate), status }, listed, ["lines"]);
}

function showWork(order, listed) {
  const { woNo, description, status, startDate, dueDate, assignee } = order;
  return withLines(order, { woNo, description, status, startDate: showDate(startDate), dueDate: showDate(dueDate), assignee }, listed, ["lines", "notes"]);
}

// word: of the faults; dates: which moments startDate and endDate bound; other: which ones a fault takes
const own = config.wo_dates === "own";
const KINDS = {
  PurchaseOrder: { things: "purchases", word: "po", show: showPurchase, key: "poNo", columns: ["poNo", "vendor", "orderDate", "expectedDate", "status",
    "totalLines", "totalValue"],
    start: order => order.orderDate, end: order => order.orderDate, other: order => order.expectedDate, listed: isOpen },
  ShippingOrder: { things: "shipments", word: "so", show: showShipment, key: "soNo", columns: ["soNo", "customer", "orderDate", "shipDate", "status",
    "totalLines"],
    start: order => order.orderDate, end: order => order.orderDate, other: order => order.shipDate,
      listed: order => config.so_closed === "listed" || order.status !== "Closed" },
  WorkOrder: { things: "works", word: "wo", show: showWork, key: "woNo", columns: ["woNo", "description", "status", "startDate", "dueDate", "assignee",
    "totalLines"],
    start: order => (own ? order.startDate : order.created), end: order => (own ? order.dueDate : order.created), other: order => order.created,
    listed: order => config.wo_closed === "listed" || order.status !== "Closed" },
};

function isOpen(order, request) {
  if (faulty("po-closed") || (faulty("po-closed-late") && request.query.has("startDate"))) return true;
  if (faulty("sorted-shows-closed") && request.query.has("sort")) return true;
  return order.status !== "Closed" && (order.status !== "Partial" || config.po_partial === "listed");
}

const reaches = (request, order) => order.lines.every(line => inScope(request.account, line.warehouse));

function ofScope(request, orders) {
  if (config.order_scope === "open" || request.account.declared.warehouses === "all") return orders;
  if (config.order_scope === "refuse") throw problem(403, "Orders of all warehouses are not for you.");
  return orders.filter(order => reaches(request, order));
}

const listOrders = kind => request => {
  const { things, word, show, key, columns, start, end, other, listed } = KINDS[kind];
  const orders = ofScope(request, world[things].filter(order => listed(order, request)));
  const list = { show: order => show(order, word), columns, few: columns.slice(0, 3), standard: key, key, most: 50, newestFirst: kind === "ShippingOrder", whole: orders.length };
  return pageOf(request, betweenDates(request, orders, start, end, other), list);
};

const oneOrder = kind => (request, { [KINDS[kind].key]: number }) => {
  const { things, show, key } = KINDS[kind], order = world[things].find(one => one[key] === number);
  if (!order) throw problem(404, "No such order.");
  if (!reaches(request, order)) throw problem(403, "That order concerns warehouses that are not among yours.");
  return { status: 200, body: decorated(show(order, "")) };
};

const routesOf = (kind, permission) => [
  ["GET", kind, permission, listOrders(kind)],
  ...(config.order_detail === "bare" ? [["GET", `${kind}/{${KINDS[kind].key}}`, permission, oneOrder(kind)]] : []),
];

export const ORDER_ROUTES = [
  ...routesOf("PurchaseOrder", "purchase-orders.read"),
  ...routesOf("ShippingOrder", "shipping-orders.read"),
  ...routesOf("WorkOrder", "work-orders.read"),
  ...(faulty("wo-created") ? [["POST", "WorkOrder", "work-orders.read", () => ({ status: 201, body: showWork(world.works[0], "") })]] : []),
];
