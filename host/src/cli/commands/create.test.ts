import assert from 'node:assert/strict';
import test from 'node:test';
import type { ImageReply, SandboxDetailReply } from '../client/replies.ts';
import { tooSmall } from './create.ts';

const made = (cpus: number, memoryMib: number) => ({ image: 'docker', cpus, memoryMib }) as SandboxDetailReply;
const image = (minimum?: { cpus: number; memoryMib: number }) => ({ manifest: { minimum } }) as ImageReply;
const said = 'warning: docker wants at least 2 cpus and 2 GiB of memory';

const rows: [name: string, made: SandboxDetailReply, image: ImageReply, expected: string | null][] = [
  ['as much as its tier wants', made(2, 2048), image({ cpus: 2, memoryMib: 2048 }), null],
  ['too few cpus', made(1, 4096), image({ cpus: 2, memoryMib: 2048 }), said],
  ['too little memory', made(4, 1024), image({ cpus: 2, memoryMib: 2048 }), said],
  ['an image without a manifest', made(1, 128), image(undefined), null],
];
for (const [name, sandbox, its, expected] of rows)
  test(`a sandbox with ${name}`, () => assert.equal(tooSmall(sandbox, its), expected));
