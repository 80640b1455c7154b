/**
 * readabilitySAX, arc90's Readability over a stream of tags, without a document.
 *
 * BSD-2-Clause ("BSD-like" by its package); home: https://github.com/fb55/readabilitySAX. `type: "html"` is its default; the url is passed
 * as `pageURL`. Its answer is HTML, which the harness turns into text.
 */

import sax from "readabilitySAX";

export const DISTRIBUTION = "readabilitySAX";
export const ANSWER = "html";

/** Return the article as HTML. */
export function extract(html, url) {
  return sax.process(html, { pageURL: url, type: "html" }).html;
}
