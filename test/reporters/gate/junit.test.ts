import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GateRecord } from '../../../harness/model/gate-record.ts';
import { renderJUnit } from '../../../harness/reporters/gate/exports.ts';
import { judgedRecord } from '../../support/gate.ts';
import { schemaProblems } from '../../support/xsd.ts';

const schema = readFileSync(path.join(import.meta.dirname, 'junit.xsd'), 'utf8');
const problems = (document: string): string[] => schemaProblems(schema, document);
const plain = judgedRecord();
const hostile = '<b>&"\u001b[31m | 100 % ]]> \u0000 =1+1';

const records: [string, GateRecord][] = [
  ['a pass', plain],
  ['a regression', judgedRecord({ slowdown: 0.3, launches: 12, confirmations: 8 })],
  ['an undecided run', judgedRecord({ launches: 24, noise: 0.8 })],
  ['a run that cannot be judged', judgedRecord({ each: (slice) => ({ ...slice, fault: hostile }) })],
  ['a driver that was the limit', judgedRecord({ each: (slice) => ({ ...slice, driverBound: true }) })],
  ['a run cut off before its first launch', judgedRecord({ launches: 0 }, { status: 'interrupted' })],
  ['a run without a report', { ...plain, report: null }],
  [
    'a run of odd lengths',
    { ...plain, launches: plain.launches.map((launch, i) => ({ ...launch, durationMs: 13_501 + i * 7 })) },
  ],
];

describe('the JUnit file', () => {
  it.each(records)('of %s is valid by the schema that CI systems hold it to', (_, record) => {
    expect(problems(renderJUnit(record))).toEqual([]);
  });

  const good = renderJUnit(plain);
  it.each([
    [
      'an attribute that is not declared',
      good.replace('<testsuites ', '<testsuites skipped="0" '),
      /@skipped is not declared/,
    ],
    ['an attribute that is missing', good.replace(/ tests="2"/g, ''), /testsuite\[0\] lacks tests/],
    [
      'a count that is none',
      good.replaceAll('failures="0"', 'failures="none"'),
      /@failures is no xs:nonNegativeInteger: none/,
    ],
    [
      'a time that is none',
      good.replace(/timestamp="[^"]*"/, 'timestamp="yesterday"'),
      /@timestamp is no xs:dateTime/,
    ],
    [
      'an element that is not declared',
      good.replace('</testsuite>', '<property/></testsuite>'),
      /must not hold property/,
    ],
    [
      'elements in another order',
      good.replace('time="0"/>', 'time="0"><failure/><skipped/></testcase>'),
      /must not hold skipped there/,
    ],
    ['another root', good.replaceAll('testsuites', 'suites'), /suites is no root/],
  ])('would not be with %s', (_, document, message) => {
    expect(problems(document).join()).toMatch(message);
  });
});
