/**
 * Postlight Parser, formerly Mercury: general rules, and rules of its own for some hundred sites; its last release is of 2022.
 *
 * MIT; home: https://github.com/postlight/parser. `fetchAllPages: false` differs from the default (true), which loads an article's further pages. The url is
 * passed on, for the rules of sites go by it; it demands one, so a page without gets an invented one. Of an empty page it would load that
 * url, so such a page is answered here. It answers in HTML, which the harness turns into text.
 */

import Parser from "@postlight/parser";

export const DISTRIBUTION = "@postlight/parser";
export const ANSWER = "html";

/** Return the article as HTML, null where there is none. */
export async function extract(html, url) {
  if (!html.trim()) return null;
  const { content, error, message } = await Parser.parse(url || "https://page.invalid/", { html, fetchAllPages: false });
  if (error) throw new Error(message);
  return content;
}
