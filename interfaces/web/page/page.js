// The header's live status and the theme: the view tells the one and is told the other.
(() => {
  const view = () => document.querySelector("#view-frame iframe");
  const put = (id, text, state) => {
    const target = document.querySelector(`#${id} .text`) ?? document.getElementById(id);
    if (!target) return;
    if (target.textContent !== text) target.textContent = text;
    document.getElementById(id).dataset.state = state;
  };
  const span = (seconds) =>
    seconds < 90 ? `${Math.round(seconds)} s` : seconds < 5400 ? `${Math.round(seconds / 60)} min` : seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} days`;

  // Devices send in bursts: the rate is that of the last ten seconds.
  const rates = [];
  function rate(connected, pointsPerSecond) {
    if (!connected) rates.length = 0;
    rates.push(pointsPerSecond);
    if (rates.length > 10) rates.shift();
    return rates.reduce((sum, one) => sum + one, 0) / rates.length;
  }

  // In the time of the site, as everything that the chat says.
  const clock = (ms) => new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", timeZone: view()?.dataset.timezone || undefined });
  const silent = (away) => away.map(({ title, since }) => `${title} has not answered since ${clock(since)}`).join(" · ");

  // Gradio says so as well, in red and over the chat, and loads the page again once the server answers: the line above the box is enough.
  const MENDING_MS = 15_000;
  let mending = 0;
  function link(connected) {
    const { classList } = document.body;
    classList.toggle("link-lost", !connected);
    if (!connected) classList.add("link-mending");
    else if (classList.contains("link-mending")) mending ||= setTimeout(() => classList.remove("link-mending"), MENDING_MS);
    if (!connected) mending = clearTimeout(mending) ?? 0;
  }

  const counted = (count, one, more) => (count === 0 ? [] : [`${count} ${count === 1 ? one : more}`]);
  const alarmWords = (alarms, warnings, silent) =>
    [...counted(alarms, "in alarm", "in alarm"), ...counted(warnings, "warning", "warnings"), ...counted(silent, "alarm without data", "alarms without data")].join(" · ") || "No alarms";

  function pulse({ connected, pointsPerSecond, alarms, warnings, silent: mute, age, plant, away }) {
    link(connected);
    const state = !connected ? "Reconnecting…" : away.length > 0 ? silent(away) : "Live";
    put("pulse-link", state, connected && away.length === 0 ? "good" : "bad");
    const steady = rate(connected, pointsPerSecond);
    put("pulse-rate", connected && rates.length > 4 ? `${steady.toFixed(steady < 10 ? 1 : 0)} points/s` : "", "");
    put("pulse-alarms", !connected ? "" : alarmWords(alarms, warnings, mute), alarms + mute > 0 ? "bad" : warnings > 0 ? "warn" : "");
    put("pulse-age", !connected ? "" : age === null ? "No data yet" : `Newest data ${span(age)} old`, age === null || age > 120 ? "late" : "");
    if (plant) put("plant-name", plant, "");
  }
  function tellTheme() {
    view()?.contentWindow?.postMessage({ type: "theme", dark: document.body.classList.contains("dark") }, location.origin);
  }
  addEventListener("message", (event) => {
    if (event.origin !== location.origin || event.source !== view()?.contentWindow || event.data?.source !== "plantroom") return;
    if (event.data.type === "ready") tellTheme();
    if (event.data.type === "pulse") pulse(event.data);
    if (event.data.type === "forgotten") location.reload(); // the conversation is kept
  });
  // Who is logged in. Gradio puts the header in a while after the page is there, and may put it in anew.
  async function tellWho() {
    const answer = await fetch("/api/me");
    if (!answer.ok) return;
    const { name, role, door } = await answer.json();
    const shown = door === "local" || door === "oidc" ? name : "";
    const show = () => {
      const [who, out] = [document.getElementById("who"), document.getElementById("log-out")];
      if (!who || !out || (who.textContent === shown && out.hidden === (door === "here"))) return;
      [who.textContent, who.title] = [shown, shown && `${name}, ${role}`];
      out.hidden = door === "here";
    };
    new MutationObserver(show).observe(document.documentElement, { childList: true, subtree: true });
    show();
  }
  // Gradio may put this script in once the document is there.
  const whenRead = (work) => (document.readyState === "loading" ? addEventListener("DOMContentLoaded", work) : work());
  whenRead(tellWho);
  // Whoever logs in next in this tab does not see what was asked before.
  addEventListener("submit", ({ target }) => target.id === "log-out" && sessionStorage.clear());
  whenRead(() => new MutationObserver(tellTheme).observe(document.body, { attributeFilter: ["class"] }));
})();
