import { z } from '../harness/base/schema.ts';
import { METRICS, type MetricDefinition, PERCENTILE_MIN_SAMPLES } from '../harness/model/metric.ts';
import { gateRecordSchema } from '../harness/model/gate-record.ts';
import { baselineSchema } from '../harness/model/baseline.ts';
import { claimsSchema } from '../harness/model/claims.ts';
import { projectConfigSchema } from '../harness/model/project-config.ts';
import { REASONS } from '../harness/model/reason.ts';
import { scenarioSchema } from '../harness/model/scenario.ts';
import { sessionFileSchema } from '../harness/model/session.ts';
import { targetFileSchema } from '../harness/model/target.ts';
import { machinePage } from './machine.ts';
import { reliabilityPage } from './reliability.ts';

const EFFECTS = {
  fails: 'trial failed, exit 3',
  invalidates: 'trial invalid, exit 3',
  limits: 'trial invalid, shown as a lower bound, exit 0',
  aborts: 'trial aborted',
  warns: 'trial valid, with a warning',
} as const;

/** Every generated file of the repository, by its path, with the text that it must have. */
export function generatedDocs(): Map<string, string> {
  return new Map([
    ['docs/machine.md', machinePage()],
    ['docs/metrics.md', metricsPage()],
    ['docs/reliability.md', reliabilityPage()],
    ['docs/schema/session.schema.json', schemaFile(sessionFileSchema, 'A session: what `results/<session>/session.json` holds.')],
    ['docs/schema/scenario.schema.json', schemaFile(scenarioSchema, 'A scenario file: `scenarios/<id>.yaml`.')],
    ['docs/schema/target.schema.json', schemaFile(targetFileSchema, 'A target file: `servers/<id>/target.json`.')],
    ['docs/schema/project-config.schema.json', schemaFile(projectConfigSchema, 'Servers of your own: `httpdyno.config.yaml`.')],
    ['docs/schema/gate.schema.json', schemaFile(gateRecordSchema, 'A gate run: what `results/<gate>/gate.json` holds.')],
    ['docs/schema/claims.schema.json', schemaFile(claimsSchema, 'A published comparison: `scenarios/claims/<id>.yaml`.')],
    ['docs/schema/baseline.schema.json', schemaFile(baselineSchema, 'A baseline: `results/baselines/<target>.json`.')],
  ]);
}

function metricsPage(): string {
  const definitions: [string, MetricDefinition][] = Object.entries(METRICS);
  const metrics = definitions.map(
    ([id, { title, unit, better, meaning }]) => `| \`${id}\` | ${title} | ${unit} | ${better} | ${meaning} |`,
  );
  const percentiles = [...PERCENTILE_MIN_SAMPLES].map(([percentile, samples]) => `| p${percentile} | ${samples.toLocaleString('en-US')} |`);
  const reasons = Object.entries(REASONS).map(([code, { effect, sentence }]) => `| \`${code}\` | ${EFFECTS[effect]} | ${sentence} |`);
  return [
    '# Metrics and reasons',
    '',
    '<!-- Written by `npm run docs` from harness/model; do not edit. -->',
    '',
    'Every figure is the **median over trials** (a trial is one measurement on one fresh start of the target), with the spread over',
    'rounds beside it. Percentiles are read from the merged histograms of all trials, never averaged. Only valid trials count.',
    '',
    '| identifier | title | unit | better | meaning |',
    '|---|---|---|---|---|',
    ...metrics,
    '',
    '## Samples that a percentile needs',
    '',
    'With fewer it is printed as `n/a (needs N)`: the 95 % interval of the order statistic would reach beyond the largest sample.',
    '',
    '| percentile | samples |',
    '|---|---|',
    ...percentiles,
    '',
    '## Reasons',
    '',
    'Whatever keeps a trial from being simply valid has one of these stable codes.',
    '',
    '| code | effect | meaning |',
    '|---|---|---|',
    ...reasons,
    '',
  ].join('\n');
}

function schemaFile(schema: z.ZodType, description: string): string {
  const json = z.toJSONSchema(schema, { io: 'input', reused: 'ref' });
  return `${JSON.stringify({ ...json, description }, null, 2)}\n`;
}
