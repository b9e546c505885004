import { axisText } from '../../charts/axis-text.ts';
import { GREY } from '../../charts/style.ts';
import { button, element, svgElement } from './dom.ts';
import { type PlotLine, valueAt } from './line.ts';
import { linearScale, logScale, type Scale, type Span } from './scale.ts';

export interface PlotSpec {
  description: string;
  lines: readonly PlotLine[];
  vertical: 'linear' | 'log';
  xText(x: number): string;
  yText(y: number): string;
  /** Marks of the x axis; those of a linear scale where absent. */
  xTicks?(span: Span): number[];
  /** Part of the x axis that does not count. */
  shade?: Span;
}

const SIZE = { width: 960, height: 400 };
const AREA = { left: 80, right: 940, top: 14, bottom: 362 };
const DASHES: Readonly<Record<string, string>> = { solid: '', dashed: '8 5', dotted: '2 4' };
const ZOOM = 0.6;

/** A line plot with a cursor that reads values, zoom, and the keyboard for both; `show` replaces what it shows. */
export class Plot {
  readonly root: HTMLElement;
  readonly #svg: SVGSVGElement;
  readonly #readout = element('output', { class: 'readout', 'aria-live': 'polite' });
  #spec: PlotSpec | null = null;
  #view: Span = { low: 0, high: 1 };
  #cursor: number | null = null;
  #dragFrom: number | null = null;

  constructor(label: string) {
    this.#svg = svgElement('svg', {
      viewBox: `0 0 ${SIZE.width} ${SIZE.height}`,
      class: 'plot',
      tabindex: 0,
      role: 'application',
      'aria-label': `${label}: arrow keys move the cursor, plus and minus zoom, 0 shows everything`,
    });
    this.root = element('div', {}, this.#zoomControls(), this.#svg, this.#readout);
    this.#listen();
  }

  show(spec: PlotSpec): void {
    this.#spec = spec;
    this.#view = fullSpan(spec);
    this.#cursor = null;
    this.#draw();
  }

  #zoomControls(): HTMLElement {
    return element(
      'div',
      { class: 'controls' },
      button('Zoom in', () => this.#zoom(ZOOM)),
      button('Zoom out', () => this.#zoom(1 / ZOOM)),
      button('Show all', () => this.#reset()),
      'Drag across the plot to zoom into a part of it.',
    );
  }

  #listen(): void {
    this.#svg.addEventListener('pointerdown', (event) => {
      this.#dragFrom = this.#valueAt(event);
    });
    this.#svg.addEventListener('pointermove', (event) => {
      this.#cursor = this.#valueAt(event);
      this.#draw();
    });
    this.#svg.addEventListener('pointerup', (event) => this.#endDrag(this.#valueAt(event)));
    this.#svg.addEventListener('pointerleave', () => {
      this.#dragFrom = null;
    });
    this.#svg.addEventListener('keydown', (event) => {
      if (this.#onKey(event.key)) event.preventDefault();
    });
  }

  #onKey(key: string): boolean {
    const step = (this.#view.high - this.#view.low) / 40;
    if (key === 'ArrowRight') this.#moveCursor(step);
    else if (key === 'ArrowLeft') this.#moveCursor(-step);
    else if (key === '+' || key === '=') this.#zoom(ZOOM);
    else if (key === '-') this.#zoom(1 / ZOOM);
    else if (key === '0') this.#reset();
    else return false;
    return true;
  }

  #moveCursor(by: number): void {
    const from = this.#cursor ?? this.#view.low;
    this.#cursor = Math.min(this.#view.high, Math.max(this.#view.low, from + by));
    this.#draw();
  }

  #endDrag(to: number): void {
    const from = this.#dragFrom;
    this.#dragFrom = null;
    if (from === null || Math.abs(to - from) < (this.#view.high - this.#view.low) / 50) return;
    this.#view = { low: Math.min(from, to), high: Math.max(from, to) };
    this.#draw();
  }

  #zoom(factor: number): void {
    if (this.#spec === null) return;
    const full = fullSpan(this.#spec);
    const centre = this.#cursor ?? (this.#view.low + this.#view.high) / 2;
    const low = centre - (centre - this.#view.low) * factor;
    const high = centre + (this.#view.high - centre) * factor;
    this.#view = { low: Math.max(full.low, low), high: Math.min(full.high, high) };
    this.#draw();
  }

  #reset(): void {
    if (this.#spec !== null) this.#view = fullSpan(this.#spec);
    this.#draw();
  }

  #valueAt(event: PointerEvent): number {
    const box = this.#svg.getBoundingClientRect();
    const across = ((event.clientX - box.left) / box.width) * SIZE.width;
    const value = linearScale(this.#view, { low: AREA.left, high: AREA.right }).toValue(across);
    return Math.min(this.#view.high, Math.max(this.#view.low, value));
  }

  #draw(): void {
    const spec = this.#spec;
    if (spec === null) return;
    const x = linearScale(this.#view, { low: AREA.left, high: AREA.right });
    const y = verticalScale(spec, this.#view);
    const parts: Node[] = [svgElement('title', {}, spec.description)];
    if (spec.shade !== undefined) parts.push(shadeOf(spec.shade, this.#view, x));
    parts.push(...axes(spec, this.#view, x, y), ...spec.lines.map((line) => pathOf(line, this.#view, x, y)));
    if (this.#cursor !== null) parts.push(cursorLine(x.toPixel(this.#cursor)));
    this.#svg.replaceChildren(...parts);
    this.#readout.replaceChildren(...readings(spec, this.#cursor));
  }
}

function fullSpan({ lines }: PlotSpec): Span {
  const all = lines.flatMap(({ points }) => points.map(([x]) => x));
  return all.length === 0 ? { low: 0, high: 1 } : { low: Math.min(0, ...all), high: Math.max(...all) };
}

function verticalScale(spec: PlotSpec, view: Span): Scale {
  const seen = spec.lines.flatMap(({ points }) =>
    points.filter(([x]) => x >= view.low && x <= view.high).map(([, y]) => y),
  );
  const pixels = { low: AREA.bottom, high: AREA.top };
  const high = Math.max(...seen, Number.MIN_VALUE) * 1.08;
  if (spec.vertical === 'linear') return linearScale({ low: 0, high: seen.length === 0 ? 1 : high }, pixels);
  const low = Math.min(...seen.filter((value) => value > 0)) / 1.2;
  return Number.isFinite(low) ? logScale({ low, high }, pixels) : logScale({ low: 1, high: 10 }, pixels);
}

function shadeOf(shade: Span, view: Span, x: Scale): SVGElement {
  const from = x.toPixel(Math.max(shade.low, view.low));
  const to = x.toPixel(Math.min(shade.high, view.high));
  const { top, bottom } = AREA;
  return svgElement('rect', {
    x: from,
    y: top,
    width: Math.max(0, to - from),
    height: bottom - top,
    fill: GREY.shade,
  });
}

function axes(spec: PlotSpec, view: Span, x: Scale, y: Scale): Node[] {
  const { left, right, top, bottom } = AREA;
  const line = (x1: number, y1: number, x2: number, y2: number, stroke: string): Node =>
    svgElement('line', { x1, y1, x2, y2, stroke });
  const label = (text: string, at: [number, number], anchor: string): Node =>
    svgElement('text', { x: at[0], y: at[1], 'text-anchor': anchor }, text);
  const xTicks = (spec.xTicks?.(view) ?? x.ticks).filter((tick) => tick >= view.low && tick <= view.high);
  return [
    ...xTicks.flatMap((tick) => [
      line(x.toPixel(tick), top, x.toPixel(tick), bottom, GREY.grid),
      label(axisText(spec.xText(tick)), [x.toPixel(tick), bottom + 20], 'middle'),
    ]),
    ...y.ticks.flatMap((tick) => [
      line(left, y.toPixel(tick), right, y.toPixel(tick), GREY.grid),
      label(axisText(spec.yText(tick)), [left - 8, y.toPixel(tick) + 4], 'end'),
    ]),
    line(left, bottom, right, bottom, GREY.line),
    line(left, top, left, bottom, GREY.line),
  ];
}

function pathOf(line: PlotLine, view: Span, x: Scale, y: Scale): Node {
  const inView = line.points.filter(([at]) => at >= view.low && at <= view.high);
  const steps = inView.map(
    ([at, value], index) => `${index === 0 ? 'M' : 'L'}${pixel(x, at)},${pixel(y, value)}`,
  );
  return svgElement('path', {
    d: steps.join('') || 'M0,0',
    fill: 'none',
    stroke: line.colour,
    'stroke-width': 2,
    'stroke-dasharray': DASHES[line.dash] ?? '',
    'data-line': line.label,
  });
}

function pixel(scale: Scale, value: number): string {
  return scale.toPixel(value).toFixed(1);
}

function cursorLine(x: number): Node {
  return svgElement('line', {
    x1: x,
    x2: x,
    y1: AREA.top,
    y2: AREA.bottom,
    stroke: GREY.text,
    'stroke-dasharray': '3 3',
  });
}

/** The values of all lines at the cursor, as text that a screen reader reads too. */
function readings(spec: PlotSpec, cursor: number | null): (Node | string)[] {
  if (cursor === null) return [];
  const at = element('strong', {}, `${spec.xText(cursor)} `);
  const values = spec.lines.flatMap((line) => {
    const value = valueAt(line, cursor);
    return value === null ? [] : [element('span', {}, `${line.label} ${spec.yText(value)}`), ' '];
  });
  return [at, ...values];
}
