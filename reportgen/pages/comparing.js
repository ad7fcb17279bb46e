(() => {
  "use strict";
  const links = [...document.querySelectorAll(".list a.go")];
  let at = links.findIndex((link) => link.hash === location.hash);
  const mark = () => {
    links.forEach((link, place) => place === at ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current"));
    document.querySelectorAll(".hit").forEach((each) => each.classList.remove("hit"));
    if (at < 0) return;
    const name = links[at].hash.slice(1);
    document.querySelectorAll('[data-d~="' + name + '"]').forEach((each) => {
      each.classList.add("hit");
      const pane = each.closest(".pane");
      if (pane && pane.scrollWidth > pane.clientWidth) {
        const box = each.getBoundingClientRect(), frame = pane.getBoundingClientRect();
        pane.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
      }
    });
    const item = links[at].closest("li"), list = links[at].closest(".items");
    if (list && list.scrollHeight > list.clientHeight) {
      const box = item.getBoundingClientRect(), frame = list.getBoundingClientRect();
      if (box.top < frame.top || box.bottom > frame.bottom) list.scrollTop += box.top - frame.top - frame.height / 3;
    }
  };
  const go = (step) => {
    const seen = links.map((link, place) => place).filter((place) => links[place].getClientRects().length);
    if (!seen.length) return;
    const next = step > 0 ? seen.find((place) => place > at) : seen.filter((place) => place < at).pop();
    at = next === undefined ? (step > 0 ? seen[0] : seen[seen.length - 1]) : next;
    location.replace(links[at].hash);
    links[at].focus({ preventScroll: true });
    mark();
  };
  addEventListener("hashchange", () => {
    const place = links.findIndex((link) => link.hash === location.hash);
    if (place >= 0) at = place;
    mark();
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "n" || event.key === "N") go(1);
    if (event.key === "p" || event.key === "P") go(-1);
  });
  document.querySelectorAll(".step").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => go(Number(button.value)));
  });
  document.querySelectorAll(".keys").forEach((each) => { each.hidden = false; });
  document.querySelectorAll(".both").forEach((row) => {
    const panes = [...row.querySelectorAll(".pane")];
    panes.forEach((pane) => pane.addEventListener("scroll", () => panes.forEach((other) => {
      if (other !== pane && Math.abs(other.scrollLeft - pane.scrollLeft) > 1) other.scrollLeft = pane.scrollLeft;
    }), { passive: true }));
  });
  mark();
})();
