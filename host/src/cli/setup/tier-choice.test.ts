import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answered, menuOf } from './tier-choice.ts';

const tier = (name: string, usedMib: number) => ({ name, description: `what ${name} is`, usedMib, installed: false });
const menu = menuOf([tier('computer', 1500), tier('docker', 550), tier('minimal', 200)]);

const rows: [answer: string, chosen: string | undefined][] = [
  ['', 'minimal'],
  ['1', 'minimal'],
  ['3', 'computer'],
  ['docker', 'docker'],
  ['0', undefined],
  ['4', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['dock', undefined],
  ['99999999999999999999', undefined],
];
for (const [answer, chosen] of rows)
  test(`the answer ${JSON.stringify(answer)} means ${chosen ?? 'nothing'}`, () =>
    assert.equal(answered(menu, answer), chosen));

test('without a minimal one the smallest is meant', () =>
  assert.equal(answered(menuOf([tier('b', 2), tier('a', 1)]), ''), 'a'));
test('where there is none, none is chosen', () => assert.equal(answered([], ''), undefined));
