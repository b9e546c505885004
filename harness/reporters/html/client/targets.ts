import type { PageData } from '../page-data.ts';
import { element, svgElement } from './dom.ts';

/** Checkboxes that show and hide targets; `onChange` gets the ids that are shown. */
export function targetToggles(
  data: PageData,
  legend: string,
  onChange: (shown: ReadonlySet<string>) => void,
): HTMLElement {
  const shown = new Set(data.targets.map(({ id }) => id));
  const boxes = data.targets.map(({ id, colour }) => {
    const box = element('input', { type: 'checkbox', checked: true });
    box.addEventListener('change', () => {
      if (box.checked) shown.add(id);
      else shown.delete(id);
      onChange(shown);
    });
    const swatch = svgElement('svg', { class: 'swatch', viewBox: '0 0 16 8', 'aria-hidden': 'true' });
    swatch.append(svgElement('line', { x1: 0, x2: 16, y1: 4, y2: 4, stroke: colour, 'stroke-width': 4 }));
    return element('label', {}, box, ' ', swatch, id);
  });
  return element('fieldset', { class: 'controls' }, element('legend', {}, legend), ...boxes);
}

export function scenarioOptions(data: PageData): { value: string; text: string }[] {
  return data.scenarios.map(({ id, title }) => ({ value: id, text: title }));
}
