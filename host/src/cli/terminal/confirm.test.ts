import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whatToAsk } from './confirm.ts';

const rows: [names: string[], yes: boolean, terminal: boolean, expected: string][] = [
  [['dev'], false, true, 'ask'],
  [['dev', 'web'], false, true, 'ask'],
  [['dev', 'web'], true, true, 'go'],
  [['dev'], false, false, 'go'],
  [['dev', 'web'], true, false, 'go'],
  [['dev', 'web'], false, false, 'cannot destroy 2 sandboxes: nobody is there to be asked'],
];
for (const [names, yes, terminal, expected] of rows) {
  const how = `${yes ? 'with' : 'without'} --yes ${terminal ? 'on a terminal' : 'elsewhere'}`;
  test(`destroying ${names.join(' and ')} ${how}: ${expected}`, () => {
    const answer = whatToAsk({ verb: 'destroy', names, yes }, terminal);
    assert.equal(typeof answer === 'string' ? answer : answer.message, expected);
  });
}
