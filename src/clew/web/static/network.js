// Draws a network on a canvas in place of its picture: it can be made larger and moved, a dot leads to its account and a
// line to the posts behind it. While it moves, what was drawn last is moved; it is drawn anew when it rests.

"use strict";

const MARGIN = 14;
const REACH = 7;
// Lines that are drawn at a time: all at once take three times as long.
const STROKE = 500;

for (const figure of document.querySelectorAll("[data-network]")) begin(figure);

async function begin(figure) {
  const answer = await fetch(figure.dataset.network);
  if (answer.status !== 200) return;
  const { accounts, edges } = await answer.json();
  new Drawing(figure, accounts, edges);
}

class Drawing {
  constructor(figure, accounts, edges) {
    this.query = figure.dataset.query;
    this.accounts = accounts;
    this.edges = edges;
    this.scale = 1;
    this.left = this.top = 0;
    this.canvas = document.createElement("canvas");
    const still = figure.querySelector(".still");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", still.querySelector("img").alt);
    this.label = document.createElement("p");
    this.label.className = "label";
    this.label.hidden = true;
    const stage = document.createElement("div");
    stage.className = "stage";
    stage.append(this.canvas, this.label);
    still.replaceWith(stage, this.buttons(figure.dataset.words.split("|")));
    this.last = document.createElement("canvas");
    this.listen();
    new ResizeObserver(() => this.fit()).observe(stage);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
    this.fit();
  }

  buttons(words) {
    const row = document.createElement("p");
    row.className = "zoom";
    const ways = [["+", 1.6], ["−", 1 / 1.6], ["⤢", 0]];
    ways.forEach(([sign, by], at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button small";
      button.textContent = sign;
      button.setAttribute("aria-label", words[at]);
      button.addEventListener("click", () => (by ? this.zoom(by, this.width / 2, this.height / 2) : this.whole()));
      row.append(button);
    });
    return row;
  }

  fit() {
    const box = this.canvas.parentElement.getBoundingClientRect();
    if (!box.width || box.width === this.width) return;
    this.width = box.width;
    this.height = Math.min(box.width * 0.68, innerHeight * 0.85);
    this.ratio = Math.min(devicePixelRatio || 1, 2);
    for (const one of [this.canvas, this.last]) {
      one.width = this.width * this.ratio;
      one.height = this.height * this.ratio;
    }
    this.paint();
  }

  whole() {
    this.scale = 1;
    this.left = this.top = 0;
    this.paint();
  }

  zoom(by, x, y) {
    const scale = Math.min(Math.max(this.scale * by, 1), 60);
    this.left = x - ((x - this.left) * scale) / this.scale;
    this.top = y - ((y - this.top) * scale) / this.scale;
    this.scale = scale;
    this.bound();
    this.move();
  }

  bound() {
    this.left = Math.min(0, Math.max(this.left, this.width * (1 - this.scale)));
    this.top = Math.min(0, Math.max(this.top, this.height * (1 - this.scale)));
    this.canvas.style.touchAction = this.scale > 1 ? "none" : "pan-y";
  }

  // Where an account stands on the canvas.
  spot(account) {
    return [
      this.left + this.scale * (MARGIN + account[0] * (this.width - 2 * MARGIN)),
      this.top + this.scale * (MARGIN + account[1] * (this.height - 2 * MARGIN)),
    ];
  }

  // Show what was drawn last at its new place, and draw anew once it rests.
  move() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.rest);
    this.frame = requestAnimationFrame(() => {
      const draw = this.canvas.getContext("2d");
      const grown = this.scale / this.drawn.scale;
      draw.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
      draw.clearRect(0, 0, this.width, this.height);
      draw.drawImage(this.last, this.left - this.drawn.left * grown, this.top - this.drawn.top * grown,
        this.width * grown, this.height * grown);
    });
    this.rest = setTimeout(() => this.paint(), 140);
  }

  paint() {
    clearTimeout(this.rest);
    const style = getComputedStyle(document.documentElement);
    const draw = this.last.getContext("2d");
    draw.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    draw.clearRect(0, 0, this.width, this.height);
    this.spots = this.accounts.map((account) => this.spot(account));
    draw.strokeStyle = style.getPropertyValue("--faint");
    draw.globalAlpha = this.edges.length > 5000 ? 0.18 : 0.4;
    draw.lineWidth = 1;
    draw.beginPath();
    let lines = 0;
    for (const [a, b] of this.edges) {
      const [x, y] = this.spots[a];
      const [u, v] = this.spots[b];
      if (Math.max(x, u) < 0 || Math.max(y, v) < 0 || Math.min(x, u) > this.width || Math.min(y, v) > this.height) continue;
      draw.moveTo(x, y);
      draw.lineTo(u, v);
      lines += 1;
      if (lines % STROKE === 0) {
        draw.stroke();
        draw.beginPath();
      }
    }
    draw.stroke();
    draw.globalAlpha = 1;
    const size = (this.accounts.length < 200 ? 4.5 : this.accounts.length < 1500 ? 3 : 2) * Math.min(Math.sqrt(this.scale), 3);
    this.size = size;
    for (let colour = 0; colour < 8; colour += 1) {
      draw.fillStyle = style.getPropertyValue(`--c${colour}`);
      draw.beginPath();
      this.accounts.forEach((account, at) => {
        const [x, y] = this.spots[at];
        if ((account[2] - 1) % 8 !== colour || x < -9 || y < -9 || x > this.width + 9 || y > this.height + 9) return;
        draw.moveTo(x + size, y);
        draw.arc(x, y, size, 0, 7);
      });
      draw.fill();
    }
    this.drawn = { scale: this.scale, left: this.left, top: this.top };
    const shown = this.canvas.getContext("2d");
    shown.setTransform(1, 0, 0, 1, 0, 0);
    shown.clearRect(0, 0, this.canvas.width, this.canvas.height);
    shown.drawImage(this.last, 0, 0);
  }

  // What lies at a place: the nearest account, else the nearest line, else nothing.
  at(x, y) {
    let best = null;
    let near = (this.size + 3) ** 2;
    this.spots.forEach(([u, v], at) => {
      const far = (u - x) ** 2 + (v - y) ** 2;
      if (far < near) [near, best] = [far, at];
    });
    if (best !== null) return { says: this.accounts[best][3], href: `/network/account?${this.query}&of=${quoted(this.accounts[best][3])}` };
    near = REACH ** 2;
    for (const edge of this.edges) {
      const far = apart(x, y, this.spots[edge[0]], this.spots[edge[1]]);
      if (far < near) [near, best] = [far, edge];
    }
    if (best === null) return null;
    const [a, b] = [this.accounts[best[0]][3], this.accounts[best[1]][3]];
    return { says: `${a} – ${b}: ${best[2]}`, href: `/network/edge?${this.query}&a=${quoted(a)}&b=${quoted(b)}` };
  }

  listen() {
    const held = new Map();
    let moved = 0;
    const canvas = this.canvas;
    const place = (event) => {
      const box = canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 300), ...place(event));
    }, { passive: false });
    canvas.addEventListener("dblclick", (event) => this.zoom(2, ...place(event)));
    canvas.addEventListener("pointerdown", (event) => {
      held.set(event.pointerId, place(event));
      moved = 0;
      if (this.scale > 1) canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      const [x, y] = place(event);
      const before = held.get(event.pointerId);
      if (!before) return this.tell(x, y);
      moved += Math.abs(x - before[0]) + Math.abs(y - before[1]);
      if (held.size === 2) {
        const other = [...held].find(([id]) => id !== event.pointerId)[1];
        this.zoom(Math.hypot(x - other[0], y - other[1]) / Math.max(Math.hypot(before[0] - other[0], before[1] - other[1]), 1), ...other);
      } else if (this.scale > 1) {
        this.left += x - before[0];
        this.top += y - before[1];
        this.bound();
        this.move();
      }
      held.set(event.pointerId, [x, y]);
      return undefined;
    });
    for (const kind of ["pointerup", "pointercancel", "pointerleave"]) {
      canvas.addEventListener(kind, (event) => held.delete(event.pointerId));
    }
    canvas.addEventListener("click", (event) => {
      const found = moved < 5 && this.at(...place(event));
      if (found) location.assign(found.href);
    });
  }

  tell(x, y) {
    const found = this.at(x, y);
    this.canvas.style.cursor = found ? "pointer" : "";
    this.label.hidden = !found;
    if (!found) return;
    this.label.textContent = found.says;
    this.label.style.left = `${Math.min(x + 12, this.width - this.label.offsetWidth - 4)}px`;
    this.label.style.top = `${y + 14}px`;
  }
}

// The square of the distance of a place from a line between two others.
function apart(x, y, [a, b], [c, d]) {
  const [dx, dy] = [c - a, d - b];
  const along = Math.min(Math.max(((x - a) * dx + (y - b) * dy) / (dx * dx + dy * dy || 1), 0), 1);
  return (a + along * dx - x) ** 2 + (b + along * dy - y) ** 2;
}

function quoted(name) {
  return encodeURIComponent(name);
}
