import { shortText } from '../escape.ts';
import type { Session } from '../../model/session.ts';

export const WIDTH = 960;
// Unquoted names: quotes would end the attribute that they stand in.
export const FONT = 'DejaVu Sans, Verdana, Helvetica, Arial, sans-serif';
export const GREY = {
  text: '#222222',
  quiet: '#595959',
  line: '#b5b5b5',
  grid: '#e6e6e6',
  shade: '#f0f0f0',
} as const;

/** Okabe and Ito (2008): told apart with every common kind of colour vision. Grey stands for their yellow, too pale on white. */
const PALETTE = [
  '#0072B2',
  '#D55E00',
  '#009E73',
  '#CC79A7',
  '#E69F00',
  '#56B4E9',
  '#000000',
  '#7A7A7A',
] as const;
/** What stands for each colour of a picture where the reader's system is dark; what is not listed reads on both. */
const ON_DARK: Readonly<Record<string, string>> = {
  '#ffffff': '#0d1117',
  '#222222': '#e6edf3',
  '#111111': '#ffffff',
  '#595959': '#a9b3bd',
  '#b5b5b5': '#5d6670',
  '#e6e6e6': '#262c36',
  '#f0f0f0': '#1b212b',
  '#000000': '#f0f0f0',
  '#0072B2': '#3a9ad9',
  '#7A7A7A': '#9a9a9a',
};

/** Rules of style that turn a picture dark: they go before the attributes that carry its colours. */
export const DARK_RULES = `@media (prefers-color-scheme:dark){${Object.entries(ON_DARK)
  .map(([light, dark]) => `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`)
  .join('')}}`;

const DASHES = ['solid', 'dashed', 'dotted'] as const;
const SYMBOLS = [
  'circle',
  'rect',
  'triangle',
  'diamond',
  // Triangle upside down, plus, cross, and a triangle on its side.
  'path://M0,0h10l-5,9z',
  'path://M3,0h4v3h3v4h-3v3h-4v-3h-3v-4h3z',
  'path://M2,0l3,3l3,-3l2,2l-3,3l3,3l-2,2l-3,-3l-3,3l-2,-2l3,-3l-3,-3z',
  'path://M9,0v10l-9,-5z',
] as const;

/** How a target looks in every picture of a session: colour first, then line and symbol where colours repeat. */
export interface Look {
  colour: string;
  dash: (typeof DASHES)[number];
  symbol: (typeof SYMBOLS)[number];
}

/** Looks by target id, given out in the order in which the session names its targets. */
export function looksOf(session: Session): (targetId: string) => Look {
  const order = session.targets.map(({ id }) => id);
  return (targetId) => lookAt(Math.max(0, order.indexOf(targetId)));
}

/** The look of the first, second, … thing in a picture. */
export function lookAt(position: number): Look {
  const cycle = Math.floor(position / PALETTE.length);
  return {
    colour: PALETTE[position % PALETTE.length] ?? GREY.text,
    dash: DASHES[cycle % DASHES.length] ?? 'solid',
    symbol: SYMBOLS[position % SYMBOLS.length] ?? 'circle',
  };
}

/**
 * Foreign text in a picture. The library keeps the widths of texts in a plain object, which a text that is the name of one of that
 * object's own properties (`constructor`, `__proto__`) would upset for every drawing to come: a space makes it another text.
 */
export function pictureText(text: string, maxLength: number): string {
  const shown = shortText(text, maxLength);
  return shown in {} ? `${shown}\u00a0` : shown;
}

/** Title of a panel, or with `main` of the whole picture. */
export function heading(text: string, top: number, left: number | string = 16): object {
  return {
    text,
    top,
    left,
    textStyle: { fontFamily: FONT, fontSize: 14, fontWeight: 'bold', color: GREY.text },
  };
}

export function mainHeading(text: string, subtext: string): object {
  return {
    text,
    subtext,
    top: 10,
    left: 16,
    itemGap: 6,
    textStyle: { fontFamily: FONT, fontSize: 18, fontWeight: 'bold', color: GREY.text },
    subtextStyle: { fontFamily: FONT, fontSize: 12, color: GREY.quiet },
  };
}

/** An axis without ornament: quiet grid, readable labels. */
export const AXIS = {
  axisLine: { show: true, lineStyle: { color: GREY.line } },
  axisTick: { show: false },
  axisLabel: { color: GREY.text, fontFamily: FONT, fontSize: 12 },
  nameTextStyle: { color: GREY.quiet, fontFamily: FONT, fontSize: 12 },
  splitLine: { lineStyle: { color: GREY.grid } },
} as const;

/** A value as a drawing takes it: below a billionth the steps of an axis vanish in the precision of numbers. */
export function drawable(value: number): number {
  return value < 1e-9 ? 0 : value;
}
