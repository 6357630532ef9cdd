// Reports: which there are, who may run them, and what comes out.
import { inScope, mayReport } from "./accounts.mjs";
import { numberId, pageOf, parameter, problem } from "./answers.mjs";
import { config, faulty, hole } from "./settings.mjs";
import { stockLevels } from "./stock.mjs";
import { showDate } from "./time.mjs";
import { inStock, world } from "./world.mjs";

const listOf = (things, show) => () => things().map(thing => ({ wID: thing.wID ?? thing.warehouseID, modified: thing.modified, row: show(thing) }));
const MODIFIED = Date.UTC(2024, 5, 3, 12); // all on one day
export const REPORTS = [ // number, name, type, rows; a row with a warehouse is subject to the warehouse scope
  [103, "Stock on hand", 2, listOf(stockLevels, ({ partNo, shortID, warehouse, units }) => ({ partNo, shortID, warehouse, units }))],
  [110, "Stock valuation", 2, listOf(stockLevels, ({ partNo, shortID, warehouse, units, cost }) =>
    ({ partNo, shortID, warehouse, units, unitCost: cost, totalValue: Math.round(units * cost * 100) / 100 }))],
  [111, "Item master", 1, listOf(() => world.items, ({ shortID, description, uOM }) => ({ shortID, description, uOM }))],
  [205, "Spots on hold", 4, listOf(() => world.spots.filter(place => place.hold), ({ spot, warehouseID }) => ({ spot, warehouseID }))],
  [206, "Ageing", 2, listOf(() => world.lots.filter(inStock), ({ recNo, wID, received, units }) => ({ recNo, wID, since: showDate(received), units }))],
  [340, "Discontinued items", 1, listOf(() => world.items.filter(item => item.discontinued), ({ partNo, shortID }) => ({ partNo, shortID }))],
  [341, "Departures", 3, listOf(() => world.lots.filter(lot => !inStock(lot)), ({ recNo, wID, shipped }) => ({ recNo, wID, shipped: showDate(shipped) }))],
  [1007, "Bewegungen (alle)", 3, listOf(() => world.moves, ({ when, shortID, kind, units, remark }) => ({ "Date/Time": showDate(when), shortID, kind, units,
    remark, lot: null }))],
  [412, "Nichts", 9, () => []],
  [413, "0042", 9, listOf(() => world.categories.slice(0, 25), ({ name }) => ({ name, note: "" }))],
].map(([reportID, reportName, reportType, rows], n) => ({ reportID, reportName, reportType, rows, modified: MODIFIED + n * 1000 }));

const showReport = ({ reportID, reportName, reportType }) => ({ reportID, reportName, reportType });
const LIST = { show: showReport, columns: ["reportID", "reportName", "reportType"], few: ["reportID", "reportName"], standard: "reportName", key: "reportID",
  sortable: config.report_sort };

function listReports(request) {
  const mine = REPORTS.filter(report => hole("report", request.route) || mayReport(request.account, report.reportID));
  return pageOf(request, faulty("reports-one-hidden") ? mine.slice(0, -1) : mine, LIST);
}

const nothing = request => pageOf(request, [], { ...LIST, most: 1000 });

function runReport(request, { id }) {
  const number = numberId(id, "report"), report = REPORTS.find(one => one.reportID === number), limited = request.account.declared.reports !== "all";
  if (!report) throw problem(limited && config.unknown_report === "403-if-limited" ? 403 : 404, "No such report among yours.");
  const open = hole("report", request.route) || (faulty("reports-run-with-count") && parameter(request, "count"));
  const rows = report.rows().filter(({ wID }) => wID === undefined || inScope(request.account, wID));
  if (!open && !mayReport(request.account, report.reportID)) return refuse(request, rows);
  if (faulty("report-listed-403") && report === REPORTS[0]) throw problem(403, "That report is not among yours.");
  if (faulty("report-listed-501") && report === REPORTS.at(-1)) throw problem(501, "That report is only on paper.");
  return pageOf(request, rows, listFor(rows));
}

function listFor(rows) {
  const columns = Object.keys(rows[0]?.row ?? {});
  return { show: ({ row }) => row, columns, few: columns.slice(0, 2), most: 1000, sortable: config.report_sort };
}

function refuse(request, rows) { // as the documentation wants it, and otherwise
  if (faulty("report-forbidden-empty")) return nothing(request);
  if (faulty("report-forbidden-late") && Number(parameter(request, "page")) > 1) return pageOf(request, rows, listFor(rows));
  throw problem(faulty("report-forbidden-404") ? 404 : 403, "That report is not among yours.", faulty("reports-403-leaks") ? { leak: rows[0]?.row } : {});
}

export const REPORT_ROUTES = [
  ["GET", "Report", "reports.read", listReports],
  ["GET", "Report/{id}", "reports.read", runReport],
];
