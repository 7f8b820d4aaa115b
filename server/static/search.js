// The one search (server/domain/search.py), asked of the hub while somebody types. Only the newest answer counts.
import { ask } from "./feed.js";
import { bi, element, part, plain } from "./parts.js";

// search(text) gives { query, hits, sure } for what is typed; `drawn` is called when the newest has come, and at once where a whole
// code of `service(code)` is typed: that is no search. `lost`: the hub could not be asked.
export function searching(drawn, service) {
  const nothing = (query, lost) => ({ query, hits: [], sure: false, lost });
  let asked = { query: "", answer: Promise.resolve(nothing("", false)) };
  return (text) => {
    const query = plain(text), known = service(query.toUpperCase());
    if (query === asked.query) return asked.answer;
    if (known || !query) {
      const found = known ? { query, hits: [{ code: known.code, name: known.name, name_en: known.name_en, said: known.code, where: null }], sure: true } : nothing("", false);
      asked = { query, answer: Promise.resolve(found) };
      drawn(found);
      return asked.answer;
    }
    const answer = ask(`/api/v1/search?q=${encodeURIComponent(query)}`).then((came) => (came?.ok ? came.body : nothing(query, true)));
    asked = { query, answer };
    answer.then((found) => {
      if (asked.answer !== answer) return;
      if (found.lost) asked.query = null;  // the same words are asked for again
      drawn(found);
    });
    return answer;
  };
}

export const elsewhere = (hit) => [`${hit.name}：本厅不办，请到${hit.where.zh}。`, `${hit.name_en}: not done here, but at ${hit.where.en}.`];

// A line of the list: what the hall does not do, and where it is done.
export function elsewhereLine(hit) {
  const line = part("li", "elsewhere", bi(...elsewhere(hit)));
  line.setAttribute("role", "note");
  return line;
}

// Why a hit stands here, where its name does not say so: the everyday word that fits.
export function because(hit) {
  return hit.said && !hit.name.includes(hit.said) && hit.said !== hit.name_en && hit.said !== hit.code ? element("span", "muted said", `“${hit.said}”`) : "";
}
