/**
 * html-to-text, which turns a whole page into text.
 *
 * MIT; home: https://github.com/html-to-text/node-html-to-text. `wordwrap: false` differs from the default (80), for lines are blocks;
 * addresses of links and pictures are left out (`ignoreHref`, `skip`), for they are no words of the page; no limit to the page's length
 * (default 16,777,216 characters).
 */

import { convert } from "html-to-text";

export const CATEGORY = "converter";
export const DISTRIBUTION = "html-to-text";

const OPTIONS = {
  wordwrap: false,
  limits: { maxInputLength: undefined },
  selectors: [
    { selector: "a", options: { ignoreHref: true } },
    { selector: "img", format: "skip" },
  ],
};

/** Return the whole page as text. */
export function extract(html) {
  return convert(html, OPTIONS);
}
