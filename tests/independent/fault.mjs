// What a fault is: one small deviation from the documentation, written as a line of data. It bites in one of four ways:
//   by its name   where a module asks faulty("name")
//   hole          "<check> <route>", where a module asks hole(check, route): a check left out, or done wrongly, on that route
//   edit          an answer changed on its way out, on some routes and statuses
//   within        what comes after authentication done differently, on some routes
// needs: switches that change their default, as the fault could not show otherwise.
import { LEVELS, ROWS } from "./documentation.mjs";

export function fault(name, rows, sentence, more = {}) {
  const cited = rows.split(" "), [chapter, mark, violates] = ROWS[cited[0]], level = more.level ?? LEVELS[mark];
  const basis = mark === "S" && level === "should" ? "I" : mark;
  return { ...more, name, chapter, basis, sentence, violates, rows: cited, level };
}

// a route's own work is done by change(request, proceed), which may alter the request, ask twice, or give an answer of its own
export const within = (on, change) => ({ within: { on, change } });

export const describe = ({ name, chapter, basis, sentence, violates, rows, level, needs }) =>
  ({ name, chapter, basis, sentence, violates, rows, level, ...(needs && { needs }) });

export const hole = (...names) => ({ hole: names });

const well = status => status < 400;
export const edit = (on, when, change) => ({ edit: { on, when, change } });
const only = statuses => status => [statuses].flat().includes(status);
const rowsOf = body => (Array.isArray(body?.value) ? body.value : Array.isArray(body) ? body : body ? [body] : []);

// on: a route, several in a list, or "*"
export const answers = (on, change) => edit(on, well, change);
export const heads = (on, change) => edit(on, well, ({ headers, body }) => Array.isArray(body?.value) && change(headers, body));
export const page = (on, change) => edit(on, well, answer => { if (Array.isArray(answer.body?.value)) answer.body = change(answer.body) ?? answer.body; });
export const single = (on, change) => edit(on, well, answer => { if (answer.body && !Array.isArray(answer.body.value)) answer.body = change(answer.body); });
export const each = (on, change) => edit(on, well, ({ body }) => rowsOf(body).forEach(change));
export const failing = (on, statuses, change) => edit(on, only(statuses), answer => { answer.body = change(answer.body) ?? answer.body; });
export const instead = (on, statuses, other) => edit(on, only(statuses), (answer, request) => Object.assign(answer, other(answer, request)));

export const drop = (...names) => one => { for (const name of names) delete one[name]; };
export const put = values => one => { Object.assign(one, values); };
export const turn = (name, change) => one => { if (name in one && one[name] !== null) one[name] = change(one[name]); };
export const rename = (from, to) => one => { if (from in one) { one[to] = one[from]; delete one[from]; } };
export const twin = name => body => { if (body.value.length > 1) body.value.at(-1)[name] = body.value[0][name]; };
