// The pages work without this. With it they stay as they are now, obey keys, and show what an edit changes.
"use strict";
(() => {
  const parsed = (text) => new DOMParser().parseFromString(text, "text/html");
  const typing = (element) => element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const usual = (field) => {
    if (field.type === "checkbox") return field.checked === field.defaultChecked;
    if (!field.options) return field.value === field.defaultValue;
    const first = [...field.options].find((option) => option.defaultSelected) ?? field.options[0];
    return field.value === first?.value;
  };
  // Something may have been typed before this script was there.
  const filled = (part) => [...part.querySelectorAll("input, textarea, select")].some((field) => !usual(field));

  const say = (text) => {
    const status = document.getElementById("status");
    if (status && text && status.textContent !== text) status.textContent = text;
  };

  // Each part of the page that says it is live is replaced where the server's is another by now. A part that a person
  // fills in stays as long as it is about the same thing.
  const sources = new Map();
  // That it is later by now is no other content: a part is not replaced under somebody's hands for it.
  const content = (part) => part.innerHTML.replace(/(<time[^>]*>)[^<]*/g, "$1");
  const age = (part, other) => {
    const now = other.querySelectorAll("time");
    part.querySelectorAll("time").forEach((each, at) => {
      if (now[at] && each.dateTime === now[at].dateTime) each.textContent = now[at].textContent;
    });
  };
  const adapt = (part) => {
    for (const each of part.querySelectorAll("[data-script]")) each.hidden = false;
    for (const each of part.querySelectorAll("[data-noscript]")) each.hidden = true;
  };
  // What is pressed in the moment in which a part shows something else was meant for what was there.
  const hold = (part) => {
    const held = [...part.querySelectorAll("button:not(:disabled)")];
    for (const each of held) each.disabled = true;
    setTimeout(() => { for (const each of held) each.disabled = false; }, 1000);
  };
  const remember = () => {
    for (const part of document.querySelectorAll("[data-live]")) sources.set(part.id, content(part));
  };
  // What is folded, each with a name that is the same after it was replaced: ages change, and what it is in does not.
  const folds = (part) => {
    const seen = new Map();
    return [...part.querySelectorAll("details")].map((each) => {
      const name = `${each.parentElement.closest("[id]").id} ${each.querySelector("summary")?.textContent}`;
      seen.set(name, (seen.get(name) || 0) + 1);
      return [each, `${name} ${seen.get(name)}`];
    });
  };
  const replace = (fresh) => {
    document.title = fresh.title;
    let changedPart = false;
    for (const part of document.querySelectorAll("[data-live]")) {
      const other = fresh.getElementById(part.id);
      if (!other) continue;
      if (sources.get(part.id) === content(other)) { age(part, other); continue; }
      const same = part.dataset.version !== undefined && part.dataset.version === other.dataset.version;
      if (same && (filled(part) || part.contains(document.activeElement))) continue;
      const open = new Set(folds(part).filter(([each]) => each.open).map(([, name]) => name));
      const chosen = part.querySelector(".chosen a");
      const held = part.contains(document.activeElement) ? document.activeElement : null;
      const focus = held?.id ? `#${CSS.escape(held.id)}` : held?.getAttribute("href") ? `a[href="${CSS.escape(held.getAttribute("href"))}"]` : "";
      part.innerHTML = other.innerHTML;
      adapt(part);
      if (part.dataset.version !== undefined && !same) { hold(part); changedPart = true; }
      part.dataset.version = other.dataset.version || "";
      sources.set(part.id, content(other));
      for (const [each, name] of folds(part)) if (open.has(name)) each.open = true;
      if (chosen) choose(part.querySelector(`a[href="${CSS.escape(chosen.getAttribute("href"))}"]`)?.closest("[data-item]"));
      if (focus) part.querySelector(focus)?.focus();
    }
    const status = fresh.getElementById("status")?.textContent;
    say(changedPart ? `What is asked here has changed. ${status}` : status);
  };
  let busy = false, again = false;
  const refresh = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", redirect: "manual" });
      // The pages are served elsewhere by now, and the page that is loaded anew leads there.
      const moved = answer.type === "opaqueredirect" && !filled(document.body);
      if (answer.status === 401 || moved) { location.reload(); return; }
      if (answer.ok) replace(parsed(await answer.text()));
    } catch { /* the stream of events tells when the server is back */ }
    busy = false;
    if (again) { again = false; setTimeout(refresh, 250); }
  };
  // A browser opens few connections to one server, so of all windows one listens, and tells the others. One server may
  // have the pages of several projects.
  const from = document.body.dataset.events;
  const others = from && window.BroadcastChannel ? new BroadcastChannel(from) : null;
  const heard = (word) => {
    if (word === "ended") location.reload();
    else refresh();
  };
  const told = (word) => { others?.postMessage(word); heard(word); };
  if (others) others.onmessage = (event) => heard(event.data);
  const hear = () => {
    const events = new EventSource(from);
    // What changed after the page was made and before it listens is told by nobody.
    events.addEventListener("open", () => told("changed"));
    events.addEventListener("changed", () => told("changed"));
    events.addEventListener("ended", () => { events.close(); told("ended"); });
    events.addEventListener("error", () => {
      if (events.readyState === EventSource.CLOSED) setTimeout(() => { hear(); told("changed"); }, 3000);
    });
  };
  const listen = () => {
    if (!from || !window.EventSource) return;
    refresh();
    // When the window that listens is closed, another one does.
    if (others && navigator.locks) navigator.locks.request(from, () => new Promise(hear));
    else hear();
  };

  // What runs now is told by no event.
  setInterval(() => { if (document.querySelector("[data-again]")) refresh(); }, 2000);

  const items = () => [...document.querySelectorAll("[data-item]")];
  const choose = (item) => {
    for (const each of items()) each.classList.toggle("chosen", each === item);
    item?.querySelector("a")?.focus();
    item?.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const all = items();
    if (!all.length) return false;
    const at = all.findIndex((each) => each.classList.contains("chosen"));
    choose(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))]);
    return true;
  };
  const press = (key) => {
    const targets = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
    if (!targets.length) return false;
    const around = document.activeElement?.closest("article");
    const target = targets.find((each) => around && each.closest("article") === around) ?? targets[0];
    // Where it could mean one of several, it shows which it would be.
    if (targets.length > 1 && target.closest("article") !== around) { target.focus(); return true; }
    const form = target.form;
    const confirm = form?.querySelector("[data-confirm]");
    if (key === "m" || (key === "a" && confirm && !confirm.value)) (key === "m" ? target : confirm).focus();
    else if (key === "p" && !["value_json", "message", "choice"].some((name) => form.elements[name]?.value)) {
      form.querySelector(".answer").open = true;
      form.elements.value_json.focus();
    }
    else target.click();
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const help = document.getElementById("help");
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    if (typing(event.target) || help?.open) return;
    let done = false;
    if (event.key === "?" && help) { help.showModal(); done = true; }
    else if (event.key === "j" || event.key === "k") done = step(event.key === "j" ? 1 : -1) || press(event.key);
    else if ("aerpmu".includes(event.key)) done = press(event.key);
    if (done) event.preventDefault();
  });

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-changes]");
    if (form) changed(form);
  });
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-sends-itself]")) event.target.form.requestSubmit();
  });
  let later = 0, latest = 0;
  const changed = (form) => {
    clearTimeout(later);
    later = setTimeout(async () => {
      const mine = ++latest;
      const answer = await fetch(form.dataset.changes, {
        method: "POST", credentials: "same-origin", body: new URLSearchParams(new FormData(form)),
      }).catch(() => null);
      if (!answer || !answer.ok || mine !== latest) return;
      const fresh = parsed(await answer.text());
      const region = fresh.getElementById("changes");
      const said = fresh.querySelector("main > [role=alert]");
      const here = document.getElementById("changes");
      if (!here) return;
      here.replaceChildren(...(said ? [said] : region ? region.childNodes : []));
    }, 300);
  };

  // A form is sent once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 5000);
  });
  window.addEventListener("pageshow", (event) => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    if (event.persisted) refresh();
  });

  const signIn = () => {
    const form = document.querySelector("[data-sign-in]");
    const secret = decodeURIComponent(location.hash.slice(1));
    if (!form || !secret) return;
    history.replaceState(null, "", location.pathname + location.search);
    form.elements.secret.value = secret;
    form.submit();
  };

  remember();
  adapt(document);
  for (const form of document.querySelectorAll("[data-changes]")) if (filled(form)) changed(form);
  signIn();
  listen();
  // Ages are told by the server.
  if (document.body.dataset.events) setInterval(refresh, 60000);
})();
