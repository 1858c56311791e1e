// Numbers and times as people read them. Everything that comes in is in seconds or US dollars.

const counts = new Intl.NumberFormat("en-US");

/** `38.4 s`, `12 m 05`, `2 h 03`, `350 ms`; nothing for what is not known. @param {number|null|undefined} seconds */
export function duration(seconds) {
  if (seconds == null) return "";
  if (seconds < 0.0005) return "0 s";
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 3599.5) {
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)} m ${two(whole % 60)}`;
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)}`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
}

const two = (/** @type {number} */ n) => String(n).padStart(2, "0");

/** `10,000` @param {number} n */
export const count = (n) => counts.format(n);

/** `1 run`, `3 runs` @param {number} n @param {string} one @param {string} [many] */
export const some = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** Dollars, with the digits that matter: `$4.53`, `$0.0008`. @param {number|null|undefined} dollars */
export function cost(dollars) {
  if (dollars == null) return "";
  if (dollars === 0) return "$0";
  if (dollars >= 0.995) return `$${dollars.toFixed(2)}`;
  const digits = Math.min(8, Math.max(2, 1 - Math.floor(Math.log10(dollars))));
  return `$${dollars.toFixed(digits).replace(/(\.\d\d\d*?)0+$/, "$1")}`;
}

/** `99.3 %` @param {number} part @param {number} whole */
export function share(part, whole) {
  if (!whole) return "";
  const percent = (100 * part) / whole;
  // 99.96 % is not all of them.
  if (percent > 99.9 && part < whole) return "99.9 %";
  if (percent < 0.1 && part > 0) return "0.1 %";
  return `${percent.toFixed(percent === 100 || percent === 0 ? 0 : 1)} %`;
}

/** `64 KB` @param {number} bytes */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999500) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const date = (/** @type {number} */ seconds) => new Date(seconds * 1000);

/** `22 Nov` @param {number} at */
export const day = (at) => `${date(at).getDate()} ${MONTHS[date(at).getMonth()]}`;

/** `06:00`, or `06:00:07` where seconds matter. @param {number} at @param {boolean} [seconds] */
export const clock = (at, seconds = false) =>
  `${two(date(at).getHours())}:${two(date(at).getMinutes())}${seconds ? `:${two(date(at).getSeconds())}` : ""}`;

/** `Sun 22 Nov 06:00` @param {number} at @param {boolean} [seconds] */
export const moment = (at, seconds = false) => `${DAYS[date(at).getDay()]} ${day(at)} ${clock(at, seconds)}`;

/** Midnight of that day here. @param {number} at */
export const midnight = (at) => date(at).setHours(0, 0, 0, 0) / 1000;

/** Is this a Monday? @param {number} at */
export const isMonday = (at) => date(at).getDay() === 1;

/** The time in the form of ISO 8601, for tooltips and `<time>`. @param {number} at */
export const iso = (at) => date(at).toISOString().replace(".000Z", "Z");

/** `2026-11-22`, as date fields hold it. @param {number} at */
export const isoDay = (at) => `${date(at).getFullYear()}-${two(date(at).getMonth() + 1)}-${two(date(at).getDate())}`;

/** `12 min ago`, `3 h ago`, `6 days ago` @param {number} at @param {number} now */
export function ago(at, now) {
  const passed = now - at;
  if (passed < 10) return "just now";
  return `${span(passed)} ago`;
}

/** `tomorrow 06:00`, `07:00`, `1 Dec 07:00` @param {number} at @param {number} now */
export function coming(at, now) {
  const days = Math.round((midnight(at) - midnight(now)) / 86400);
  if (days === 0) return clock(at);
  return `${days === 1 ? "tomorrow" : days < 7 ? DAYS[date(at).getDay()] : day(at)} ${clock(at)}`;
}

/** A length of time in one word and a number: `12 min`. @param {number} seconds */
export function span(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} days`;
}

/** One word for a text's length and no more: cut in the middle of what is too long. @param {string} text @param {number} most */
export const short = (text, most) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
