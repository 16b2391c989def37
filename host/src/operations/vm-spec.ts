import type { Sandbox } from '../core/sandbox.ts';
import type { VmSpec } from '../ports/engine.ts';
import type { Image } from '../ports/images.ts';

/** What the engine needs to know of a sandbox. */
export function vmSpec(sandbox: Sandbox, image: Image, cold: boolean): VmSpec {
  return {
    id: sandbox.id,
    hostname: sandbox.name,
    image: image.path,
    kernel: image.kernel,
    cpus: sandbox.cpus,
    memoryMib: sandbox.memoryMib,
    rehearsal: image.manifest?.rehearsal ?? [],
    diskMib: sandbox.diskMib,
    env: sandbox.env,
    cold,
  };
}
