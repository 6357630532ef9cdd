// The data that the server starts with, made anew at each reset: nothing of it is in the documentation's examples.
import { config } from "./settings.mjs";
import { DAY, HOUR, MINUTE, TICK } from "./time.mjs";

export function randomFrom(seed) { // mulberry32: the same world at every start
  return below => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const sparse = config.data === "sparse", START = Date.UTC(2024, 1, 5, 6, 30);
const WAREHOUSES = new Map([[7, "Nordhalle"], [12, "Quai Sud"], [31, "Übersee"], [40, "Reserve"]]);
const halls = [...WAREHOUSES.keys()];
const KINDS = [["GASKET", 2], ["valve", 3], ["Pipe", 20], ["BRACKET", 5], ["hose", 21], ["SENSOR", 211]]; // and their categories
const TOWNS = [["Łódź", "PL", "90-001"], ["Århus", "DK", "8000"], ["Dresden", "DE", "01067"], ["São Paulo", "BR", "01310-100"], ["大阪", "JP", "530-0001"]];
let random, day; // of the world that is being made

const rows = (count, make) => Array.from({ length: sparse ? 0 : count }, (_, n) => make(n));
const always = (count, make) => Array.from({ length: count }, (_, n) => make(n));
const between = (first, last) => { // created and modified, never the other way round
  const created = day(first + random(last - first));
  return { created, modified: created + random(300) * DAY + random(20) * HOUR };
};

function makeItem(n) {
  const [kind, category] = KINDS[n % KINDS.length], created = day(random(300));
  return {
    partNo: 301 + 3 * n, shortID: `${kind}.${100 + ((n * 37) % 97)}`, description: `${kind.toLowerCase()} no. ${n}, ${10 + random(90)} mm`,
    category, subCategory: [20, 21, 22, 23][n % 4], uOM: ["EA", "M", "KG"][n % 3], putUp: n % 5 ? "" : `Crate/${n + 5}`,
    units: 1 + random(8) / 4, dfltOwner: n % 9 ? 0 : 61, cost: (5 + random(900)) / 100,
    created, modified: created + random(200) * DAY, discontinued: !sparse && n % 11 === 4,
  };
}

const UNKIND = ["Rohr 22/1.5", "304", "Größe #7", "100% wool", "+49", "0815", "a?b=c&d"]; // but legal

function makeItems() {
  const items = always(78, makeItem);
  UNKIND.forEach((shortID, n) => { items[7 + 9 * n].shortID = shortID; });
  return items;
}

function spotName(n, w) {
  if (n === 8) return config.spots === "global" ? `DOCK ${w + 1}` : "DOCK";
  return n === 7 && w === 2 ? "Tor Ü/2+1" : `${"NQUR"[w]}${1 + (n >> 2)}.${10 + n}`;
}

const makeSpots = () => halls.flatMap((warehouseID, w) => always(9, n => ({
  spot: spotName(n, w), warehouseID, description: `Row ${1 + (n >> 2)}, bay ${10 + n}`, hold: n === 5, active: n !== 7, modified: day(30 + n) })));

function makeLot(n, items, spots) { // now and then a whole truck at one moment
  const { warehouseID: wID, spot } = spots[(n * 7) % spots.length], gone = n % 17 === 3, truck = n % 35 < 5;
  const received = truck ? START + (400 + 35 * Math.floor(n / 35)) * DAY : day(400 + n - (n % 13 ? 0 : 25));
  return {
    recNo: 88_001 + 2 * n, partNo: items[(n * 5) % items.length].partNo, associate: n % 8 ? "" : "Blue Yonder GmbH", wID, spot,
    units: 40 + random(400) + (n % 4 ? 0 : 0.25), received, shipped: gone ? received + 40 * DAY : null,
    serial: n % 10 ? `S${7000 + n}` : `00${n}`, serial2: n % 6 ? null : `B${n}`, rFIDTag: null, remark: n % 3 ? "" : `delivery ${n}`,
    hold: n % 29 === 6, jobID: 0, jobName: null, active: !gone, modified: received + 3 * HOUR,
  };
}

const CATEGORY_IDS = [2, 3, 5, 8, 13, 20, 21, 22, 30, 34, 40, 45, 55, 60, 70, 89, 90, 105, 112, 144, 150, 160, 200, 211, 212, 233, 300, 377, 1004];
const CATEGORY_NAMES = ["Dichtungen", "Ventile", "Rohre", "Halter", "Schläuche", "Fühler", "配管", "0815", "Été", "1e3", "null", "Misc.", "Çatı", "d'Arc"];

function makeCategories() { // 25 of them active: just one page
  const gone = new Set(sparse ? [] : [13, 45, 150, 300]), nameOf = n => CATEGORY_NAMES[n] ?? `${CATEGORY_NAMES[n % CATEGORY_NAMES.length]} ${n}`;
  return CATEGORY_IDS.map((categoryID, n) => ({ categoryID, name: nameOf(n), description: n % 3 ? `Group ${n}` : "", active: !gone.has(categoryID), ...between(0, 200) }));
}

function makePartner(n, prefix, inactive) {
  const [city, country, zip] = TOWNS[n % TOWNS.length], family = ["Berg", "Lykke", "Ōmori", "O'Neill", "Żak"][n % 5], low = prefix.toLowerCase();
  return {
    shortID: n === 3 ? `ÅS & ${prefix}` : [`${40_017 + 11 * n}`, `${prefix}-${900 - n}`, `${low}.${n}`][n % 3],
    name: `${family} ${prefix === "KD" ? "Handel" : "Werke"} ${n >> 2}`, address1: `Weg ${n + 1}`, address2: n % 4 ? "" : "2. OG",
    city, state: n % 5 === 3 ? "SP" : "", zip, country, phone: n % 3 ? "" : `+49 351 ${5000 + n}`, fax: "",
    email: n % 2 ? "" : `info${n}@${low}.invalid`, contact: n % 6 ? "Grünwald, A." : "", active: n % inactive !== inactive - 1, ...between(0, 400),
  };
}

const makeAssets = () => rows(31, n => { // 28 of them active, ten changed on one day
  const together = { created: START + 90 * DAY, modified: START + 500 * DAY + n * 11 * MINUTE };
  const { created, modified } = n % 3 ? between(100, 400) : together, gone = n % 8 === 7;
  return {
    shortID: n % 5 ? `LIFT/${70 - n}` : `${2200 + n}`, description: `Gerät ${n}`, assetType: 7 + (n % 3), assetTypeName: ["Hubwagen", "Scanner", "Leiter"][n % 3],
    serial: n % 4 ? `F-${n}` : "", warehouse: halls[n % halls.length], location: n % 6 ? `Tor ${n}` : "",
    status: gone ? "Discontinued" : "Active", created, modified, discontinued: gone ? modified : null,
  };
});

function makeLines(n, count, items, more) {
  return always(count, k => {
    const item = items[(n * 3 + k * 7) % items.length], warehouse = halls[(n + (n % 9 ? 0 : k)) % halls.length];
    return { lineNo: 10 * (k + 1), shortID: item.shortID, description: item.description, units: 5 + random(60) + (k % 2) / 2, ...more(item), warehouse };
  });
}

const sometime = n => START + n * DAY - (n % 2 ? 0 : 6.5 * HOUR); // half of them at midnight

function receiveSome(lines, status) {
  lines.forEach((line, k) => {
    if (status === "Closed") line.unitsReceived = line.units;
    if (status === "Partial" && k === 0) line.unitsReceived = 1;
  });
}

function makePurchases(items, vendors) { // 50 of them not closed: just one page at its greatest
  return rows(64, n => {
    const status = n % 32 < 7 ? "Closed" : n % 5 === 2 ? "Partial" : "Open", ordered = sometime(300 + Math.floor(n / 3) * 2);
    const lines = makeLines(n, 1 + (n % 4), items, item => ({ unitsReceived: 0, unitPrice: item.cost }));
    receiveSome(lines, status);
    return {
      poNo: n % 3 ? `B-${3000 - n}` : `45000${10 + n}`, vendor: vendors[n % vendors.length].name, orderDate: ordered, expectedDate: ordered + (7 + (n % 3)) * DAY,
      status, lines, totalValue: Math.round(lines.reduce((sum, { units, unitPrice }) => sum + units * unitPrice, 0) * 100) / 100,
      created: ordered, modified: ordered + 5 * HOUR,
    };
  });
}

function makeShipments(items, customers) { // three full pages
  return always(sparse ? 1 : 75, n => {
    const ordered = sometime(310 + Math.floor(n / 4) * 3);
    return {
      soNo: n % 7 ? `LS.${100 + n}` : `${70_000 + n}`, customer: customers[n % customers.length]?.name ?? "Laufkundschaft", orderDate: ordered,
      shipDate: ordered + (1 + (n % 5)) * DAY, status: ["Open", "Closed", "Partial", "Open"][n % 4], lines: makeLines(n, 1 + (n % 3), items, () => ({})),
      created: ordered, modified: ordered + 2 * HOUR,
    };
  });
}

const makeWorks = items => rows(37, n => {
  const created = sometime(200 + n), startDate = created + (20 + (n % 4)) * DAY, status = ["Open", "In Progress", "Closed", "Open", "In Progress"][n % 5];
  return {
    woNo: n % 4 ? `F${500 + 7 * n}` : `${90_000 + n}`, description: n % 6 ? `Montage ${n}` : "", status, startDate, dueDate: startDate + (3 + (n % 9)) * DAY,
    assignee: ["Schicht A", "j.ø.", "Werkstatt"][n % 3], lines: makeLines(n, 1 + (n % 5), items, () => ({ unitsCompleted: status === "Open" ? 0 : 1 })),
    notes: always(n % 3, k => ({ noteDate: created + (k + 1) * DAY, author: "m.y.", note: `Bitte „${n}“ beachten` })), created, modified: created + 30 * DAY,
  };
});

const MINE = "everything", OTHER = "two-halls", THIRD = "lacks-items.read", ONCE = "looker"; // who could write when that was made
const OWNERS = [MINE, OTHER, THIRD, MINE, ONCE, OTHER, MINE, THIRD, MINE];

const makeHooks = () => rows(OWNERS.length, n => {
  const disableType = [0, 0, 2, 1][n % 4], { created, modified } = between(300, 500);
  const success = n % 3 ? created + 2 * DAY : null, failure = disableType === 1 ? created + 9 * DAY : null;
  return {
    rec: 5001 + 4 * n, owner: OWNERS[n], name: `Brücke ${n}`, url: `https://in${n}.example.invalid/hook?x=${n}`,
    events: n % 2 ? "inventory.issued" : "inventory.received,inventory.issued", payloadMode: 1 + (n % 2), active: disableType === 0, disableType,
    failureCount: failure ? 12 : 0, failureDays: failure ? 7 : 0, lastSuccess: success, lastFailure: failure, lastError: failure ? "connection refused" : null,
    created, modified: modified + 10 * DAY, log: success ? [{ sent: success, event: "inventory.issued", status: 200 }] : [],
  };
});

const makeMoves = items => rows(1200, n => { // a report of more rows than one page may have, many of them alike
  const when = START + (n >> 4) * HOUR;
  return { when, shortID: items[(n >> 5) % items.length].shortID, kind: ["in", "out"][(n >> 3) % 2], units: (n >> 4) % 3, remark: "", modified: when };
});

function buildWorld() {
  random = randomFrom(20_260);
  day = days => START + days * DAY + random(86_400) * 1000 + (TICK === 1 ? random(1000) : 0);
  const items = makeItems(), spots = makeSpots(), lots = always(190, n => makeLot(n, items, spots));
  const customers = rows(50, n => makePartner(n, "KD", 7)), vendors = always(sparse ? 1 : 25, n => makePartner(n, "LF", 6));
  const aliases = new Map([["LEGACY-17", 2], ["ean/4006381333931", 11], ["Dichtung alt", 7], ["0007", 20]].map(([alias, n]) => [alias, items[n].shortID]));
  return {
    warehouses: WAREHOUSES, items, spots, lots, aliases, customers, vendors, categories: makeCategories(), assets: makeAssets(),
    purchases: makePurchases(items, vendors), shipments: makeShipments(items, customers), works: makeWorks(items), hooks: makeHooks(), moves: makeMoves(items),
    numbers: new Map(items.map(item => [item.partNo, item])), natives: { items: [...items], lots: [...lots] }, heldAtStart: new Set(spots.filter(place => place.hold)), lastHook: 5100,
  };
}

export let world = buildWorld();
export const resetWorld = () => { world = buildWorld(); };

export const itemOf = partNo => world.numbers.get(partNo);
export const itemNamed = shortID => world.items.find(item => item.shortID === shortID && !item.discontinued) ?? world.items.find(item => item.shortID === shortID);
export const placesOf = spot => world.spots.filter(place => place.spot === spot);
export const placeOf = ({ spot, wID }) => world.spots.find(place => place.spot === spot && place.warehouseID === wID);
export const inStock = lot => lot.shipped === null;
export const round = value => Math.round(value * 10_000) / 10_000;
export const after = (all, one) => all[(all.indexOf(one) + 1) % all.length]; // the wrong one, for faults
