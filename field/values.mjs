// Values of form expressions and how one kind becomes another: rules 1 to 4, 8 and 11 of tests/vectors/README.md.

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(Z|[+-]\d{2}:\d{2})?$/;
const DAY_MS = 86_400_000;
const VIETNAM = "+07:00"; // one zone, no summer time

/** The value of a node set: its first, or the empty text. */
export const first = (values) => (values.length ? values[0] : "");

/** To number; NaN where there is none. A date or moment is its days since 1970-01-01. */
export function asNumber(value) {
  if (typeof value !== "string") return Number(value);
  const text = value.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  return /^-?(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : days(text);
}

/** To text: no exponent, no minus zero. */
export function asText(value) {
  if (typeof value !== "number" || !Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return BigInt(value).toString();
  const [digits, exponent] = String(Math.abs(value)).split("e-");
  const text = exponent ? `0.${"0".repeat(Number(exponent) - 1)}${digits.replace(".", "")}` : digits;
  return value < 0 ? `-${text}` : text;
}

/** To boolean: the empty text, 0 and NaN are false. */
export function asBoolean(value) {
  if (typeof value === "number") return value !== 0 && !Number.isNaN(value);
  return Boolean(value);
}

/** Days since 1970-01-01 of an ISO date or moment, NaN for anything else. */
export function days(text) {
  if (DATE.test(text)) return dayNumber(text);
  const found = MOMENT.exec(text);
  if (!found || Number.isNaN(dayNumber(found[1]))) return Number.NaN;
  const [, date, hour, minute, second = "00", fraction = "0", offset = VIETNAM] = found;
  const whole = Date.parse(`${date}T${hour}:${minute}:${second}${offset}`);
  return (whole + Number(`0.${fraction}`) * 1000) / DAY_MS;
}

// JavaScript takes 2026-02-30 for the second of March; here it is no date.
function dayNumber(date) {
  const at = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === date ? at / DAY_MS : Number.NaN;
}

/** round(): halves go up; with *places* the shortest decimal text of the number is rounded, halves up as well. */
export function rounded(number, places = 0) {
  if (!Number.isFinite(number)) return number;
  if (places === 0) return Math.floor(number + 0.5);
  return shifted(Math.round(shifted(number, places)), -places);
}

// Moves the decimal point in the number's text, which multiplication would not do exactly (2.345 * 100).
function shifted(number, places) {
  const [digits, exponent = "0"] = String(number).split("e");
  return Number(`${digits}e${Number(exponent) + places}`);
}

/** date(): the date part of a text, or the date that many days after 1970-01-01; empty where there is none. */
export function asDate(value) {
  if (typeof value === "string" && (DATE.test(value) || MOMENT.test(value))) return Number.isNaN(days(value)) ? "" : value.slice(0, 10);
  const at = new Date(Math.floor(asNumber(value)) * DAY_MS);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString().slice(0, 10);
}

/** date-time(): a text that is a moment, or the UTC moment that many days after 1970-01-01. */
export function asMoment(value) {
  if (typeof value === "string" && MOMENT.test(value) && !Number.isNaN(days(value))) return value;
  const at = new Date(asNumber(value) * DAY_MS);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}

/** *now* (a Date) as an ISO moment in Vietnamese time; its first ten letters are today. */
export function vietnamText(now) {
  return `${new Date(now.getTime() + 7 * 3_600_000).toISOString().slice(0, -1)}${VIETNAM}`;
}

/** format-date() and format-date-time() with the numeric codes, and `%a %b` in English, in the text's own offset. */
export function formatDate(value, pattern) {
  const text = asText(value).trim();
  if (Number.isNaN(days(text))) return "";
  const [year, month, day] = text.slice(0, 10).split("-");
  const [, , hour = "00", minute = "00", second = "00", fraction = "0"] = MOMENT.exec(text) ?? [];
  const codes = {
    Y: year, y: year.slice(2), m: month, n: String(Number(month)), d: day, e: String(Number(day)),
    H: hour, h: String(Number(hour)), M: minute, S: second, 3: fraction.padEnd(3, "0").slice(0, 3), "%": "%",
    a: "SunMonTueWedThuFriSat".substr(3 * new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDay(), 3),
    b: "JanFebMarAprMayJunJulAugSepOctNovDec".substr(3 * Number(month) - 3, 3),
  }; // prettier-ignore
  return pattern.replace(/%(.)/gs, (whole, letter) => codes[letter] ?? whole);
}
