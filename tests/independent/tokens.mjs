// Tokens: how they are issued, read and ended, and POST /Token.
import crypto from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { accounts, lastEvent } from "./accounts.mjs";
import { errorAnswer, problem } from "./answers.mjs";
import { config, faulty, hole } from "./settings.mjs";
import { HOUR, LIFE, MINUTE, now, showDate } from "./time.mjs";

const issued = new Map(); // opaque text -> token
export const lastUse = new Map(); // token id -> moment
export const views = new Map(); // account id -> what the cache knows of it
const keys = { HS256: crypto.randomBytes(32), HS512: crypto.randomBytes(64),
  ...(config.tokens === "RS256" && { RS256: crypto.generateKeyPairSync("rsa", { modulusLength: 2048 }) }),
  ...(config.tokens === "ES256" && { ES256: crypto.generateKeyPairSync("ec", { namedCurve: "P-256" }) }) };

const pack = value => Buffer.from(JSON.stringify(value)).toString("base64url");
const unpack = text => JSON.parse(Buffer.from(text, "base64url").toString());
const digest = { HS256: "sha256", HS512: "sha512", RS256: "sha256", ES256: "sha256" }[config.tokens];

function sign(text) {
  const key = keys[config.tokens];
  if (config.tokens.startsWith("HS")) return crypto.createHmac(digest, key).update(text).digest("base64url");
  return crypto.sign(digest, Buffer.from(text), { key: key.privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url");
}

function signatureFits(text, signature) {
  if (config.tokens.startsWith("HS")) return same(signature, sign(text));
  return crypto.verify(digest, Buffer.from(text), { key: keys[config.tokens].publicKey, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"));
}

export function same(one, other) { // hashes, so that the time taken says nothing
  const hash = text => crypto.createHash("sha256").update(text).digest();
  return crypto.timingSafeEqual(hash(one), hash(other));
}

function issueToken(account) {
  const renewed = (faulty("expiry-after-rotation") && account.former.length) || (faulty("expiry-after-enabling") && account.enabledOnce);
  const hours = renewed ? 1 : faulty("expiry-three-hours") ? 3 : faulty("expiry-eight-hours") ? 8 : 4, born = now();
  const token = { id: crypto.randomUUID(), owner: account.id, born, ends: born + hours * HOUR, epoch: account.epoch, number: ++account.tokens };
  account.lastIssue = born;
  lastUse.set(token.id, born);
  if (config.tokens === "opaque") {
    const text = `ip~${crypto.randomBytes(40).toString("base64")}`;
    issued.set(text, token);
    return text;
  }
  const claims = { iss: "inventory", cid: account.id, iat: Math.floor(born / 1000), exp: Math.floor(token.ends / 1000), jti: token.id, ep: token.epoch,
    no: token.number, ms: born % 1000 };
  const text = `${pack({ typ: "JWT", alg: config.tokens })}.${pack(claims)}`;
  return `${text}.${sign(text)}`;
}

export function readToken(text, route) {
  if (config.tokens !== "opaque") return readJwt(text, route);
  const fits = known => (faulty("token-truncated") && text.length >= 20 && known.startsWith(text)) || (faulty("token-ignores-case") && known.toLowerCase() === text.toLowerCase());
  return issued.get(text) ?? [...issued].find(([known]) => fits(known))?.[1];
}

function readJwt(text, route) {
  try {
    const [head, body, signature, ...rest] = text.split(".");
    const { alg } = unpack(head), claims = unpack(body);
    const unsigned = faulty("jwt-unsigned") || hole("signature", route) || (faulty("jwt-alg-none") && /^none$/i.test(alg));
    if (rest.length || (!unsigned && (alg !== config.tokens || !signatureFits(`${head}.${body}`, signature)))) return undefined;
    return { id: claims.jti, owner: claims.cid, born: claims.iat * 1000 + claims.ms, ends: claims.exp * 1000, epoch: claims.ep, number: claims.no };
  } catch { return undefined; } // not a token of ours
}

let astray = 0; // requests that come to a process that knows less than the others

export function expired(token, account) {
  let { ends } = token;
  if (faulty("expiry-sliding")) ends = Math.max(ends, lastUse.get(token.id) + LIFE);
  if (faulty("expiry-leeway")) ends += 5 * MINUTE;
  if (faulty("expiry-revived") && account.lastIssue > ends) ends = account.lastIssue + LIFE;
  if (faulty("rotation-immortal") && account.rotatedAt > token.born) ends = Infinity;
  return now() >= ends && !(faulty("expired-every-fifth") && ++astray % 5 === 0);
}

export function endedEarly(token, account) { // never, unless something is wrong
  const rotated = account.rotatedAt > token.born;
  return (faulty("token-replaced") && token.number < account.tokens) || (faulty("token-cap") && token.number <= account.tokens - 3)
    || (faulty("token-idle") && now() - lastUse.get(token.id) > HOUR) || (faulty("rotation-ends-tokens") && rotated)
    || (faulty("rotation-ends-tokens-later") && rotated && now() > account.rotatedAt + HOUR)
    || (faulty("rotation-ends-all-tokens") && lastEvent.rotation > token.born) || (faulty("disable-ends-all") && lastEvent.disabling > token.born);
}

export function stopped(token, account, method) { // disabled accounts, as far as the cache has noticed
  let view = views.get(account.id);
  const lag = faulty("disable-five-minutes") ? 5 * MINUTE : config.disabled_lag * 1000;
  if (!view || now() - view.at >= lag) views.set(account.id, view = { at: now(), disabled: account.disabled, epoch: account.epoch });
  if (faulty("disable-cache-restarted")) view.at = now();
  if (faulty("disable-forgets-tokens") || (faulty("disable-only-get") && method !== "GET")) return false;
  if (faulty("disable-revived") && now() > account.disabledAt + 2 * MINUTE) return false;
  if (view.disabled && faulty("disabled-every-fifth") && ++astray % 5 === 0) return false;
  return view.disabled || (config.after_enable === "dead" && token.epoch < view.epoch);
}

// ---- POST /Token -----------------------------------------------------------------------------------------------------
let lastAsker = null; // only a mix-up uses it

export async function answerToken(request) {
  if (request.method !== "POST") throw problem(501, "Tokens are had by POST.");
  const form = readForm(request);
  if (!form) return refuseToken("invalid_request");
  if (form.get("grant_type") !== "client_credentials") return refuseToken(form.has("grant_type") ? "unsupported_grant_type" : "invalid_request");
  const basic = /^basic +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  let account = basic ? byBasic(basic) : byForm(form);
  if (account === "locked") return config.lockout === "429" ? errorAnswer(problem(429, "Too many failed attempts.")) : refuseToken("invalid_client");
  if (!account || refusedAsDisabled(account, basic) || (faulty("readonly-no-token") && account.declared.read_only)) return refuseToken("invalid_client");
  if (faulty("token-form-second-try") && !basic && !account.asked) { account.asked = true; return refuseToken("invalid_client"); }
  if (faulty("token-mixup")) { lastAsker = account; await sleep(15); account = lastAsker; }
  const expiresIn = faulty("expires-in-day") ? 86_400 : faulty("expires-in-text") ? String(config.expires_in) : config.expires_in;
  const body = { access_token: issueToken(account), token_type: faulty("token-type-mac") ? "mac" : config.token_type,
    expires_in: faulty("expires-in-missing") ? undefined : expiresIn, ...(config.extra_fields && { scope: "api", issuedAt: showDate(now()) }) };
  return { status: 200, body, headers: { "Cache-Control": "no-store" } };
}

function readForm(request) {
  if (request.tooLong || !/^application\/x-www-form-urlencoded\b/i.test(request.headers["content-type"] ?? "")) return null;
  if (faulty("form-not-decoded")) return new Map(request.body.split("&").map(pair => pair.split("=")));
  const form = new URLSearchParams(request.body);
  return [...form.keys()].length === new Set(form.keys()).size ? form : null; // a parameter twice is malformed
}

function byForm(form) {
  if (!form.has("client_id") || !form.has("client_secret") || faulty("form-unsupported")) return null;
  return checkSecret(form.get("client_id"), form.get("client_secret"), "form");
}

export function byBasic(encoded) {
  if (faulty("basic-unsupported")) return null;
  const text = Buffer.from(encoded, "base64").toString(), colon = text.indexOf(":");
  if (colon < 0) return null;
  const id = text.slice(0, colon), secret = faulty("basic-splits-at-every-colon") ? text.split(":")[1] : text.slice(colon + 1);
  const decoded = [id, secret].map(part => new URLSearchParams(`x=${part.replaceAll("&", "%26")}`).get("x"));
  const pairs = { raw: [[id, secret]], percent: [decoded], both: [[id, secret], decoded] }[config.basic];
  const known = pairs.filter(([name]) => accounts.has(name));
  const right = known.find(([name, given]) => secretFits(accounts.get(name), given, "basic")) ?? known[0]; // one attempt, whichever reading
  return right ? checkSecret(...right, "basic") : null;
}

function checkSecret(id, given, way) {
  const account = accounts.get(id);
  if (!account) return null;
  if (config.lockout !== "off" && now() < account.lockedUntil) return "locked";
  const right = secretFits(account, given, way);
  if (right) account.wrong = 0;
  else noteWrong(account);
  return right ? account : null;
}

function noteWrong(account) {
  if (!account.wrong || now() - account.wrongSince > 10 * MINUTE) Object.assign(account, { wrong: 0, wrongSince: now() });
  if (++account.wrong >= 10) Object.assign(account, { wrong: 0, lockedUntil: now() + 10 * MINUTE });
}

function secretFits(account, given, way) {
  const { secret, former, rotatedAt } = account;
  if (faulty("rotation-new-secret-late") && now() < rotatedAt + 5 * MINUTE) return same(given, former.at(-1));
  return same(given, secret) || (faulty("secret-ignores-case") && given.toLowerCase() === secret.toLowerCase())
    || (faulty("secret-prefix") && given.length >= 8 && secret.startsWith(given)) || (faulty("secret-suffix-ignored") && given.startsWith(secret))
    || (faulty("secret-empty") && given === "") || (faulty("secret-unchecked-basic") && way === "basic")
    || (faulty("secret-of-anyone") && [...accounts.values()].some(other => other.secret === given))
    || ((faulty("rotation-old-secret-lives") || (faulty("rotation-old-secret-basic") && way === "basic")) && former.includes(given));
}

function refusedAsDisabled(account, basic) {
  if (faulty("enable-no-tokens") && account.enabledOnce) return true;
  return account.disabled && !faulty("disable-issues") && !(faulty("disable-issues-by-form") && !basic);
}

function refuseToken(error) {
  const status = config.refusal_status, headers = status === 401 && config.www_authenticate ? { "WWW-Authenticate": 'Basic realm="token"' } : {};
  if (config.refusal_body === "empty") return { status, headers };
  if (config.refusal_body === "oauth") return { status, headers, body: { error, error_description: "The request was refused." } };
  return { ...errorAnswer(problem(status, "The request for a token was refused.")), headers };
}
