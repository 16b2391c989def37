import assert from 'node:assert/strict';
import test from 'node:test';
import { blockedBy, inLanes, NOTHING, type Phase, select, toAskAgain } from './phase.ts';

const phase = (name: string, ...needs: string[]): Phase => ({ name, title: name, needs, run: async () => NOTHING });
const phases = [
  phase('lint'),
  phase('lohar'),
  phase('tier', 'lohar'),
  phase('vm:cli', 'tier'),
  phase('vm:cli/shell', 'tier'),
  phase('vm:client'),
];

const rows: [name: string, only: string[], expected: string][] = [
  ['no selection runs all', [], 'lint lohar tier vm:cli vm:cli/shell vm:client'],
  ['one phase runs alone', ['lint'], 'lint'],
  ['a phase brings what it needs, in order', ['tier'], 'lohar tier'],
  ['a group is its phases', ['vm'], 'lohar tier vm:cli vm:cli/shell vm:client'],
  ['a folder is its files, not its namesakes', ['vm:cli'], 'lohar tier vm:cli vm:cli/shell'],
  ['selections add up', ['vm:client', 'lint'], 'lint vm:client'],
];
for (const [name, only, expected] of rows)
  test(name, () =>
    assert.equal(
      select(phases, only)
        .map((each) => each.name)
        .join(' '),
      expected,
    ),
  );

test('an unknown name lists the known ones', () =>
  assert.throws(
    () => select(phases, ['vn']),
    new Error('cannot run only "vn": the phases are lint, lohar, tier, vm:cli, vm:cli/shell, vm:client'),
  ));

test('a phase is blocked by a need that failed', () => {
  assert.equal(blockedBy(phase('tier', 'lohar'), new Set(['lohar'])), 'lohar');
  assert.equal(blockedBy(phase('tier', 'lohar'), new Set(['lint'])), undefined);
});

test('a few phases whose tests failed are asked again, many are not', () => {
  const again = (...failed: string[]) => toAskAgain(phases, new Set(failed)).map(({ name }) => name);
  assert.deepEqual(again(), []);
  assert.deepEqual(again('vm:cli/shell', 'lint'), ['lint', 'vm:cli/shell']);
  assert.deepEqual(again('lint', 'lohar', 'tier', 'vm:cli'), []);
});

const lanes: [name: string, phases: Phase[], expected: string][] = [
  ['who does not share runs alone', [phase('lint'), phase('types')], '+lint -lint +types -types'],
  ['two that share run at once', ['a', 'b', 'c'].map(shared), '+a +b -a +c -b -c'],
  ['one that runs alone waits, and is waited for', [shared('a'), phase('b'), shared('c')], '+a -a +b -b +c -c'],
  ['a need ends first', [shared('a'), { ...shared('b'), needs: ['a'] }], '+a -a +b -b'],
];
for (const [name, phases, expected] of lanes)
  test(name, async () => {
    const seen: string[] = [];
    const ends = new Map<string, () => void>();
    const done = inLanes(phases, 2, async ({ name }) => {
      seen.push(`+${name}`);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      seen.push(`-${name}`);
    });
    for (const { name } of phases) {
      while (!ends.has(name)) await new Promise(setImmediate);
      await new Promise(setImmediate); // whoever may start beside it has done so
      ends.get(name)?.();
    }
    await done;
    assert.equal(seen.join(' '), expected);
  });

function shared(name: string): Phase {
  return { ...phase(name), shares: true };
}
