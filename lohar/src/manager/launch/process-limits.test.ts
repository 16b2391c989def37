import assert from 'node:assert/strict';
import test from 'node:test';
import type { Settings } from '../../unit/directive/tables.ts';
import { limitCalls } from './process-limits.ts';

const rows: [name: string, settings: object, limits: (number | bigint)[]][] = [
  ['the defaults', {}, [1024, 524_288]],
  ['open files without end are as many as the kernel allows', both('LimitNOFILE', Infinity), [1_048_576, 1_048_576]],
  ['other limits without end', both('LimitNPROC', Infinity), [2n ** 64n - 1n, 2n ** 64n - 1n]],
];

function both(name: string, value: number): object {
  return { [name]: { soft: value, hard: value } };
}

for (const [name, settings, expected] of rows)
  test(`limits of a process: ${name}`, () => {
    const calls = limitCalls(settings as Settings).map(({ args }) => args[2] as Uint8Array<ArrayBuffer>);
    const found = calls.map(({ buffer }) => [...new BigUint64Array(buffer)]);
    assert.ok(
      found.some((limits) => limits.every((value, i) => value === BigInt(expected[i] ?? 0))),
      String(found),
    );
  });
