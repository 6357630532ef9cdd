// The server's clock, and how its date-times are written and read.
import { config } from "./settings.mjs";

export const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR, LIFE = 4 * HOUR;
export const TICK = config.dates === "fraction" ? 1 : 1000; // what a date-time can show; finer moments would never be found again
let clockOffset = 0;
export const now = () => Date.now() + clockOffset;
export const stamp = () => Math.floor(now() / TICK) * TICK;
export const advanceClock = seconds => { clockOffset += seconds * 1000; };
export const touch = thing => { thing.modified = Math.max(stamp(), thing.modified + TICK); }; // two changes within one tick still differ

export function showDate(moment, page = "z") { // page: what the page of the documentation shows, z or zoneless
  if (moment === null) return null;
  const text = new Date(moment).toISOString(), form = config.dates === "pages" ? page : config.dates;
  if (form === "fraction") return text.replace("Z", "0000Z");
  return text.slice(0, 19) + { z: "Z", zoneless: "", offset: "+00:00" }[form];
}

export function readDate(text) { // without a zone it is UTC; a blank is an unescaped plus sign
  const form = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|z|[+ -]\d\d:?\d\d)?)?$/.exec(text);
  const zone = (form?.[4] ?? "Z").toUpperCase().replace(" ", "+").replace(/(\d\d)(\d\d)$/, "$1:$2");
  return form ? Date.parse(`${form[1]}T${form[2] ?? "00:00"}${form[3] ?? ":00"}${zone}`) : NaN;
}
