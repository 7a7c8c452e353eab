// Draws the tables of `{% chart %}`. The library is fetched when the first chart comes near the window, and never on a
// page without one. Words, figures and addresses are the table's own: nothing is computed or formatted twice.
const still = matchMedia("(prefers-reduced-motion: reduce)");
const night = matchMedia("(prefers-color-scheme: dark)");
const drawn = new Map();
let library;

function load(src) {
  library ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = src;
    script.onload = () => done(globalThis.echarts);
    script.onerror = () => { library = undefined; failed(new Error(`not loaded: ${src}`)); };
    document.head.append(script);
  });
  return library;
}

// Colours are tokens: the browser resolves light-dark() and oklch(), a pixel turns them into what the library reads.
const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
function colour(host, name, property = "color") {
  const probe = document.createElement("i");
  if (name.startsWith("--")) probe.style[property] = `var(${name})`;
  else probe.className = name;
  host.append(probe);
  const value = getComputedStyle(probe)[property];
  probe.remove();
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = value;
  pixel.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
  return `rgba(${red},${green},${blue},${alpha / 255})`;
}

function read(figure) {
  const heads = [...figure.querySelectorAll("thead th[data-kind]")];
  const rows = [...figure.querySelectorAll("tbody tr")].map((row) => {
    const head = row.querySelector("th");
    const cells = [...row.querySelectorAll("td")].map((cell) => ({
      value: cell.dataset.value === "" ? null : Number(cell.dataset.value),
      text: cell.textContent,
      url: cell.querySelector("a")?.href,
    }));
    return { word: head.textContent, short: head.dataset.short ?? head.textContent, cells };
  });
  const series = heads.map((head) => ({ name: head.textContent, tone: head.dataset.tone, kind: head.dataset.kind }));
  return { series, rows };
}

function axisWords(figure) {
  const lang = document.documentElement.lang;
  const { unit, currency } = figure.dataset;
  const plain = new Intl.NumberFormat(lang, { notation: "compact", maximumFractionDigits: 1 });
  const money = new Intl.NumberFormat(lang, { notation: "compact", maximumFractionDigits: 1, style: "currency", currency, currencyDisplay: "narrowSymbol" });
  const share = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 1 });
  const words = unit === "money" ? money : unit === "percent" ? share : plain;
  return (value) => words.format("unsigned" in figure.dataset ? Math.abs(value) : value);
}

function option(figure, { series, rows }) {
  const ink = colour(figure, "--text-muted");
  const line = colour(figure, "--line");
  const surface = colour(figure, "--surface");
  const font = getComputedStyle(document.body).fontFamily;
  const stacked = "stacked" in figure.dataset;
  const bars = series.some((one) => one.kind === "bar");
  const mark = figure.dataset.mark;
  return {
    animation: !still.matches,
    animationDuration: 200,
    textStyle: { fontFamily: font, fontSize: 12, color: ink },
    grid: { left: 4, right: 12, top: mark === undefined ? 10 : 24, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: {
      type: "category",
      data: rows.map((row) => row.short),
      boundaryGap: bars,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: line } },
      axisLabel: { color: ink, hideOverlap: true, interval: rows.length > 40 ? "auto" : 0 },
      axisPointer: { show: true, type: bars ? "shadow" : "line", label: { show: false }, triggerTooltip: false, shadowStyle: { color: line, opacity: 0.35 }, lineStyle: { color: ink, type: "solid", width: 1 } },
    },
    yAxis: {
      type: "value",
      splitNumber: 4,
      max: figure.dataset.unit === "percent" ? (range) => (range.max > 0.8 && range.max <= 1 ? 1 : null) : undefined,
      minInterval: figure.dataset.unit === "count" ? 1 : undefined,
      axisLabel: { color: ink, formatter: axisWords(figure) },
      splitLine: { lineStyle: { color: line } },
    },
    series: series.map((one, index) => {
      const tone = colour(figure, `fill--${one.tone}`, "backgroundColor");
      const data = rows.map((row) => row.cells[index].value);
      const marked = index === 0 && mark !== undefined && {
        silent: true, symbol: "none", animation: false,
        lineStyle: { color: ink, type: "solid", width: 1 },
        label: { formatter: figure.dataset.markWord, color: ink, fontFamily: font },
        data: [{ xAxis: Number(mark) }],
      };
      const common = { name: one.name, data, stack: stacked ? "all" : undefined, color: tone, cursor: rows.some((row) => row.cells[index].url) ? "pointer" : "default", ...(marked ? { markLine: marked } : {}) };
      if (one.kind === "bar") return { ...common, type: "bar", barMaxWidth: 32, barGap: "10%", barCategoryGap: "28%", itemStyle: { borderColor: surface, borderWidth: stacked ? 0.5 : 0 }, emphasis: { disabled: true } };
      return { ...common, type: "line", showSymbol: rows.length < 32, symbol: "circle", symbolSize: 5, lineStyle: { width: stacked ? 0.5 : 2, color: tone }, areaStyle: one.kind === "area" ? { color: tone, opacity: stacked ? 0.9 : 0.14 } : undefined, connectNulls: false, emphasis: { disabled: true } };
    }),
  };
}

function tipOf(figure) {
  const tip = document.createElement("div");
  tip.className = "chart__tip";
  tip.hidden = true;
  figure.append(tip);
  return tip;
}

function fill(tip, row, series) {
  const word = document.createElement("b");
  word.textContent = row.word;
  const lines = series.map((one, index) => {
    const cell = row.cells[index];
    const part = document.createElement("p");
    const dot = document.createElement("i");
    dot.className = `dot fill--${one.tone}`;
    const value = document.createElement(cell.url ? "a" : "span");
    if (cell.url) value.href = cell.url;
    value.className = "chart__value";
    value.tabIndex = -1;
    value.textContent = cell.text;
    part.append(dot, one.name, value);
    return part;
  });
  tip.replaceChildren(word, ...lines);
}

async function draw(figure) {
  const place = figure.querySelector(".chart__canvas");
  if (!place || drawn.has(figure)) return;
  drawn.set(figure, null);
  const echarts = await load(figure.dataset.library);
  const told = read(figure);
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(option(figure, told));
  drawn.set(figure, { chart, told });
  const tip = tipOf(figure);
  const touch = matchMedia("(hover: none)");

  const at = (event) => {
    const point = [event.offsetX, event.offsetY];
    if (!chart.containPixel({ gridIndex: 0 }, point)) return undefined;
    return told.rows[chart.convertFromPixel({ gridIndex: 0 }, point)[0]];
  };
  const show = (event) => {
    const row = at(event);
    tip.hidden = row === undefined;
    if (row === undefined) return;
    fill(tip, row, told.series);
    const beyond = event.offsetX + tip.offsetWidth + 20 > place.offsetWidth;
    tip.style.left = `${Math.max(0, event.offsetX + (beyond ? -tip.offsetWidth - 14 : 14))}px`;
    tip.style.top = `${place.offsetTop + Math.max(0, Math.min(event.offsetY, place.offsetHeight - tip.offsetHeight))}px`;
  };
  chart.getZr().on("mousemove", show);
  chart.getZr().on("globalout", () => { if (!touch.matches) tip.hidden = true; });
  chart.getZr().on("click", (event) => {
    if (touch.matches) { show(event); return; }
    // Beside a bar or a dot, a chart of one series still knows which rows are meant.
    if (told.series.length === 1) go(at(event)?.cells[0].url);
  });
  chart.on("click", (event) => { if (!touch.matches && told.series.length > 1) go(told.rows[event.dataIndex]?.cells[event.seriesIndex]?.url); });
  sizes.observe(place);
  place.dataset.drawn = "";
}

function go(url) {
  if (url) location.assign(url);
}

function repaint() {
  for (const [figure, one] of drawn) {
    if (!figure.isConnected) { one?.chart.dispose(); drawn.delete(figure); }
    else one?.chart.setOption(option(figure, one.told));
  }
}

const sizes = new ResizeObserver((entries) => {
  for (const entry of entries) drawn.get(entry.target.closest("[data-chart]"))?.chart.resize();
});
const near = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) { near.unobserve(entry.target); draw(entry.target); }
}, { rootMargin: "200px" });

function watch() {
  for (const figure of document.querySelectorAll("[data-chart]")) if (!drawn.has(figure)) near.observe(figure);
}
watch();
document.addEventListener("htmx:afterSettle", watch);
night.addEventListener("change", repaint);
new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
