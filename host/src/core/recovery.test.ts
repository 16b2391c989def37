import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VmState } from '../ports/engine.ts';
import { exampleSandbox } from './example-sandbox.ts';
import { recovery } from './recovery.ts';
import type { SandboxState } from './sandbox.ts';

const rows: [state: SandboxState, vm: VmState | undefined, expected: string][] = [
  ['creating', undefined, 'remove'],
  ['creating', 'running', 'remove'],
  ['destroying', 'running', 'remove'],
  ['destroying', undefined, 'remove'],
  ['starting', 'running', 'stop by force'],
  ['starting', 'stopped', 'stop by force'],
  ['stopping', 'running', 'stop'],
  ['stopping', 'stopped', 'stop'],
  ['running', 'running', 'keep'],
  ['running', 'stopped', 'record stopped: why'],
  ['running', 'crashed', 'record crashed: why'],
  ['running', undefined, 'record crashed: it ended while no daemon watched'],
  ['running', 'paused', 'record warm: undefined'],
  ['warm', 'paused', 'keep'],
  ['warm', 'running', 'record running: undefined'],
  ['warm', 'crashed', 'record crashed: why'],
  ['warm', 'cold', 'record cold: undefined'],
  ['cold', 'cold', 'keep'],
  ['cold', 'paused', 'record warm: undefined'],
  ['cold', 'running', 'record running: undefined'],
  ['cold', 'stopped', 'record stopped: why'],
  ['starting', 'cold', 'record cold: undefined'],
  ['stopping', 'cold', 'record cold: undefined'],
  ['destroying', 'cold', 'remove'],
  ['stopped', 'stopped', 'keep'],
  ['stopped', undefined, 'keep'],
  ['stopped', 'running', 'stop'],
  ['crashed', 'crashed', 'keep'],
];
for (const [state, vm, expected] of rows) {
  test(`a daemon that finds a sandbox ${state} and its VM ${vm ?? 'gone'}: ${expected}`, () => {
    const what = recovery(
      { ...exampleSandbox('a'.repeat(16), 'dev'), state },
      vm && { id: 'a', state: vm, reason: 'why' },
    );
    const more =
      what.do === 'record' ? ` ${what.state}: ${what.reason}` : what.do === 'stop' && what.force ? ' by force' : '';
    assert.equal(what.do + more, expected);
  });
}
