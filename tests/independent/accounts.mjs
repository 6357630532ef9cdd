// Clients: their credentials and their rights.
import crypto from "node:crypto";
import { config, faulty } from "./settings.mjs";

const CORE = ["items.read", "items.write", "inventory.read", "inventory.write", "locations.read", "locations.write", "reports.read"];
const REST = ["categories.read", "customers.read", "vendors.read", "purchase-orders.read", "shipping-orders.read", "work-orders.read", "assets.read",
  "webhooks.admin"];
const PERMISSIONS = config.resources === "all" ? [...CORE, ...REST] : CORE;

export const accounts = new Map(declareClients().map(account => [account.id, account]));
export const lastEvent = { rotation: -Infinity, disabling: -Infinity };

function declareClients() {
  const client = (name, rights = {}) => ({ name, permissions: "all", warehouses: "all", reports: "all", read_only: false, expendable: false, ...rights });
  const main = [client("everything"), client("looker", { read_only: true }), client("nobody", { permissions: "none" }), client("one-hall",
    { warehouses: [12] })];
  const spare = name => client(`spare-${name}`, { expendable: true });
  const few = [...main, client("three-reports", { reports: [110, 205, 340] }), spare("ash")];
  const many = [...main, ...PERMISSIONS.map(one => client(`lacks-${one}`, { permissions: { except: [one] } })),
    ...[...CORE, ...PERMISSIONS.slice(-1)].filter((one, n, all) => all.indexOf(one) === n).map(one => client(`only-${one}`, { permissions: [one] })),
    client("two-halls", { warehouses: [7, 31] }), client("three-reports", { reports: [110, 205, 340] }), client("no-reports", { reports: "none" }), ...["ash",
      "birch", "cedar"].map(spare)];
  return (config.clients === "few" ? few : many).map(openAccount);
}

function openAccount(declared) {
  const id = { simple: `ip.${declared.name}`, special: `ip+${declared.name}/x=%41`, unicode: `ключ-${declared.name}-ø` }[config.credential_style];
  return { declared, id, epoch: 0, tokens: 0, lastIssue: -Infinity, enabledOnce: false, ...freshState(id) };
}

export function freshState(id) {
  return { secret: makeSecret(id, 0), former: [], disabled: false, disabledAt: 0, rotatedAt: -Infinity, wrong: 0, wrongSince: 0, lockedUntil: 0 };
}

export function makeSecret(id, generation) {
  const noise = crypto.createHmac("sha256", "a fixed seed").update(`${id} ${generation}`).digest("base64url");
  const core = generation && config.rotated_format === "new" ? `v2.${noise}.${noise.length}~Zz` : noise.slice(0, 27);
  return { simple: core, special: `Aa+${core}/%3A:=%&;`, unicode: `Şifre€:${core}ü` }[config.credential_style];
}

export function may(account, permission) {
  const { permissions } = account.declared;
  if (permissions === "all" || permissions === "none") return permissions === "all";
  if (faulty("permission-write-implies-read") && permission === "items.read" && may(account, "items.write")) return true;
  return Array.isArray(permissions) ? permissions.includes(permission) : !permissions.except.includes(permission);
}

export function inScope(account, wid) {
  const { warehouses } = account.declared;
  return warehouses === "all" || (faulty("scope-first-only") ? warehouses.slice(0, 1) : warehouses).includes(wid);
}

export function mayReport(account, id) {
  const { reports } = account.declared;
  if (reports === "none") return faulty("reports-none-is-all");
  return reports === "all" || reports.includes(id);
}
