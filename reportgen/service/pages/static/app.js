// What pages do better with scripts (页面脚本); each of these works without them, too.
(() => {
  "use strict";
  document.documentElement.classList.add("scripts");
  const all = (query, root) => Array.from((root || document).querySelectorAll(query));

  // A job on its way: events, which the browser resumes by itself with Last-Event-ID; asked for where none come through.
  const follow = (box) => {
    if (box.dataset.followed) return;
    box.dataset.followed = "yes";
    let source = null;
    let timer = 0;
    let heard = 0;
    // A page that was turned has a box of its own; this one hears no more.
    const stop = () => {
      if (source) source.close();
      clearInterval(timer);
    };
    const over = () => {
      stop();
      // The page itself anew, where that is it: whoever reads stays where he is.
      const then = new URL(box.dataset.then || "", window.location.href);
      const here = window.location;
      if (then.pathname + then.search === here.pathname + here.search) here.reload();
      else here.replace(then.href);
    };
    const show = (event) => {
      if (!box.isConnected) return stop();
      const label = box.querySelector("[data-label-of]");
      const bar = box.querySelector("progress");
      if (label && event.text && label.textContent !== event.text) label.textContent = event.text;
      if (bar && event.total > 0) {
        bar.max = event.total;
        bar.value = event.done;
      } else if (bar) {
        bar.removeAttribute("value");
      }
      if (event.pages) pages(event.pages);
      if (event.over) over();
    };
    // Pages of the report that are there already, on a page that shows them: the first at once, more now and then.
    let wanted = 0;
    let asking = false;
    const pages = (count) => {
      wanted = Math.max(wanted, count);
      const here = document.getElementById("pages");
      if (!here || asking || wanted <= Number(here.dataset.files)) return;
      asking = true;
      let more = false;
      fetch(window.location.href, { credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.text() : ""))
        .then((text) => {
          const told = text && new DOMParser().parseFromString(text, "text/html").getElementById("pages");
          const old = document.getElementById("pages");
          more = Boolean(told && old && Number(told.dataset.files) > Number(old.dataset.files));
          if (more) fill(old, told);
        })
        .catch(() => {})
        .finally(() => setTimeout(() => { asking = false; if (more) pages(wanted); }, 1500));
    };
    // Whoever looks at a page already keeps it, and the place where he is.
    const fill = (old, told) => {
      const is_older = old.dataset.files === "0"; // an older edition's pages: none of them stays among the new
      old.dataset.files = told.dataset.files;
      const list = old.querySelector(".thumbs");
      const longer = told.querySelector(".thumbs");
      if (is_older || !list || !longer) {
        old.innerHTML = told.innerHTML;
        if (window.htmx) window.htmx.process(old);
        return;
      }
      old.querySelectorAll(".pager").forEach((each) => {
        if (!each.contains(document.activeElement)) each.replaceWith(told.querySelectorAll(".pager")[0]);
      });
      const note = old.querySelector("[role=status]");
      if (note) note.textContent = told.querySelector("[role=status]").textContent;
      Array.from(longer.children).slice(list.children.length).forEach((each) => list.append(each));
      if (window.htmx) window.htmx.process(old);
    };
    // A proxy may hold events back without an error, or break them off: who has heard nothing for a while asks.
    timer = setInterval(() => {
      if (!box.isConnected) return stop();
      if (Date.now() - heard < 3000) return;
      fetch(box.dataset.state, { headers: { Accept: "application/json" }, credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.json() : null))
        .then((event) => event && show(event))
        .catch(() => {});
    }, 2000);
    if (!window.EventSource) return;
    source = new EventSource(box.dataset.events);
    source.addEventListener("progress", (message) => {
      heard = Date.now();
      show(JSON.parse(message.data));
    });
    source.addEventListener("pages", (message) => {
      heard = Date.now();
      pages(JSON.parse(message.data).pages);
    });
  };

  // Uploads: how much has gone; the answer's page takes this one's place.
  const upload = (form) => {
    form.addEventListener("submit", (event) => {
      const state = form.querySelector(".upload-state");
      const button = form.querySelector("button:not([type=button])");
      if (!window.FormData || !state) return;
      event.preventDefault();
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      button.disabled = true;
      state.hidden = false;
      state.textContent = "正在上传……";
      request.upload.onprogress = (sent) => {
        if (!sent.lengthComputable) return;
        const part = Math.floor((100 * sent.loaded) / sent.total);
        state.textContent = part < 100 ? `正在上传：${part}%` : "已传完，正在等回答……";
      };
      const failed = () => {
        button.disabled = false;
        state.textContent = "没有传成：连接断了。请再按一次上传。";
      };
      request.onerror = failed;
      request.onabort = failed;
      request.onload = () => {
        if (request.status < 400) {
          window.location.assign(request.responseURL || window.location.href);
          return;
        }
        const told = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("main");
        const here = document.querySelector("main");
        if (told && here) {
          here.innerHTML = told.innerHTML;
          here.focus();
          window.scrollTo(0, 0);
        } else {
          button.disabled = false;
          state.textContent = "没有传成，请再试一次。";
        }
      };
      request.send(new FormData(form));
    });
  };

  // Copying works on plain HTTP, too, where browsers have no clipboard for pages.
  const copy = (button) => {
    button.addEventListener("click", () => {
      const from = document.querySelector(button.dataset.copy);
      if (!from) return;
      const text = "value" in from ? from.value : from.textContent;
      const area = document.createElement("textarea");
      area.value = text;
      area.className = "hidden";
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      button.focus();
      const label = button.textContent;
      button.textContent = done ? "已复制" : "请按 Ctrl+C";
      setTimeout(() => { button.textContent = label; }, 2000);
    });
  };

  // Keys: a link with data-key is gone to by that key, unless somebody is writing.
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const link = all("a[data-key]").find((each) => each.dataset.key.split(" ").includes(event.key));
    if (!link) return;
    event.preventDefault();
    link.click();
  });

  // A form is sent once, however often its button is pressed.
  const once = (form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
      setTimeout(() => { delete form.dataset.sent; }, 4000);
    });
  };

  const start = (root) => {
    all("[data-events]", root).forEach(follow);
    all("form[data-upload]", root).forEach(upload);
    all("form[method=post]:not([data-upload])", root).forEach(once);
    all("[data-copy]", root).forEach(copy);
    all("select[data-submits]", root).forEach((each) => each.addEventListener("change", () => each.form.submit()));
    all(".thumbs [aria-current]", root).forEach((each) => {
      const list = each.closest(".thumbs");
      const inside = each.offsetParent === list;
      const top = each.offsetTop - (inside ? 0 : list.offsetTop);
      const left = each.offsetLeft - (inside ? 0 : list.offsetLeft);
      list.scrollTop = top - (list.clientHeight - each.offsetHeight) / 2;
      list.scrollLeft = left - (list.clientWidth - each.offsetWidth) / 2;
    });
  };
  start(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.target !== document.body) start(event.target);
  });
})();
