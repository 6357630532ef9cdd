// The command line: what this server was started with, and which faults are active.
import { parseArgs } from "node:util";
import { describe } from "./fault.mjs";
import { FAULTS } from "./faults.mjs";
import { SWITCHES } from "./switches.mjs";

const text = { type: "string" }, flag = { type: "boolean" };
export const { values: options } = parseArgs({ options: { cert: text, key: text, port: { ...text, default: "0" }, "ca-file": text, "write-target": text,
  config: { ...text, default: "{}" }, fault: { ...text, multiple: true, default: [] }, "list-faults": flag, "list-switches": flag } });
if (options["list-faults"]) await finish(FAULTS.map(describe));
if (options["list-switches"]) await finish(Object.entries(SWITCHES).map(([name, [standard, values, meaning]]) => ({ name, default: standard, values,
  meaning })));

const active = options.fault.map(name => FAULTS.find(known => known.name === name) ?? quit(`unknown fault: ${name}`));
const names = new Set(active.map(one => one.name)), holes = new Set(active.flatMap(one => one.hole ?? []));
export const edits = active.flatMap(one => one.edit ?? []), withins = active.flatMap(one => one.within ?? []);
export const faulty = name => names.has(name);
export const hole = (check, route) => holes.size > 0 && holes.has(`${check} ${route}`);
export const config = readConfig(options.config);

async function finish(answer) { // a pipe takes a while
  await new Promise(done => process.stdout.write(`${JSON.stringify(answer, null, 1)}\n`, done));
  process.exit(0);
}

export function quit(why) { console.error(why); process.exit(2); }

function readConfig(given) {
  let wanted;
  try { wanted = JSON.parse(given); } catch { quit("--config is not JSON"); }
  const chosen = Object.fromEntries(Object.entries(SWITCHES).map(([name, [standard]]) => [name, standard]));
  for (const { needs } of active) Object.assign(chosen, needs);
  for (const [name, value] of Object.entries(wanted)) {
    const values = SWITCHES[name]?.[1] ?? quit(`unknown switch: ${name}`);
    const good = Array.isArray(values) ? values.includes(value) : typeof value === "number" && value >= values.from && value <= values.to;
    chosen[name] = good ? value : quit(`${name} cannot be ${JSON.stringify(value)}`);
  }
  return chosen;
}
