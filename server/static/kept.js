// Forms that are kept in this browser until they are on record (draft.js): where they lie, and when they go. They lie there unsealed, since a
// browser seals nothing on a page without TLS: so they are kept only as long as whoever wrote them is logged in on this machine.

const DAYS = 3;

const store = new Promise((ready, broken) => {
  const asked = indexedDB.open("jiaohao-drafts", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("drafts");
  asked.onsuccess = () => ready(asked.result);
  asked.onerror = () => broken(asked.error);
});

export async function row(way, act) {
  const transaction = (await store).transaction("drafts", way), asked = act(transaction.objectStore("drafts"));
  return new Promise((done, broken) => {
    transaction.oncomplete = () => done(asked?.result);
    transaction.onabort = () => broken(transaction.error);
  });
}

// The key of a person's draft of a form.
export const of = (staff, form) => `${form} ${staff}`;

// Those that are not of this person, or that nobody touched for days, go; how many of this person's are left. One that is on its way to the
// hub stays however long the network is away, and the days of one that has none (of an older version) begin now.
export async function tidy(staff) {
  let left = 0;
  await row("readwrite", (drafts) => {
    const walk = drafts.openCursor();
    walk.onsuccess = () => {
      const at = walk.result;
      if (!at) return;
      const own = staff && at.key.endsWith(` ${staff}`), { at: touched = Date.now(), waiting } = at.value;
      if (own && (waiting || Date.now() - touched < DAYS * 86400000)) {
        left += 1;
        if (!at.value.at) at.update({ ...at.value, at: touched });
      } else at.delete();
      at.continue();
    };
  });
  return left;
}
