import { describe, expect, it } from 'vitest';
import { type Drawing, renderSvg } from '../../../harness/reporters/charts/svg.ts';

const drawing: Drawing = {
  description: 'three bars',
  height: 200,
  option: {
    xAxis: { type: 'category', data: ['a', 'b', 'c'] },
    yAxis: { type: 'value' },
    series: [{ type: 'bar', data: [1, 2, 3] }],
  },
};

/** Contrast ratio of two colours as WCAG 2 defines it. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dim = 0, bright = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (bright + 0.05) / (dim + 0.05);
}

describe('a drawing as SVG', () => {
  it('has the width of all pictures and its own height', () => {
    expect(renderSvg(drawing)).toMatch(/ width="960" height="200" .*viewBox="0 0 960 200"/);
  });

  it('does not depend on how many were drawn before', () => {
    const first = renderSvg(drawing);
    for (let repeat = 0; repeat < 3; repeat++) renderSvg({ ...drawing, height: 300 + repeat });
    expect(renderSvg(drawing)).toBe(first);
  });

  it('has ids and classes that match their uses', () => {
    const svg = renderSvg(drawing);
    expect(svg).not.toMatch(/\bzr\d/);
    const defined = new Set([...svg.matchAll(/id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, id] of svg.matchAll(/url\(#([^)]+)\)/g)) expect(defined).toContain(id);
  });

  it('describes itself, with anything hostile escaped', () => {
    const svg = renderSvg({ ...drawing, description: '"><script>alert(1)</script>' });
    expect(svg).toContain('aria-label="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
    expect(svg).not.toContain('<script');
  });

  it('turns dark with the system, every colour of its text readable on the ground', () => {
    const rules = /<style>@media \(prefers-color-scheme:dark\)\{(?<rules>[^<]*)\}<\/style>/.exec(
      renderSvg(drawing),
    )?.groups?.['rules'];
    const fills = new Map(
      [...(rules ?? '').matchAll(/\[fill="(#\w{6})"\]\{fill:(#\w{6})\}/g)].map(([, light, dark]) => [
        light,
        dark,
      ]),
    );
    const ground = fills.get('#ffffff') ?? '';
    for (const text of ['#222222', '#595959']) {
      expect(contrast(fills.get(text) ?? '', ground), text).toBeGreaterThan(7);
    }
    for (const [light, dark] of fills) {
      if (['#ffffff', '#f0f0f0', '#e6e6e6'].includes(light ?? '')) continue;
      expect(contrast(dark ?? '', ground), light).toBeGreaterThan(3);
    }
  });

  it('stands still: nothing in it moves', () => {
    expect(renderSvg(drawing)).not.toMatch(/@keyframes|animation|<animate/);
  });

  it('places text in a way that every renderer knows', () => {
    expect(renderSvg(drawing)).not.toContain('dominant-baseline');
  });

  it('gives way to a failing option without leaving the next drawing broken', () => {
    const failing: Drawing = {
      ...drawing,
      option: {
        ...drawing.option,
        yAxis: {
          type: 'value',
          axisLabel: {
            formatter: () => {
              throw new Error('formatter');
            },
          },
        },
      },
    };
    const before = renderSvg(drawing);
    expect(() => renderSvg(failing)).toThrow('formatter');
    expect(renderSvg(drawing)).toBe(before);
  });
});
