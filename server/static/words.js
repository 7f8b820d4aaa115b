// A third language in place of the English of a pair, by its catalog (window.catalog: [English where one Chinese has several, Chinese, text,
// English] of each message). words.py at the root of the repository says how, and does the same for what the hub makes; one table tests
// both (tests/test_strings.py). Loaded in <head> by pages in such a language alone.
{
  const PLACE = /\{(\w+)\}/g, PARTS = /\{(\w+)\}/, MARKS = { "\n": "\n", "。": ". ", "；": "; ", "·": " · ", "：": ": ", "，": ", ", "、": ", ", "/": " / " }, CHINESE = /[㐀-鿿]/, LETTER = /[\p{L}\p{N}]/gu, DEEPEST = 6;
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const exact = new Map(), known = new Map();

  const regex = (text) => {
    const seen = new Set();
    const parts = text.split(PARTS).map((part, at) => {
      if (at % 2 === 0) return escaped(part);
      if (seen.has(part)) return `\\k<${part}>`;
      seen.add(part);
      return `(?<${part}>.*?)`;
    });
    return new RegExp(`^${parts.join("")}$`, "s");
  };
  const facts = (pattern, key, text) => {
    pattern[`${key}Regex`] ||= regex(pattern[key]);
    const found = text.match(pattern[`${key}Regex`]);
    return found && (found.groups || {});
  };
  const pattern = ([, zh, text, en]) => {
    const fixed = zh.split(PARTS).filter((_, at) => at % 2 === 0);
    return { zh, en, text, letters: fixed.join("").match(LETTER)?.length ?? 0, longest: fixed.reduce((best, one) => (one.length > best.length ? one : best), "") };
  };
  for (const [context, zh, text] of window.catalog) {
    for (const key of [`${context}\0${zh}`, `\0${zh}`]) if (!exact.has(key)) exact.set(key, text);
  }
  const patterns = window.catalog.filter(([, zh]) => PARTS.test(zh)).map(pattern).filter((one) => one.letters).sort((a, b) => b.letters - a.letters);

  const find = (zh, en, deep) => {
    const whole = exact.get(`${en}\0${zh}`) || exact.get(`\0${zh}`);
    if (whole) return whole;
    if (deep >= DEEPEST || !CHINESE.test(zh)) return "";
    const found = patterns.filter((one) => zh.includes(one.longest)).map((one) => [one, facts(one, "zh", zh)]).filter(([, given]) => given);
    if (found.length) {
      const english = (one) => (en && one.en ? facts(one, "en", en) : null);
      const [one, given] = found.find(([its]) => english(its)) || found[0], other = english(one) || {};
      return one.text.replace(PLACE, (_, place) => {
        const name = place in given ? place : place.replace(/_en$/, ""), fact = given[name] ?? "", said = other[name] ?? "";
        return find(fact, said, deep + 1) || said || fact;
      });
    }
    return joined(zh, deep);
  };

  // A text that was put together of known ones; "" where something of it is not known.
  const joined = (zh, deep) => {
    const mark = Object.keys(MARKS).find((one) => zh.includes(one));
    if (mark) {
      const said = zh.split(mark).map((part) => all(part, deep));
      return said.includes(null) ? "" : said.join(MARKS[mark]).trim();
    }
    for (let length = zh.length - 1; length > 1; length -= 1) {
      for (let start = 0; start <= zh.length - length; start += 1) {
        const whole = exact.get(`\0${zh.slice(start, start + length)}`);
        if (!whole) continue;
        const before = all(zh.slice(0, start), deep), behind = all(zh.slice(start + length), deep);
        return before === null || behind === null ? "" : [before, whole, behind].filter(Boolean).join(" ");
      }
    }
    return "";
  };
  const all = (part, deep) => (CHINESE.test(part) ? find(part.trim(), "", deep + 1) || null : part.trim());

  window.inOther = (zh, en = "") => {
    const key = `${en}\0${zh}`;
    if (!known.has(key)) known.set(key, find(String(zh), String(en), 0) || en);
    return known.get(key);
  };
}
