// The control protocol: how the suite asks for administrative changes.
import crypto from "node:crypto";
import { accounts, freshState, lastEvent, makeSecret } from "./accounts.mjs";
import { problem } from "./answers.mjs";
import { config, faulty } from "./settings.mjs";
import { advanceClock, now } from "./time.mjs";
import { same, views } from "./tokens.mjs";
import { resetWorld } from "./world.mjs";

export const controlToken = crypto.randomBytes(18).toString("hex");
let rotations = 0;

const CONTROL = {
  describe: () => ({ actions: Object.keys(CONTROL), ...(config.describe_now && { now: new Date(now()).toISOString() }) }),
  advance({ seconds }) {
    if (typeof seconds !== "number" || !(seconds > 0)) throw problem(400, "seconds must be a positive number");
    advanceClock(seconds);
    return { now: new Date(now()).toISOString() };
  },
  rotate({ client_id }) {
    const account = known(client_id), secret = makeSecret(account.id, ++rotations);
    if (faulty("disable-undone-by-rotation")) account.disabled = false;
    Object.assign(account, { former: [...account.former, account.secret], secret, rotatedAt: lastEvent.rotation = now() });
    return { client_secret: secret };
  },
  disable({ client_id }) {
    const account = known(client_id);
    if (!account.disabled) Object.assign(account, { disabled: true, disabledAt: lastEvent.disabling = now(), epoch: account.epoch + 1 });
    return {};
  },
  enable({ client_id }) {
    Object.assign(known(client_id), { disabled: false, enabledOnce: true });
    if (config.enable_seen === "at-once") views.delete(client_id);
    return {};
  },
  reset() { // data, accounts and secrets; the clock stays and tokens live on
    resetWorld();
    for (const account of accounts.values()) Object.assign(account, { enabledOnce: false }, freshState(account.id));
    views.clear();
    return {};
  },
};
for (const action of ["advance", "reset"]) if (!config[`control_${action}`]) delete CONTROL[action];
const known = id => accounts.get(id) ?? (() => { throw problem(404, "no such client"); })();

export function answerControl(request) {
  if (!same(request.headers.authorization ?? "", `Bearer ${controlToken}`)) return { status: 401, body: { error: "wrong control token" } };
  if (request.method !== "POST") return { status: 405, body: { error: "POST only" } };
  try {
    const question = JSON.parse(request.body), action = Object.hasOwn(CONTROL, question?.action) ? CONTROL[question.action] : null;
    return action ? { status: 200, body: action(question) } : { status: 400, body: { error: "no such action" } };
  } catch (why) {
    return { status: why.status ?? 400, body: { error: why.message } };
  }
}
