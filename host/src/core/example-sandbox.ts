/** A whole sandbox for tests that need one and do not care which. */
import { mebibytes } from '@bhatti/wire/units.ts';
import type { Sandbox } from './sandbox.ts';

export function exampleSandbox(id: string, name: string): Sandbox {
  return {
    id,
    name,
    image: 'minimal',
    cpus: 1,
    memoryMib: mebibytes(512),
    diskMib: mebibytes(1024),
    env: { A: '1' },
    labels: { team: 'web' },
    wanted: 'running',
    state: 'creating',
    thermal: {},
    createdMs: 5,
    changedMs: 5,
  };
}
