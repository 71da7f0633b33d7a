// The phone's clock: what it says when something is sent, and in words how far it is off. Nothing here trusts it.

import { t } from "./texts.mjs";

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

/** The phone's clock now, for the header `Phone-Time`. */
export const phoneTime = () => new Date().toISOString();

/** How far the phone's clock is off, in words, where *drift* (seconds ahead of the server) is more than a minute; else "". */
export function driftWords(drift) {
  const off = Math.abs(drift ?? 0);
  if (off <= MINUTE_S) return "";
  const span = spanWords(off);
  return drift > 0 ? t("The phone's clock is {span} ahead.", { span }) : t("The phone's clock is {span} behind.", { span });
}

// *seconds* in words, one unit: `3 days`.
function spanWords(seconds) {
  if (seconds >= 2 * DAY_S) return t("{count} days", { count: Math.round(seconds / DAY_S) });
  if (seconds >= 2 * HOUR_S) return t("{count} hours", { count: Math.round(seconds / HOUR_S) });
  if (seconds < MINUTE_S) return t("less than a minute");
  return t("{count} minutes", { count: Math.round(seconds / MINUTE_S) });
}

/** How long ago *iso* was by the phone's own clock, in words; a clock that was set back meanwhile makes it no less than nothing. */
export const ageWords = (iso) => spanWords(Math.max(0, Date.now() - Date.parse(iso)) / 1000);
