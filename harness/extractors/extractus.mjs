/**
 * article-extractor by Extractus: Readability behind a clean-up of its own.
 *
 * MIT; home: https://github.com/extractus/article-extractor. Defaults, so that an article of under 200 characters is answered with
 * nothing. The url is passed on; without any it answers nothing, so a page that has none gets an invented one. It answers in HTML, which
 * the harness turns into text.
 */

import { extractFromHtml } from "@extractus/article-extractor";

export const DISTRIBUTION = "@extractus/article-extractor";
export const ANSWER = "html";

/** Return the article as HTML, null where there is none. */
export async function extract(html, url) {
  return (await extractFromHtml(html, url || "https://page.invalid/"))?.content ?? null;
}
