// The case that the visitor at the counter came about, once a paper of it was scanned here; the hub is asked again for each visitor.
let known = null;

export const noMatter = () => { known = null; };

export function setMatter(ticket, one) {
  if (!ticket) return;
  const told = one.told ? [`${one.number}已于${one.told_at.slice(0, 10)}告知过${one.told === 1 ? "一" : one.told}次：缺${one.missing.join("、")}。一次性告知应当一次说完；再打印要写明原因，并记为重复告知。`,
    `${one.number} was told on ${one.told_at.slice(0, 10)} what is missing${one.told > 1 ? ` (${one.told} times)` : ""}. All should be told at once: to tell again, say why; it counts as a repeat.`] : null;
  known = { ticket: ticket.id, number: one.number, warning: told };
}

export const matterOf = (ticket) => (known && ticket && known.ticket === ticket.id ? known : null);
