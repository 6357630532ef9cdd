// Others at work: now and then somebody else changes an item or a lot, never one that was made through the API.
import { config } from "./settings.mjs";
import { addLot } from "./stock.mjs";
import { stamp, touch } from "./time.mjs";
import { inStock, randomFrom, round, world } from "./world.mjs";

const EVERY = 25, random = randomFrom(7);
let requests = 0, changes = 0;
const pick = all => all[random(all.length)];

const VALUES = [
  () => { const item = pick(world.natives.items); item.description = `${item.description.split(" (")[0]} (rev. ${changes})`; touch(item); },
  () => { const lot = pick(world.natives.lots.filter(inStock)); lot.units = Math.max(1, round(lot.units - 0.5)); touch(lot); },
  () => { const lot = pick(world.natives.lots); lot.remark = `seen ${changes}`; touch(lot); },
];
const ROWS = [
  () => { const { partNo, wID, spot } = pick(world.natives.lots); world.natives.lots.push(addLot({ partNo, wID, spot, units: 10 + changes,
    serial: `N${changes}` })); },
  () => { const lot = pick(world.natives.lots.filter(inStock)); Object.assign(lot, { shipped: stamp(), active: false }); touch(lot); },
  () => { const item = pick(world.natives.items); item.discontinued = !item.discontinued; touch(item); },
];

export function disturb() {
  if (config.busy === "off" || ++requests % EVERY) return;
  const possible = config.busy === "rows" ? [...VALUES, ...ROWS] : VALUES;
  possible[changes++ % possible.length]();
}
