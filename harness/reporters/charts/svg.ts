import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TitleComponent,
} from 'echarts/components';
import { init, use } from 'echarts/core';
import type { EChartsOption } from 'echarts';
import { SVGRenderer } from 'echarts/renderers';
import { htmlText } from '../escape.ts';
import { DARK_RULES, FONT, GREY, WIDTH } from './style.ts';

use([
  BarChart,
  CustomChart,
  LineChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TitleComponent,
  SVGRenderer,
]);

export interface Drawing {
  /** What the picture shows, for those who cannot see it. */
  description: string;
  height: number;
  option: EChartsOption;
}

/** A drawing as SVG text, on white or where the reader's system is dark on black; the same text for the same drawing. */
export function renderSvg({ description, height, option }: Drawing): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      textStyle: { fontFamily: FONT, fontSize: 12, color: GREY.text },
      ...option,
    });
    const label = htmlText(description);
    return `${withPortableBaselines(withStableIds(withoutNotes(chart.renderToSVGString())))
      .replace('<svg ', `<svg role="img" aria-label="${label}" `)
      .replace('>', `><title>${label}</title><style>${DARK_RULES}</style>`)}\n`;
  } finally {
    chart.dispose();
  }
}

/** Not every renderer of SVG knows `dominant-baseline`; a shift by a share of the letter height means the same to all of them. */
function withPortableBaselines(svg: string): string {
  return svg.replaceAll('dominant-baseline="central"', 'dy="0.36em"');
}

/** What echarts notes for its own hydration in a browser says nothing in a picture. */
function withoutNotes(svg: string): string {
  return svg.replaceAll(/ ecmeta_\w+="[^"]*"/g, '');
}

/** Ids hold a counter of the process; numbered by first use they depend on the drawing alone. */
function withStableIds(svg: string): string {
  const numbers = new Map<string, number>();
  return svg.replace(/\bzr\d+-((?:[a-z]+-?)*)(\d+)/g, (id, kind: string) => {
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    return `c-${kind}${number}`;
  });
}
