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
