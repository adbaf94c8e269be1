/**
 * Line drawings of 24 by 24, in the colour of the text around them; hidden from screen readers.
 * Must not know: what they stand for on a screen.
 */

import { drawing } from "./dom.js";

const PATHS = {
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16.2 16.2L21 21",
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M6 6l12 12M18 6L6 18",
  code: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 18v2",
  hospital: "M4 21V7l8-4 8 4v14M2 21h20M12 8v6M9 11h6M9.5 21v-4h5v4",
  certificate: "M6 3h9l4 4v14H6zM15 3v4h4M9.5 12h6M9.5 16h3.5",
  card: "M3 6h18v12H3zM3 10h18M7 15h4",
  face: "M4 8V5.5A1.5 1.5 0 0 1 5.5 4H8M16 4h2.5A1.5 1.5 0 0 1 20 5.5V8M20 16v2.5a1.5 1.5 0 0 1-1.5 1.5H16M8 20H5.5A1.5 1.5 0 0 1 4 18.5V16M9 10v1M15 10v1M9 15c1.8 1.4 4.2 1.4 6 0",
  calendar: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4M8.5 14h2M13.5 14h2",
  shield: "M12 3l7.5 3v5.5c0 4.5-3 7.8-7.5 9.5-4.5-1.7-7.5-5-7.5-9.5V6zM8.5 12l2.5 2.5 4.5-5",
  alert: "M12 4l9 16H3zM12 10v4.5M12 17.2v.3",
  refresh: "M20 11a8 8 0 1 0-2 6M20 5v6h-6",
  download: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4.5 20h15",
  sun: "M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M5 5l1.7 1.7M17.3 17.3L19 19M5 19l1.7-1.7M17.3 6.7L19 5",
  moon: "M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c1-4 4-6 7.5-6s6.5 2 7.5 6",
  logout: "M10 4H5v16h5M14 8l4 4-4 4M18 12H9",
  scan: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M3 12h18",
  phone: "M7 2.5h10v19H7zM11 18.5h2",
  pulse: "M3 12h4l3-7 4 14 3-7h4",
  pill: "M4 15.5L15.5 4a3.5 3.5 0 0 1 5 5L9 20.5a3.5 3.5 0 0 1-5-5zM9.5 9.5l5 5",
  wallet: "M4 7h15v12H4zM4 7l11-3v3M15.5 13h.5",
  family: "M8.5 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2 20c.6-4 3-6 6.5-6s5.9 2 6.5 6M16.5 12.5a2.6 2.6 0 1 0 0-5.2M17 14.8c2.8 0 4.4 1.7 5 4.7",
  eye: "M2 12c2.6-4.6 6-6.8 10-6.8s7.4 2.2 10 6.8c-2.6 4.6-6 6.8-10 6.8S4.6 16.6 2 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  lock: "M6 11h12v9H6zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11M12 14.5v2.5",
  bank: "M3 9.5L12 4l9 5.5zM5.5 9.5V17M10 9.5V17M14 9.5V17M18.5 9.5V17M3.5 20h17M4.5 17h15",
  unlink: "M10 14l-2.5 2.5a3.5 3.5 0 0 1-5-5L5 9M14 10l2.5-2.5a3.5 3.5 0 0 1 5 5L19 15M8.5 3.5v3M3.5 8.5h3M15.5 20.5v-3M20.5 15.5h-3",
  pause: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.7 9v6M14.3 9v6",
  devices: "M3 5h13v9H3zM1.5 17.5H12M16 9.5h5.5v10.5H16zM18.5 17.5h.6",
  plus: "M12 5v14M5 12h14",
  gear: "M3.5 8h9M18.5 8h2M15.5 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3.5 16h2M11.5 16h9M8.5 19a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  offline: "M3 3l18 18M8.5 16a5 5 0 0 1 7 0M5 12.4a10 10 0 0 1 5-2.7M15 10a10 10 0 0 1 4 2.4M2 8.8a15 15 0 0 1 5.4-3.2M11 4.6A15 15 0 0 1 22 8.8M12 19.5v.3",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.5l3.5 2",
};

/** @param {keyof typeof PATHS} name @returns {Element} */
export const icon = (name) => drawing(
  `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="${PATHS[name]}"/></svg>`,
);

/** The mark: a road that closes into a nought, inside a seal. */
export const mark = () => drawing(`
  <svg class="mark" viewBox="0 0 40 40" aria-hidden="true" focusable="false">
    <rect class="mark-ground" x="1" y="1" width="38" height="38" rx="9"/>
    <path class="mark-line" d="M20 9c-6 0-9.5 4.8-9.5 11S14 31 20 31s9.5-4.8 9.5-11S26 9 20 9z"/>
    <path class="mark-line" d="M13.8 27.5c3-5 4.4-9.5 12.5-14.8"/>
  </svg>`);
