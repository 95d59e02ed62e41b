// Reads texts, each a JSON string on a line of its own; prints what twitter-text finds in each, in code points.
"use strict";

const readline = require("node:readline");
const twitter = require("twitter-text");

/** For each UTF-16 index of the text, the count of code points before it. */
function codePoints(text) {
  const counts = new Uint32Array(text.length + 1);
  let at = 0;
  let count = 0;
  for (const character of text) {
    counts.fill(count, at, at + character.length);
    at += character.length;
    count += 1;
  }
  counts[text.length] = count;
  return counts;
}

function found(text) {
  const counts = codePoints(text);
  const spans = (items) => items.map((item) => item.indices.map((index) => counts[index]));
  return {
    links: spans(twitter.extractUrlsWithIndices(text)),
    mentions: spans(twitter.extractMentionsWithIndices(text)),
    tags: spans(twitter.extractHashtagsWithIndices(text)),
    cashtags: spans(twitter.extractCashtagsWithIndices(text)),
    whole: spans(twitter.extractEntitiesWithIndices(text).filter((item) => !item.listSlug)),
  };
}

readline.createInterface({ input: process.stdin, crlfDelay: Infinity }).on("line", (line) => {
  process.stdout.write(`${JSON.stringify(found(JSON.parse(line)))}\n`);
});
