"""What a reader says on the page of a list: buttons that a small script adds, and a file that it saves.

Without a script the page is read as well. What was clicked is a file of the reader's own; nothing is sent.
``recommender noted FILE`` counts it.
"""

from __future__ import annotations

FEEDBACK_SCRIPT = """
"use strict";
const KINDS = [["liked", "Like"], ["disliked", "Not for me"], ["later", "Later"], ["seen", "Seen"]];
const main = document.querySelector("main");
const said = new Map();

function put(parent, tag, text, fields = {}) {
  const node = document.createElement(tag);
  node.textContent = text;
  for (const [name, value] of Object.entries(fields)) node.setAttribute(name, value);
  parent.append(node);
  return node;
}

const foot = document.createElement("section");
foot.setAttribute("aria-label", "Your opinions");
foot.className = "save";
const save = put(foot, "button", "Save what you said", {type: "button", disabled: ""});
const status = put(foot, "p", "A file of yours, for: recommender noted FILE", {role: "status"});
main.append(foot);

for (const article of document.querySelectorAll("article[data-paper]")) {
  const paper = article.dataset.paper;
  const title = article.querySelector("h3").textContent;
  const label = "Your opinion of " + title;
  const group = put(article, "div", "", {class: "say", role: "group", "aria-label": label});
  for (const [kind, name] of KINDS) {
    const button = put(group, "button", name, {type: "button", "aria-pressed": "false"});
    button.addEventListener("click", () => {
      const again = said.get(paper) === kind;
      if (again) said.delete(paper); else said.set(paper, kind);
      for (const other of group.children) other.setAttribute("aria-pressed", !again && other === button);
      save.disabled = !said.size;
      status.textContent = "Not saved yet: " + said.size;
    });
  }
}

save.addEventListener("click", () => {
  const opinions = [...said].map(([paper, kind]) => ({paper, kind}));
  const {listing, reader} = main.dataset;
  const text = JSON.stringify({listing, reader, at: new Date().toISOString(), opinions}, null, 1);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text + "\\n"], {type: "application/json"}));
  link.download = listing + ".feedback.json";
  link.click();
  status.textContent = "Saved " + link.download + "; now: recommender noted " + link.download;
});
""".strip()
"""It reads the listing, the reader and the papers from the page's own `data-` attributes."""
