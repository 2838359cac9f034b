// The tab's own conversation and what is typed but not yet sent: both outlive a reload of the tab, and no other tab has them.
(() => {
  const CONVERSATION = "plantroom-conversation";
  const DRAFT = "plantroom-draft";
  const ANSWER_MS = 150; // how long another tab with the same conversation has to say so
  const channel = new BroadcastChannel("plantroom-tabs");
  let own = "";

  const read = () => {
    try {
      return JSON.parse(sessionStorage.getItem(CONVERSATION)) ?? { id: "", rows: [] };
    } catch {
      return { id: "", rows: [] };
    }
  };
  const write = (kept) => {
    try {
      sessionStorage.setItem(CONVERSATION, JSON.stringify(kept));
      return true;
    } catch {
      return false; // the browser has no more room
    }
  };

  // A tab that was duplicated begins with a copy of the other's storage: it goes on with what was said, in a conversation of its own.
  const taken = (id) =>
    new Promise((resolve) => {
      const hear = ({ data }) => data?.taken === id && finish(true);
      const finish = (yes) => {
        channel.removeEventListener("message", hear);
        resolve(yes);
      };
      channel.addEventListener("message", hear);
      channel.postMessage({ wants: id });
      setTimeout(() => finish(false), ANSWER_MS);
    });
  channel.addEventListener("message", ({ data }) => {
    if (data?.wants && data.wants === own) channel.postMessage({ taken: own });
  });

  const box = () => document.querySelector("#ask textarea");
  addEventListener("input", ({ target }) => {
    if (target === box()) sessionStorage.setItem(DRAFT, target.value);
  });
  const draft = () => sessionStorage.getItem(DRAFT) ?? "";

  // What was typed while a question was on its way stays.
  function clear(typed) {
    if (!typed || box()?.value !== typed) return;
    box().value = "";
    box().dispatchEvent(new Event("input", { bubbles: true }));
  }

  window.plantroomTab = {
    async open() {
      const kept = read();
      if (kept.id && (await taken(kept.id))) kept.id = "";
      return { ...kept, draft: draft() };
    },
    keep(kept, typed) {
      if (!kept?.id) return;
      const opened = !own;
      own = kept.id;
      clear(typed);
      setTimeout(() => {
        sessionStorage.setItem(DRAFT, box()?.value ?? "");
        if (opened && document.activeElement === document.body) box()?.focus();
      });
      if (!write(kept)) write({ ...kept, rows: kept.rows.slice(-6).filter((row) => row.content.length < 20_000) });
    },
  };
})();
